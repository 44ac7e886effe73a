"""The fields that wait for a person, over all papers: told from a document's findings whenever it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, or_, select, tuple_

from tsuzuri.forms import asked_as
from tsuzuri.model import Document, Severity, Step
from tsuzuri.store.desk_tables import doubts, questions
from tsuzuri.store.tables import documents, pages

Place = tuple[int, str]         # a document's place in the order of arrival, and a field of it


@dataclass(frozen=True, slots=True)
class Doubted:
    """A field of a document that waits; `code` is the finding's."""

    document_id: str
    document_n: int
    field: str
    code: str


def keep_doubts(connection: Connection, document: Document) -> None:
    """Put the document's doubted fields in the place of those that were told before."""
    connection.execute(delete(doubts).where(doubts.c.document_id == document.id))
    if document.step is not Step.REVIEW or document.form is None:
        return
    told = {(f.field, f.code) for f in document.findings if f.field and f.severity is not Severity.I}
    if told:
        row = connection.execute(select(documents.c.n, documents.c.ward).where(documents.c.id == document.id)).one()
        connection.execute(insert(doubts), [
            {"document_id": document.id, "document_n": row.n, "field": field, "code": code, "form": document.form,
             "asked": asked_as(field or ""), "ward": row.ward, "settled": int(_by_person(document, field))}
            for field, code in sorted(told)])


def _by_person(document: Document, field: str | None) -> bool:
    known = document.fields.get(field or "")
    return known is not None and known.reader == "person"


class SeenDoubts:
    """What may be asked about fields that wait, and that nobody has keyed yet: what speaks against those is the whole sheet's."""

    connection: Connection

    def doubted_kinds(self, codes: Sequence[str], ward: str | None = None) -> list[tuple[str, str, int]]:
        """(form, field without row, how many fields wait) for findings of these codes, most first."""
        said = select(doubts.c.form, doubts.c.asked, doubts.c.document_id, doubts.c.field)
        each = said.where(*_told(codes, ward)).distinct().subquery()
        many = func.count().label("many")
        grouped = select(each.c.form, each.c.asked, many).group_by(each.c.form, each.c.asked)
        ordered = grouped.order_by(many.desc(), each.c.form, each.c.asked)
        return [(row.form, row.asked, row.many) for row in self.connection.execute(ordered)]

    def oldest_doubts(self, codes: Sequence[str], ward: str | None = None) -> dict[tuple[str, str], datetime]:
        """When the longest waiting paper of each (form, field without row) came in."""
        least = func.min(doubts.c.document_n).label("n")
        said = select(doubts.c.form, doubts.c.asked, least).where(*_told(codes, ward))
        first = said.group_by(doubts.c.form, doubts.c.asked).subquery()
        came = select(func.min(pages.c.received_at)).where(pages.c.document_id == documents.c.id).scalar_subquery()
        found = select(first.c.form, first.c.asked, came.label("at")).join(documents, documents.c.n == first.c.n)
        return {(row.form, row.asked): row.at for row in self.connection.execute(found) if row.at is not None}

    def doubted(
        self, form: str, asked: str, codes: Sequence[str], by: str, now: datetime, ward: str | None = None, limit: int = 20,
        after: Place = (0, ""),
    ) -> list[Doubted]:
        """The longest waiting of one field over many papers that nobody else holds, from behind (document_n, field).

        Each field once, whatever speaks against it; the rows of one paper in their order.
        """
        return self.doubted_among([(form, asked)], codes, by, now, ward, limit, after)

    def doubted_among(
        self, kinds: Sequence[tuple[str, str]], codes: Sequence[str], by: str, now: datetime, ward: str | None, limit: int,
        after: Place = (0, ""),
    ) -> list[Doubted]:
        """The same of several (form, field without row)."""
        free = or_(documents.c.leased_by.is_(None), documents.c.leased_by == by, documents.c.leased_until <= now)
        place = doubts.c.document_n, func.length(doubts.c.field), doubts.c.field      # row 2 before row 10
        behind = tuple_(*place) > tuple_(literal(after[0]), literal(len(after[1])), literal(after[1]))
        code = func.min(doubts.c.code).label("code")
        found = select(doubts.c.document_id, doubts.c.document_n, doubts.c.field, code)
        found = found.join(documents, documents.c.id == doubts.c.document_id)
        found = found.where(tuple_(doubts.c.form, doubts.c.asked).in_(kinds), *_told(codes, ward), free, behind)
        ordered = found.group_by(doubts.c.document_id, doubts.c.document_n, doubts.c.field).order_by(*place).limit(limit)
        return [Doubted(row.document_id, row.document_n, row.field, row.code) for row in self.connection.execute(ordered)]


ASKED: ColumnElement[bool] = select(questions.c.n).where(
    questions.c.document_id == doubts.c.document_id, questions.c.answered_at.is_(None)).exists()
"""Whether somebody is asked about the doubt's paper: it is in nobody's queue meanwhile."""


def _told(codes: Sequence[str], ward: str | None) -> list[ColumnElement[bool]]:
    told = [doubts.c.code.in_(codes), doubts.c.settled == 0, ~ASKED]
    return told if ward is None else [*told, doubts.c.ward == ward]
