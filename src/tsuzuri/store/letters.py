"""Letters and the log of calls, looked at and written; and which returned papers still wait for an answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from tsuzuri.errors import NotFound
from tsuzuri.model import Letter, Post, Reason, Step, Talk, Wording
from tsuzuri.store.letter_tables import letters, talks
from tsuzuri.store.rows import AnyRow, Values
from tsuzuri.store.tables import documents

PAGE = 100


@dataclass(frozen=True, slots=True)
class Returned:
    """A paper that went back: the last letter that said so (None: it went without), how many reminders followed, and the id and
    step of the paper that came in its place.
    """

    n: int
    document_id: str
    form: str | None
    ward: str
    letter: Letter | None
    reminders: int
    answered_by: str | None
    answered_step: Step | None


class SeenLetters:
    """What may be asked about letters and calls."""

    connection: Connection

    def letters_of(self, document_id: str) -> list[Letter]:
        """What was written about a document, oldest first."""
        found = select(letters).where(letters.c.document_id == document_id).order_by(letters.c.n)
        return [_letter(row) for row in self.connection.execute(found)]

    def letters_on(self, day: date, ward: str | None = None) -> list[Letter]:
        """What was written on a day, in its order; what was returned by mistake is left out."""
        bound = select(letters).join(documents, documents.c.id == letters.c.document_id)
        counts = (letters.c.kind == Post.INQUIRE) | (documents.c.step == Step.RETURNED)
        found = bound.where(letters.c.day == day, counts, *_of_ward(ward)).order_by(letters.c.n)
        return [_letter(row) for row in self.connection.execute(found)]

    def returned(self, ward: str | None = None, after: int = 0, limit: int = PAGE) -> list[Returned]:
        """The papers that went back, oldest first, from behind the document numbered `after`."""
        found = select(documents.c.n, documents.c.id, documents.c.form, documents.c.ward)
        found = found.where(documents.c.step == Step.RETURNED, documents.c.n > after, *_of_ward(ward))
        there = self.connection.execute(found.order_by(documents.c.n).limit(limit)).all()
        ids = [row.id for row in there]
        written: dict[str, list[Letter]] = {}
        for row in self.connection.execute(select(letters).where(letters.c.document_id.in_(ids)).order_by(letters.c.n)):
            written.setdefault(row.document_id, []).append(_letter(row))
        came = select(documents.c.answers, documents.c.id, documents.c.step).where(
            documents.c.answers.in_(ids), documents.c.step != Step.MERGED).order_by(documents.c.n)
        answers = {row.answers: row for row in self.connection.execute(came)}
        return [_returned(row, written.get(row.id, []), answers.get(row.id)) for row in there]

    def went_back(self, document_id: str, ward: str) -> bool:
        """Whether a document of that ward stands returned."""
        found = documents.c.id == document_id, documents.c.step == Step.RETURNED, documents.c.ward == ward
        return self.connection.scalar(select(documents.c.n).where(*found)) is not None

    def returns_written(self, after: int, day: date, until: datetime | None) -> list[tuple[Letter, Step]]:
        """The 返戻票 behind the letter numbered `after`, up to a day and a moment, and where their papers stand now."""
        bound = select(letters, documents.c.step.label("step")).join(documents, documents.c.id == letters.c.document_id)
        found = bound.where(letters.c.kind == Post.RETURN, letters.c.n > after, letters.c.day <= day)
        if until is not None:
            found = found.where(letters.c.at <= until)
        return [(_letter(row), Step(row.step)) for row in self.connection.execute(found.order_by(letters.c.n))]

    def returns_between(self, after: int, until: int) -> list[tuple[Letter, str | None, str]]:
        """The 返戻票 numbered from behind `after` to `until`, each with its paper's form and ward."""
        bound = select(letters, documents.c.form, documents.c.ward).join(documents, documents.c.id == letters.c.document_id)
        found = bound.where(letters.c.kind == Post.RETURN, letters.c.n > after, letters.c.n <= until).order_by(letters.c.n)
        return [(_letter(row), row.form, row.ward) for row in self.connection.execute(found)]

    def answer_of(self, document_id: str) -> str | None:
        """The id of the last paper that came in place of a returned one."""
        found = select(documents.c.id).where(documents.c.answers == document_id, documents.c.step != Step.MERGED)
        last: str | None = self.connection.scalar(found.order_by(documents.c.n.desc()).limit(1))
        return last

    def talks_of(self, document_id: str) -> list[Talk]:
        """The calls about a document, newest first."""
        found = select(talks).where(talks.c.document_id == document_id).order_by(talks.c.n.desc())
        return [_talk(row) for row in self.connection.execute(found)]

    def promised(self, ward: str | None = None, limit: int = PAGE) -> list[Talk]:
        """The open calls of which something was promised, by the promised day."""
        bound = select(talks).join(documents, documents.c.id == talks.c.document_id)
        found = bound.where(talks.c.promised.is_not(None), talks.c.outcome == "", *_of_ward(ward))
        return [_talk(row) for row in self.connection.execute(found.order_by(talks.c.promised, talks.c.n).limit(limit))]

    def talk(self, n: int) -> Talk:
        """One call; raises NotFound."""
        row = self.connection.execute(select(talks).where(talks.c.n == n)).one_or_none()
        if row is None:
            raise NotFound("折衝記録が見つかりません。")
        return _talk(row)

    def last_letter(self) -> int:
        """The number of the last letter of all; 0 before the first."""
        return self.connection.scalar(select(func.max(letters.c.n))) or 0


class Letters(SeenLetters):
    """What a unit of work may also write about them."""

    def add_letter(self, document_id: str, kind: Post, days: tuple[date, date], by: str, at: datetime) -> int:
        """Begin a letter of that day, due on that day; its number. Its wording follows in the same unit (`word_letter`)."""
        told: Values = {"document_id": document_id, "kind": kind.value, "day": days[0], "due": days[1], "by": by, "at": at}
        told["wording"] = {}
        return int(self.connection.execute(insert(letters).values(told)).inserted_primary_key[0])  # type: ignore[index]

    def word_letter(self, n: int, wording: Wording) -> None:
        """What stands on it, for good."""
        told: Values = json.loads(json.dumps(asdict(wording)))
        self.connection.execute(update(letters).where(letters.c.n == n).values(wording=told))

    def add_talk(self, talk: Talk) -> None:
        """Write down a call."""
        told: Values = {name: getattr(talk, name) for name in talk.__dataclass_fields__ if name != "n"}
        self.connection.execute(insert(talks).values(told))

    def end_talk(self, n: int, outcome: str) -> bool:
        """Write down what came of it; False where that was done before."""
        there = talks.c.n == n, talks.c.outcome == ""
        return self.connection.execute(update(talks).where(*there).values(outcome=outcome)).rowcount == 1


def _of_ward(ward: str | None) -> list[ColumnElement[bool]]:
    return [documents.c.ward == ward] if ward is not None else []


def _returned(row: Any, written: Sequence[Letter], came: Any) -> Returned:
    backs = [letter for letter in written if letter.kind is Post.RETURN]
    reminders = [letter for letter in written if letter.kind is Post.REMIND and backs and letter.n > backs[-1].n]
    last = (*backs, *reminders)[-1] if backs else None
    return Returned(row.n, row.id, row.form, row.ward, last, len(reminders), came.id if came else None,
                    Step(came.step) if came else None)


def _letter(row: AnyRow) -> Letter:
    return Letter(row.n, row.document_id, Post(row.kind), row.day, row.due, row.by, row.at, _wording(row.wording))


def _wording(told: Values) -> Wording:
    def texts(name: str) -> tuple[str, ...]:
        return tuple(told[name])

    return Wording(
        told["title"], told["number"], told["day"], texts("to"), texts("sender"), texts("opening"),
        tuple((label, value) for label, value in told["about"]), tuple(Reason(**reason) for reason in told["reasons"]),
        (told["due"][0], told["due"][1]), texts("closing"), texts("foot"), told["answers"],
        told.get("asks", ""),       # those written before had none
    )


def _talk(row: Any) -> Talk:
    return Talk(row.document_id, row.by, row.at, row.way, row.counterpart, row.code, row.said, row.promised, row.outcome, row.n)
