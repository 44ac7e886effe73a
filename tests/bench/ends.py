"""Both ends. The night's: approved claims, laid down straight in the rows, leave for all targets and are paid; seconds and memory.
The stations' is `ends_ingest`'s.

Each step is a process of its own, so that its memory is its own. One line into history.jsonl.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from ends_ingest import ingest
from sqlalchemy import insert

from tsuzuri import flow
from tsuzuri.flow import Brought, Line
from tsuzuri.flow.intake import Declaration
from tsuzuri.house import open_line
from tsuzuri.model import Claim, Document, Step
from tsuzuri.rules.csv_reader import read_csv_feed
from tsuzuri.rules.zengin_reader import read_transfers
from tsuzuri.settings import REPO, Settings
from tsuzuri.store import rows
from tsuzuri.store.tables import claims, documents

HERE = Path(__file__).resolve().parent
INST = "payments_institutions"
CLINICS = 2000          # a city's institutions
MANY = 5000


def _settings(home: Path) -> Settings:
    return Settings(home=home, redis_url="", database_url="", exports=home / "out")


def lay_down(line: Line, many: int, home: Path) -> None:
    """So many approved claims in one closed batch, of institutions whose accounts are known."""
    path = home / "inst.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write("医療機関コード,医療機関名,点数表,有効開始日,金融機関コード,支店コード,口座種目,口座番号,口座名義カナ\n")
        for i in range(CLINICS):
            out.write(f"431{i:07},試し医院{i},1,2010-04-01,0182,103,普通,{i:07},イリョウホウジン　タメシ\n")
    flow.import_ledger(line, Brought("institutions", whole=True, by="bench"), path)
    batch = flow.declare_batch(line, "BENCH", Declaration("B-1", "東区", "kodomo", 0))
    flow.close_batch(line, batch.id)
    values = json.loads((REPO / "samples" / "kodomo_seikyu" / "a.truth.json").read_text("utf-8"))["fields"]
    now, day = line.clock(), line.today()
    papers = iter(range(many))
    while some := list(islice(papers, MANY)):
        there = [Document(f"d{i:08}", batch.id, "kodomo_seikyu", 1, day, step=Step.APPROVED) for i in some]
        made = [Claim(f"CL{i:018}", f"d{i:08}", batch.id, "東区", "kodomo_seikyu",
                      values | {"recipient_no": f"{i % 10**7:07}", "inst_code": f"431{i % CLINICS:07}"}, "bench", now)
                for i in some]
        with line.unit() as unit:
            unit.connection.execute(insert(documents), [rows.from_document(one) | {"ward": "東区"} for one in there])
            unit.connection.execute(insert(claims), [rows.from_claim(one) for one in made])


def _told(line: Line, runs: list[Any], since: float, cpu: float) -> dict[str, Any]:
    return {
        "s": time.perf_counter() - since, "cpu_s": time.process_time() - cpu,
        "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "runs": {run.target: [run.count, run.amount, str(Path(run.path).parent), [file.name for file in run.files]]
                 for run in runs},
    }


def child(home: Path, step: str) -> None:
    """One step, told as JSON on the last line."""
    line = open_line(_settings(home))
    since, cpu = time.perf_counter(), time.process_time()
    if step == "night":
        runs = flow.nights(line, line.today(), line.clock())
    else:
        run = flow.night(line, line.today(), INST)
        runs = [flow.sign_run(line, run.id, by) for by in ("one", "two")][-1:]
    print(json.dumps(_told(line, runs, since, cpu)))


def _steps(home: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for step in ("night", "pay"):
        command = [sys.executable, __file__, "--home", str(home), "--step", step]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        yield step, json.loads(told)


def main() -> None:
    """Lay down, send, pay, prove, tell, keep one line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--export", type=int, default=100_000)
    asked.add_argument("--home", type=Path)
    asked.add_argument("--step", default="")
    asked.add_argument("--dry", action="store_true", help="write no history")
    asked.add_argument("--no-ingest", action="store_true", help="the night's end alone")
    given = asked.parse_args()
    if given.step:
        child(given.home, given.step)
        return
    with tempfile.TemporaryDirectory() as folder:
        home, many = Path(folder), given.export
        line = open_line(_settings(home))
        line.store.create()
        lay_down(line, many, home)
        line.store.close()
        told = dict(_steps(home))
        night, pay = told["night"], told["pay"]
        count, amount, out, names = night["runs"]["benefits"]
        assert count == many, night["runs"]
        if many <= 200_000:      # the readers hold a whole file in memory
            assert read_csv_feed((Path(out) / names[1]).read_bytes()).totals.amount == amount
        paid = pay["runs"][INST]
        assert (paid[0], paid[1]) == (many, amount) == (many, read_transfers((Path(paid[2]) / paid[3][0]).read_bytes()).total)
    named = f"{many // 1000}k" if many < 10**6 else f"{many // 10**6}m"
    figures = {f"export_{named}_s": round(night["s"], 1), f"export_{named}_cpu_s": round(night["cpu_s"], 1),
               "export_rss_mib": round(night["rss_mib"], 1), f"pay_{named}_s": round(pay["s"], 1),
               "pay_rss_mib": round(pay["rss_mib"], 1)}
    beside: dict[str, object] = {}
    if not given.no_ingest:
        found, beside = ingest()
        figures |= found
    for name, value in figures.items():
        print(f"{name:>20} {value}")
    if not given.dry:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=REPO, capture_output=True, text=True, check=False)
        entry = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit.stdout.strip(),
            "machine": f"{platform.machine()} × {os.cpu_count()}", "load": round(os.getloadavg()[0], 1), "bench": "ends", "n": many,
            "figures": figures, **beside}
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(entry, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
