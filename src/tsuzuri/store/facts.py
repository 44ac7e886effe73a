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
    bindparam,
    delete,
    exists,
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
LAST = 2**62                            # behind every document and every claim
FAR = 2                                 # digits in which one number may be another one misread; no check asks for more

_SAID = ("row", "scheme", "recipient_no", "payer_no", "inst_code", "month", "care", "channel", "points", "days", "copay", "paid",
         "amount")
_WIDTHS = {column.name: column.type.length for column in facts.c if isinstance(column.type, String) and column.type.length}




def _before(near: ColumnElement[bool]) -> Select[Any]:
    """Claims of documents that came before "mine", and while that is not settled itself of those that are."""
    mine = documents.alias("mine")
    here = mine.c.id == bindparam("mine")
    place, settled = select(mine.c.n).where(here).scalar_subquery(), exists().where(here, mine.c.step.in_(SETTLED))
    came = or_(documents.c.n < func.coalesce(place, LAST), and_(
        documents.c.id != bindparam("mine"), documents.c.step.in_(SETTLED), ~settled))
    found = select(facts, documents.c.step, documents.c.n.label("came"))
    return found.select_from(facts.join(documents, documents.c.id == facts.c.document_id)).where(near, came)


# Asked at each save and approval: made once, for SQLAlchemy takes as long to put one together as SQLite to answer it.
SAME_PEOPLE = _before(and_(
    facts.c.recipient_no.in_(bindparam("people", expanding=True)), facts.c.month.in_(bindparam("months", expanding=True))))
SAME_ROWS = _before(facts.c.n.in_(bindparam("rows", expanding=True)))
THERE = facts.c.inst == bindparam("inst"), facts.c.month == bindparam("month")
PRICED = select(facts.c.n, facts.c.recipient_no).where(*THERE, facts.c.points == bindparam("points"))
FIRST_OF_MINE = select(func.min(facts.c.n)).where(facts.c.document_id == bindparam("mine")).scalar_subquery()
SO_FAR = select(func.coalesce(func.sum(facts.c.amount), 0)).where(
    *THERE, facts.c.standing, facts.c.n < func.coalesce(FIRST_OF_MINE, LAST))
MONTHS_BEFORE = select(institution_months.c.amount).where(
    institution_months.c.inst == bindparam("inst"), institution_months.c.month < bindparam("month"),
).order_by(institution_months.c.month.desc()).limit(MONTHS)
USUAL_POINTS = select(usual_points.c.points_a_day).where(usual_points.c.care == bindparam("care"))


class SeenFacts:
    """What may be asked about claims that stand elsewhere in the house."""

    connection: Connection

    def earlier(self, document_id: str, said: Sequence[Asked], numbers: Collection[str] = ()) -> tuple[Earlier, ...]:
        """The claims of documents before this one that its claims may meet, oldest first: all of the same months under the same
        recipient numbers (or `numbers`, which are the same persons'), and those with the same points at the same institution
        under a number that differs in at most `FAR` digits.
        """
        months = sorted({one.month for one in said if one.month})
        people = sorted({one.recipient_no for one in said if one.recipient_no} | set(numbers) - {""}) if months else []
        each = range(0, len(people), MANY)
        told: list[tuple[Select[Any], dict[str, Any]]]
        told = [(SAME_PEOPLE, {"people": people[i:i + MANY], "months": months}) for i in each]
        if alike := self._alike(said):
            told.append((SAME_ROWS, {"rows": alike}))
        found = {row.n: row for some, given in told for row in self.connection.execute(some, {"mine": document_id, **given})}
        return tuple(Earlier(_asked(row), row.document_id, row.step) for row in sorted(found.values(), key=lambda row: row.came))

    def _alike(self, said: Sequence[Asked]) -> list[int]:
        """Told by as little of each row as will do: a large clinic has thousands of claims of one price in a month."""
        numbers: dict[tuple[str, str, int], set[str]] = {}
        for one in said:
            if one.inst and one.month and one.points:
                numbers.setdefault((one.inst, one.month, one.points), set()).add(one.recipient_no)
        return [n for (inst, month, points), mine in numbers.items()
                for n, number in self.connection.execute(PRICED, {"inst": inst, "month": month, "points": points})
                if any(differing(number, one) <= FAR for one in mine)]

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
        told: int | None = self.connection.scalar(USUAL_POINTS, {"care": care})
        return told

    def _month(self, document_id: str, inst: str, month: str) -> tuple[float | None, float | None, int]:
        """Mean and deviation of an institution's months before, in yen, and what was claimed in this one before this document."""
        there = {"inst": inst, "month": month}
        so_far = int(self.connection.scalar(SO_FAR, {"mine": document_id, **there}) or 0)
        sums = list(self.connection.scalars(MONTHS_BEFORE, there))
        if len(sums) < 2:
            return None, None, so_far
        mean = sum(sums) / len(sums)
        return mean, math.sqrt(sum((one - mean) ** 2 for one in sums) / (len(sums) - 1)), so_far


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


def _asked(row: AnyRow) -> Asked:
    return Asked(**{name: row._mapping[name] for name in _SAID})


def _row(said: Asked, step: Step, on: date) -> Values:
    told: Values = {name: getattr(said, name) for name in _SAID}
    told |= {"inst": said.inst, "standing": step not in GONE, "judged_on": on}
    told["day_points"] = said.points // max(said.days or 1, 1) if said.points is not None else None
    return {name: value[:_WIDTHS[name]] if isinstance(value, str) else value for name, value in told.items()}
