"""What several threads write at one moment, committed as one: a disk's fsync is waited for once, not once for each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.store.trouble import translated
from tsuzuri.store.unit import Nudge, Unit

MOST = 64       # in one transaction: a writer beside waits for all of them, some 50 ms
Act = Callable[[Unit], Any]
Opened = Callable[[], AbstractContextManager[Unit]]


@dataclass(eq=False)
class _Asked:
    """What one thread wants done, and what came of it."""

    act: Act
    done: bool = False
    told: Any = None
    nudges: tuple[Nudge, ...] = ()
    error: BaseException | None = None


class Together:
    """Acts upon a unit of work; whoever comes while others are being committed is done with the next lot."""

    def __init__(self, unit: Opened) -> None:
        self._unit = unit
        self._coming, self._turn = Lock(), Lock()
        self._waiting: list[_Asked] = []

    def do(self, act: Act) -> tuple[Any, tuple[Nudge, ...]]:
        """What `act` answers and its nudges, once all that is durable; what it raises undoes its own part alone."""
        asked = _Asked(act)
        with self._coming:
            self._waiting.append(asked)
        while not asked.done:
            with self._turn:
                if not asked.done:
                    self._serve()
        if asked.error is not None:
            raise asked.error
        return asked.told, asked.nudges

    def _serve(self) -> None:
        """Some of those who wait, the first of them first."""
        with self._coming:
            lot, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if len(lot) == 1 or not self._all(lot):
            for asked in lot:
                self._alone(asked)
        for asked in lot:
            asked.done = True

    def _all(self, lot: list[_Asked]) -> bool:
        """All in one transaction; False, and none of them, if anything broke that is not one's own fault."""
        try:
            with self._unit() as unit:
                for asked in lot:
                    self._within(unit, asked)
        except Exception:  # noqa: BLE001  each is tried alone then, and raises its own
            return False
        return True

    def _within(self, unit: Unit, asked: _Asked) -> None:
        asked.error, unit.nudges = None, []
        try:
            with translated(), unit.connection.begin_nested():
                asked.told = asked.act(unit)
                asked.nudges = tuple(unit.nudges)
        except (Refused, WrongTurn) as error:
            asked.error = error

    def _alone(self, asked: _Asked) -> None:
        asked.error = None
        try:
            with self._unit() as unit:
                asked.told = asked.act(unit)
                asked.nudges = tuple(unit.nudges)
        except BaseException as error:  # noqa: BLE001  raised where it was asked
            asked.error = error
