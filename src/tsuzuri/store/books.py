"""The paper ledger: what was fed and where it stands, in pages; for the house, a ward, a box, a batch or a business date.

fed = stored + still to come, and stored = exported + filed + in work + returned + blank + separators, at any second. One
question for all of them, read off indexes alone; `culprits` names what makes it fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select, union_all

from tsuzuri.model import Step
from tsuzuri.store.tables import batches, documents, pages, scans
from tsuzuri.store.unit import Look

IN_WORK = (Step.WAITING, Step.REVIEW, Step.CLEAN, Step.APPROVED)
UNBOUND = (Step.RECEIVED, Step.READ)
MOST = 200          # culprits of one sort that are named; more of them are one fault


class By(StrEnum):
    """What the books are kept for."""

    HOUSE = "house"
    WARD = "ward"
    BOX = "box"
    BATCH = "batch"
    DATE = "date"


KEYS: dict[By, ColumnElement[Any]] = {
    By.HOUSE: literal(""), By.WARD: batches.c.ward, By.BOX: batches.c.box, By.BATCH: batches.c.id, By.DATE: batches.c.business_date,
}


@dataclass(frozen=True, slots=True)
class Within:
    """Which batches count; None means any. `date` is a business date, `boxes` are several of them."""

    ward: str | None = None
    box: str | None = None
    batch: str | None = None
    date: date | None = None
    boxes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.boxes) or any(one is not None for one in (self.ward, self.box, self.batch, self.date))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Pages. `awaited` are declared by open batches and not here yet; `off` counts the closed batches that declared another
    number than is stored: sums of several could hide one another's faults.
    """

    stored: int
    exported: int
    in_work: int
    returned: int
    blank: int
    separator: int = 0
    filed: int = 0
    fed: int = 0
    awaited: int = 0
    off: int = 0

    @property
    def placed(self) -> int:
        """Pages that stand somewhere."""
        return self.exported + self.filed + self.in_work + self.returned + self.blank + self.separator

    @property
    def balanced(self) -> bool:
        """Whether of what is stored nothing is lost and nothing doubled."""
        return self.stored == self.placed

    @property
    def complete(self) -> bool:
        """Whether of every closed batch as much is stored as was fed."""
        return self.off == 0 and self.fed == self.stored + self.awaited


ACCOUNTS = ("fed", "awaited", "stored", "exported", "filed", "in_work", "returned", "blank", "separator")


EMPTY = Ledger(0, 0, 0, 0, 0)


def paper_ledger(look: Look, within: Within = Within()) -> Ledger:  # noqa: B008  frozen, so safe to share
    """The books of those batches, all of them together."""
    return books(look, By.HOUSE, within).get("", EMPTY)


def books(look: Look, by: By, within: Within = Within()) -> dict[Any, Ledger]:  # noqa: B008
    """The books of each ward, box …, by its name (a batch by its id, a date as a date), in order."""
    key = KEYS[by]
    told: dict[Any, dict[str, int]] = {}
    for row in look.connection.execute(_fed(key, within)):
        told[row.key] = {"fed": int(row.fed), "awaited": int(row.awaited), "off": int(row.off), "stored": int(row.stored)}
    where = _whereabouts(within)
    stands = select(key.label("key"), where.c.place, func.sum(where.c.many).label("many"))
    stands = stands.join_from(where, batches, batches.c.id == where.c.batch_id).group_by(key, where.c.place)
    for row in look.connection.execute(stands):
        account = ACCOUNT.get(Step(row.place))
        if account is not None:
            told[row.key][account] = told[row.key].get(account, 0) + int(row.many)
    empty = {"exported": 0, "in_work": 0, "returned": 0, "blank": 0}
    return {name: Ledger(**{**empty, **counts}) for name, counts in sorted(told.items())}


ACCOUNT = {
    **dict.fromkeys((*UNBOUND, *IN_WORK), "in_work"), Step.EXPORTED: "exported", Step.FILED: "filed", Step.RETURNED: "returned",
    Step.BLANK: "blank", Step.SEPARATOR: "separator",
}


# The pages that a batch's sheets have: Batch.declared_pages.
DUE = batches.c.declared_sheets * batches.c.sides - batches.c.one_sided


def _fed(key: ColumnElement[Any], within: Within) -> Select[Any]:
    """(key, fed, awaited, off, stored): what batches declare beside what their files hold."""
    counted = select(scans.c.batch_id, func.sum(scans.c.pages).label("many")).where(*_of(scans.c.batch_id, within))
    held = counted.group_by(scans.c.batch_id).subquery()
    stored, told = func.coalesce(held.c.many, 0), DUE
    is_open = batches.c.step == Step.OPEN
    more = case((is_open & (told > stored), told - stored), else_=0)
    fed = case((is_open, stored + more), else_=told)
    off = case((~is_open & (told != stored), 1), else_=0)
    sums = (func.sum(one).label(name) for name, one in (("fed", fed), ("awaited", more), ("off", off), ("stored", stored)))
    found = select(key.label("key"), *sums).select_from(batches.outerjoin(held, held.c.batch_id == batches.c.id))
    return found.where(*_conditions(within)).group_by(key)


def _whereabouts(within: Within) -> Subquery:
    """(batch_id, place, many): pages of unopened files, pages that no document has, and what documents are bound from.

    What documents say that they are bound from is added up, not the pages that name them: a page that belongs to none, or a
    document that counts a page it has not, tips the balance.
    """
    unopened = select(scans.c.batch_id, scans.c.step.label("place"), func.sum(scans.c.pages).label("many"))
    unopened = unopened.where(scans.c.step == Step.RECEIVED, *_of(scans.c.batch_id, within))
    alone = select(pages.c.batch_id, pages.c.step.label("place"), func.count().label("many"))
    alone = alone.where(pages.c.document_id.is_(None), *_of(pages.c.batch_id, within))
    bound = select(documents.c.batch_id, documents.c.step.label("place"), func.sum(documents.c.page_count).label("many"))
    bound = bound.where(*_of(documents.c.batch_id, within))
    return union_all(
        unopened.group_by(scans.c.batch_id, scans.c.step), alone.group_by(pages.c.batch_id, pages.c.step),
        bound.group_by(documents.c.batch_id, documents.c.step)).subquery()


def _of(batch_id: ColumnElement[str], within: Within) -> tuple[ColumnElement[bool], ...]:
    if not within:
        return ()
    if within == Within(batch=within.batch):
        return (batch_id == within.batch,)
    return (batch_id.in_(select(batches.c.id).where(*_conditions(within))),)


def _conditions(within: Within) -> list[ColumnElement[bool]]:
    asked = ((batches.c.ward, within.ward), (batches.c.box, within.box), (batches.c.id, within.batch),
             (batches.c.business_date, within.date))
    told = [column == value for column, value in asked if value is not None]
    return [*told, batches.c.box.in_(within.boxes)] if within.boxes else told


class Fault(StrEnum):
    """What is wrong with the books."""

    FED = "fed"            # a closed batch: what was declared is not what is stored
    FILE = "file"          # an opened file: pages of it are no rows, or too many are
    DOCUMENT = "document"  # a document counts other pages than name it
    PAGE = "page"          # a page that stands nowhere, or in two places


@dataclass(frozen=True, slots=True)
class Culprit:
    """What makes the books fail: `about` is the id of the batch, file, document or page; `told` is how many there should be, and
    how many there are; `numbers` are of the pages of the file that are missing.
    """

    fault: Fault
    batch_id: str
    box: str
    ward: str
    about: str
    told: tuple[int, int] = (0, 0)
    seq: int = 0
    numbers: tuple[int, ...] = field(default=())


def culprits(look: Look, within: Within = Within()) -> list[Culprit]:  # noqa: B008
    """Whatever is wrong, by name, batch by batch; no more than MOST of a sort. Looks at every row: not for each click."""
    found = [*_batches_off(look, within), *_files_off(look, within), *_documents_off(look, within), *_pages_off(look, within)]
    return sorted(found, key=lambda one: (one.ward, one.box, one.batch_id))


WHERE = batches.c.id.label("batch_id"), batches.c.box, batches.c.ward


def _batches_off(look: Look, within: Within) -> Iterator[Culprit]:
    held = select(func.coalesce(func.sum(scans.c.pages), 0)).where(scans.c.batch_id == batches.c.id).scalar_subquery()
    told = DUE
    found = select(*WHERE, told.label("told"), held.label("held")).where(
        batches.c.step != Step.OPEN, told != held, *_conditions(within)).order_by(batches.c.id)
    for row in look.connection.execute(found.limit(MOST)):
        yield Culprit(Fault.FED, row.batch_id, row.box, row.ward, row.batch_id, (row.told, int(row.held)))


def _files_off(look: Look, within: Within) -> Iterator[Culprit]:
    there = select(func.count()).where(pages.c.scan_id == scans.c.id).scalar_subquery()
    due = case((scans.c.step == Step.RECEIVED, 0), else_=scans.c.pages)
    found = select(*WHERE, scans.c.id, scans.c.seq, due.label("told"), there.label("held")).join_from(
        scans, batches, batches.c.id == scans.c.batch_id).where(due != there, *_conditions(within)).order_by(scans.c.id)
    for row in look.connection.execute(found.limit(MOST)).all():
        have = set(look.connection.scalars(select(pages.c.number).where(pages.c.scan_id == row.id)))
        gone = tuple(islice((number for number in range(1, row.told + 1) if number not in have), MOST))
        yield Culprit(Fault.FILE, row.batch_id, row.box, row.ward, row.id, (row.told, row.held), row.seq, gone)


def _documents_off(look: Look, within: Within) -> Iterator[Culprit]:
    there = select(func.count()).where(pages.c.document_id == documents.c.id).scalar_subquery()
    found = select(*WHERE, documents.c.id, documents.c.page_count, there.label("held")).join_from(
        documents, batches, batches.c.id == documents.c.batch_id).where(
        documents.c.page_count != there, *_conditions(within)).order_by(documents.c.id)
    for row in look.connection.execute(found.limit(MOST)):
        yield Culprit(Fault.DOCUMENT, row.batch_id, row.box, row.ward, row.id, (row.page_count, row.held))


def _pages_off(look: Look, within: Within) -> Iterator[Culprit]:
    nobody = ~select(documents.c.id).where(documents.c.id == pages.c.document_id).exists()
    lost = and_(pages.c.step == Step.BOUND, or_(pages.c.document_id.is_(None), nobody))
    twice = and_(pages.c.step != Step.BOUND, pages.c.document_id.is_not(None))
    found = select(*WHERE, pages.c.id, scans.c.seq, pages.c.number).join_from(pages, scans, scans.c.id == pages.c.scan_id).join(
        batches, batches.c.id == pages.c.batch_id).where(or_(lost, twice), *_conditions(within)).order_by(pages.c.id)
    for row in look.connection.execute(found.limit(MOST)):
        yield Culprit(Fault.PAGE, row.batch_id, row.box, row.ward, row.id, seq=row.seq, numbers=(row.number,))
