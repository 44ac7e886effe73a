"""What claims say, one row each, so that one claim is held against two million others in milliseconds.

A claim is held against those whose document came before its own, and while it is not settled itself against those that are. Of
two that are one the later has the finding, and a paper that comes again neither stops the first nor changes it. (Had both it,
whoever sends a claim twice would stop the good one.) But what was approved stands: an earlier paper whose number is mended later,
or that another unit of work stored meanwhile, must not be paid beside it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    update,
)

from tsuzuri.model import Step
from tsuzuri.rules import Asked
from tsuzuri.rules.digits import differing
from tsuzuri.rules.known import Earlier, Usual
from tsuzuri.store.facts_tables import facts, institution_months, usual_points
from tsuzuri.store.rows import AnyRow, Values
from tsuzuri.store.rulebooks import SETTLED
from tsuzuri.store.tables import documents

GONE = (Step.RETURNED, Step.MERGED)     # steps of documents that claim nothing
MONTHS = 12                             # of an institution, before the one asked about
MANY = 300                              # numbers a statement
FAR = 2                                 # digits in which one number may be another one misread; no check asks for more

MINE = documents.alias("mine")          # made once: SQLAlchemy spells all columns out anew for each (2 of a save's 24 ms)
BOUND = facts.join(documents, documents.c.id == facts.c.document_id)

_SAID = ("row", "scheme", "recipient_no", "payer_no", "inst_code", "month", "care", "channel", "points", "days", "copay", "paid",
         "amount")
_WIDTHS = {column.name: column.type.length for column in facts.c if isinstance(column.type, String) and column.type.length}


class SeenFacts:
    """What may be asked about claims that stand elsewhere in the house."""

    connection: Connection

    def earlier(self, document_id: str, said: Sequence[Asked], numbers: Collection[str] = ()) -> tuple[Earlier, ...]:
        """The claims of documents before this one that its claims may meet, oldest first: all of the same months under the same
        recipient numbers (or `numbers`, which are the same persons'), and those with the same points at the same institution
        under a number that differs in at most `FAR` digits.
        """
        alike = self._alike(said)
        near = [*_of_people(said, numbers), *([facts.c.n.in_(alike)] if alike else [])]
        found = {row.n: row for some in near for row in self.connection.execute(_before(document_id, some))}
        return tuple(Earlier(_asked(row), row.document_id, row.step) for row in sorted(found.values(), key=lambda row: row.came))

    def _alike(self, said: Sequence[Asked]) -> list[int]:
        """Told by as little of each row as will do: a large clinic has thousands of claims of one price in a month."""
        numbers: dict[tuple[str, str, int | None], set[str]] = {}
        for one in said:
            if one.inst and one.month and one.points:
                numbers.setdefault((one.inst, one.month, one.points), set()).add(one.recipient_no)
        if not numbers:
            return []
        priced = select(facts.c.n, facts.c.recipient_no, facts.c.inst, facts.c.month, facts.c.points).where(_priced(numbers))
        return [n for n, number, *place in self.connection.execute(priced)
                if any(differing(number, mine) <= FAR for mine in numbers[place[0], place[1], place[2]])]

    def usual(self, document_id: str, said: Sequence[Asked]) -> dict[int, Usual]:
        """Of each claim's row, what is usual for its care and its institution."""
        points = {care: self._usual_points(care) for care in {one.care for one in said}}
        months = {key: self._month(document_id, *key) for key in {(one.inst, one.month) for one in said if one.inst and one.month}}
        return {one.row: Usual(points[one.care], *months.get((one.inst, one.month), (None, None, None))) for one in said}

    def usual_told_on(self) -> date | None:
        """The business date on which what is usual was told last."""
        on: date | None = self.connection.scalar(select(func.max(usual_points.c.told_on)))
        return on

    def _usual_points(self, care: str) -> int | None:
        found = select(usual_points.c.points_a_day).where(usual_points.c.care == care)
        told: int | None = self.connection.scalar(found)
        return told

    def _month(self, document_id: str, inst: str, month: str) -> tuple[float | None, float | None, int]:
        """Mean and deviation of an institution's months before, in yen, and what was claimed in this one before this document."""
        mine = select(func.min(facts.c.n)).where(facts.c.document_id == document_id).scalar_subquery()
        there = facts.c.inst == inst, facts.c.month == month, facts.c.standing, facts.c.n < func.coalesce(mine, 2**62)
        so_far = self.connection.scalar(select(func.coalesce(func.sum(facts.c.amount), 0)).where(*there))
        before = select(institution_months.c.amount).where(institution_months.c.inst == inst, institution_months.c.month < month)
        sums = list(self.connection.scalars(before.order_by(institution_months.c.month.desc()).limit(MONTHS)))
        if len(sums) < 2:
            return None, None, int(so_far or 0)
        mean = sum(sums) / len(sums)
        return mean, math.sqrt(sum((one - mean) ** 2 for one in sums) / (len(sums) - 1)), int(so_far or 0)


class Facts(SeenFacts):
    """What a unit of work may also write about it."""

    def keep_facts(self, document_id: str, said: Iterable[Asked], step: Step, on: date) -> None:
        """The document says this, and nothing else any more; to be called in the commit that stores it."""
        told = {one.row: _row(one, step, on) for one in said if one.recipient_no or one.inst}
        kept = {row.row: row for row in self.connection.execute(select(facts).where(facts.c.document_id == document_id))}
        if gone := kept.keys() - told.keys():
            self.connection.execute(delete(facts).where(facts.c.document_id == document_id, facts.c.row.in_(gone)))
        for row in kept.keys() & told.keys():
            if any(getattr(kept[row], name) != value for name, value in told[row].items() if name != "judged_on"):
                self.connection.execute(update(facts).where(facts.c.n == kept[row].n).values(told[row]))
        if new := [{**told[row], "document_id": document_id} for row in told if row not in kept]:
            self.connection.execute(insert(facts), new)

    def alone_about(self, said: Iterable[Asked]) -> None:
        """Whoever else asks this about a claim of the same number and month waits for this unit's end: of two approvals the second
        sees the first. SQLite has one writer at a time anyway.
        """
        if self.connection.dialect.name != "sqlite":
            for key in sorted({f"{one.recipient_no} {one.month}" for one in said if one.recipient_no}):
                self.connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))

    def keep_standing(self, document_id: str, step: Step) -> None:
        """Whether the document's claims count, now that it stands at `step`."""
        stands = step not in GONE
        there = facts.c.document_id == document_id, facts.c.standing.is_not(stands)
        self.connection.execute(update(facts).where(*there).values(standing=stands))

    def tell_usual(self, on: date, since: date, share: float, least: int) -> None:
        """Sum up the months of which a claim was judged from `since` on, and find anew what is usual a day: what all but `share`
        of a care's claims stay under, where there are at least `least` of them. Said twice, it is the same.
        """
        touched = select(facts.c.inst, facts.c.month).where(facts.c.judged_on >= since).distinct()
        for inst, month in self.connection.execute(touched).all():
            if inst and month:
                self._sum_month(inst, month)
        self.connection.execute(delete(usual_points))
        counted = select(facts.c.care, func.count().label("many")).where(facts.c.day_points.is_not(None)).group_by(facts.c.care)
        for care, many in self.connection.execute(counted).all():
            if many >= least:
                highest = select(facts.c.day_points).where(facts.c.care == care, facts.c.day_points.is_not(None))
                ranked = highest.order_by(facts.c.day_points.desc()).offset(int(many * share)).limit(1)
                told = {"care": care, "points_a_day": self.connection.scalar(ranked), "claims": many, "share": share, "told_on": on}
                self.connection.execute(insert(usual_points).values(told))

    def _sum_month(self, inst: str, month: str) -> None:
        there = facts.c.inst == inst, facts.c.month == month, facts.c.standing
        many, amount = self.connection.execute(
            select(func.count(), func.coalesce(func.sum(facts.c.amount), 0)).where(*there)).one()
        key = institution_months.c.inst == inst, institution_months.c.month == month
        told = {"claims": many, "amount": int(amount)}
        if self.connection.execute(update(institution_months).where(*key).values(told)).rowcount == 0:
            self.connection.execute(insert(institution_months).values(inst=inst, month=month, **told))


def _of_people(said: Sequence[Asked], numbers: Collection[str]) -> Iterable[ColumnElement[bool]]:
    """Claims of the same months under these numbers, so many a statement."""
    months = sorted({one.month for one in said if one.month})
    people = sorted({one.recipient_no for one in said if one.recipient_no} | set(numbers) - {""})
    if months:
        for i in range(0, len(people), MANY):
            yield and_(facts.c.recipient_no.in_(people[i:i + MANY]), facts.c.month.in_(months))


def _priced(places: Iterable[tuple[str, str, int | None]]) -> ColumnElement[bool]:
    """Claims of these institutions, months and points."""
    return or_(false(), *(and_(facts.c.inst == inst, facts.c.month == month, facts.c.points == points)
                          for inst, month, points in places))


def _before(document_id: str, near: Any) -> Select[Any]:
    place = select(MINE.c.n).where(MINE.c.id == document_id).scalar_subquery()
    open_still = ~exists().where(MINE.c.id == document_id, MINE.c.step.in_(SETTLED))
    came = or_(documents.c.n < func.coalesce(place, 2**62), and_(
        documents.c.id != document_id, documents.c.step.in_(SETTLED), open_still))
    return select(facts, documents.c.step, documents.c.n.label("came")).select_from(BOUND).where(near, came)


def _asked(row: AnyRow) -> Asked:
    return Asked(**{name: row._mapping[name] for name in _SAID})


def _row(said: Asked, step: Step, on: date) -> Values:
    told: Values = {name: getattr(said, name) for name in _SAID}
    told |= {"inst": said.inst, "standing": step not in GONE, "judged_on": on}
    told["day_points"] = said.points // max(said.days or 1, 1) if said.points is not None else None
    return {name: value[:_WIDTHS[name]] if isinstance(value, str) else value for name, value in told.items()}
