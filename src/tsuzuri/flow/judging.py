"""A document judged with all that the office knows: its ledgers, and the claims it has seen before."""

from __future__ import annotations

from dataclasses import replace

from tsuzuri.flow.line import Line
from tsuzuri.forms import asked
from tsuzuri.model import Document
from tsuzuri.stages.validate import validate
from tsuzuri.store import Unit


def judge(line: Line, unit: Unit, document: Document) -> Document:
    """The document as its form's checks find it at this moment; see stages.validate. What its claims say is kept for those that
    come after it, so what you get is to be stored in the same unit of work.
    """
    form = line.forms.of(document)
    said = asked(form, document.values) if form else ()
    judged = validate(document, form, unit.known(document.id, said) if form else None)
    book = line.forms.rulebook
    unit.note_rulebook(book.version, book.parts, line.clock())
    unit.keep_facts(document.id, said, judged.step, line.today())
    return replace(judged, rulebook=book.version)
