"""Units of several threads committed as one: each gets what it asked for, and nobody pays for another's fault."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tsuzuri.errors import Stuck, WrongTurn
from tsuzuri.store import Store, Unit
from tsuzuri.store.together import Together

MANY = 6


class Lots:
    """A table of names, written by threads through one Together; the first act waits until all others wait behind it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(f"sqlite:///{folder / 'lots.db'}")
        with self.store.unit() as unit:
            unit.connection.execute(text("CREATE TABLE named (name TEXT PRIMARY KEY)"))
        self.opened = 0
        self.together = Together(self.unit)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Counts how often there is one."""
        self.opened += 1
        with self.store.unit() as unit:
            yield unit

    def names(self) -> set[str]:
        """What is durable."""
        with self.store.read() as look:
            return set(look.connection.scalars(text("SELECT name FROM named")))

    def run(self, *acts: Callable[[Unit], Any]) -> list[Any]:
        """What each act was answered, or the error that it got; all but the first come while that one is at work."""
        def first(unit: Unit) -> str:
            while len(self.together._waiting) < len(acts):
                time.sleep(0.001)
            return self.write("first")(unit)

        answers: list[Any] = [None] * (len(acts) + 1)

        def ask(at: int, act: Callable[[Unit], Any]) -> None:
            try:
                answers[at] = self.together.do(act)
            except (WrongTurn, Stuck, ZeroDivisionError) as error:
                answers[at] = error

        threads = [threading.Thread(target=ask, args=(at, act)) for at, act in enumerate((first, *acts))]
        threads[0].start()
        while not self.opened:
            time.sleep(0.001)
        for thread in threads[1:]:
            thread.start()
        for thread in threads:
            thread.join(30)
        return answers

    @staticmethod
    def write(name: str) -> Callable[[Unit], str]:
        """An act that writes a name and asks for a job."""
        def act(unit: Unit) -> str:
            unit.connection.execute(text("INSERT INTO named VALUES (:name)"), {"name": name})
            unit.then("open_scan", name)
            return name

        return act


@pytest.fixture
def lots(tmp_path: Path) -> Iterator[Lots]:
    """An empty one."""
    made = Lots(tmp_path)
    yield made
    made.store.close()


def test_who_comes_while_another_is_committed_is_committed_with_all_who_came(lots: Lots) -> None:
    told = lots.run(*(lots.write(f"n{n}") for n in range(MANY)))
    assert told == [(name, (("open_scan", name),)) for name in ("first", *(f"n{n}" for n in range(MANY)))]
    assert lots.names() == {name for name, _ in told}
    assert lots.opened == 2


def test_one_that_is_turned_away_takes_only_its_own_part_back(lots: Lots) -> None:
    def turned_away(unit: Unit) -> None:
        lots.write("wrong")(unit)
        raise WrongTurn("no", code="place_taken")

    _, good, bad, twice = lots.run(lots.write("good"), turned_away, lots.write("first"))
    assert good == ("good", (("open_scan", "good"),))
    assert isinstance(bad, WrongTurn) and bad.code == "place_taken"
    assert isinstance(twice, WrongTurn) and twice.code == "already_told"
    assert lots.names() == {"first", "good"} and lots.opened == 2


def test_what_breaks_with_one_is_tried_alone_with_each(lots: Lots) -> None:
    def broken(unit: Unit) -> None:
        lots.write("half")(unit)
        raise ZeroDivisionError

    _, good, bad, other = lots.run(lots.write("good"), broken, lots.write("other"))
    assert (good[0], other[0]) == ("good", "other") and isinstance(bad, ZeroDivisionError)
    assert lots.names() == {"first", "good", "other"}


def test_a_commit_that_fails_fails_for_all_of_them(lots: Lots, monkeypatch: pytest.MonkeyPatch) -> None:
    real = lots.store.unit

    @contextmanager
    def full() -> Iterator[Unit]:
        with real() as unit:
            yield unit
            if "first" in lots.names():
                raise Stuck("full", code="disk_full")

    monkeypatch.setattr(lots.store, "unit", full)
    _, *told = lots.run(*(lots.write(f"n{n}") for n in range(3)))
    assert [error.code for error in told] == ["disk_full"] * 3
    assert lots.names() == {"first"}
