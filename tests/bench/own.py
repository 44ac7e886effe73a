"""Our small reader on numbers, dates, katakana and blanks, beside PP-OCRv6 small and beside the line that asks both.

Crops are cut by the real line from drawn papers, in fonts, digits and seeds that neither training nor tuning ever saw; each
reader is shown the same ones. A field counts if wholly right after its kind's normalisation. `make bench` runs it.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from read import HERE, RECIPES, WRITERS, Timed, _commit
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tsuzuri.engines import open_readers
from tsuzuri.forms import FieldSpec, Form
from tsuzuri.house import city_forms
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page
from tsuzuri.model import Value
from tsuzuri.rules import KINDS, Unreadable, mean, same
from tsuzuri.settings import Settings
from tsuzuri.stages.align import align
from tsuzuri.stages.read import read
from tsuzuri.synth.digits import have_digits
from tsuzuri.synth.fonts import Purpose, have_fonts
from tsuzuri.synth.papers import make

FIRST_SEED = 6_000_000
VOICES = ("own", "ppocr", "line")       # alone, alone, and as the line weighs both
STYLES = ("hand", "digits", "hand", "digits", "typed")
MARGINS = (0.001, 0.005)


@dataclass(frozen=True, slots=True)
class Seen:
    """One field: what it was, and what each voice said of it: whether right, and how sure."""

    group: str
    kind: str
    style: str
    blank: bool
    said: dict[str, tuple[bool, float]]


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds and crops of each reader alone, and CPU seconds of the line's two readers together."""

    seconds: dict[str, float]
    crops: dict[str, int]


class Counted(Timed):
    """A reader that counts the crops it was shown as well."""

    crops = 0

    def read(self, crops: list[Any]) -> list[Any]:
        self.crops += len(crops)
        return super().read(crops)


_PARTS: dict[str, Any] = {}


def _parts() -> tuple[dict[str, dict[str, Form]], dict[str, Counted]]:
    if not _PARTS:
        forms = city_forms(Settings())
        _PARTS["forms"] = {name: {voice: _only(form, voice) for voice in VOICES} for name, form in forms.items()}
        _PARTS["all"] = forms
        _PARTS["readers"] = {name: Counted(reader) for name, reader in open_readers(["own", "ppocr"]).items()}
    return _PARTS["forms"], _PARTS["readers"]


def _only(form: Form, voice: str) -> Form:
    """The form with only the fields that our reader reads first, asked as `voice` says."""
    fields: dict[str, FieldSpec] = {}
    for name, spec in form.fields.items():
        if (spec.first or KINDS[spec.kind].reader) == "own":
            second = spec.second if voice == "line" and spec.second == "ppocr" else None
            fields[name] = spec.model_copy(update={"first": "ppocr" if voice == "ppocr" else "own", "second": second})
    review = form.review if voice == "line" else form.review.model_copy(update={"back_below": 0.0})
    return form.model_copy(update={"fields": fields, "review": review})


def one_sheet(job: tuple[str, int, str, str, Purpose]) -> tuple[list[Seen], Spent]:
    """Draw, scan and place one sheet; let every voice read it."""
    name, seed, style, recipe, fonts = job
    forms, readers = _parts()
    paper = make(_PARTS["all"][name], seed, style, recipe, fonts)  # type: ignore[arg-type]
    path = Path(f"/tmp/tsuzuri-bench-own-{os.getpid()}.jpg")
    path.write_bytes(encode_jpeg(Picture(paper.picture, paper.dpi), quality=85))
    picture = open_page(path, 1, Caps())
    path.unlink()
    placement = align(picture, _PARTS["all"], readers)
    heard: dict[str, dict[str, tuple[str, float]]] = {}
    spent = Spent({}, {})
    for voice in VOICES if placement.form == name else ():
        for reader in readers.values():
            reader.seconds, reader.crops = 0.0, 0
        found = read(picture, placement, forms[name][voice], readers)
        heard[voice] = {r.field: (r.ink, r.confidence) for r in found if r.order == 1}
        spent.seconds[voice] = sum(reader.seconds for reader in readers.values())
        spent.crops[voice] = sum(reader.crops for reader in readers.values())
    seen = []
    for field, spec in forms[name]["own"].fields.items() if heard else ():
        true = paper.truth[field]
        said = {v: (_right(spec, heard[v][field][0], true), heard[v][field][1]) for v in VOICES}
        seen.append(Seen(_group(spec), spec.kind, WRITERS.get(paper.how[field], paper.how[field]), true is None, said))
    return seen, spent


def _right(spec: FieldSpec, ink: str, true: Value) -> bool:
    if true is None or not ink:
        return true is None and not ink
    try:
        return same(spec.kind, mean(spec.kind, ink, (), spec.era if isinstance(spec.era, str) else None), true)
    except Unreadable:
        return False


def _group(spec: FieldSpec) -> str:
    if KINDS[spec.kind].reads == "date":
        return "date"
    return "kana" if "kana" in spec.kind else "number"


def share(fields: list[Seen], voice: str) -> float:
    """How many of them a voice has right."""
    return sum(f.said[voice][0] for f in fields) / len(fields) if fields else float("nan")


def coverage(fields: list[Seen], voice: str, margin: float) -> float:
    """The largest share of fields, the surest first, of which no more than `margin` are wrong."""
    ranked = sorted((f.said[voice] for f in fields), key=lambda said: -said[1])
    wrong, most = 0, 0
    for i, (right, sure) in enumerate(ranked, start=1):
        wrong += not right
        tied = i < len(ranked) and ranked[i][1] == sure
        if not tied and wrong <= margin * i:
            most = i
    return most / len(ranked) if ranked else float("nan")


def figures(fields: list[Seen], spent: list[Spent]) -> dict[str, float]:
    """The stable names: our reader's bare, the others' with the voice before."""
    filled = [f for f in fields if not f.blank]
    numeric = [f for f in filled if f.group != "kana" and f.style != "typed"]
    found: dict[str, float] = {}
    for voice in VOICES:
        before = "" if voice == "own" else f"{voice}_"
        found[f"{before}digits_right"] = share([f for f in filled if f.group == "number" and f.style == "digits"], voice)
        for group in ("number", "date", "kana"):
            found[f"{before}{group}_right"] = share([f for f in filled if f.group == group and f.style == "hand"], voice)
        found[f"{before}blank_right"] = share([f for f in fields if f.blank], voice)
        for margin, word in zip(MARGINS, ("1e3", "5e3"), strict=True):
            found[f"{before}coverage_at_{word}"] = coverage(numeric, voice, margin)
        found[f"{before}ms_per_crop"] = 1000 * _sum(spent, voice, "seconds") / max(1, _sum(spent, voice, "crops"))
        found[f"{before}core_s_per_sheet"] = _sum(spent, voice, "seconds") / len(spent)
    found["ratio_ppocr"] = found["ppocr_ms_per_crop"] / found["ms_per_crop"]
    return found


def _sum(spent: list[Spent], voice: str, what: str) -> float:
    return float(sum(getattr(one, what).get(voice, 0) for one in spent))


def print_table(fields: list[Seen], out: Console) -> dict[str, list[float]]:
    """Right by kind × style for each voice; the same as data."""
    cells: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for f in fields:
        cells[f.kind, "blank" if f.blank else f.style].append(f)
    table = Table("kind", "style", "n", *VOICES, title="whole field right")
    for (kind, style), these in sorted(cells.items()):
        table.add_row(kind, style, str(len(these)), *(f"{share(these, v):.2%}" for v in VOICES))
    out.print(table)
    return {f"{k}/{s}": [len(c), *(round(share(c, v), 5) for v in VOICES)] for (k, s), c in sorted(cells.items())}


def reliability(fields: list[Seen], voice: str) -> Iterator[list[float]]:
    """[mean confidence, share right, n] in bands: what a confidence is worth."""
    bands = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.01)
    filled = [f.said[voice] for f in fields if not f.blank]
    for low, high in pairwise(bands):
        these = [said for said in filled if low <= said[1] < high]
        if these:
            yield [round(sum(s for _, s in these) / len(these), 4), round(sum(r for r, _ in these) / len(these), 4), len(these)]


def main() -> None:
    """Run the bench and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--sheets", type=int, default=750, help="sheets a form")
    told.add_argument("--first", type=int, default=FIRST_SEED, help="the first seed; tuning ones are below 60,000")
    told.add_argument("--fonts", choices=("tuning", "sample", "test"), default="test")
    told.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    told.add_argument("--dry", action="store_true", help="write no history")
    args = told.parse_args()
    out = Console(width=140)
    if not have_fonts(args.fonts):
        out.print("The fonts that our reader never saw are not here (npm brings them). Falling back to the samples' fonts, "
                  "most of which it was trained on: these are no figures to quote.", style="bold")
        args.fonts = "sample"
    styles = STYLES if have_digits() else ("hand", "typed")
    jobs = [(name, args.first + i, styles[i % len(styles)], RECIPES[i // len(styles) % 4], args.fonts)
            for i in range(args.sheets) for name in city_forms(Settings())]
    with ProcessPoolExecutor(args.processes) as pool:
        done = list(track(pool.map(one_sheet, jobs, chunksize=4), total=len(jobs), description="sheets", console=out))
    fields, spent = [f for seen, _ in done for f in seen], [s for _, s in done]
    found, grid = figures(fields, spent), print_table(fields, out)
    for name, value in found.items():
        out.print(f"  {name:26} {value:.5f}")
    out.print(f"  n = {len(done)} sheets, {len(fields)} fields, fonts: {args.fonts}")
    bands = {voice: list(reliability(fields, voice)) for voice in VOICES}
    out.print(bands)
    if not args.dry:
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(), "bench": "own", "n": len(done),
                 "fonts": args.fonts, "fields": len(fields), "figures": {k: round(v, 5) for k, v in found.items()},
                 "by": {"kind": grid}, "reliability": bands}
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
