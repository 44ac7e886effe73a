"""How right, how sure, how fast: the reading line on drawn papers that no tuning ever saw. `make bench` runs it.

Seeds from 5,000,000 on, the test fonts and the MNIST test digits are used here and nowhere else. A field counts only if
wholly right after its kind's normalisation. Figures go into history.jsonl, one line a run; plots.py draws from that file.

Which fields pass unseen is split in two: those that leave with the feed or make up its sums, and those that only inform. That
a field of the first sort passes and is wrong is the worst that this program can do; it is told with its 95 % interval.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

from counted import Seen, Sheet, exported, figures, risk_coverage, share, unaided  # noqa: E402
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tsuzuri.engines import Crop, Ink, Reader
from tsuzuri.forms import Form, Forms
from tsuzuri.house import city_forms, form_readers
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page
from tsuzuri.model import Document, Field, Placement
from tsuzuri.rules import KINDS, same
from tsuzuri.settings import Settings
from tsuzuri.stages.align import align
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.read import read
from tsuzuri.stages.validate import proven, validate
from tsuzuri.synth.digits import have_digits
from tsuzuri.synth.fonts import Purpose, have_fonts
from tsuzuri.synth.papers import Paper, make

HERE = Path(__file__).resolve().parent
FIRST_SEED = 5_000_000
STYLES = ("typed", "hand", "digits")
WRITERS = {"print": "typed"}      # who wrote a field, as synth says it, to the style it counts under
COLUMNS = ("typed", "hand", "digits", "mark", "blank")
RECIPES = ("clean", "office", "poor", "fax")
DAY = date(2026, 6, 30)


class Timed:
    """A reader that counts its own CPU seconds, children's included (Tesseract is a process)."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.name, self.seconds = reader, reader.name, 0.0

    def read(self, crops: list[Crop]) -> list[Ink]:
        start = cpu()
        try:
            return self.reader.read(crops)
        finally:
            self.seconds += cpu() - start


def cpu() -> float:
    """CPU seconds of this process and its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


_PARTS: dict[str, Any] = {}


def _parts(without: str) -> tuple[Forms, Forms, dict[str, Timed]]:
    """The city's forms, the same without one reader, and the readers; opened once a process."""
    if not _PARTS:
        _PARTS["all"] = city_forms(Settings())
        forms = _PARTS["all"].found_by("rules")
        _PARTS["forms"] = forms
        _PARTS["less"] = Forms({name: less(form, without) for name, form in forms.items()} if without else {})
        _PARTS["readers"] = {name: Timed(reader) for name, reader in form_readers(Settings(), forms).items()}
    return _PARTS["forms"], _PARTS["less"], _PARTS["readers"]


def less(form: Form, reader: str) -> Form:
    """The form as if there were no such reader: PP-OCRv6 goes first in its place."""
    fields = {}
    for name, spec in form.fields.items():
        first = spec.first or KINDS[spec.kind].reader
        first = "ppocr" if first == reader else first
        second = None if spec.second in (reader, first) else spec.second
        fields[name] = spec.model_copy(update={"first": first, "second": second})
    return form.model_copy(update={"fields": fields})


def one_sheet(job: tuple[str, int, str, str, Purpose, str]) -> tuple[Sheet, Sheet | None, int]:
    """Draw, scan, read and judge one sheet; the sheet, what it is without a reader, and this process's peak memory in MiB."""
    name, seed, style, recipe, fonts, without = job
    forms, others, readers = _parts(without)
    paper = make(forms[name], seed, style, recipe, fonts)
    path = Path(f"/tmp/tsuzuri-bench-{os.getpid()}.jpg")
    path.write_bytes(encode_jpeg(Picture(paper.picture, paper.dpi), quality=85))
    marks = [cpu()]
    picture = open_page(path, 1, Caps())
    marks.append(cpu())
    placement = align(picture, forms, readers)
    marks.append(cpu())
    path.unlink()
    before = dict(zip(("decode", "align"), (b - a for a, b in pairwise(marks)), strict=True))
    sheet = _line(paper, picture, placement, (forms, readers, before))
    other = _line(paper, picture, placement, (others, readers, before)) if without else None
    return sheet, other, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _line(paper: Paper, picture: Picture, placement: Placement, parts: tuple[Forms, dict[str, Timed], dict[str, float]]) -> Sheet:
    """A placed page read and judged; `parts` are the forms, the readers, and the seconds spent before."""
    forms, readers, before = parts
    for reader in readers.values():
        reader.seconds = 0.0
    marks = [cpu()]
    form = forms[placement.form] if placement.form else None
    readings = read(picture, placement, form, readers) if form else ()
    marks.append(cpu())
    document = Document("d", "b", None, 0, DAY)
    document = assemble(document, readings, form) if form else document
    document = validate(document, _PARTS["all"].of(document))
    marks.append(cpu())
    spent = {**before, **dict(zip(("read", "judge"), (b - a for a, b in pairwise(marks)), strict=True))}
    spent["tesseract"] = readers["tesseract"].seconds
    spent["read"] -= spent["tesseract"]
    known = placement.form == paper.form
    sheet = Sheet(paper.form, paper.look.style, paper.look.recipe, known, not document.findings, False, spent)
    if known:
        sheet.unaided = not _asked_for_reading(document, forms[paper.form], paper)
        sheet.fields = list(_fields(sheet, forms[paper.form], document, paper))
    return sheet


def _asked_for_reading(document: Document, form: Form, paper: Paper) -> set[tuple[str, str | None]]:
    """What is found on the paper as it was read, and would not be on the same paper read without a fault.

    A field that a person sees always is no further trouble.
    """
    fields = {
        name: Field(paper.truth[name], 1.0, str(paper.truth[name] or ""), "person", box=field.box)
        for name, field in document.fields.items()
    }
    true = validate(replace(document, fields=fields, noted=()), _PARTS["all"].of(document))
    known = {(finding.code, finding.field) for finding in true.findings}
    found = {(finding.code, finding.field) for finding in document.findings
             if finding.field not in form.fields or form.keyed(finding.field) not in ("always", "twice")}
    return found - known


def _fields(sheet: Sheet, form: Form, document: Document, paper: Paper) -> Iterator[Seen]:
    asked = {finding.field for finding in document.findings}
    leaving, sure = exported(form), proven(document, _PARTS["all"].of(document))
    for name, true in paper.truth.items():
        got, kind = document.fields[name], form.fields[name].kind
        right = not got.raw if true is None else got.value is true or same(kind, got.value, true)
        yield Seen(
            sheet.form, kind, WRITERS.get(paper.how[name], paper.how[name]), sheet.recipe, name, true, got.value, got.raw,
            sure.get(name, 1.0), right, name in asked, name in leaving,
        )


def print_tables(sheets: list[Sheet], out: Console) -> dict[str, Any]:
    """Right by kind × style and by form × style, and the confusions that cost most; the same as data."""
    fields = [f for s in sheets for f in s.fields]
    grids: dict[str, Any] = {}
    for axis in ("kind", "form", "recipe"):
        cells: dict[tuple[str, str], list[Seen]] = defaultdict(list)
        for f in fields:
            cells[getattr(f, axis), f.style if f.truth is not None else "blank"].append(f)
        table = Table(axis, *COLUMNS, title=f"whole field right, by {axis} (n)")
        for row in sorted({key[0] for key in cells}):
            shown = (cells.get((row, style), []) for style in COLUMNS)
            table.add_row(row, *(f"{share(c):.2%} ({len(c)})" if c else "" for c in shown))
        out.print(table)
        grids[axis] = {f"{k[0]}/{k[1]}": [round(share(c), 5), len(c)] for k, c in sorted(cells.items())}
    wrong = Counter((f.kind, f.style, f.name) for f in fields if not f.right)
    table = Table("kind", "style", "field", "wrong", "for example", title="what costs most")
    for (kind, style, name), count in wrong.most_common(15):
        bad = [f for f in fields if (f.kind, f.style, f.name) == (kind, style, name) and not f.right][:3]
        table.add_row(kind, style, name, str(count), "  ".join(f"{f.truth!r}→{f.raw!r}" for f in bad))
    out.print(table)
    return grids


def main() -> None:
    """Run the bench and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--sheets", type=int, default=300, help="sheets a form")
    told.add_argument("--forms", default="", help="only these, joined by commas")
    told.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    told.add_argument("--first-seed", type=int, default=FIRST_SEED, help="from 5,000,000 on: papers that nobody has seen")
    told.add_argument("--without", default="", metavar="READER",
                      help="read each sheet once more without it (own); a history line of its own")
    told.add_argument("--quick", action="store_true", help="12 sheets a form, no history: about where it stands")
    told.add_argument("--dry", action="store_true", help="write no history")
    args = told.parse_args()
    if args.quick:
        args.sheets, args.dry = 12, True
    out = Console(width=140)
    names = [name for name in city_forms(Settings()).found_by("rules") if name in (args.forms.split(",") if args.forms else [name])]
    styles = STYLES if have_digits() else STYLES[:2]
    fonts: Purpose = "test" if have_fonts("test") else "sample"
    if fonts != "test":
        out.print("Fonts that no reader was trained on are not here (npm brings them): falling back to the samples'.", style="bold")
    jobs = [
        (name, args.first_seed + i, styles[i % len(styles)], RECIPES[i // len(styles) % 4], fonts, args.without)
        for name in names for i in range(args.sheets)
    ]
    start = time.monotonic()
    with ProcessPoolExecutor(args.processes) as pool:
        done = list(track(pool.map(one_sheet, jobs, chunksize=4), total=len(jobs), description="sheets", console=out))
    wall = time.monotonic() - start
    sheets, others, rss = [sheet for sheet, _, _ in done], [other for _, other, _ in done if other], max(rss for *_, rss in done)
    found, grids = figures(sheets, rss, wall), print_tables(sheets, out)
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(),
        "machine": f"{platform.machine()} × {os.cpu_count()}", "bench": "read", "n": len(sheets), "fonts": fonts,
        "fields": sum(len(s.fields) for s in sheets), "figures": _rounded(found),
        "by": grids, "unaided": unaided(sheets), "risk_coverage": risk_coverage(sheets, exported=True),
        "risk_coverage_informing": risk_coverage(sheets, exported=False),
    }
    if others:
        lesser = figures(others, rss, wall)
        entry |= {"bench": "without", "without": args.without, "figures_without": _rounded(lesser),
                  "by_without": print_tables(others, out), "risk_coverage_without": risk_coverage(others, exported=True)}
    for name, value in found.items():
        out.print(f"  {name:28} {value:.5f}" + (f"   without {args.without}: {lesser[name]:.5f}" if others else ""))
    for name, (of, n) in unaided(sheets).items():
        out.print(f"  unaided {name:32} {of:.3f} ({n:.0f})")
    out.print(f"  n = {len(sheets)} sheets, {entry['fields']} fields")
    if not args.dry:
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in found.items()}


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE, check=False)
    return told.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
