"""Whether memory stays flat: one reading process, the sample batch's papers over and over, as a worker sees them. `make soak`.

The slope is told by a straight line through the resident memory of the later half: what is loaded at first (models, lists, the
allocator's pools) is no leak. One line into history.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
from datetime import UTC, date, datetime
from itertools import cycle
from pathlib import Path

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

import psutil
from rich.console import Console
from rich.progress import track

from tsuzuri.flow.reading import Office, read_file
from tsuzuri.house import caps_of, city_forms, form_readers
from tsuzuri.settings import REPO, Settings

HERE = Path(__file__).resolve().parent
EVERY = 25          # sheets between two looks at the memory
DAY = date(2026, 6, 30)


def soak(sheets: int) -> list[tuple[int, float]]:
    """(sheets read so far, resident MiB) at every look."""
    settings, me = Settings(), psutil.Process()
    forms = city_forms(settings)
    readers = form_readers(settings, forms)
    files = sorted(p for p in (REPO / "samples" / "batch").iterdir() if p.suffix in (".jpg", ".png", ".tif", ".pdf"))
    seen: list[tuple[int, float]] = []
    paths, read = cycle(files), 0
    for look in track(range(sheets // EVERY), console=Console(stderr=True), description="reading"):
        while read < (look + 1) * EVERY:
            read += sum(len(pages) for pages, _ in read_file(next(paths), forms, readers, caps_of(settings), Office(DAY)))
        seen.append((read, me.memory_info().rss / 2**20))
    return seen


def main() -> None:
    """Read, tell, keep one line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sheets", type=int, default=10_000)
    asked.add_argument("--dry", action="store_true", help="write no history")
    given = asked.parse_args()
    seen = soak(given.sheets)
    late = seen[len(seen) // 2:]
    slope = statistics.linear_regression([n for n, _ in late], [mib for _, mib in late]).slope * 1000
    figures = {"rss_mib": round(max(mib for _, mib in seen), 1), "rss_growth_mib_per_1000": round(slope, 2)}
    for n, mib in seen[:: max(1, len(seen) // 10)]:
        print(f"{n:>7,} sheets {mib:8.1f} MiB")
    print(figures)
    if not given.dry:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE).stdout.strip()
        told = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit,
                "machine": f"{platform.machine()} × {os.cpu_count()}", "bench": "soak", "n": seen[-1][0], "figures": figures}
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(told, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
