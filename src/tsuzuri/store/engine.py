"""Connections to SQLite or PostgreSQL: one engine for units of work, one that can only read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from tsuzuri.errors import Misdeclared
from tsuzuri.store.together import Together
from tsuzuri.store.trouble import translated
from tsuzuri.store.unit import Look, Nudge, Unit

BUSY_MS = 10_000     # how long one writer waits for another; a unit takes milliseconds, a backup seconds
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = 8_270_001   # PostgreSQL's advisory lock while the schema is brought up to date; any fixed number
Send = Callable[[list[Nudge]], None]
T = TypeVar("T")


class Store:
    """The database at `url`. Engines are opened on first use and never shared with a forked child."""

    def __init__(self, url: str) -> None:
        self.url = _address(url)
        self._engines: dict[str, Engine] = {}
        self._pid = os.getpid()
        self._writing = Lock()
        self._together = Together(self.unit)

    def create(self) -> None:
        """Bring the schema to its newest shape, from whatever it was; several processes may ask at once."""
        # Imported here: Alembic is for the one process that starts the house, not for every worker.
        from alembic import command
        from alembic.config import Config

        if self._on_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        with translated(), self._engine("write").begin() as connection:
            if not self._on_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATING})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def unit(self, send: Send | None = None) -> Iterator[Unit]:
        """A unit of work: commits at its end, then hands its nudges to `send`; an error does neither."""
        with translated(), self._turn(), self._engine("write").begin() as connection:
            unit = Unit(connection)
            yield unit
        if send is not None and unit.nudges:
            send(unit.nudges)

    def together(self, act: Callable[[Unit], T], send: Send | None = None) -> T:
        """What `act` does to a unit of work, committed with what other threads do at this moment. It may be called twice.

        PostgreSQL commits side by side by itself: there each has a unit of its own.
        """
        if not self._on_sqlite:
            with self.unit(send) as unit:
                return act(unit)
        self._engine("write")
        told, nudges = self._together.do(act)
        if send is not None and nudges:
            send(list(nudges))
        return told     # type: ignore[no-any-return]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite this process's units wait for one another here: in the database they would look again after ever longer
        sleeps, and 30 people would wait for seconds. Whoever waits too long goes on, to be refused there.
        """
        writing = self._writing if self._on_sqlite and self._pid == os.getpid() else Lock()
        mine = writing.acquire(timeout=BUSY_MS / 1000)
        try:
            yield
        finally:
            if mine:
                writing.release()

    @contextmanager
    def read(self) -> Iterator[Look]:
        """A look at one moment of the database, which it cannot change."""
        with translated(), self._engine("read").begin() as connection:
            yield Look(connection)

    def check(self) -> None:
        """Say one word to the database; raises Stuck if it does not answer."""
        with self.read() as look:
            look.connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Let go of all connections."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    @property
    def _on_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def _engine(self, use: str) -> Engine:
        if self._pid != os.getpid():
            # A forked child must neither use nor close its parent's sockets.
            for engine in self._engines.values():
                engine.dispose(close=False)
            self._engines, self._pid, self._writing, self._together = {}, os.getpid(), Lock(), Together(self.unit)
        if use not in self._engines:
            opener = _open_sqlite if self._on_sqlite else _open_postgres
            self._engines[use] = opener(self.url, use)
        return self._engines[use]


def _address(url: str) -> URL:
    """Raises Misdeclared for what is none, without repeating it: an address holds a password."""
    try:
        told = make_url(url)
    except ArgumentError:
        told = None
    name = told.get_backend_name() if told is not None else ""
    if told is None or name not in ("sqlite", "postgresql"):
        raise Misdeclared("TSUZURI_DATABASE_URL: write it as postgresql://NAME:PASSWORD@HOST/DATABASE, or leave it empty",
                          code="bad_setting")
    return told.set(drivername="postgresql+psycopg") if name == "postgresql" else told


def _settings() -> dict[str, Any]:
    # hide_parameters: rows are citizens' data, and errors are logged.
    to_json = partial(json.dumps, ensure_ascii=False, allow_nan=False)
    return {"hide_parameters": True, "json_serializer": to_json}


def _open_sqlite(url: Any, use: str) -> Engine:
    arguments = {"timeout": BUSY_MS / 1000, "check_same_thread": False}
    engine = create_engine(url, connect_args=arguments, **_settings())
    begin = "BEGIN IMMEDIATE" if use == "write" else "BEGIN"

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own BEGINs are deferred: they lose updates, or fail BUSY at once.
        connection.isolation_level = None
        for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if use == "read":
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _open_postgres(url: Any, use: str) -> Engine:
    read_only = "on" if use == "read" else "off"
    options = f"-c timezone=UTC -c lock_timeout={BUSY_MS} -c default_transaction_read_only={read_only}"
    isolation = "REPEATABLE READ" if use == "read" else "READ COMMITTED"
    return create_engine(url, connect_args={"options": options, "connect_timeout": 5}, pool_pre_ping=True,
                         isolation_level=isolation, **_settings())
