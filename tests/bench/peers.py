"""The line beside its peers, on the same sheets in one run: OCRmyPDF with Tesseract's jpn, and RapidOCR over the whole page.

Peers give text and where it stands; what of it stands in a field is joined and goes through our own kinds and assembler, with our
own placement of the page: all that they lack of a form is given to them. Marks, which they do not see, are counted for nobody.
`make bench-peers` runs it: the peers live in an environment of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

import numpy as np  # noqa: E402
from rich.console import Console
from rich.table import Table

from tsuzuri.forms import FieldSpec, Form, Forms
from tsuzuri.house import city_forms, form_readers
from tsuzuri.image import Picture
from tsuzuri.image.pages import encode_jpeg
from tsuzuri.model import Document, Reading, Value
from tsuzuri.rules import KINDS, same
from tsuzuri.settings import Settings
from tsuzuri.stages.align import align
from tsuzuri.stages.assemble import assemble
from tsuzuri.synth.papers import make

FIRST_SEED = 5_900_000
DAY = date(2026, 6, 30)
HERE = Path(__file__).resolve().parent
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
Lines = list[tuple[float, float, float, float, str]]      # x1, y1, x2, y2 in px, text


@dataclass
class Shown:
    """One sheet: its file, its form, what stands on it, and where the page lies (px → mm)."""

    path: Path
    form: Form
    truth: Mapping[str, Value]
    dpi: int
    to_mm: np.ndarray[Any, Any]


@dataclass(frozen=True)
class Spent:
    """Wall seconds, CPU seconds of all processes, and the largest process's memory in MiB."""

    wall: float
    cpu: float
    mib: int


@dataclass
class Run:
    """One reader's run: fields and sheets right, and what it took, by how many cores it had."""

    name: str
    right: int = 0
    fields: int = 0
    sheets: int = 0
    spent: dict[int, Spent] = field(default_factory=dict)


def drawn(forms: Forms, many: int, folder: Path) -> list[Shown]:
    """So many sheets, half typed and half handwritten, a third each clean, office and poor."""
    readers, found = form_readers(Settings(), forms), []
    names = ("kodomo_seikyu", "kodomo_shinsei")
    for i in range(many):
        form = forms[names[i % 2]]
        paper = make(form, FIRST_SEED + i, "hand" if i // 2 % 2 else "typed", ("clean", "office", "poor")[i // 4 % 3], "test")
        path = folder / f"{i:04}.jpg"
        path.write_bytes(encode_jpeg(Picture(paper.picture, paper.dpi), quality=85))
        placement = align(Picture(paper.picture, paper.dpi), forms, readers)
        to_mm = np.linalg.inv(np.array(placement.homography).reshape(3, 3))
        found.append(Shown(path, form, paper.truth, paper.dpi, to_mm))
    return found


def text_fields(sheet: Shown) -> Iterator[str]:
    """The fields that a reader of text can read, and that are filled."""
    for name, true in sheet.truth.items():
        spec = sheet.form.fields[name]
        if true is not None and KINDS[spec.kind].reads in ("text", "date") and not isinstance(spec.era, dict):
            yield name


def count(run: Run, sheet: Shown, values: Mapping[str, Value]) -> None:
    """Add a sheet's fields to the run."""
    names = list(text_fields(sheet))
    right = [same(sheet.form.fields[name].kind, values.get(name), sheet.truth[name]) for name in names]
    run.right, run.fields, run.sheets = run.right + sum(right), run.fields + len(names), run.sheets + all(right)


def from_lines(sheet: Shown, lines: Lines, reader: str) -> Mapping[str, Value]:
    """The values that lines of text give, by where they stand."""
    readings = [Reading(name, _ink(spec, sheet, lines), 1.0, reader, spec.area) for name, spec in sheet.form.fields.items()]
    document = assemble(Document("d", "b", sheet.form.name, 0, DAY), readings, sheet.form)
    return document.values


def _ink(spec: FieldSpec, sheet: Shown, lines: Lines) -> str:
    if not spec.parts:
        return _within(spec.area, sheet, lines)
    era = spec.era if isinstance(spec.era, str) else ""
    parts = [_within(part.box, sheet, lines) for part in spec.parts]
    return era + "".join(ink + part.after for ink, part in zip(parts, spec.parts, strict=True)) if any(parts) else ""


def _within(box: Sequence[float], sheet: Shown, lines: Lines) -> str:
    """The letters whose places, a line's width shared evenly among them, lie in a box."""
    x, y, w, h = box
    letters: list[tuple[float, str]] = []
    for x1, y1, x2, y2, text in lines:
        for i, letter in enumerate(text):
            px = np.array([x1 + (x2 - x1) * (i + 0.5) / max(1, len(text)), (y1 + y2) / 2, 1.0])
            at = sheet.to_mm @ px
            across, down = at[0] / at[2], at[1] / at[2]
            if x - 0.5 <= across <= x + w + 0.5 and y - 0.5 <= down <= y + h + 0.5:
                letters.append((across, letter))
    return "".join(letter for _, letter in sorted(letters, key=lambda item: item[0]))


def timed(commands: Sequence[Sequence[str]], cores: int) -> tuple[list[str], Spent]:
    """What so many commands say on so many cores, and what they took together."""
    start = time.monotonic()
    with ThreadPoolExecutor(cores) as pool:
        told = list(pool.map(_said, commands))
    wall = time.monotonic() - start
    return [text for text, _ in told], Spent(wall, sum(s.cpu for _, s in told), max(s.mib for _, s in told))


def _said(command: Sequence[str]) -> tuple[str, Spent]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return out.read(), Spent(0.0, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def _halves(paths: list[str], cores: int, command: Sequence[str]) -> list[list[str]]:
    return [[*command, *paths[i::cores]] for i in range(cores)]


def run_ours(sheets: Sequence[Shown], cores: int) -> tuple[list[Mapping[str, Value]], Spent]:
    """`tsuzuri read`, a process a core, start-up included."""
    commands = _halves([str(s.path) for s in sheets], cores, (sys.executable, "-m", "tsuzuri.cli", "read", "--json"))
    told, spent = timed(commands, cores)
    found = {Path(one["file"]).name: one for text in told for line in text.splitlines() if line.startswith("{")
             for one in [json.loads(line)]}
    values = [{name: said["value"] for name, said in found.get(s.path.name, {}).get("fields", {}).items()} for s in sheets]
    return values, spent


def run_ocrmypdf(peers: Path, sheets: Sequence[Shown], cores: int) -> tuple[list[Mapping[str, Value]], Spent]:
    """OCRmyPDF as paperless runs it, one file at a time and core; its text layer is read back with pdftotext."""
    options = ("-l", "jpn", "--jobs", "1", "--output-type", "pdf", "--optimize", "0", "-q")
    commands = [(str(peers / "ocrmypdf"), *options, "--image-dpi", str(s.dpi), str(s.path), str(s.path.with_suffix(".pdf")))
                for s in sheets]
    _, spent = timed(commands, cores)
    values = []
    for s in sheets:
        words, _ = _said(("pdftotext", "-bbox", str(s.path.with_suffix(".pdf")), "-"))
        lines: Lines = [(*(float(v) * s.dpi / 72 for v in found[:4]), found[4]) for found in WORD.findall(words)]  # type: ignore[misc]
        values.append(from_lines(s, lines, "ocrmypdf"))
    return values, spent


def run_rapidocr(peers: Path, sheets: Sequence[Shown], cores: int) -> tuple[list[Mapping[str, Value]], Spent]:
    """RapidOCR, a process a core, one thread each, start-up included."""
    commands = _halves([str(s.path) for s in sheets], cores, (str(peers / "python"), str(HERE / "peer_rapidocr.py")))
    told, spent = timed(commands, cores)
    found = {Path(one["file"]).name: one["lines"] for text in told for line in text.splitlines() if line.startswith("{")
             for one in [json.loads(line)]}
    return [from_lines(s, [tuple(line) for line in found.get(s.path.name, [])], "rapidocr") for s in sheets], spent


def main() -> None:
    """Draw, run all, tell, note."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sheets", type=int, default=48, help="how many sheets, over two forms")
    asked.add_argument("--peers", type=Path, default=Path(".cache/peers/bin"), help="where ocrmypdf and a Python with rapidocr are")
    asked.add_argument("--dry", action="store_true", help="write no line into history.jsonl")
    options = asked.parse_args()
    forms = city_forms(Settings()).found_by("rules")
    ways = {"ours": run_ours, "ocrmypdf": partial(run_ocrmypdf, options.peers), "rapidocr": partial(run_rapidocr, options.peers)}
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        sheets = drawn(forms, options.sheets, Path(folder))
        for name, way in ways.items():
            run = Run(name)
            for cores in (1, 2):
                values, run.spent[cores] = way(sheets, cores)
            for sheet, said in zip(sheets, values, strict=True):
                count(run, sheet, said)
            runs.append(run)
            tell(runs, len(sheets))
    entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": f"{platform.machine()} × {os.cpu_count()}",
             "bench": "peers", "n": len(sheets), "fields": runs[0].fields, "figures": figures(runs, len(sheets))}
    if not options.dry:
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry, ensure_ascii=False) + "\n")


def figures(runs: Sequence[Run], n: int) -> dict[str, float]:
    """By reader: shares right and seconds a sheet; and how many times as much CPU as ours the others take."""
    found: dict[str, float] = {}
    for run in runs:
        told = {"fields_right": run.right / run.fields, "sheets_right": run.sheets / n, "s_1_core": run.spent[1].wall / n,
                "s_2_cores": run.spent[2].wall / n, "core_s": run.spent[1].cpu / n, "rss_mib": run.spent[1].mib}
        found |= {f"{run.name}_{figure}": round(value, 4) for figure, value in told.items()}
    return found | {f"ratio_{run.name}": round(run.spent[1].cpu / runs[0].spent[1].cpu, 2) for run in runs[1:]}


def tell(runs: Sequence[Run], n: int) -> None:
    """A table of what has run so far."""
    columns = ("reader", "text fields right", "sheets right", "core-s a sheet", "s, 1 core", "s, 2 cores", "MiB")
    table = Table(*columns, title=f"{n} sheets")
    for run in runs:
        took = (run.spent[1].cpu, run.spent[1].wall, run.spent[2].wall)
        table.add_row(run.name, f"{run.right / run.fields:.1%} of {run.fields}", f"{run.sheets / n:.1%}",
                      *(f"{seconds / n:.2f}" for seconds in took), str(run.spent[1].mib))
    Console().print(table)


if __name__ == "__main__":
    main()
