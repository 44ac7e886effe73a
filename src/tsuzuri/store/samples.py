"""Fields sampled from what passed, and whether they were right. Drawn blind: whoever judges one sees no reader and no person.

Functions take a unit to write with, a look to read with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, insert, or_, select, update

from tsuzuri.errors import NotFound, WrongTurn
from tsuzuri.model import Step, Value
from tsuzuri.store.assigned import works_at
from tsuzuri.store.desk_tables import samples
from tsuzuri.store.rows import AnyRow
from tsuzuri.store.tables import documents
from tsuzuri.store.unit import Look, Unit

RIGHT, WRONG, ILLEGIBLE = "right", "wrong", "illegible"
PASSED = (Step.APPROVED, Step.EXPORTED, Step.FILED)      # documents that nobody looks at any more


@dataclass(frozen=True, slots=True)
class Sample:
    """One sampled field; `value` as it stood when it was drawn. `operator`: who settled it (None: it passed unseen), `flagged`: the
    finding that put it before them. `verdict`: "" until somebody looked; then `by` and `at` are theirs.
    """

    month: str
    document_id: str
    field: str
    form: str
    asked: str
    ward: str
    value: Value
    reader: str
    operator: str | None
    flagged: str
    verdict: str = ""
    by: str | None = None
    at: datetime | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """So many sampled fields alike: how many there are, how many were judged right, wrong or illegible."""

    form: str
    asked: str
    reader: str
    operator: str | None
    flagged: str
    drawn: int
    right: int
    wrong: int
    illegible: int


def passed(look: Look, form: str, since: date, before: date, ward: str | None) -> list[tuple[int, str]]:
    """(n, id) of all documents of a form that passed, of business dates from `since` to before `before`, in order of arrival."""
    there = documents.c.form == form, documents.c.step.in_(PASSED)
    found = select(documents.c.n, documents.c.id).where(*there)
    found = found.where(documents.c.business_date >= since, documents.c.business_date < before)
    if ward is not None:
        found = found.where(documents.c.ward == ward)
    return [(row.n, row.id) for row in look.connection.execute(found.order_by(documents.c.n))]


def sampled(look: Look, document_id: str) -> set[str]:
    """The document's fields that were drawn before."""
    return set(look.connection.scalars(select(samples.c.field).where(samples.c.document_id == document_id)))


def add_samples(unit: Unit, drawn: Iterable[Sample]) -> None:
    """Keep what was drawn; a field is drawn once at most (WrongTurn "already_told")."""
    told = [{
        "month": one.month, "document_id": one.document_id, "field": one.field, "form": one.form, "asked": one.asked,
        "ward": one.ward, "value": json.dumps(one.value, ensure_ascii=False), "reader": one.reader, "operator": one.operator,
        "flagged": one.flagged, "verdict": "",
    } for one in drawn]
    if told:
        unit.connection.execute(insert(samples), told)


def sample(look: Look, n: int) -> Sample:
    """The sampled field of that number; raises NotFound."""
    row = look.connection.execute(select(samples).where(samples.c.n == n)).one_or_none()
    if row is None:
        raise NotFound("no such sample")
    return _sample(row)


def waiting_samples(look: Look, by: str, ward: str | None, after: int = 0, limit: int = 20) -> list[Sample]:
    """What nobody has judged yet and `by` did not settle, in the order drawn."""
    found = select(samples).where(*_waiting(by, ward), samples.c.n > after).order_by(samples.c.n).limit(limit)
    return [_sample(row) for row in look.connection.execute(found)]


def count_waiting(look: Look, by: str, ward: str | None) -> int:
    """How many fields wait for this person's judgement."""
    return look.connection.scalar(select(func.count()).select_from(samples).where(*_waiting(by, ward))) or 0


def judge_sample(unit: Unit, n: int, verdict: str, by: str, at: datetime) -> None:
    """Keep the verdict; raises WrongTurn if somebody was faster, or if the field was settled by the judge."""
    open_one = samples.c.n == n, samples.c.verdict == "", _not_own(by)
    if unit.connection.execute(update(samples).where(*open_one).values(verdict=verdict, by=by, at=at)).rowcount != 1:
        raise WrongTurn("この抜き取りは、ほかの人がすでに判定しました。", code="already_judged")


def unjudge_sample(unit: Unit, n: int, by: str) -> None:
    """Take one's own verdict back; raises WrongTurn for another's."""
    mine = samples.c.n == n, samples.c.by == by
    if unit.connection.execute(update(samples).where(*mine).values(verdict="", by=None, at=None)).rowcount != 1:
        raise WrongTurn("取り消せる判定はありません。", code="nothing_to_undo")


def tallies(look: Look, month: str, ward: str | None = None) -> list[Tally]:
    """The month's samples counted by form, field, reader, operator and finding."""
    by = samples.c.form, samples.c.asked, samples.c.reader, samples.c.operator, samples.c.flagged
    many = [func.count().label("drawn"), *(
        func.coalesce(func.sum(case((samples.c.verdict == word, 1), else_=0)), 0).label(word)
        for word in (RIGHT, WRONG, ILLEGIBLE))]
    found = select(*by, *many).where(samples.c.month == month).group_by(*by).order_by(*by)
    if ward is not None:
        found = found.where(samples.c.ward == ward)
    return [Tally(row.form, row.asked, row.reader, row.operator, row.flagged, row.drawn, int(row.right), int(row.wrong),
                  int(row.illegible)) for row in look.connection.execute(found)]


def judged_of(look: Look, operator: str) -> tuple[int, int]:
    """(judged right or wrong, wrong) of the fields that this person settled, ever."""
    legible = samples.c.operator == operator, samples.c.verdict.in_((RIGHT, WRONG))
    wrong = func.coalesce(func.sum(case((samples.c.verdict == WRONG, 1), else_=0)), 0)
    found = select(func.count().label("many"), wrong.label("wrong"))
    row = look.connection.execute(found.where(*legible)).one()
    return row.many, int(row.wrong)


def to_correct(look: Look, ward: str | None, limit: int = 100) -> list[Sample]:
    """What was judged wrong after its document had left: it is for a correction, the newest verdict first."""
    found = select(samples).join(documents, documents.c.id == samples.c.document_id)
    found = found.where(samples.c.verdict == WRONG, documents.c.step.in_((Step.EXPORTED, Step.FILED)))
    if ward is not None:
        found = found.where(samples.c.ward == ward)
    return [_sample(row) for row in look.connection.execute(found.order_by(samples.c.at.desc(), samples.c.n).limit(limit))]


def _waiting(by: str, ward: str | None) -> list[ColumnElement[bool]]:
    mine = works_at(by, "sample", samples.c.form, samples.c.ward)
    return [samples.c.verdict == "", _not_own(by), mine, *([samples.c.ward == ward] if ward is not None else [])]


def _not_own(by: str) -> ColumnElement[bool]:
    return or_(samples.c.operator.is_(None), samples.c.operator != by)


def _sample(row: AnyRow) -> Sample:
    value = json.loads(row.value) if row.value is not None else None
    return Sample(row.month, row.document_id, row.field, row.form, row.asked, row.ward, value, row.reader, row.operator,
                  row.flagged, row.verdict, row.by, row.at, row.n)
