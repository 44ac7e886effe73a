"""What accounts keyed blind: who still has to key what, where two differed, and how often they agree."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from tsuzuri.forms import asked_as
from tsuzuri.model import DISPUTED, TO_KEY, Document, Value
from tsuzuri.store import rows
from tsuzuri.store.assigned import works_at
from tsuzuri.store.desk_tables import doubts, entries
from tsuzuri.store.doubts import ASKED
from tsuzuri.store.tables import documents


@dataclass(frozen=True, slots=True)
class Entry:
    """What one account keyed. `legible` False: the account could not read it, and `value` is None."""

    n: int
    by: str
    ink: str
    value: Value
    legible: bool = True


@dataclass(frozen=True, slots=True)
class Waits:
    """A field that waits for a person, its paper's place in the order of arrival, and how many have keyed it."""

    document_n: int
    document_id: str
    field: str
    keyed: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of a form's field (without row), how many pairs of first entries `by` was one of, and how many agreed at once."""

    form: str
    asked: str
    by: str
    pairs: int
    agreed: int

    @property
    def share(self) -> float:
        """ベリファイ一致率, 0–1."""
        return self.agreed / self.pairs if self.pairs else 1.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks for fields to key or to judge, when, and for which ward (None: all)."""

    by: str
    now: datetime
    ward: str | None = None


class SeenEntries:
    """What may be asked about what was keyed blind."""

    connection: Connection

    def entries(self, document_id: str, field: str) -> list[Entry]:
        """Those that count, oldest first."""
        mine = entries.c.document_id == document_id, entries.c.field == field, entries.c.aside.is_(None)
        return [_entry(row) for row in self.connection.execute(select(entries).where(*mine).order_by(entries.c.n))]

    def round_of(self, document_id: str, field: str) -> int:
        """Which keying of the field this is, from 1."""
        done = select(func.max(entries.c.round)).where(
            entries.c.document_id == document_id, entries.c.field == field, entries.c.aside.in_(("again", "rebound")))
        return (self.connection.scalar(done) or 0) + 1

    def has_judged(self, document_id: str, field: str, by: str) -> bool:
        """Whether `by` has seen what others keyed there, and so may not key it blind any more."""
        seen = select(entries.c.n).where(entries.c.document_id == document_id, entries.c.field == field,
                                         entries.c.aside == "again", entries.c.aside_by == by)
        return self.connection.scalar(seen.limit(1)) is not None

    def was_asked_again(self, document_id: str, field: str, by: str) -> bool:
        """Whether `by` was told in this round of keying that it differed from the other's entry."""
        told = select(entries.c.n).where(
            entries.c.document_id == document_id, entries.c.field == field, entries.c.aside == "asked", entries.c.by == by,
            entries.c.round == self.round_of(document_id, field))
        return self.connection.scalar(told.limit(1)) is not None

    def to_key(self, desk: Desk, after: tuple[int, str] = (0, ""), limit: int = 20) -> list[Waits]:
        """Fields that wait for an entry of this account, from behind (document_n, field); papers that others hold are left out.

        In the order of arrival: who keys first and who keys second meet on the same papers.
        """
        keyed = select(func.count()).where(_of_doubt(), entries.c.aside.is_(None)).scalar_subquery()
        place = doubts.c.document_n, func.length(doubts.c.field), doubts.c.field
        behind = tuple_(*place) > tuple_(literal(after[0]), literal(len(after[1])), literal(after[1]))
        found: Select[Any] = select(doubts.c.document_n, doubts.c.document_id, doubts.c.field, keyed.label("keyed"))
        found = _free(found, desk).where(doubts.c.code == TO_KEY, ~_met(desk.by), _works(desk, "second"), behind)
        return [_waits(row) for row in self.connection.execute(found.order_by(*place).limit(limit))]

    def to_judge(self, desk: Desk, limit: int = 20) -> list[Waits]:
        """Fields that two keyed differently, none of them this account, longest waiting first."""
        two = literal(2).label("keyed")
        mine = exists().where(_of_doubt(), entries.c.aside.is_(None), entries.c.by == desk.by)
        found = _free(select(doubts.c.document_n, doubts.c.document_id, doubts.c.field, two), desk)
        found = found.where(doubts.c.code == DISPUTED, ~mine, _works(desk, "judge"))
        ordered = found.order_by(doubts.c.document_n, doubts.c.n).limit(limit)
        return [_waits(row) for row in self.connection.execute(ordered)]

    def blind_counts(self, desk: Desk) -> tuple[int, int, int]:
        """How many fields wait for this account's entry, for another's after its own, and for a judge."""
        ward = [] if desk.ward is None else [doubts.c.ward == desk.ward]
        to_key = case((and_(doubts.c.code == TO_KEY, ~_met(desk.by), _works(desk, "second")), 1), else_=0)
        others = case((and_(doubts.c.code == TO_KEY, _met(desk.by)), 1), else_=0)
        disputed = case((and_(doubts.c.code == DISPUTED, _works(desk, "judge")), 1), else_=0)
        counted = select(func.sum(to_key), func.sum(others), func.sum(disputed))
        row = self.connection.execute(counted.where(doubts.c.code.in_((TO_KEY, DISPUTED)), ~ASKED, *ward)).one()
        return int(row[0] or 0), int(row[1] or 0), int(row[2] or 0)

    def agreements(self, since: datetime, ward: str | None = None) -> list[Agreement]:
        """ベリファイ一致率 of first keyings since then, by form, field and operator."""
        first, second = entries.alias("first"), entries.alias("second")
        pair = and_(first.c.document_id == second.c.document_id, first.c.field == second.c.field, first.c.n < second.c.n,
                    first.c.round == second.c.round, first.c.agreed.is_(None), _meant(first))
        ends = select(second.c.form, second.c.asked, second.c.document_id, second.c.agreed, second.c.at, second.c.round)
        kept = second.c.agreed.is_not(None), _meant(second)
        sides = [ends.add_columns(side.c.by).join(first, pair).where(*kept) for side in (first, second)]
        pairs = sides[0].union_all(sides[1]).subquery()
        found = select(pairs.c.form, pairs.c.asked, pairs.c.by, func.count(), func.sum(pairs.c.agreed))
        found = found.where(pairs.c.at >= since, pairs.c.round == 1)
        if ward is not None:
            found = found.join(documents, documents.c.id == pairs.c.document_id).where(documents.c.ward == ward)
        names = pairs.c.form, pairs.c.asked, pairs.c.by
        return [Agreement(*row) for row in self.connection.execute(found.group_by(*names).order_by(*names))]


class Entries(SeenEntries):
    """What a unit of work may also write about it."""

    def add_entry(self, document: Document, field: str, entry: Entry, at: datetime, agreed: bool | None) -> None:
        """Keep what was keyed; `agreed` None: nobody keyed it before. The database refuses a second one of the same account."""
        self.connection.execute(insert(entries).values(
            document_id=document.id, field=field, form=document.form, asked=asked_as(field), by=entry.by, at=at, ink=entry.ink,
            round=self.round_of(document.id, field), agreed=None if agreed is None else int(agreed),
            value=json.dumps(entry.value, ensure_ascii=False) if entry.legible else None,
        ))

    def set_aside(
        self, document_id: str, why: str, by: str | None, fields: Sequence[str] | None = None, keyed_by: str | None = None,
    ) -> None:
        """What was keyed counts no longer: `taken_back`, `asked`, `again`, `rebound`. Of these fields, or all; of this account, or
        all.
        """
        which = [entries.c.document_id == document_id, entries.c.aside.is_(None)]
        if fields is not None:
            which.append(entries.c.field.in_(fields))
        if keyed_by is not None:
            which.append(entries.c.by == keyed_by)
        self.connection.execute(update(entries).where(*which).values(aside=why, aside_by=by))

    def blot_entries(self, document_id: str, named: Collection[str], by: str) -> None:
        """Take what was keyed into these fields out of all entries, and let none of them count: the law forbids to keep it."""
        which = entries.c.document_id == document_id, entries.c.field.in_(named)
        self.connection.execute(update(entries).where(*which).values(ink="", value=None, aside="blotted", aside_by=by))


def _of_doubt() -> ColumnElement[bool]:
    return and_(entries.c.document_id == doubts.c.document_id, entries.c.field == doubts.c.field)


def _met(by: str) -> ColumnElement[bool]:
    """Whether the account keyed the field, or judged it, already."""
    judged = and_(entries.c.aside == "again", entries.c.aside_by == by)
    return exists().where(_of_doubt(), or_(and_(entries.c.aside.is_(None), entries.c.by == by), judged))


def _waits(row: rows.AnyRow) -> Waits:
    return Waits(row.document_n, row.document_id, row.field, row.keyed)


def _works(desk: Desk, mode: str) -> ColumnElement[bool]:
    return works_at(desk.by, mode, doubts.c.form, doubts.c.ward)


def _free(found: Select[Any], desk: Desk) -> Select[Any]:
    held = or_(documents.c.leased_by.is_(None), documents.c.leased_by == desk.by, documents.c.leased_until <= desk.now)
    found = found.join(documents, documents.c.id == doubts.c.document_id).where(held, ~ASKED)
    return found if desk.ward is None else found.where(doubts.c.ward == desk.ward)


def _meant(table: object) -> ColumnElement[bool]:
    """Whether an entry is the last word of its account: neither taken back nor keyed once more."""
    aside: ColumnElement[str] = table.c.aside  # type: ignore[attr-defined]
    return or_(aside.is_(None), aside.not_in(("taken_back", "asked")))


def _entry(row: rows.AnyRow) -> Entry:
    return Entry(row.n, row.by, row.ink, None if row.value is None else json.loads(row.value), row.value is not None)
