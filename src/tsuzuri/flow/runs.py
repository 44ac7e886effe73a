"""One field over many papers, before one person: laid out and held, confirmed, taken back, let go of."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from tsuzuri.errors import Leased, WrongTurn
from tsuzuri.flow.binding import readings
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.desk import held, write_down
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.forms import FieldSpec, Form, dittoed
from tsuzuri.model import Document, Field, Reading, Review, Step, Value
from tsuzuri.rules import show
from tsuzuri.stages.assemble import assemble

# What may be told from one field of the picture alone: that it was misread, or not read. Sums and limits need the whole sheet.
READING_DOUBTS = (
    "V54", "H41", "H06",                                        # not sure enough, readers differ, always looked at
    "H01", "H02", "H03", "H04", "H32", "H34", "V50", "V51",     # blank, not of its kind, several marks, crossed out
    "H05", "V06", "V10", "V11", "V12", "V24", "V29", "V52",     # a check digit or a calendar speaks against it
)
SCREEN = 20             # fields before a person at once


@dataclass(frozen=True, slots=True)
class Run:
    """One field of one form; `asked` is without its row's number ("patients.points")."""

    form: str
    asked: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A field that waits, of a document held for whoever asked; `n` is the document's place in the order of arrival."""

    n: int
    field: str
    document: Document


def lay_out(line: Line, run: Run, by: str, ward: str | None, after: tuple[int, str]) -> list[Waiting]:
    """The next fields of the run from behind `after`, at most SCREEN, their papers held for `by`; others' are left out."""
    now = line.clock()
    held_now: dict[str, Document] = {}
    with line.unit() as unit:
        found = unit.doubted(run.form, run.asked, READING_DOUBTS, by, now, ward, SCREEN, after)
        for document_id in dict.fromkeys(one.document_id for one in found):
            with suppress(Leased):          # somebody took it this very moment
                held_now[document_id] = unit.lease(document_id, by, now + line.limits.lease, now)
    return [Waiting(one.document_n, one.field, document) for one in found
            if (document := held_now.get(one.document_id)) and one.field not in document.blind]


def hold(line: Line, document_ids: Iterable[str], by: str) -> list[str]:
    """Go on holding these papers; which of them somebody else has taken."""
    now, lost = line.clock(), []
    with line.unit() as unit:
        for document_id in document_ids:
            try:
                unit.lease(document_id, by, now + line.limits.lease, now)
            except Leased:
                lost.append(document_id)
    return lost


def let_go(line: Line, document_ids: Iterable[str], by: str) -> None:
    """Let go of these papers; of what one does not hold, nothing."""
    with line.unit() as unit:
        for document_id in document_ids:
            unit.release(document_id, by)


def take_back(line: Line, document_id: str, version: int, field: str, by: str) -> Document:
    """The document with the field as it was before this person's last confirmation of it, judged anew.

    Raises WrongTurn (`nothing_to_undo`) where they did not confirm it, or somebody else settled it since.
    """
    with line.unit() as unit:
        document = held(line, unit, document_id, version, by)
        form = line.forms.of(document)
        told = [review for review in unit.reviews(document_id) if field in review.changes]
        if form is None or not told or told[-1].by != by or told[-1].action != "correct":
            raise WrongTurn("この欄の確認は取り消せません。書類を開いて直してください。", code="nothing_to_undo")
        before = _settled_before(document, field, told, form.fields[field])
        before = before or _as_read(document, field, form, readings(line, unit, document), told[-1].changes[field][0])
        bare = document.to(Step.REVIEW, fields=dittoed({**document.fields, field: before}, form))
        unit.save_document(judge(line, unit, bare), was_version=version)
        changes = {field: [document.fields[field].value, bare.fields[field].value]}
        write_down(line, unit, document_id, by, "take_back", changes=changes)
        hold_covers(line, unit, unit.batch(document.batch_id))
        return unit.document(document_id)


def _settled_before(document: Document, name: str, told: list[Review], spec: FieldSpec) -> Field | None:
    """The field as somebody had settled it before the last act; None: nobody had."""
    *earlier, last = told
    if not earlier or earlier[-1].action == "take_back":
        return None
    value = last.changes[name][0]
    return Field(value, 1.0, show(spec.kind, value), "person", spec.area, document.fields[name].page)


def _as_read(document: Document, name: str, form: Form, seen: list[Reading], stood: Value) -> Field:
    """The field as the readers saw it; where none did, what stood there, of which nobody is sure."""
    unread = replace(document, fields={other: field for other, field in document.fields.items() if other != name})
    read = assemble(unread, seen, form).fields[name]
    return read if read.reader != "none" else replace(read, value=stood, confidence=0.0, raw=show(form.fields[name].kind, stood))
