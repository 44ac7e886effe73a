"""How fast a whole city's ledger comes in and is asked: 740,000 invented recipients, on one core; seeds from 7,000,000 on."""

from __future__ import annotations

import atexit
import csv
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from tsuzuri import flow
from tsuzuri.rules import Asked
from tsuzuri.rules.person import Sought, near
from tsuzuri.store import Store

FIRST_SEED = 7_000_000
RECIPIENTS = 740_000
ASKED = 1_000           # look-ups
HEAD = ("制度", "受給者番号", "宛名番号", "氏名", "氏名カナ", "生年月日", "性別", "区", "郵便番号", "住所", "公費負担者番号",
        "保険者番号", "記号", "番号", "有効開始日", "有効終了日")


def born_of(i: int) -> str:
    """One of 6,570 days, in no order."""
    return (date(2007, 4, 2) + timedelta(days=i * 7_919 % 6_570)).isoformat()


def people(n: int) -> Iterator[list[str]]:
    """A full nightly file's rows."""
    chance = np.random.default_rng(FIRST_SEED)
    for i in range(n):
        kana = "".join("アカサタナハマヤラワ"[int(digit)] for digit in f"{i * 7 % 997:03}") + "　" + "イキシチニヒミリン"[i % 9] * 2
        yield ["01", f"{i:07}", f"{i:010}", f"綴{i % 997}　花子{i % 89}", kana, born_of(i), "女", "東区", "862-0901",
               f"熊本市東区東町{i % 9 + 1}-{i % 30}-{i}", "88430012", "01430016", f"{chance.integers(10**8)}", f"{i % 99999}",
               "2024-12-01", ""]


@cache
def filled(n: int) -> tuple[Store, float]:
    """A store that a full file of n people was imported into, and how many core-seconds that took."""
    home = Path(tempfile.mkdtemp(prefix="tsuzuri-ledgers-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    with (home / "full.csv").open("w", encoding="cp932", newline="") as out:
        csv.writer(out).writerows([HEAD, *people(n)])
    store = Store(f"sqlite:///{home / 'ledger.db'}")
    store.create()
    now = datetime.now(UTC)
    line = cast(Any, SimpleNamespace(store=store, unit=store.unit, clock=lambda: now, today=now.date))
    began = time.process_time()
    flow.import_ledger(line, flow.Brought("recipients", True, "bench"), home / "full.csv")
    return store, time.process_time() - began


def ledger_rows_per_s(n: int) -> tuple[float, int]:
    """Rows of a first full file, read, held against what stands and written, a core-second."""
    many = min(RECIPIENTS, n * 8)
    return many / filled(many)[1], many


def lookup_p95_ms(n: int) -> tuple[float, int]:
    """What one claim asks of the ledgers: core-milliseconds that 95 % stay under."""
    store, _ = filled(min(RECIPIENTS, n * 8))
    chance, took = np.random.default_rng(FIRST_SEED), []
    for number in chance.integers(min(RECIPIENTS, n * 8), size=ASKED):
        with store.read() as look:
            began = time.process_time()
            known = look.entitled([Asked(recipient_no=f"{number:07}", inst_code="4310100013")])
            took.append(time.process_time() - began)
        assert known.recipients
    return float(np.percentile(took, 95)) * 1000, ASKED


def whom_p95_ms(n: int) -> tuple[float, int]:
    """Whom a paper may mean, its number, birth and card each read three ways: core-milliseconds that 95 % stay under."""
    many = min(RECIPIENTS, n * 8)
    store, _ = filled(many)
    chance, took = np.random.default_rng(FIRST_SEED), []
    rows = list(people(many))
    for i in chance.integers(many, size=ASKED):
        numbers = frozenset(other for k in (0, 10, 300) for other in near(f"{(i + k) % many:07}"))
        births = frozenset(born_of(int(i) + k) for k in range(3))
        cards = frozenset((rows[i][12], rows[(i + k) % many][13]) for k in range(3))
        wanted = Sought("01", numbers, births, frozenset({rows[i][4], rows[i][4][1:]}), cards=cards)
        with store.read() as look:
            began = time.process_time()
            found = look.alike([wanted])
            took.append(time.process_time() - began)
        assert f"{i:07}" in {row.recipient_no for row in found}
    return float(np.percentile(took, 95)) * 1000, ASKED


if __name__ == "__main__":
    many = int(sys.argv[1]) if sys.argv[1:] else RECIPIENTS // 8
    for figure in (ledger_rows_per_s, lookup_p95_ms, whom_p95_ms):
        value, count = figure(many)
        print(f"{figure.__name__} {value:,.2f} (n = {count:,})")
    print(f"rss_mib {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f}")
