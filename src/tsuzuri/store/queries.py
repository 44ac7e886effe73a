"""Lists and counts for people and machines. Paged by key, never by offset; no list opens a document's JSON.

Every function takes a look (`Store.read`) and answers with small frozen rows. `ward` None means every ward.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from tsuzuri.model import Batch, Step
from tsuzuri.store import rows
from tsuzuri.store.books import UNBOUND
from tsuzuri.store.tables import batches, documents, pages, scans
from tsuzuri.store.unit import Look

PAGE = 50
MOST = 2**63 - 1      # the largest number either database counts to


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a batch's pages stand. `stored` counts the pages of all files; all the others add up to it."""

    files: int = 0
    stored: int = 0
    in_reading: int = 0       # not opened yet, not read yet, or bound only when its neighbours are read
    blank: int = 0
    separator: int = 0
    review: int = 0
    clean: int = 0
    approved: int = 0
    returned: int = 0
    exported: int = 0
    filed: int = 0

    @property
    def settled(self) -> int:
        """Pages that nobody need think of any more."""
        return self.blank + self.separator + self.approved + self.returned + self.exported + self.filed

    @property
    def balanced(self) -> bool:
        """Whether every page stored stands somewhere."""
        return self.stored == self.in_reading + self.review + self.clean + self.settled


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch and where its pages stand."""

    batch: Batch
    tally: Tally


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list. `n` is its place in the order of arrival: the key to page by."""

    n: int
    id: str
    batch_id: str
    form: str | None
    step: Step
    version: int
    score: float
    finding_count: int
    worst: str                 # the severest finding's letter, "" without any
    ward: str
    box: str
    business_date: date
    received_at: datetime | None
    page_count: int
    leased_by: str | None
    leased_until: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents a list shows; None means any."""

    steps: tuple[Step, ...] = ()
    form: str | None = None
    batch_id: str | None = None
    ward: str | None = None


def batch_list(
    look: Look, after: str | None = None, limit: int = PAGE, *, station: str | None = None,
    ward: str | None = None,
) -> list[BatchLine]:
    """Batches, newest first, from behind the batch `after`; only a station's or a ward's if named."""
    found = select(batches).order_by(batches.c.created_at.desc(), batches.c.id.desc()).limit(limit)
    if station is not None:
        found = found.where(batches.c.station == station)
    if ward is not None:
        found = found.where(batches.c.ward == ward)
    if after is not None:
        at = select(batches.c.created_at).where(batches.c.id == after).scalar_subquery()
        same = and_(batches.c.created_at == at, batches.c.id < after)
        found = found.where(or_(batches.c.created_at < at, same))
    shown = [rows.to_batch(row) for row in look.connection.execute(found)]
    tallies = _tallies(look, [batch.id for batch in shown])
    return [BatchLine(batch, tallies.get(batch.id, Tally())) for batch in shown]


def batch_line(look: Look, batch_id: str) -> BatchLine:
    """One batch and where its pages stand; raises NotFound."""
    batch = look.batch(batch_id)
    return BatchLine(batch, _tallies(look, [batch_id]).get(batch_id, Tally()))


def missing_numbers(look: Look, batch_id: str, at_most: int = 100) -> list[int]:
    """The first sequence numbers up to the highest stored under which no file came; no more are looked for."""
    taken = select(scans.c.seq).where(scans.c.batch_id == batch_id).order_by(scans.c.seq)
    with look.connection.execute(taken.execution_options(yield_per=500)) as found:
        return list(islice(_gaps(found.scalars()), at_most))


def _gaps(numbers: Iterable[int]) -> Iterator[int]:
    last = 0
    for number in numbers:
        yield from range(last + 1, number)
        last = number


def document_queue(look: Look, wanted: Wanted, after: int = 0, limit: int = PAGE) -> list[DocumentLine]:
    """Documents in the order of arrival, from behind the one whose `n` is `after`."""
    found = _lines().where(*_conditions(wanted), documents.c.n > min(after, MOST))
    found = found.order_by(documents.c.n).limit(limit)
    return [_line(row) for row in look.connection.execute(found)]


def document_line(look: Look, document_id: str) -> DocumentLine | None:
    """One document as it stands in lists."""
    row = look.connection.execute(_lines().where(documents.c.id == document_id)).one_or_none()
    return _line(row) if row is not None else None


def counts_by_step(look: Look, ward: str | None = None) -> dict[Step, int]:
    """How many documents stand at each step; steps where none stands are 0."""
    found = select(documents.c.step, func.count().label("many")).group_by(documents.c.step)
    if ward is not None:
        found = found.where(documents.c.ward == ward)
    told = {row.step: row.many for row in look.connection.execute(found)}
    shown = (Step.WAITING, Step.REVIEW, Step.CLEAN, Step.APPROVED, Step.RETURNED, Step.EXPORTED, Step.FILED)
    return {step: told.get(step, 0) for step in shown}


def oldest_waiting(look: Look, step: Step) -> datetime | None:
    """When the longest waiting paper at `step` came in, its file unopened or not; None if none waits."""
    bound = pages.join(documents, documents.c.id == pages.c.document_id)
    waiting = {
        True: [select(func.min(table.c.received_at)).where(table.c.step == step) for table in (scans, pages)],
        False: [select(func.min(pages.c.received_at)).select_from(bound).where(documents.c.step == step)],
    }[step is Step.RECEIVED]
    found = [at for one in waiting if (at := look.connection.scalar(one)) is not None]
    return min(found, default=None)


def _tallies(look: Look, batch_ids: Sequence[str]) -> dict[str, Tally]:
    counted = select(scans.c.batch_id, func.count().label("files"), func.sum(scans.c.pages).label("stored"))
    stored = counted.where(scans.c.batch_id.in_(batch_ids)).group_by(scans.c.batch_id)
    told: dict[str, dict[str, int]] = {
        row.batch_id: {"files": row.files, "stored": int(row.stored)}
        for row in look.connection.execute(stored)
    }
    where = _whereabouts(batch_ids)
    for row in look.connection.execute(select(where)):
        place = "in_reading" if row.place in (*UNBOUND, Step.WAITING) else row.place
        batch = told[row.batch_id]
        batch[place] = batch.get(place, 0) + int(row.many)
    return {batch_id: Tally(**counts) for batch_id, counts in told.items()}


def _whereabouts(batch_ids: Sequence[str]) -> Subquery:
    """(batch_id, place, many): pages of unopened files, then pages each at its own step or its document's."""
    unopened = select(scans.c.batch_id, scans.c.step.label("place"), func.sum(scans.c.pages).label("many"))
    unopened = unopened.where(scans.c.step == Step.RECEIVED, scans.c.batch_id.in_(batch_ids))
    place = case((pages.c.document_id.is_(None), pages.c.step), else_=documents.c.step)
    bound = select(pages.c.batch_id, place.label("place"), func.count().label("many"))
    bound = bound.select_from(pages.outerjoin(documents, documents.c.id == pages.c.document_id))
    bound = bound.where(pages.c.batch_id.in_(batch_ids)).group_by(pages.c.batch_id, place)
    return unopened.group_by(scans.c.batch_id, scans.c.step).union_all(bound).subquery()


def _lines() -> Select[Any]:
    first = select(func.min(pages.c.received_at)).where(pages.c.document_id == documents.c.id)
    bound = documents.join(batches, batches.c.id == documents.c.batch_id)
    return select(
        documents.c.n, documents.c.id, documents.c.batch_id, documents.c.form, documents.c.step,
        documents.c.version, documents.c.score, documents.c.finding_count, documents.c.worst,
        documents.c.ward, batches.c.box, documents.c.business_date,
        first.scalar_subquery().label("received_at"), documents.c.page_count,
        documents.c.leased_by, documents.c.leased_until,
    ).select_from(bound)


def _line(row: rows.AnyRow) -> DocumentLine:
    return DocumentLine(**{**row._mapping, "step": Step(row.step)})


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.steps:
        asked.append(documents.c.step.in_(wanted.steps))
    if wanted.form is not None:
        asked.append(documents.c.form == wanted.form)
    if wanted.batch_id is not None:
        asked.append(documents.c.batch_id == wanted.batch_id)
    if wanted.ward is not None:
        asked.append(documents.c.ward == wanted.ward)
    return asked
