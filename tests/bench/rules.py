"""How fast rules judge, on one core: one function a figure. `python tests/bench/rules.py` runs it and writes a line of history.

Everything is told from seeds from 7,000,000 on, which nothing else uses. Times are core-seconds of this process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from ledgers import ledger_rows_per_s, lookup_p95_ms
from neighbours import crowded_p95_ms, neighbours_p95_ms
from read import HERE, _commit
from rich.console import Console

from tsuzuri.house import city_forms
from tsuzuri.model import Document, Field
from tsuzuri.rules.reckon import Before, Case, possible
from tsuzuri.rules.tables import read_tables
from tsuzuri.settings import REPO, Settings
from tsuzuri.stages.validate import validate
from tsuzuri.synth.stories import BUSINESS_DATE, tell

FIRST_SEED = 7_000_000
CARES = ("外来",) * 12 + ("調剤",) * 5 + ("歯科",) * 3 + ("入院", "柔道整復")
MOST_S = 10.0


def cases(n: int) -> Iterator[Case]:
    """Claims of three schemes, four years and all ages; one in five had a visit before in the month."""
    chance = np.random.default_rng(FIRST_SEED)
    for _ in range(n):
        scheme = ("01", "01", "01", "02", "03")[chance.integers(5)]
        month = f"{2022 + chance.integers(4)}-{1 + chance.integers(12):02d}"
        born = date(2026, 1, 1) - timedelta(days=int(chance.integers(1, 365 * (18 if scheme == "01" else 85))))
        earlier = (Before("a", "外来", 900, 300),) if chance.random() < 0.2 else ()
        yield Case(scheme=scheme, month=month, care=CARES[chance.integers(len(CARES))], birth=born, inst_code="a",
                   points=int(chance.integers(80, 30_000)), days=int(chance.integers(1, 9)), earlier=earlier)


def reckoned_per_s(n: int) -> tuple[float, int]:
    """Claims reckoned, every step in words."""
    tables = read_tables(REPO / "pipelines" / "tables")
    told = list(cases(n))
    return _rate(told, lambda case: possible(case, tables)), n


def claims_per_s(n: int) -> tuple[float, int]:
    """Claims judged by all checks of their form, schema and targets included: half a 請求書 each of こども and ひとり親."""
    forms = city_forms(Settings())
    papers = []
    for i in range(n // 10):
        form = forms[("kodomo_seikyu", "hitorioya_seikyu")[i % 2]]
        story = tell(form, np.random.default_rng(FIRST_SEED + i))
        fields = {name: Field(value, 0.99, "" if value is None else str(value), "own", page=1) for name, value in story.items()}
        papers.append((Document(f"dc_{i}", "bt_1", form.name, 1, BUSINESS_DATE, fields=fields), form))
    return _rate(papers, lambda paper: validate(*paper)), len(papers)


def judged_p95_ms(n: int) -> tuple[float, int]:
    """Milliseconds of one judgement beside two million claims (20 × n)."""
    return neighbours_p95_ms(city_forms(Settings()), 20 * n)


def clinic_p95_ms(n: int) -> tuple[float, int]:
    """Core milliseconds to fetch what one claim may meet among 3,000 of the same points at one clinic in one month."""
    return crowded_p95_ms()


def _rate(told: list[Any], judge: Callable[[Any], object]) -> float:
    """How many a core-second; stops after MOST_S."""
    for one in told[:20]:
        judge(one)
    began, done = time.process_time(), 0
    for one in told:
        judge(one)
        done += 1
        if done % 100 == 0 and time.process_time() - began > MOST_S:
            break
    return done / (time.process_time() - began)


FIGURES: dict[str, Callable[[int], tuple[float, int]]] = {
    "reckoned_per_s": reckoned_per_s, "claims_per_s": claims_per_s, "judged_p95_ms": judged_p95_ms, "clinic_p95_ms": clinic_p95_ms,
    "ledger_rows_per_s": ledger_rows_per_s, "lookup_p95_ms": lookup_p95_ms}


def main() -> None:
    """Run every figure, or those named, and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("names", nargs="*", metavar="FIGURE", help="which figures; all of them unless said")
    told.add_argument("--n", type=int, default=100_000, help="how many to reckon; slower figures take a part of it")
    told.add_argument("--dry", action="store_true", help="write no history")
    args = told.parse_args()
    out, found, counts = Console(width=120), {}, {}
    for name in args.names or FIGURES:
        value, counts[name] = FIGURES[name](args.n)
        found[name] = round(value, 1)
        out.print(f"  {name:24} {value:12,.0f}   n = {counts[name]:,}")
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(),
            "machine": f"{platform.machine()} × {os.cpu_count()}",
            "bench": "rules", "n": args.n, "figures": found, "counts": counts}
    if not args.dry:
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
