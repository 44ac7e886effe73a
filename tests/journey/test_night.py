"""The night as a real process, really killed in the midst of its file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.flow.conftest import claim_values, declared, read_document
from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.house import open_line
from tsuzuri.model import Claim, Scan, Step
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.settings import Settings
from tsuzuri.store import queries

CLAIMS = 3000      # enough that the file takes a few tenths of a second


def test_a_night_killed_in_its_work_sends_every_claim_once_when_it_runs_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", redis_url="", database_url="", exports=tmp_path / "out")
    line = open_line(settings)
    line.store.create()
    _approve(line, CLAIMS)
    environment = {**os.environ, "TSUZURI_HOME": str(settings.home), "TSUZURI_EXPORTS": str(settings.exports)}
    # Whatever the hour: today's cut-off is when all were approved.
    command = [sys.executable, "-m", "tsuzuri.cli", "night", line.today().isoformat(), "--until", line.clock().isoformat()]

    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as night:
        while not list((tmp_path / "out").glob("*.part")):
            assert night.poll() is None, "the night was over before it could be killed"
            time.sleep(0.001)
        night.send_signal(signal.SIGKILL)
    assert not list((tmp_path / "out").glob("*.fin")), "the receiver must not see a night that was killed"
    assert _steps(line) == {Step.APPROVED: CLAIMS}

    assert subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
    (path,) = (tmp_path / "out").glob("benefits_*.dat")
    feed = read_feed(path.read_bytes())
    assert len({row["claim_id"] for row in feed.rows}) == len(feed.rows) == CLAIMS
    assert _steps(line) == {Step.EXPORTED: CLAIMS}
    assert flow.night(line, line.today()).sha256 == _run_sha(line)
    line.store.close()


def _approve(line: Line, count: int) -> None:
    """So many approved claims in one closed batch, laid down at once."""
    batch = declared(line, sheets=count)
    document = read_document(line, "d", batch, claim_values())
    now, values = line.clock(), {name: f.value for name, f in document.fields.items()}
    with line.unit() as unit:
        unit.add_scan(Scan("sc", batch.id, 1, "1.tif", "ab" * 32, 9, "image/tiff", count, now, step=Step.OPENED))
        for i in range(count):
            one = replace(document, id=f"d{i}", fields={}, step=Step.APPROVED)
            unit.add_document(one)
            unit.add_claim(Claim(f"CL{i:018}", one.id, batch.id, batch.ward, "kodomo_seikyu", values, "sato", now))
    flow.close_batch(line, batch.id)


def _steps(line: Line) -> dict[Step, int]:
    with line.store.read() as look:
        return {step: many for step, many in queries.counts_by_step(look).items() if many}


def _run_sha(line: Line) -> str:
    with line.store.read() as look:
        run = look.run_for(line.today(), "benefits")
    assert run is not None
    return run.sha256
