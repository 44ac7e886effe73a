"""The fields that wait for a person, over all papers: told from a document's findings whenever it is saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select

from tsuzuri.forms import asked_as
from tsuzuri.model import Document, Severity, Step
from tsuzuri.store.assigned import works_at
from tsuzuri.store.desk_tables import doubts, questions
from tsuzuri.store.tables import documents, pages

Place = tuple[int, str]         # a document's place in the order of arrival, and a field of it
MOST = 1000                     # fields of one kind that are counted: of more it is told that there are so many, or more


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
    """What may be asked about fields that wait, and that nobody has keyed yet: what speaks against those is the whole sheet's.

    Everything is asked by the index of (form, field, order of arrival), kind by kind: half a million papers may wait.
    """

    connection: Connection

    def doubted_kinds(self, codes: Sequence[str], ward: str | None = None) -> list[tuple[str, str, int]]:
        """(form, field without row, how many fields wait, at most MOST) for findings of these codes, most first."""
        counted = [(form, asked, self.count_doubted(form, asked, codes, ward)) for form, asked in self._kinds()]
        return sorted((one for one in counted if one[2]), key=lambda one: (-one[2], one[0], one[1]))

    def count_doubted(self, form: str, asked: str, codes: Sequence[str], ward: str | None = None) -> int:
        """How many fields of one kind wait, at most MOST; several findings may speak against one."""
        said = select(doubts.c.document_id, doubts.c.field).where(*_of(form, asked), *_told(codes, ward)).limit(2 * MOST).subquery()
        each = select(said.c.document_id, said.c.field).distinct().subquery()
        return min(self.connection.scalar(select(func.count()).select_from(each)) or 0, MOST)

    def oldest_doubts(self, codes: Sequence[str], ward: str | None = None) -> dict[tuple[str, str], datetime]:
        """When the longest waiting paper of each (form, field without row) came in."""
        first: dict[tuple[str, str], int] = {}
        for form, asked in self._kinds():
            found = select(doubts.c.document_n).where(*_of(form, asked), *_told(codes, ward)).order_by(doubts.c.document_n)
            if (n := self.connection.scalar(found.limit(1))) is not None:
                first[form, asked] = n
        came = select(func.min(pages.c.received_at)).where(pages.c.document_id == documents.c.id).scalar_subquery()
        told = select(documents.c.n, came.label("at")).where(documents.c.n.in_({*first.values()}))
        at = {row.n: row.at for row in self.connection.execute(told) if row.at is not None}
        return {kind: at[n] for kind, n in first.items() if n in at}

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
        mine = works_at(by, "run", doubts.c.form, doubts.c.ward)
        told, rows = (*_told(codes, ward), free, mine, doubts.c.document_n >= after[0]), 2 * limit
        while True:
            found, whole = list[Doubted](), None        # whole: papers of which all is there
            for form, asked in kinds:
                some = self._first(form, asked, told, rows)
                found += some
                if len(some) == rows:
                    whole = min(last for last in (some[-1].document_n - 1, whole) if last is not None)
            fields = _once(one for one in found if _place(one) > _placed(*after) and (whole is None or one.document_n <= whole))
            if whole is None or len(fields) >= limit:
                return fields[:limit]
            rows *= 4

    def _first(self, form: str, asked: str, told: Sequence[ColumnElement[bool]], rows: int) -> list[Doubted]:
        """The first so many findings of one kind, in the order of arrival."""
        found = select(doubts.c.document_id, doubts.c.document_n, doubts.c.field, doubts.c.code)
        found = found.join(documents, documents.c.id == doubts.c.document_id).where(*_of(form, asked), *told)
        return [Doubted(*row) for row in self.connection.execute(found.order_by(doubts.c.document_n).limit(rows))]

    def _kinds(self) -> list[tuple[str, str]]:
        """Every (form, field without row) of which something waits, each told by a step or two through the index."""
        kind, found = (doubts.c.form, doubts.c.asked), [("", "")]
        while True:
            form, asked = found[-1]
            for behind in ((doubts.c.form == form, doubts.c.asked > asked), (doubts.c.form > form,)):
                row = self.connection.execute(select(*kind).where(*behind).order_by(*kind).limit(1)).one_or_none()
                if row is not None:
                    found.append((row.form, row.asked))
                    break
            else:
                return found[1:]


def _once(found: Iterable[Doubted]) -> list[Doubted]:
    """Each field with the first of its codes, in the order of arrival, row 2 before row 10."""
    first: dict[tuple[str, str], Doubted] = {}
    for one in sorted(found, key=lambda one: (_place(one), one.code)):
        first.setdefault((one.document_id, one.field), one)
    return list(first.values())


def _place(one: Doubted) -> tuple[int, int, str]:
    return _placed(one.document_n, one.field)


def _placed(n: int, field: str) -> tuple[int, int, str]:
    return (n, len(field), field)


ASKED: ColumnElement[bool] = select(questions.c.n).where(
    questions.c.document_id == doubts.c.document_id, questions.c.answered_at.is_(None)).exists()
"""Whether somebody is asked about the doubt's paper: it is in nobody's queue meanwhile."""


def _of(form: str, asked: str) -> list[ColumnElement[bool]]:
    return [doubts.c.form == form, doubts.c.asked == asked]


def _told(codes: Sequence[str], ward: str | None) -> list[ColumnElement[bool]]:
    told = [doubts.c.code.in_(codes), doubts.c.settled == 0, ~ASKED]
    return told if ward is None else [*told, doubts.c.ward == ward]
