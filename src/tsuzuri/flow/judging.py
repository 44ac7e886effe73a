"""A document judged with all that the office knows: its ledgers, and the claims it has seen before."""

from __future__ import annotations

from dataclasses import replace

from tsuzuri.flow.line import Line
from tsuzuri.forms import Form, asked
from tsuzuri.model import Document
from tsuzuri.rules import Known
from tsuzuri.stages.validate import validate
from tsuzuri.store import Look, Unit


def judge(line: Line, unit: Unit, document: Document) -> Document:
    """The document as its form's checks find it at this moment; see stages.validate. What its claims say is kept for those that
    come after it, so what you get is to be stored in the same unit of work.
    """
    form, book = line.forms.of(document), line.forms.rulebook
    known = beside(unit, document, form) if form else Known()
    judged = validate(document, form, known)
    unit.note_rulebook(book.version, book.parts, line.clock())
    unit.keep_facts(document.id, known.own, judged.step, line.today())
    return replace(judged, rulebook=book.version)


def beside(look: Look, document: Document, form: Form) -> Known:
    """What is known beside a document of that form."""
    known = look.known(document.id, asked(form, document.values))
    return replace(known, ward=look.ward_of(document.batch_id), answers=document.answers or "")
