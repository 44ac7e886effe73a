"""How fast sheets come in, each durable before its receipt: played stations over real HTTP to a web server as `tsuzuri serve`
starts it, on a real disk, with a queue server to nudge and nobody to read. `python tests/bench/ends_ingest.py` shows it alone.

The stations share one process beside the server, and whatever it costs them is the server's loss: the machine is one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.journey.lean import Lean
from tests.journey.served import Served, empty_database, new_home, nursery

from tsuzuri.settings import REPO, Settings
from tsuzuri.up import queue_command

LEVELS = {1: 300, 8: 1600, 64: 3200}    # stations at once → sheets that they send together
SHEET_BYTES = 100_000
WARM = 40                               # sheets sent before anything is measured


@dataclass(frozen=True)
class Level:
    """What so many stations at once saw. Milliseconds are from a request's first byte to its receipt."""

    stations: int
    sheets: int
    sheets_per_s: float
    p50_ms: float
    p95_ms: float
    worst_ms: float
    rss_mib: float
    core_s_per_sheet: float


def sheet() -> bytes:
    """A scanned page of 100 KB, to which a few bytes are added that make each one another file."""
    return (REPO / "samples" / "batch" / "0008.jpg").read_bytes().ljust(SHEET_BYTES, b"\0")


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """A web server and its queue server."""
    settings = Settings(home=folder / "home", redis_url="")
    with nursery() as births, subprocess.Popen(queue_command(settings), stdout=subprocess.DEVNULL) as queue:
        one = Served(births, new_home(empty_database(folder), folder / "home2"), settings={"TSUZURI_REDIS_URL": settings.queue_url})
        one.start()
        yield one
        one.kill()
        queue.kill()


def levels(one: Served, asked: dict[int, int]) -> Iterator[Level]:
    """One after the other, on the same store as it fills."""
    keys = [one.key(f"BENCH-{n}") for n in range(max(asked))]
    body = sheet()
    asyncio.run(_send_all(one, keys[:1], WARM, body))
    for stations, sheets in asked.items():
        worked, begun = _core_s(one.pid), time.perf_counter()
        took = asyncio.run(_send_all(one, keys[:stations], sheets, body))
        seconds = time.perf_counter() - begun
        ms = sorted(1000 * s for s in took)
        yield Level(stations, len(took), round(len(took) / seconds, 1), round(statistics.median(ms), 1),
                    round(ms[int(0.95 * len(ms))], 1), round(ms[-1], 1), round(one.most_mib(), 1),
                    round((_core_s(one.pid) - worked) / len(took), 4))


async def _send_all(one: Served, keys: list[str], sheets: int, body: bytes) -> list[float]:
    each = sheets // len(keys)
    return [s for told in await asyncio.gather(*(_station(one.port, key, each, body) for key in keys)) for s in told]


async def _station(port: int, key: str, sheets: int, body: bytes) -> list[float]:
    station, took = Lean(port, key), []
    batch = (await station.declare(sheets)).json()["id"]
    for seq in range(1, sheets + 1):
        own = body + f"{batch} {seq}".encode()
        begun = time.perf_counter()
        answer = await station.put(batch, seq, own)
        took.append(time.perf_counter() - begun)
        assert answer.status == 201, answer.body
    closed = await station.ask("POST", f"/v1/batches/{batch}/close")
    assert closed.json()["stored"] == sheets, closed.body
    station.hang_up()
    return took


def _core_s(pid: int) -> float:
    user, kernel = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(kernel)) / os.sysconf("SC_CLK_TCK")


def ingest(folder: Path | None = None, asked: dict[int, int] = LEVELS) -> tuple[dict[str, float], dict[str, object]]:
    """Figures by name, and what stands beside them in the same line of history: all levels, and how busy the machine was."""
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=folder, prefix="ingest-") as home, served(Path(home)) as one:
        found = {level.stations: level for level in levels(one, asked)}
    at = found[8]
    most = max(level.rss_mib for level in found.values())
    figures = {"ingest_sheets_per_s": at.sheets_per_s, "ingest_p95_ms": at.p95_ms, "ingest_rss_mib": most}
    return figures, {"ingest": [asdict(level) for level in found.values()], "load_before": round(before, 2)}


def main() -> None:
    """Show it; `ends.py` keeps it."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--quick", action="store_true", help="a tenth of the sheets")
    told.add_argument("--on", type=Path, help="a folder on the disk to measure; the system's temporary one unless said")
    given = told.parse_args()
    asked = {n: max(n, many // (10 if given.quick else 1)) for n, many in LEVELS.items()}
    figures, more = ingest(given.on, asked)
    print(figures, more, sep="\n")


if __name__ == "__main__":
    main()
