"""Our small reader on numbers, dates, katakana and blanks, beside PP-OCRv6 small and tiny, the line, and every model dropped in.

Sheets of 44 boxes are drawn in fonts, digits and seeds that neither training nor tuning ever saw, scanned, placed and cut by
the real line; each reader is shown the same crops in the same run. A field counts if wholly right after its kind's
normalisation. One core. `make bench` runs it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from odds import Seen, coverage, curve, measured, reliability, share
from read import HERE, _commit
from rich.console import Console
from rich.progress import track
from rich.table import Table
from strips import SPECKS
from voices import WIDE, Bench, Job, readers

from tsuzuri.rules.odds import interval
from tsuzuri.synth.digits import have_digits
from tsuzuri.synth.fonts import Purpose, have_fonts

FIRST_SEED = 6_000_000
RECIPES = ("clean", "office", "poor", "fax")
MARGINS = {"1e3": 0.001, "5e3": 0.005}
# How many of a group one sheet gives, blanks left out: what is needed to know how many sheets to draw.
YIELD = {"hand": 14.0, "digits": 16.0, "typed": 40.0, "empty": 44.0}
GROUPS = {"number": "numbers", "date": "dates", "kana": "katakana"}
WRITTEN = {"hand": "handwriting fonts", "digits": "real digits", "typed": "print"}


def jobs(n: int, first: int, fonts: Purpose) -> list[Job]:
    """Sheets enough for n of each group, so mixed that any beginning of the list has its share of each."""
    styles = ("hand", "digits", "typed", "empty") if have_digits() else ("hand", "typed", "empty")
    told = []
    for style in styles:
        sheets = math.ceil(n / YIELD[style])
        told += [((i + 0.5) / sheets, style, i) for i in range(sheets)]
    return [_job(first + seed, style, i, fonts) for seed, (_, style, i) in enumerate(sorted(told))]


def _job(seed: int, style: str, i: int, fonts: Purpose) -> Job:
    if style == "empty":
        return Job(seed, style, RECIPES[1 + i % 3], fonts, SPECKS[i % len(SPECKS)])
    return Job(seed, style, RECIPES[i % len(RECIPES)], fonts)


def figures(bench: Bench) -> dict[str, float]:
    """The stable names: our reader's bare, the others' with the voice before."""
    filled = [f for f in bench.fields if not f.blank]
    blank, found = [f for f in bench.fields if f.blank], {}
    for voice in bench.voices:
        before = "" if voice == "own" else f"{voice}_"
        found[f"{before}digits_right"] = share([f for f in filled if f.group == "number" and f.style == "digits"], voice)
        for group in ("number", "date", "kana"):
            found[f"{before}{group}_right"] = share([f for f in filled if f.group == group and f.style == "hand"], voice)
        found[f"{before}blank_right"] = share(blank, voice)
        for word, margin in MARGINS.items():
            found[f"{before}coverage_at_{word}"] = coverage(numeric(bench), voice, margin)[0]
        if bare := bench.bare.get(voice):
            found[f"{before}bare_blank_right"] = sum(bare) / len(bare)
        found[f"{before}ms_per_crop"] = 1000 * bench.spent.seconds[voice] / max(1, bench.spent.crops[voice])
        found[f"{before}core_s_per_sheet"] = bench.spent.seconds[voice] / max(1, len(bench.fields) // len(bench.form.fields))
    found["ratio_ppocr"] = found["ppocr_ms_per_crop"] / found["ms_per_crop"]
    return found


def numeric(bench: Bench) -> list[Seen]:
    """Numbers and dates by hand: fonts and real digits."""
    return [f for f in bench.fields if not f.blank and f.group != "kana" and f.style != "typed"]


def cells(bench: Bench) -> Iterator[tuple[str, list[Seen]]]:
    """The fields by group and style, then by kind and style, then blanks by how they are scanned."""
    found: dict[str, list[Seen]] = defaultdict(list)
    for f in bench.fields:
        found[f"{GROUPS[f.group]}/{f.style}" if not f.blank else "blank/all"].append(f)
        found[f"{f.kind}/{f.style}" if not f.blank else f"blank/{f.recipe}"].append(f)
    yield from sorted(found.items())


def print_grid(bench: Bench, out: Console) -> dict[str, list[float | None]]:
    """Right by group, kind and style for each voice; the same as data: [n, share a voice …]."""
    voices = [*bench.voices, WIDE]
    table, grid = Table("fields", "n", *voices, title="whole field right"), {}
    for name, these in cells(bench):
        shares = [share(these, voice) if all(voice in f.said for f in these) else None for voice in voices]
        table.add_row(name, str(len(these)), *("" if s is None else f"{s:.2%}" for s in shares))
        grid[name] = [len(these), *(None if s is None else round(s, 5) for s in shares)]
    out.print(table)
    return grid


def rules(bench: Bench) -> dict[str, list[tuple[str, int, int, int]]]:
    """For each group by who wrote it: [rule, fields, passed, wrong among them]."""
    found = {}
    for style, written in WRITTEN.items():
        for group, plural in GROUPS.items():
            these = [f for f in bench.fields if f.group == group and f.style == style]
            found[f"{plural}, {written}"] = list(measured(these))
    return {name: rows for name, rows in found.items() if rows}


def print_coverage(bench: Bench, out: Console) -> dict[str, list[list[Any]]]:
    """How much passes at one wrong in a thousand, by group, and what its n allows to be said; the same as data."""
    table = Table("fields", "voice", "n", "coverage", "wrong", "95 % interval", title="the surest, at most 1 in 1,000 wrong")
    found = {}
    for style, written in WRITTEN.items():
        for group, plural in GROUPS.items():
            these = [f for f in bench.fields if f.group == group and f.style == style and not f.blank]
            for voice in bench.voices if these else ():
                most, passed, wrong = coverage(these, voice, MARGINS["1e3"])
                low, high = interval(wrong, passed)
                found.setdefault(f"{plural}, {written}", []).append([voice, len(these), round(most, 5), wrong, round(high, 6)])
                table.add_row(f"{plural}, {written}", voice, str(len(these)), f"{most:.2%}", str(wrong), f"{low:.2%}–{high:.2%}")
    out.print(table)
    return found


def entry(bench: Bench, fonts: str, out: Console) -> dict[str, Any]:
    """The line of history: figures, and what tables and plots need."""
    found, grid, most = figures(bench), print_grid(bench, out), print_coverage(bench, out)
    for name, value in found.items():
        out.print(f"  {name:28} {value:.5f}")
    sheets = len(bench.fields) // len(bench.form.fields)
    out.print(f"  n = {sheets} sheets, {len(bench.fields)} fields, fonts: {fonts}; {bench.lost} sheets not placed")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(),
        "machine": f"{platform.machine()} × {os.cpu_count()}", "bench": "own", "n": sheets, "fonts": fonts,
        "fields": len(bench.fields), "readers": {name: reader.name for name, reader in bench.readers.items()},
        "figures": {name: round(value, 5) for name, value in found.items()},
        "by": {"voices": [*bench.voices, WIDE], "cells": grid}, "rules": rules(bench), "coverage_at_1e3": most,
        "risk_coverage": {voice: curve(numeric(bench), voice) for voice in bench.voices},
        "reliability": {voice: list(reliability(bench.fields, voice)) for voice in bench.voices},
    }


def main() -> None:
    """Run the bench and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--n", type=int, default=2000, help="fields a kind: real digits, numbers, dates, katakana, blanks")
    told.add_argument("--first", type=int, default=FIRST_SEED, help="the first seed; tuning ones are below 60,000")
    told.add_argument("--fonts", choices=("tuning", "sample", "test"), default="test")
    told.add_argument("--minutes", type=float, default=math.inf, help="stop after so many, with as many sheets as were drawn")
    told.add_argument("--dry", action="store_true", help="write no history")
    args = told.parse_args()
    out, start = Console(width=150), time.monotonic()
    if not have_fonts(args.fonts):
        out.print("The fonts that our reader never saw are not here (npm brings them). Falling back to the samples' fonts, "
                  "most of which it was trained on: these are no figures to quote.", style="bold")
        args.fonts = "sample"
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(readers(Path(folder)))
    for job in track(jobs(args.n, args.first, args.fonts), description="sheets", console=out):
        bench.sheet(job)
        if time.monotonic() - start > 60 * args.minutes:
            break
    line = entry(bench, args.fonts, out)
    out.print(f"  {time.monotonic() - start:.0f} s")
    if not args.dry:
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
