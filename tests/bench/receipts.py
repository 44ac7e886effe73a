"""Bench: papers of any layout. Receipts drawn in layouts, fonts and seeds that nothing was set on, read through the real line.

`python tests/bench/receipts.py [--receipts 200] [--purpose test] [--first 5000000] [--dry]`. A field counts only if it is wholly
right; what stands where nothing should, or differs, is wrong, and worse than a blank. One line into history.jsonl.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from time import process_time as cpu
from typing import Any, cast

import numpy as np
from rich.console import Console
from rich.table import Table

from tsuzuri.engines import Reader, open_readers
from tsuzuri.engines.finder import Finder, TextMap, open_finder
from tsuzuri.flow.reading import see
from tsuzuri.forms import Forms, load_forms
from tsuzuri.image import Picture
from tsuzuri.image.pages import encode_jpeg, open_page
from tsuzuri.model import Document, Value
from tsuzuri.rules import same
from tsuzuri.settings import REPO
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.validate import validate
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.papers import make

HERE = Path(__file__).parent
FORM = "ryoshusho"
DAY = date(2025, 10, 14)
RECIPES = ("clean", "office", "poor", "fax", "colour")
TURNED = 8      # every eighth receipt is fed a quarter or a half round


@dataclass
class Timed:
    """A reader or a finder that counts its core-seconds."""

    inner: Any
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The inner reader's."""
        return str(self.inner.name)

    def read(self, crops: Any) -> Any:
        """As the inner reader."""
        return self._counted(self.inner.read, crops)

    def find(self, picture: Any) -> TextMap:
        """As the inner finder."""
        return cast(TextMap, self._counted(self.inner.find, picture))

    def _counted(self, work: Any, given: Any) -> Any:
        begun = cpu()
        done = work(given)
        self.seconds += cpu() - begun
        return done


@dataclass
class Seen:
    """One receipt: known or not, upright or not, its fields (name, kind, truth, value, confidence, asked), seconds."""

    known: bool
    recipe: str
    layout: int
    fields: list[tuple[str, str, Value, Value, float, bool, str]] = field(default_factory=list)
    clean: bool = False
    seconds: dict[str, float] = field(default_factory=dict)


@cache
def parts() -> tuple[Forms, dict[str, Timed], Timed]:
    """Forms, readers and finder, opened once."""
    readers = {name: Timed(reader) for name, reader in open_readers().items()}
    return load_forms(REPO / "pipelines", REPO / "schemas"), readers, Timed(open_finder())


def one(seed: int, purpose: Purpose, recipe: str, turns: int) -> Seen:
    """Draw, scan, read and judge one receipt."""
    forms, readers, finder = parts()
    paper = make(forms[FORM], seed, "typed", recipe, purpose)
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(encode_jpeg(Picture(np.ascontiguousarray(np.rot90(paper.picture, turns)), paper.dpi), quality=85))
        file.flush()
        begun = cpu()
        picture = open_page(Path(file.name), 1)
    picture = Picture(picture.pixels, float(paper.dpi))
    for timed in (*readers.values(), finder):
        timed.seconds = 0.0
    sight = see(picture, forms, cast("dict[str, Reader]", readers), lambda: cast(Finder, finder))
    document = Document("d", "b", None, 0, DAY, noted=sight.noted)
    document = validate(assemble(document, sight.readings, sight.form) if sight.form else document, sight.form)
    spent = {"find": finder.seconds, **{name: reader.seconds for name, reader in readers.items()}}
    seen = Seen(document.form == FORM, recipe, turns, clean=not document.findings)
    seen.seconds = {**spent, "rest": cpu() - begun - sum(spent.values())}
    if seen.known:
        asked = {finding.field for finding in document.findings}
        for name, true in paper.truth.items():
            got = document.fields[name]
            value = got.value or None if got.value is False else got.value
            seen.fields.append((name, forms[FORM].fields[name].kind, true, value, got.confidence, name in asked, got.raw))
    return seen


def right(kind: str, true: Value, value: Value) -> bool:
    """Whether the value is wholly right, or blank where nothing stands."""
    return value is None if true is None else value is not None and same(kind, true, value)


def figures(sheets: list[Seen]) -> dict[str, float]:
    """Shares 0–1 over all receipts; times in core-seconds a receipt."""
    fields = [f for sheet in sheets for f in sheet.fields]
    shown = [f for f in fields if f[2] is not None]
    money = [f for f in shown if f[1] in ("yen", "int")]
    passed = [f for f in fields if not f[5]]

    def share(some: list[Any], good: Any) -> float:
        return sum(map(good, some)) / len(some) if some else float("nan")

    return {
        "unknown": share(sheets, lambda s: not s.known),
        "fields_right": share(shown, lambda f: right(f[1], f[2], f[3])),
        "money_right": share(money, lambda f: right(f[1], f[2], f[3])),
        "wrong_values": share(fields, lambda f: f[3] is not None and not right(f[1], f[2], f[3])),
        "blank_right": share([f for f in fields if f[2] is None], lambda f: f[3] is None),
        "passed_fields": len(passed) / max(1, len(fields)),
        "wrong_among_passed": share(passed, lambda f: not right(f[1], f[2], f[3])),
        "money_wrong_among_passed": share([f for f in passed if f[1] in ("yen", "int")], lambda f: not right(f[1], f[2], f[3])),
        "passed_sheets": share(sheets, lambda s: s.clean),
        **{f"core_s_{stage}": sum(s.seconds[stage] for s in sheets) / len(sheets) for stage in sheets[0].seconds},
        "core_s_per_sheet": sum(sum(s.seconds.values()) for s in sheets) / len(sheets),
        "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def print_tables(sheets: list[Seen], out: Console) -> None:
    """By field: right, wrong (a value that is not the truth), blank though something stands, and what was wrong."""
    table = Table("field", "right", "wrong", "missed", "asked", "for example")
    by: dict[str, list[tuple[str, str, Value, Value, float, bool, str]]] = defaultdict(list)
    for sheet in sheets:
        for f in sheet.fields:
            by[f[0]].append(f)
    for name, fs in by.items():
        good = [f for f in fs if right(f[1], f[2], f[3])]
        bad = [f for f in fs if not right(f[1], f[2], f[3]) and f[3] is not None]
        missed = [f for f in fs if f[2] is not None and f[3] is None]
        told = Counter(f"{f[2]}→{f[3] if f[3] is not None else f[6] or '-'}{'' if f[5] else ' !'}" for f in (*bad, *missed))
        table.add_row(name, f"{len(good) / len(fs):.3f}", str(len(bad)), str(len(missed)), str(sum(f[5] for f in fs)),
                      "  ".join(key for key, _ in told.most_common(4)))
    out.print(table)
    for recipe in RECIPES:
        mine = [s for s in sheets if s.recipe == recipe]
        if mine:
            out.print(recipe, len(mine), {k: round(v, 4) for k, v in figures(mine).items() if k in (
                "unknown", "fields_right", "money_right", "wrong_values", "passed_sheets")})


def main() -> None:
    """Run the bench and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--receipts", type=int, default=200)
    told.add_argument("--purpose", default="test")
    told.add_argument("--first", type=int, default=5_000_000)
    told.add_argument("--dry", action="store_true", help="write no history")
    args = told.parse_args()
    out, begun = Console(width=150), time.monotonic()
    sheets = [one(args.first + i, args.purpose, RECIPES[i % len(RECIPES)], i // TURNED % 3 + 1 if i % TURNED == 7 else 0)
              for i in range(args.receipts)]
    found = figures(sheets)
    print_tables(sheets, out)
    for name, value in found.items():
        out.print(f"  {name:26} {value:.5f}")
    out.print(f"  n = {len(sheets)} receipts, {sum(len(s.fields) for s in sheets)} fields, {time.monotonic() - begun:.0f} s")
    if not args.dry:
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(), "machine": platform.machine(),
                 "bench": "receipts", "n": len(sheets), "figures": {k: round(v, 5) for k, v in found.items()}}
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _commit() -> str:
    told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE, check=False)
    return told.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
