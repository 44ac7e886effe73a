"""What all tests share: where the samples lie, and a whole machine (web, queue, worker) to send paper to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tsuzuri.settings import REPO, Settings
from tsuzuri.store import accounts
from tsuzuri.up import Running, keep, machine_up

SAMPLES = REPO / "samples"


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """samples/batch/manifest.json: every file of the sample batch with the truth of its pages."""
    told: dict[str, Any] = json.loads((SAMPLES / "batch" / "manifest.json").read_text("utf-8"))
    return told


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Running]:
    """A machine of its own: real queue server, real web server, one real worker; swept every second, ended at the end."""
    settings = Settings(
        home=tmp_path / "home", port=0, workers=1, sweep_every_s=1.0, sweep_after_s=3.0, redis_url="", database_url="",
    )
    ended = threading.Event()
    with machine_up(settings) as running:
        watcher = threading.Thread(target=keep, args=(running, ended.is_set), kwargs={"nightly": False}, daemon=True)
        watcher.start()
        yield running
        ended.set()
        watcher.join(timeout=10)


@pytest.fixture
def station_key(machine: Running) -> str:
    """The API key of a scanner station."""
    with machine.line.unit() as unit:
        return accounts.add_station(unit, "TEST-1", machine.line.clock())
