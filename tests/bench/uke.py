"""How fast electronic receipts are checked, on one core, and in how much memory. `python tests/bench/uke.py` writes a line.

A drawn file of fictional receipts, some 14 records each; times are core-seconds of this process. There is no peer in the run:
what else reads such files (uke-parser, receiptisan) is Ruby, and adds nothing up.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from read import HERE, _commit
from rich.console import Console

from tsuzuri.house import city_forms
from tsuzuri.rules.digits import check_digit
from tsuzuri.settings import Settings
from tsuzuri.uke import Examined, Payers, Sums, examined
from tsuzuri.uke.write import Records, Sender, written

DETAILS = 8         # lines of what was done, of each receipt
RECORDS = DETAILS + 6


def receipts(n: int) -> Iterator[Records]:
    """So many receipts, of three in ten the city's こども医療費 pays."""
    for i in range(n):
        points = [60 + (i * 7 + line * 13) % 400 for line in range(DETAILS)]
        number = f"{i % 1_000_000:06}"
        own = i % 10 < 3
        payer = f"KO,{'88430012' if own else '54430012'},{number}{check_digit(number)},,2,{sum(points)},700,,,,,"
        yield [f"RE,1,1124,202510,架空　{i},2,20220510,,,,,,,A-{i:08}" + "," * 23 + "カクウハナコ,",
               f"HO,01430016,１２３４５６７８,{i},2,{sum(points)},,,,,,,,,", payer, "SN,1,01,,,,00,,",
               "SY,4659007,20251006,1,,,01,", "SY,4660009,20251006,1,,,,",
               *(f"{'SI' if line % 2 else 'IY'},{11 + line},2,{620000000 + i % 999_999},,{worth},1" + "," * (7 + line) + "1"
                 + "," * (30 - line) for line, worth in enumerate(points))]


def draw(path: Path, records: int) -> None:
    """A file of that many records or a few more."""
    with path.open("wb") as out:
        out.writelines(written(Sender("4310100013", "架空病院", "2025-11"), receipts(records // RECORDS + 1)))


def uke_records_per_s(path: Path) -> tuple[float, Sums]:
    """Records checked a core-second; raises if anything was found, for then nothing was measured."""
    payers, sums, begun = Payers.of(city_forms(Settings())), Sums(), time.process_time()
    with path.open("rb") as stream:
        for item in examined([stream], payers, sums):
            if not isinstance(item, Examined) or item.faults:
                raise SystemExit(f"a fault in a drawn file: {item.faults if isinstance(item, Examined) else item}")
    return sums.records / (time.process_time() - begun), sums


def main() -> None:
    """Run the bench and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--records", type=int, default=1_000_000)
    told.add_argument("--dry", action="store_true", help="write no history")
    args, out = told.parse_args(), Console()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "RECEIPTC.UKE"
        draw(path, args.records)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rate, sums = uke_records_per_s(path)
        size = path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    more = round((peak - before) / 1024, 1)
    found = {"uke_records_per_s": round(rate), "uke_rss_mib": round(peak / 1024), "uke_more_rss_mib": more}
    out.print(found, f"n = {sums.records:,} records, {sums.receipts:,} receipts, {size / 2**20:.0f} MiB")
    if not args.dry:
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(),
                 "machine": f"{platform.machine()} × {os.cpu_count()}", "bench": "rules", "n": sums.records, "figures": found}
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
