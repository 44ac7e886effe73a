"""What supervisors say about work: which papers come first, and who works at what. Functions take a unit to write with, a look
to read with; in which order papers come of it, `work` knows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, insert, or_, select

from tsuzuri.errors import NotFound
from tsuzuri.store.rows import AnyRow
from tsuzuri.store.tables import batches
from tsuzuri.store.unit import Look, Unit
from tsuzuri.store.work_tables import assignments, priorities

MODES = ("sheet", "run", "second", "judge", "sample")      # who works at runs works at the carpet of digits too
PLACES = ("ward", "form", "batch_id", "box")


@dataclass(frozen=True, slots=True)
class Scope:
    """Some papers: of a ward, a form, a batch, a box ("": of any); `again`: only what came in again after a return."""

    ward: str = ""
    form: str = ""
    batch_id: str = ""
    box: str = ""
    again: bool = False

    def within(self, other: Scope) -> Scope | None:
        """The papers that are of both; None: there can be none."""
        told: dict[str, str] = {}
        for name in PLACES:
            one, two = getattr(self, name), getattr(other, name)
            if one and two and one != two:
                return None
            told[name] = one or two
        return Scope(told["ward"], told["form"], told["batch_id"], told["box"], self.again or other.again)

    def holds(self, paper: Whereabouts) -> bool:
        """Whether that paper is of it."""
        met = all(getattr(self, name) in ("", getattr(paper, name)) for name in PLACES)
        return met and (paper.again or not self.again)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What of a paper decides in which turn it comes, and its place in the order of arrival."""

    n: int
    ward: str
    form: str
    batch_id: str
    box: str
    again: bool
    asked: bool         # a senior's judgement is asked for


@dataclass(frozen=True, slots=True)
class Priority:
    """Papers that come before the others: level 1 before 2, within a level by `due`. It holds through the day `until`."""

    scope: Scope
    level: int
    by: str
    at: datetime
    until: date | None = None
    due: date | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one person works at: a mode, a form, a ward ("": any)."""

    name: str
    mode: str = ""
    form: str = ""
    ward: str = ""
    n: int = 0


def all_priorities(look: Look, today: date) -> list[Priority]:
    """Those that hold on that day, in their order."""
    found = select(priorities).where(or_(priorities.c.until.is_(None), priorities.c.until >= today))
    told = [_priority(row) for row in look.connection.execute(found.order_by(priorities.c.level, priorities.c.n))]
    return sorted(told, key=lambda one: (one.level, one.due or date.max, one.n))


def place_named(look: Look, told: str, ward: str | None) -> tuple[str, str] | None:
    """(batch, "") of a batch's number, ("", box) of a box's; None if there is none of that number in the ward."""
    found = select(batches.c.id, batches.c.box).where(or_(batches.c.id == told, batches.c.box == told)).limit(1)
    row = look.connection.execute(found if ward is None else found.where(batches.c.ward == ward)).one_or_none()
    return None if row is None else (told, "") if row.id == told else ("", told)


def prefer(unit: Unit, one: Priority) -> None:
    """Put these papers first."""
    scope = one.scope
    unit.connection.execute(insert(priorities).values(
        level=one.level, ward=scope.ward, form=scope.form, batch_id=scope.batch_id, box=scope.box, again=int(scope.again),
        until=one.until, due=one.due, by=one.by, at=one.at))


def end_priority(unit: Unit, n: int) -> Priority:
    """It holds no longer; raises NotFound."""
    row = unit.connection.execute(select(priorities).where(priorities.c.n == n)).one_or_none()
    if row is None:
        raise NotFound("no such priority")
    unit.connection.execute(delete(priorities).where(priorities.c.n == n))
    return _priority(row)


def assigned(look: Look, name: str | None = None) -> list[Assignment]:
    """What a person works at, or everybody; of whom nothing is told works at everything."""
    found = select(assignments).order_by(assignments.c.name, assignments.c.n)
    if name is not None:
        found = found.where(assignments.c.name == name)
    return [Assignment(row.name, row.mode, row.form, row.ward, row.n) for row in look.connection.execute(found)]


def assign(unit: Unit, one: Assignment) -> None:
    """The person works at this too; told twice is told once."""
    if replace(one, n=0) not in [replace(known, n=0) for known in assigned(unit, one.name)]:
        unit.connection.execute(insert(assignments).values(name=one.name, mode=one.mode, form=one.form, ward=one.ward))


def unassign(unit: Unit, n: int) -> Assignment:
    """The person works at this no longer; raises NotFound."""
    row = unit.connection.execute(select(assignments).where(assignments.c.n == n)).one_or_none()
    if row is None:
        raise NotFound("no such assignment")
    unit.connection.execute(delete(assignments).where(assignments.c.n == n))
    return Assignment(row.name, row.mode, row.form, row.ward, row.n)


def _priority(row: AnyRow) -> Priority:
    scope = Scope(row.ward, row.form, row.batch_id, row.box, bool(row.again))
    return Priority(scope, row.level, row.by, row.at, row.until, row.due, row.n)
