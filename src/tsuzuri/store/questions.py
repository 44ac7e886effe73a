"""What stands between a paper and the queue: a senior's judgement asked for, another scan wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, insert, select, update

from tsuzuri.store import rows
from tsuzuri.store.desk_tables import questions
from tsuzuri.store.tables import documents, pages, scans


class Wish(StrEnum):
    """What is wanted."""

    SENIOR = "senior"      # 要判断: somebody senior must decide
    RESCAN = "rescan"      # 再スキャン: the station must feed the paper again


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked about a document, by whom, when and why."""

    document_id: str
    kind: Wish
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class WantedScan:
    """A paper to be fed again: the files that brought it, by their numbers in the batch."""

    document_id: str
    at: datetime
    why: str
    seqs: tuple[int, ...]


OPEN = questions.c.answered_at.is_(None)
ASKED_ABOUT: ColumnElement[bool] = select(questions.c.n).where(questions.c.document_id == documents.c.id, OPEN).exists()


class SeenQuestions:
    """What may be asked about questions."""

    connection: Connection

    def open_questions(self, document_id: str) -> list[Question]:
        """What is asked about a document and not answered yet, oldest first."""
        found = select(questions).where(questions.c.document_id == document_id, OPEN).order_by(questions.c.n)
        return [_question(row) for row in self.connection.execute(found)]

    def all_open_questions(self, kind: Wish, ward: str | None = None, limit: int = 100) -> list[Question]:
        """What is asked and not answered yet, oldest first; only of a ward if one is named."""
        found = select(questions).where(questions.c.kind == kind, OPEN).order_by(questions.c.n).limit(limit)
        if ward is not None:
            found = found.where(questions.c.ward == ward)
        return [_question(row) for row in self.connection.execute(found)]

    def wanted_scans(self, batch_id: str) -> list[WantedScan]:
        """The papers of a batch that are to be fed again."""
        of = questions.join(documents, documents.c.id == questions.c.document_id)
        found = select(questions).select_from(of).where(documents.c.batch_id == batch_id, questions.c.kind == Wish.RESCAN, OPEN)
        asked = [_question(row) for row in self.connection.execute(found.order_by(questions.c.n))]
        return [WantedScan(one.document_id, one.at, one.why, self._seqs(one.document_id)) for one in asked]

    def _seqs(self, document_id: str) -> tuple[int, ...]:
        brought = select(scans.c.seq).join(pages, pages.c.scan_id == scans.c.id).where(pages.c.document_id == document_id)
        return tuple(self.connection.scalars(brought.distinct().order_by(scans.c.seq)))


class Questions(SeenQuestions):
    """What a unit of work may also write about them."""

    def ask(self, question: Question) -> None:
        """Keep a question; one of its kind that stands open already is asked anew."""
        self.answer(question.document_id, question.by, question.at, question.kind)
        ward = select(documents.c.ward).where(documents.c.id == question.document_id).scalar_subquery()
        self.connection.execute(insert(questions).values(
            document_id=question.document_id, kind=question.kind, ward=ward, by=question.by, at=question.at, why=question.why))

    def answer(self, document_id: str, by: str, at: datetime, kind: Wish | None = None) -> int:
        """The document's open questions, or those of one kind, are answered; how many there were."""
        mine = update(questions).where(questions.c.document_id == document_id, OPEN)
        if kind is not None:
            mine = mine.where(questions.c.kind == kind)
        return self.connection.execute(mine.values(answered_by=by, answered_at=at)).rowcount


def _question(row: rows.AnyRow) -> Question:
    return Question(row.document_id, Wish(row.kind), row.by, row.at, row.why)
