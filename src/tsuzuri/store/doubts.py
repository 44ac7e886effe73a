"""The fields that wait for a person, over all papers: told from a document's findings whenever it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select

from tsuzuri.model import Document, Severity, Step
from tsuzuri.store.desk_tables import doubts
from tsuzuri.store.tables import documents


@dataclass(frozen=True, slots=True)
class Doubted:
    """A field of a document that waits; `code` is the finding's."""

    document_id: str
    document_n: int
    field: str
    code: str


def asked_as(field: str) -> str:
    """The field without its row's number: "patients.3.points" → "patients.points"."""
    return ".".join(part for part in field.split(".") if not part.isdecimal())


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
             "asked": asked_as(field or ""), "ward": row.ward}
            for field, code in sorted(told)])


class SeenDoubts:
    """What may be asked about fields that wait."""

    connection: Connection

    def doubted_kinds(self, codes: Sequence[str], ward: str | None = None) -> list[tuple[str, str, int]]:
        """(form, field without row, how many wait) for findings of these codes, most first."""
        many = func.count().label("many")
        found = select(doubts.c.form, doubts.c.asked, many).where(doubts.c.code.in_(codes))
        if ward is not None:
            found = found.where(doubts.c.ward == ward)
        grouped = found.group_by(doubts.c.form, doubts.c.asked).order_by(many.desc(), doubts.c.form, doubts.c.asked)
        return [(row.form, row.asked, row.many) for row in self.connection.execute(grouped)]

    def doubted(
        self, form: str, asked: str, codes: Sequence[str], by: str, now: datetime, ward: str | None = None, limit: int = 20,
    ) -> list[Doubted]:
        """The longest waiting of one field over many papers that nobody else holds."""
        free = or_(documents.c.leased_by.is_(None), documents.c.leased_by == by, documents.c.leased_until <= now)
        found = select(doubts).join(documents, documents.c.id == doubts.c.document_id)
        found = found.where(doubts.c.form == form, doubts.c.asked == asked, doubts.c.code.in_(codes), free)
        if ward is not None:
            found = found.where(doubts.c.ward == ward)
        ordered = found.order_by(doubts.c.document_n, doubts.c.n).limit(limit)
        return [Doubted(row.document_id, row.document_n, row.field, row.code) for row in self.connection.execute(ordered)]
