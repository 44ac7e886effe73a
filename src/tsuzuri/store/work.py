"""In which order papers come to a person. Functions take a unit to write with, a look to read with.

A person's papers come in *turns*: those that a senior is asked about (to who oversees), what a supervisor put first, then the
rest; within a turn oldest first. Each turn's first paper is read off an index, however many wait.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update

from tsuzuri.model import Document, Step
from tsuzuri.store.desk_tables import questions
from tsuzuri.store.orders import Priority, Scope, Whereabouts, all_priorities, assigned
from tsuzuri.store.questions import ASKED_ABOUT, OPEN, Wish
from tsuzuri.store.tables import batches, documents
from tsuzuri.store.unit import Look, Unit

SENIOR = OPEN, questions.c.kind == Wish.SENIOR
MANY = 1000         # a count of waiting papers goes no further: nobody reads more off it


@dataclass(frozen=True, slots=True)
class Worker:
    """Who asks for work, of which ward they may see papers (None: all), at what, and whether what is asked of seniors is theirs."""

    name: str
    ward: str | None = None
    mode: str = "sheet"
    senior: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Papers of any of these scopes, oldest first; `first`: who put them there. `senior`: those a senior is asked about."""

    scopes: tuple[Scope, ...] = (Scope(),)
    first: Priority | None = None
    senior: bool = False

    def holds(self, paper: Whereabouts) -> bool:
        """Whether that paper comes in this turn."""
        return self.senior == paper.asked and any(scope.holds(paper) for scope in self.scopes)


@dataclass(frozen=True, slots=True)
class Held:
    """A paper that somebody holds, since when and until when."""

    document_id: str
    form: str | None
    ward: str
    box: str
    by: str
    since: datetime | None
    until: datetime


def scopes_of(look: Look, worker: Worker) -> tuple[Scope, ...]:
    """The papers that this person works at in that mode; () if they are assigned to other modes alone."""
    mine = assigned(look, worker.name)
    may_see = Scope(ward=worker.ward or "")
    if not mine:
        return (may_see,)
    told = [Scope(ward=one.ward, form=one.form).within(may_see) for one in mine if one.mode in ("", worker.mode)]
    return tuple(dict.fromkeys(scope for scope in told if scope is not None))


def turns(look: Look, worker: Worker, today: date) -> list[Turn]:
    """In which order papers come to this person."""
    mine = scopes_of(look, worker)
    found = [Turn((Scope(ward=worker.ward or ""),), senior=True)] if worker.senior else []
    if mine:
        for one in all_priorities(look, today):
            met = [scope for each in mine if (scope := one.scope.within(each)) is not None]
            if met:
                found.append(Turn(tuple(dict.fromkeys(met)), one))
        found.append(Turn(mine))
    return found


def lease_next(
    unit: Unit, by: str, until: datetime, now: datetime, order: Sequence[Turn] = (Turn(),),
) -> Document | None:
    """The first paper in review that nobody else holds, held for `by`; None if there is none."""
    for turn in order:
        # Skip what another clerk's unit is taking this very moment, rather than wait for it.
        each = [unit.connection.execute(one.limit(1).with_for_update(skip_locked=True, of=documents)).one_or_none()
                for one in _waiting(unit, turn, by, now)]
        first = min((row for row in each if row is not None), key=lambda row: row.n, default=None)
        if first is not None:
            return unit.lease(first.id, by, until, now)
    return None


def nobodys(unit: Unit, order: Sequence[Turn], now: datetime, but: Collection[str], limit: int) -> list[str]:
    """The next papers that nobody at all holds, but for some; on PostgreSQL nobody else gets them until this unit ends."""
    found: dict[str, None] = {}
    for turn in order:
        new = documents.c.id.not_in([*but, *found])
        each = [row for one in _waiting(unit, turn, "", now) for row in unit.connection.execute(
            one.where(new).limit(limit).with_for_update(skip_locked=True, of=documents))]
        found |= {row.id: None for row in sorted(each, key=lambda row: row.n)}
        if len(found) >= limit:
            break
    return list(found)[:limit]


def next_free(look: Look, order: Sequence[Turn], now: datetime, behind: str = "") -> str | None:
    """The next paper that nobody holds: from behind a paper on if it is named, round the end, never that one itself."""
    at = whereabouts(look, behind) if behind else None
    start = next((i for i, turn in enumerate(order) if at is not None and turn.holds(at)), 0)
    after = at.n if at is not None and order and order[start].holds(at) else 0
    legs = [(turn, after if i == start else 0, order[:i]) for i, turn in enumerate(order) if i >= start]
    legs += [(turn, 0, order[:i]) for i, turn in enumerate(order) if i <= start]
    for turn, n, past in legs:
        new = documents.c.id != behind, *_over(past)
        each = [look.connection.execute(one.where(*new).limit(1)).one_or_none() for one in _waiting(look, turn, "", now, n)
                if look.connection.execute(one.limit(1)).one_or_none()]
        first = min((row for row in each if row is not None), key=lambda row: row.n, default=None)
        if first is not None:
            return str(first.id)
    return None


def whereabouts(look: Look, document_id: str) -> Whereabouts | None:
    """Where a paper stands in the order; None if there is none of that id."""
    senior = select(questions.c.n).where(questions.c.document_id == documents.c.id, *SENIOR)
    of = documents.join(batches, batches.c.id == documents.c.batch_id)
    found = select(documents.c.n, documents.c.ward, documents.c.form, documents.c.batch_id, batches.c.box, documents.c.answers,
                   senior.exists().label("asked"))
    row = look.connection.execute(found.select_from(of).where(documents.c.id == document_id)).one_or_none()
    if row is None:
        return None
    return Whereabouts(row.n, row.ward, row.form or "", row.batch_id, row.box, row.answers is not None, bool(row.asked))


def count_waiting(look: Look, scope: Scope) -> int:
    """How many papers of it stand in review; MANY for so many and more."""
    each = (select(documents.c.n).where(documents.c.step == Step.REVIEW, *_of(one)).limit(MANY) for one in _indexed(look, scope))
    return min(sum(look.connection.scalar(select(func.count()).select_from(one.subquery())) or 0 for one in each), MANY)


def all_held(look: Look, now: datetime, ward: str | None = None) -> list[Held]:
    """What is held now, the longest held first."""
    of = documents.join(batches, batches.c.id == documents.c.batch_id)
    found = select(documents.c.id, documents.c.form, documents.c.ward, batches.c.box, documents.c.leased_by,
                   documents.c.leased_since, documents.c.leased_until).select_from(of)
    found = found.where(documents.c.leased_by.is_not(None), documents.c.leased_until > now)
    if ward is not None:
        found = found.where(documents.c.ward == ward)
    told = look.connection.execute(found.order_by(documents.c.leased_since, documents.c.n))
    return [Held(row.id, row.form, row.ward, row.box, row.leased_by, row.leased_since, row.leased_until) for row in told]


def take_back(unit: Unit, document_id: str) -> str | None:
    """Whoever holds the paper holds it no longer; who that was."""
    held = select(documents.c.leased_by).where(documents.c.id == document_id)
    by = unit.connection.scalar(held)
    unit.connection.execute(update(documents).where(documents.c.id == document_id).values(leased_by=None, leased_until=None))
    return by


def _over(past: Sequence[Turn]) -> list[ColumnElement[bool]]:
    """Not of these turns. Who works at papers of a turn works at all of its order's that are theirs: the order tells enough."""
    return [~func.coalesce(and_(*_of(turn.first.scope)), False) for turn in past if turn.first is not None]


def _waiting(look: Look, turn: Turn, by: str, now: datetime, after: int = 0) -> list[Select[Any]]:
    """(n, id) of a turn's papers that are free for `by`, one statement for each scope."""
    free = or_(documents.c.leased_by.is_(None), documents.c.leased_by == by, documents.c.leased_until <= now)
    found = select(documents.c.n, documents.c.id).where(documents.c.step == Step.REVIEW, free, documents.c.n > after)
    if turn.senior:
        asked = look.connection.scalars(select(questions.c.document_id).where(*SENIOR).order_by(questions.c.n).limit(MANY)).all()
        found = found.where(documents.c.id.in_(asked))
    else:
        asked, found = (), found.where(~ASKED_ABOUT)
    return [found.where(*_of(one)).order_by(documents.c.n) for scope in turn.scopes for one in _indexed(look, scope)
            if asked or not turn.senior]


def _indexed(look: Look, scope: Scope) -> list[Scope]:
    """The same papers, by batches where a box is named: that index there is."""
    if not scope.box:
        return [scope]
    found = look.connection.scalars(select(batches.c.id).where(batches.c.box == scope.box))
    return [replace(scope, box="", batch_id=one) for one in found if scope.batch_id in ("", one)]


def _of(scope: Scope) -> list[ColumnElement[bool]]:
    named = {name: wanted for name in ("ward", "form", "batch_id") if (wanted := getattr(scope, name))}
    boxed = [documents.c.batch_id.in_(select(batches.c.id).where(batches.c.box == scope.box))] if scope.box else []
    if not scope.again:
        return [*(documents.c[name] == wanted for name, wanted in named.items()), *boxed]
    # Few come in again: they are read off their own index, and no other may look better to the database.
    each = (func.coalesce(documents.c[name], "") == wanted for name, wanted in named.items())
    return [documents.c.answers.is_not(None), *each, *boxed]
