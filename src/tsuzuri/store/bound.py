"""What papers say and what people did about it: documents, readings and reviews, looked at and written."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, literal, or_, select, update

from tsuzuri.errors import Leased, NotFound, Stale
from tsuzuri.model import Document, Reading, Review, Step
from tsuzuri.store import rows
from tsuzuri.store.doubts import keep_doubts
from tsuzuri.store.facts import Facts
from tsuzuri.store.papers import PAPER_ORDER, leading_first
from tsuzuri.store.tables import batches, documents, pages, readings, reviews, scans

LEASES = ("leased_by", "leased_until")     # only lease() and release() write these
OPEN_TO_PEOPLE = (Step.REVIEW, Step.CLEAN)


class SeenBound:
    """What may be asked about what papers say."""

    connection: Connection

    def document(self, document_id: str) -> Document:
        """The document; raises NotFound."""
        row = self.connection.execute(select(documents).where(documents.c.id == document_id)).one_or_none()
        if row is None:
            raise NotFound(f"書類 {document_id} は見つかりません。")
        return rows.to_document(row)

    def documents_of_batch(self, batch_id: str) -> list[Document]:
        """The batch's documents in the order of arrival."""
        found = select(documents).where(documents.c.batch_id == batch_id).order_by(documents.c.n)
        return [rows.to_document(row) for row in self.connection.execute(found)]

    def forms_of_batch(self, batch_id: str) -> set[str]:
        """Which forms there are among a batch's documents."""
        return set(self.connection.scalars(select(documents.c.form).where(documents.c.batch_id == batch_id).distinct())) - {None}

    def clean_documents(self, batch_id: str | None = None) -> list[str]:
        """Ids of documents against which nothing speaks, of one batch or of all, in the order of arrival."""
        clean = select(documents.c.id).where(documents.c.step == Step.CLEAN).order_by(documents.c.n)
        if batch_id is not None:
            clean = clean.where(documents.c.batch_id == batch_id)
        return list(self.connection.scalars(clean))

    def file_and_page(self, document_id: str) -> tuple[str, int]:
        """Name of the file that brought the document, and its first page's number there; raises NotFound."""
        found = select(scans.c.name, pages.c.number).join(pages, pages.c.scan_id == scans.c.id)
        first = found.where(pages.c.document_id == document_id).order_by(*PAPER_ORDER).limit(1)
        row = self.connection.execute(first).one_or_none()
        if row is None:
            raise NotFound(f"書類 {document_id} のページは見つかりません。")
        return row.name, row.number

    def readings(self, document_id: str) -> list[Reading]:
        """Everything readers saw on the document's pages, page by page in the order it was seen.

        A reading's field is named as on its own form; its `page` is the page's place in the document.
        """
        ordered = select(pages.c.id, pages.c.form).join(scans, scans.c.id == pages.c.scan_id)
        ordered = ordered.where(pages.c.document_id == document_id).order_by(*PAPER_ORDER)
        there = self.connection.execute(ordered).all()
        form = self.connection.scalar(select(documents.c.form).where(documents.c.id == document_id))
        bound = leading_first([row.id for row in there], [row.form for row in there], form)
        found = select(readings).where(readings.c.page_id.in_(bound)).order_by(readings.c.n)
        seen = [rows.to_reading(row, bound.index(row.page_id) + 1) for row in self.connection.execute(found)]
        return sorted(seen, key=lambda reading: reading.page)

    def readings_of_page(self, page_id: str) -> list[Reading]:
        """Everything readers saw on one page, in the order it was seen."""
        found = select(readings).where(readings.c.page_id == page_id).order_by(readings.c.n)
        return [rows.to_reading(row) for row in self.connection.execute(found)]

    def reviews(self, document_id: str) -> list[Review]:
        """What people did about the document, oldest first."""
        found = select(reviews).where(reviews.c.document_id == document_id).order_by(reviews.c.n)
        return [rows.to_review(row) for row in self.connection.execute(found)]

    def worked_on(self, by: str, document_id: str) -> tuple[str | None, str | None]:
        """The documents that this person worked on last before this one, and first after it; before: of all, if never on this."""
        mine, here = reviews.c.by == by, reviews.c.document_id == document_id
        last = self.connection.scalar(select(func.max(reviews.c.n)).where(mine, here))
        others, latest = select(reviews.c.document_id).where(mine, ~here).limit(1), reviews.c.n.desc()
        if last is None:
            return self.connection.scalar(others.order_by(latest)), None
        before = self.connection.scalar(others.where(reviews.c.n < last).order_by(latest))
        return before, self.connection.scalar(others.where(reviews.c.n > last).order_by(reviews.c.n))


class Bound(SeenBound, Facts):
    """What a unit of work may also write about it."""

    def add_document(self, document: Document) -> None:
        """Store a new document."""
        ward = select(batches.c.ward).where(batches.c.id == document.batch_id).scalar_subquery()
        self.connection.execute(insert(documents).values(**rows.from_document(document), ward=ward))
        keep_doubts(self.connection, document)

    def save_document(self, document: Document, was_version: int) -> None:
        """Write the document if `was_version` is still the stored one; else raises Stale with what is stored.

        Leases stay as they are, except that a document beyond review belongs to nobody. Stale's details hold
        citizens' data: they are for the asker's eyes, not for a log.
        """
        told = {name: value for name, value in rows.from_document(document).items() if name not in LEASES}
        if document.step not in OPEN_TO_PEOPLE:
            told |= {"leased_by": None, "leased_until": None}
        there = documents.c.id == document.id, documents.c.version == was_version
        if self.connection.execute(update(documents).where(*there).values(told)).rowcount == 1:
            keep_doubts(self.connection, document)
            self.keep_standing(document.id, document.step)
            return
        stored = self.document(document.id)
        raise Stale(
            "この書類はほかで更新されました。画面の値と保存済みの値を見比べてください。",
            stored=stored.values, version=stored.version, step=stored.step.value,
        )

    def lease(self, document_id: str, by: str, until: datetime, now: datetime) -> Document:
        """The document, held for `by` until then; raises Leased while another's lease runs."""
        free = documents.c.id == document_id, _free(by, now)
        going_on = and_(documents.c.leased_by == by, documents.c.leased_until > now)
        since = case((going_on, documents.c.leased_since), else_=literal(now, documents.c.leased_since.type))
        held = update(documents).where(*free).values(leased_by=by, leased_until=until, leased_since=since)
        taken = self.connection.execute(held).rowcount == 1
        document = self.document(document_id)
        if not taken:
            raise Leased("ほかの担当者がこの書類を処理中です。次の書類へ進むか、しばらくお待ちください。",
                         document=document.id, by=document.leased_by, until=document.leased_until)
        return document

    def release(self, document_id: str, by: str) -> None:
        """Let go of a lease; another's is left alone."""
        held = documents.c.id == document_id, documents.c.leased_by == by
        self.connection.execute(update(documents).where(*held).values(leased_by=None, leased_until=None))

    def add_readings(self, page_id: str, seen: Iterable[Reading]) -> None:
        """Keep what readers saw on a page. There is no way to change it, but for `blot_readings`."""
        told = [{**rows.from_reading(r), "page_id": page_id} for r in seen]
        if told:
            self.connection.execute(insert(readings), told)

    def blot_readings(self, page_id: str, blotted: Iterable[Reading]) -> None:
        """Put these in the place of all that readers saw on a page: what the law forbids to keep was among it."""
        self.connection.execute(delete(readings).where(readings.c.page_id == page_id))
        self.add_readings(page_id, blotted)

    def blot_reviews(self, document_id: str, named: Collection[str]) -> None:
        """Take what these fields held out of all that people did to the document; that they did it stays."""
        for row in self.connection.execute(select(reviews).where(reviews.c.document_id == document_id)).all():
            if set(named) & set(row.changes):
                changes = {name: [None, None] if name in named else change for name, change in row.changes.items()}
                self.connection.execute(update(reviews).where(reviews.c.n == row.n).values(changes=changes))

    def add_review(self, review: Review) -> None:
        """Keep one act of a person. There is no way to change or remove it."""
        self.connection.execute(insert(reviews).values(rows.from_review(review)))


def _free(by: str, now: datetime) -> ColumnElement[bool]:
    return or_(documents.c.leased_by.is_(None), documents.c.leased_by == by, documents.c.leased_until <= now)
