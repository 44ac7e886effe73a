"""Ledgers in the store: what stands, what an import changes, what was known when. Takes a look to read, a unit to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, func, insert, or_, select, update

from tsuzuri.rules.ledgers import LEDGERS, Compared, Entry, Ledger, Standing
from tsuzuri.rules.ledgers.compare import CHANGED, NEW
from tsuzuri.rules.ledgers.entries import digest_of
from tsuzuri.store.ledger_tables import LEDGER_TABLES, imports
from tsuzuri.store.rows import AnyRow
from tsuzuri.store.unit import Look, Unit

T = TypeVar("T")
AT_ONCE = 2_000        # rows in one statement's hands: some MB of memory
IN_LIST = 500          # numbers in one IN: below every database's limit


@dataclass(frozen=True, slots=True)
class Import:
    """One line of the log: which file made what of a ledger, when, and who brought it. `n` 0: not written yet."""

    n: int
    ledger: str
    after: int
    digest: str
    whole: bool
    source: str
    business_date: date
    rows: int
    new: int
    changed: int
    ended: int
    unchanged: int
    warnings: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Held:
    """A row of a ledger's history: its span in the world, its span in our knowledge (`retired_at` None: it stands), its cells."""

    key: str
    since: str
    until: str
    recorded_at: datetime
    retired_at: datetime | None
    cells: Mapping[str, str]


def latest_import(look: Look, ledger: str) -> Import | None:
    """The last import of a ledger."""
    return next(iter(import_list(look, ledger, 1)), None)


def import_list(look: Look, ledger: str | None = None, limit: int = 50) -> list[Import]:
    """Imports, newest first."""
    found = select(imports).order_by(imports.c.n.desc()).limit(limit)
    if ledger is not None:
        found = found.where(imports.c.ledger == ledger)
    return [Import(**row._mapping) for row in look.connection.execute(found)]


def counts(look: Look) -> dict[str, int]:
    """How many rows stand, by ledger."""
    return {name: look.connection.scalar(select(func.count()).where(table.c.retired_at.is_(None))) or 0
            for name, table in LEDGER_TABLES.items()}


def standing(look: Look, ledger: Ledger, keys: Iterable[str] | None = None) -> dict[str, list[Standing]]:
    """What stands under each key: of all keys, or of these (a delta names few)."""
    table, told = LEDGER_TABLES[ledger.name], dict[str, list[Standing]]()
    rows = select(table.c.key, table.c.n, table.c.since, table.c.until, table.c.digest).where(table.c.retired_at.is_(None))
    chosen = [rows] if keys is None else (rows.where(table.c.key.in_(few)) for few in _pieces(keys, IN_LIST))
    for wanted in chosen:
        with look.connection.execute(wanted.execution_options(yield_per=AT_ONCE)) as found:
            for key, *row in found:
                told.setdefault(key, []).append(Standing(*row))
    return told


def as_of(look: Look, ledger: str, key: str, day: str, known_at: datetime | None = None) -> list[Held]:
    """The rows of a key that hold on a day (ISO), as it was known at a moment; None: as it is known now."""
    table = LEDGER_TABLES[ledger]
    known: list[ColumnElement[bool]] = [table.c.retired_at.is_(None)]
    if known_at is not None:
        known = [table.c.recorded_at <= known_at, or_(table.c.retired_at.is_(None), table.c.retired_at > known_at)]
    found = select(table).where(
        table.c.key == key, *known, table.c.since <= day, or_(table.c.until == "", table.c.until >= day))
    return _held(look, LEDGERS[ledger], found.order_by(table.c.since))


def history(look: Look, ledger: str, number: str, limit: int = 100) -> list[Held]:
    """All that was ever known under a key, or under the last part of one (a number of any scheme): newest knowledge first."""
    table, declared = LEDGER_TABLES[ledger], LEDGERS[ledger]
    same: ColumnElement[bool] = table.c.key == number
    if len(declared.key) > 1:
        same = or_(same, table.c[declared.key[-1]] == number)
    if ledger == "recipients":
        same = or_(same, table.c.person == number)
    found = select(table).where(same).order_by(table.c.retired_at.is_not(None), table.c.since.desc(), table.c.n.desc())
    return _held(look, declared, found.limit(limit))


def stood(look: Look, ledger: str, numbers: Sequence[int]) -> dict[int, Held]:
    """Rows by their number in the table."""
    table = LEDGER_TABLES[ledger]
    rows = [row for few in _pieces(numbers, IN_LIST)
            for row in look.connection.execute(select(table).where(table.c.n.in_(few)))]
    return {row.n: _one(LEDGERS[ledger], row) for row in rows}


def write_import(unit: Unit, told: Import, compared: Compared, entries: Iterable[Entry]) -> Import:
    """Write an import and what it changes; `entries` are the file's again, in the order in which they were compared.

    Raises WrongTurn where another import of this ledger came between: what was compared is no longer what stands.
    """
    table, ledger = LEDGER_TABLES[told.ledger], LEDGERS[told.ledger]
    row = {name: getattr(told, name) for name in told.__dataclass_fields__ if name != "n"}
    number = unit.connection.execute(insert(imports).values(row)).inserted_primary_key
    assert number is not None
    stamp = {"recorded_at": told.at, "retired_at": None, "import": number[0]}
    ended = _endings(unit, ledger, compared, stamp)
    retire = update(table).where(table.c.n == bindparam("row")).values(retired_at=told.at)
    for few in _pieces(compared.retired, AT_ONCE):
        unit.connection.execute(retire, [{"row": n} for n in few])
    names = [column.name for column in ledger.columns]
    brought = (_row(entry.key, entry.since, entry.until, dict(zip(names, entry.cells, strict=True)), stamp)
               for entry, mark in zip(entries, compared.marks, strict=True) if mark in (NEW, CHANGED))
    for rows in _pieces([*ended], AT_ONCE):
        unit.connection.execute(insert(table), rows)
    for rows in _pieces(brought, AT_ONCE):
        unit.connection.execute(insert(table), rows)
    return Import(number[0], **row)


def _endings(unit: Unit, ledger: Ledger, compared: Compared, stamp: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for few in _pieces(compared.ended, IN_LIST):
        last = dict(few)
        for held in stood(unit, ledger.name, [*last]).items():
            yield _row(held[1].key, held[1].since, last[held[0]], held[1].cells, stamp)


def _row(key: str, since: str, until: str, cells: Mapping[str, str], stamp: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": key, "since": since, "until": until, "digest": digest_of(until, cells.values()), **stamp, **cells}


def _held(look: Look, ledger: Ledger, found: Select[Any]) -> list[Held]:
    return [_one(ledger, row) for row in look.connection.execute(found)]


def _one(ledger: Ledger, row: AnyRow) -> Held:
    told = row._mapping
    return Held(row.key, row.since, row.until, row.recorded_at, row.retired_at, {c.name: told[c.name] for c in ledger.columns})


def _pieces(many: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(many)
    while piece := list(islice(source, size)):
        yield piece
