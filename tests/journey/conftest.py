"""Web servers of their own, for what happens at the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journey.served import Nursery, Served, empty_database, new_home, nursery

Serve = Callable[..., Served]


@pytest.fixture(scope="session")
def births() -> Iterator[Nursery]:
    """Where all of a session's servers are forked off."""
    with nursery() as one:
        yield one


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the newest shape."""
    return empty_database(tmp_path_factory.mktemp("model"))


@pytest.fixture
def serve(births: Nursery, model: Path, tmp_path: Path) -> Iterator[Serve]:
    """Starts a web server in a house of its own: `serve(first="…", TSUZURI_X="…")`; `begun=False` leaves that to the test."""
    served: list[Served] = []

    def start(first: str = "", begun: bool = True, **settings: str) -> Served:
        one = Served(births, new_home(model, tmp_path / f"home{len(served)}"), first, settings)
        served.append(one)
        if begun:
            one.start()
        return one

    yield start
    for one in served:
        if one.pid:
            one.kill()
