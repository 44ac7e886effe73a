"""The parts that every flow function works with, handed over once by the house."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from tsuzuri.delivery import Secrets
from tsuzuri.engines import Reader
from tsuzuri.engines.finder import Finder, open_finder
from tsuzuri.errors import Stuck
from tsuzuri.forms import City, Forms
from tsuzuri.forms.drafted import Folders
from tsuzuri.image.pages import Caps
from tsuzuri.queue import Queue
from tsuzuri.store import Store, Unit
from tsuzuri.store.files import Files
from tsuzuri.store.seals import Seal

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """How much one upload may bring, how often a page is tried, how long a paper is held."""

    caps: Caps = field(default_factory=Caps)
    max_tries: int = 5
    lease: timedelta = timedelta(minutes=10)
    sweep_after: timedelta = timedelta(seconds=90)


@dataclass(frozen=True)
class Line:
    """Store, files, queue, forms and readers of one house. `readers`, `finder` are functions: models load on first use.
    `folders` are where its forms came from, for the studio; None: there is no studio. `seal` signs receipts, `secrets`
    open the doors of receivers."""

    store: Store
    files: Files
    queue: Queue
    forms: Forms
    readers: Callable[[], Mapping[str, Reader]]
    clock: Callable[[], datetime]
    exports: Path
    city: City
    zone: ZoneInfo
    limits: Limits = field(default_factory=Limits)
    finder: Callable[[], Finder] = open_finder
    folders: Folders | None = None
    seal: Seal = field(default_factory=Seal)
    secrets: Secrets = field(default_factory=Secrets)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One transaction; its nudges leave after the commit. A silent queue is no reason to fail: the sweep sends later."""
        with self.store.unit(send=self._send) as unit:
            yield unit

    def together(self, act: Callable[[Unit], T]) -> T:
        """What `act` does to a unit, durable; committed with what other threads do at this moment. It may be called twice."""
        return self.store.together(act, send=self._send)

    def _send(self, nudges: list[tuple[str, str]]) -> None:
        try:
            self.queue.send(nudges)
        except Stuck:
            return

    def today(self) -> date:
        """The business date (業務日付): the office's local date."""
        return self.clock().astimezone(self.zone).date()


def new_id(kind: str) -> str:
    """A fresh id that says what it names, e.g. "pg_3f9a0c…": 80 random bits, letters and digits only after the prefix."""
    return f"{kind}_{secrets.token_hex(10)}"
