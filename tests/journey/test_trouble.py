"""What happens to the paper when the machine fails: real processes, really killed."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

from redis import Redis

from tests.conftest import SAMPLES
from tests.journey.station import PATIENCE_S, Station
from tsuzuri.model import Step
from tsuzuri.up import Running

SENT = ("0001.jpg", "0003.png", "0007.png", "0008.jpg")      # a sheet to be killed over, and what waits behind it


def test_no_sheet_is_lost_or_doubled_when_the_queue_is_emptied_and_a_worker_is_killed_in_its_work(
    machine: Running, station_key: str, manifest: dict[str, Any],
) -> None:
    entries = [e for e in manifest["files"] if e["file"] in SENT]
    with Station(machine.url, station_key) as station:
        batch = station.declare(len(entries))
        for seq, entry in enumerate(entries, start=1):
            assert station.send(batch, seq, (SAMPLES / "batch" / entry["file"]).read_bytes()).status_code == 201
        station.close(batch)
        _wait_until_a_page_is_in_work(machine, batch)
        _kill_worker_and_its_child(machine)
        Redis.from_url(machine.settings.queue_url).flushall()
        counts = station.wait_until_read(batch)

    with machine.line.store.read() as look:
        pages = look.pages_of_batch(batch)
        documents = look.documents_of_batch(batch)
    assert len(pages) == len(entries)
    assert all(page.step in (Step.BOUND, Step.BLANK) for page in pages)
    bound = Counter(page.document_id for page in pages if page.step is Step.BOUND)
    assert set(bound) == {d.id for d in documents}
    assert all(times == 1 for times in bound.values())
    assert counts["blank"] + len(documents) == len(entries)
    assert any(page.tries > 1 for page in pages), "nobody was killed in their work: the test proved nothing"


def _wait_until_a_page_is_in_work(machine: Running, batch: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with machine.line.store.read() as look:
            if any(page.step is Step.RECEIVED and page.tries == 1 for page in look.pages_of_batch(batch)):
                return
        time.sleep(0.01)
    raise AssertionError("no page came into work")


def _kill_worker_and_its_child(machine: Running) -> None:
    (worker,) = machine.workers()
    assert worker.process is not None
    pid = worker.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for victim in [pid, *map(int, children)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
