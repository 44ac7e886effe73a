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
    """Starts a web server in a house of its own: `serve(first="…", TSUZURI_X="…")`."""
    begun: list[Served] = []

    def start(first: str = "", **settings: str) -> Served:
        served = Served(births, new_home(model, tmp_path / f"home{len(begun)}"), first, settings)
        begun.append(served)
        served.start()
        return served

    yield start
    for served in begun:
        served.kill()
