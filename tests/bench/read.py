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
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

from rich.console import Console  # noqa: E402
from rich.progress import track
from rich.table import Table

from tsuzuri.engines import Crop, Ink, Reader
from tsuzuri.forms import Form, Forms
from tsuzuri.house import city_forms, form_readers
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page
from tsuzuri.model import Document, Field, Placement, Value
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


@dataclass
class Seen:
    """One field of one sheet: what it was, what was read, how sure, and whether a person would see it.

    `exported`: it leaves with the feed, or stands in a table that is summed up for it.
    """

    form: str
    kind: str
    style: str
    recipe: str
    name: str
    truth: Value
    value: Value
    raw: str
    confidence: float
    right: bool
    asked: bool
    exported: bool

    @property
    def written(self) -> bool:
        """Whether anything stands there, or was read."""
        return self.truth is not None or bool(self.raw)


@dataclass
class Sheet:
    """One sheet: its fields, whether its form was known, CPU seconds by stage.

    `clean`: nobody must see it. `unaided`: nobody must for its reading's sake; what a person is asked is what the paper, read
    without a fault, would have been asked for too.
    """

    form: str
    style: str
    recipe: str
    known: bool
    clean: bool
    unaided: bool
    seconds: dict[str, float]
    fields: list[Seen] = field(default_factory=list)


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
        forms = city_forms(Settings()).found_by("rules")
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
    document = validate(assemble(document, readings, form) if form else document, form)
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
    true = validate(replace(document, fields=fields, noted=()), form)
    known = {(finding.code, finding.field) for finding in true.findings}
    found = {(finding.code, finding.field) for finding in document.findings if finding.field not in form.review.always}
    return found - known


def _exported(form: Form) -> set[str]:
    """The fields that leave with the feed, and the sums' parts in tables."""
    rows = {f"{table}.{i}.{column}" for table, row in form.rows.items() for i in range(1, row.count + 1)
            for column, spec in row.fields.items() if spec.kind == "yen"}
    return {*form.export.columns.values(), *rows}


def _fields(sheet: Sheet, form: Form, document: Document, paper: Paper) -> Iterator[Seen]:
    asked = {finding.field for finding in document.findings}
    exported, sure = _exported(form), proven(document, form)
    for name, true in paper.truth.items():
        got, kind = document.fields[name], form.fields[name].kind
        right = not got.raw if true is None else got.value is true or same(kind, got.value, true)
        yield Seen(
            sheet.form, kind, WRITERS.get(paper.how[name], paper.how[name]), sheet.recipe, name, true, got.value, got.raw,
            sure[name], right, name in asked, name in exported,
        )


def share(fields: list[Seen]) -> float:
    """How many of them are right."""
    return sum(f.right for f in fields) / len(fields) if fields else float("nan")


def interval(wrong: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson), honest also where nothing was wrong."""
    if not n:
        return 0.0, 1.0
    z, p = 1.96, wrong / n
    middle, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - spread) / (1 + z * z / n)), min(1.0, (middle + spread) / (1 + z * z / n))


def passing(fields: list[Seen], name: str) -> dict[str, float]:
    """Of written fields, how many pass unseen, and of those how many wrongly, with the interval."""
    passed = [f for f in fields if f.written and not f.asked]
    wrong = sum(not f.right for f in passed)
    low, high = interval(wrong, len(passed))
    return {
        f"passed_{name}": len(passed) / max(1, sum(f.written for f in fields)), f"passed_{name}_n": float(len(passed)),
        f"wrong_{name}_among_passed": wrong / max(1, len(passed)), f"wrong_{name}_low": low, f"wrong_{name}_high": high,
    }


def figures(sheets: list[Sheet], rss: int, wall_s: float) -> dict[str, float]:
    """The stable names of design: shares 0–1, times with their unit."""
    fields = [f for s in sheets for f in s.fields]
    text = [f for f in fields if KINDS[f.kind].reads in ("text", "date") and f.truth is not None]
    passed = [f for f in fields if not f.asked]
    return {
        "printed_right": share([f for f in text if f.style == "typed"]),
        "hand_right": share([f for f in text if f.style == "hand"]),
        "real_digits_right": share([f for f in text if f.style == "digits"]),
        "blank_right": share([f for f in fields if f.truth is None]),
        "marks_right": share([f for f in fields if KINDS[f.kind].reads in ("choice", "tick", "seal") and f.truth is not None]),
        "wrong_form": sum(not s.known for s in sheets) / len(sheets),
        "passed_sheets": sum(s.clean for s in sheets) / len(sheets),
        "unaided_sheets": sum(s.unaided for s in sheets) / len(sheets),
        "passed_fields": len(passed) / len(fields),
        "wrong_among_passed": 1 - share(passed),
        **passing([f for f in fields if f.exported], "exported"),
        **passing([f for f in fields if not f.exported], "informing"),
        "core_s_per_sheet": sum(v for s in sheets for v in s.seconds.values()) / len(sheets),
        "sheets_per_s": len(sheets) / wall_s,
        "rss_mib": float(rss),
        **{f"core_s_{stage}": sum(s.seconds[stage] for s in sheets) / len(sheets) for stage in sheets[0].seconds},
    }


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


def risk_coverage(sheets: list[Sheet], exported: bool) -> list[list[float]]:
    """[share passed, share wrong among passed] as the sureness demanded falls, of written fields of one of the two sorts."""
    fields = sorted((f for s in sheets for f in s.fields if f.written and f.exported is exported), key=lambda f: -f.confidence)
    curve, wrong = [], 0
    for i, f in enumerate(fields, start=1):
        wrong += not f.right
        if i % max(1, len(fields) // 200) == 0 or i == len(fields):
            curve.append([round(i / len(fields), 4), round(wrong / i, 6)])
    return curve


def unaided(sheets: list[Sheet]) -> dict[str, list[float]]:
    """For each form and style: the share of sheets that need nobody for their reading's sake, and how many there are."""
    cells: dict[str, list[bool]] = defaultdict(list)
    for sheet in sheets:
        cells[f"{sheet.form}/{sheet.style}"].append(sheet.unaided)
    return {name: [round(sum(cell) / len(cell), 5), len(cell)] for name, cell in sorted(cells.items())}


def main() -> None:
    """Run the bench and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--sheets", type=int, default=300, help="sheets a form")
    told.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    told.add_argument("--first-seed", type=int, default=FIRST_SEED, help="from 5,000,000 on: papers that nobody has seen")
    told.add_argument("--without", default="", metavar="READER",
                      help="read each sheet once more without it (own); a history line of its own")
    told.add_argument("--dry", action="store_true", help="write no history")
    args = told.parse_args()
    out = Console(width=140)
    names = list(city_forms(Settings()).found_by("rules"))
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
