"""What all tests share: where the samples lie, and a whole machine (web, queue, worker) to send paper to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tsuzuri.engines import calibration
from tsuzuri.settings import REPO, Settings
from tsuzuri.store import accounts
from tsuzuri.up import Running, keep, machine_up

SAMPLES = REPO / "samples"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long journeys come first: whoever began one last would keep all others waiting."""
    items.sort(key=lambda item: "journey" not in item.path.parts)


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """samples/batch/manifest.json: every file of the sample batch with the truth of its pages."""
    told: dict[str, Any] = json.loads((SAMPLES / "batch" / "manifest.json").read_text("utf-8"))
    return told


@pytest.fixture
def at_their_word() -> Iterator[None]:
    """Readings are as sure as their score, a target demands as much as itself: nothing hangs on what was last measured.

    An independent second reader weighs ten to one; so much slips through checks as `slips` says.
    """
    told = json.loads(calibration.FILE.read_text("utf-8"))
    slips = {"check_digit number": 0.05, **{f"balance {place}": 0.01 for place in ("copay", "paid", "others", "amount")},
             **{f"{check}_is_{of} {place}": 0.01 for check, of, place in (
                 ("fee", "points", "points"), ("fee", "points", "fee"), ("copay", "ratio", "points"), ("copay", "ratio", "copay"))},
             "rows_sum total": 0.01}
    second = {"tesseract agrees": {"odds": 10.0}, "tesseract differs": {"odds": 0.1}}
    word = {"curve": [[calibration.EDGE, calibration.EDGE], [1 - calibration.EDGE, 1 - calibration.EDGE]]}
    groups = ("address", "blank", "date", "kana", "mark", "money", "name", "number", "seal", "struck", "text")
    calibration.use({
        "families": told["families"], "wider": {f"{found}{group}": "any" for group in groups for found in ("", "found ")},
        "worth": {"any": dict.fromkeys(("own", "ppocr", "tesseract", "marks", "blank", "none"), word)},
        "seconds": {"money": second, "number": second}, "slips": {name: {"slip": slip} for name, slip in slips.items()},
    })
    yield
    calibration.use(None)


@contextmanager
def machine_of_its_own(home: Path) -> Iterator[Running]:
    """Real queue server, real web server, one real worker; swept every second, ended at the end."""
    settings = Settings(home=home, port=0, workers=1, sweep_every_s=1.0, sweep_after_s=3.0, redis_url="", database_url="")
    ended = threading.Event()
    with machine_up(settings) as running:
        watcher = threading.Thread(target=keep, args=(running, ended.is_set), kwargs={"nightly": False}, daemon=True)
        watcher.start()
        yield running
        ended.set()
        watcher.join(timeout=10)


def key_of_a_station(machine: Running) -> str:
    """The API key of a scanner station."""
    with machine.line.unit() as unit:
        return accounts.add_station(unit, "TEST-1", machine.line.clock())


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Running]:
    """A machine of this test's own."""
    with machine_of_its_own(tmp_path / "home") as running:
        yield running


@pytest.fixture
def station_key(machine: Running) -> str:
    """The API key of a scanner station."""
    return key_of_a_station(machine)
