"""A document judged with all that the office knows: its ledgers, and the claims it has seen before.

Judging takes longer than storing, and one paper at a time may be stored: what people wait for is weighed by a look first, and in
the unit of work only kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tsuzuri.flow.line import Line
from tsuzuri.forms import Form, asked
from tsuzuri.model import Document
from tsuzuri.rules import Known
from tsuzuri.stages.validate import validate
from tsuzuri.store import Look, Unit


@dataclass(frozen=True, slots=True)
class Weighed:
    """A document as its form's checks find it, what was known beside it at that moment, and how it was before."""

    document: Document
    known: Known
    before: Document


def weigh(line: Line, look: Look, document: Document) -> Weighed:
    """The document as its form's checks find it at this moment; see stages.validate. Nothing is written."""
    form = line.forms.of(document)
    known = beside(look, document, form) if form else Known()
    return Weighed(replace(validate(document, form, known), rulebook=line.forms.rulebook.version), known, document)


def weigh_again(line: Line, unit: Unit, weighed: Weighed) -> Weighed:
    """The same as of this unit's moment: what was weighed stands, unless what it rested on has changed since."""
    form = line.forms.of(weighed.before)
    same = form is None or beside(unit, weighed.before, form) == weighed.known
    return weighed if same else weigh(line, unit, weighed.before)


def keep(line: Line, unit: Unit, weighed: Weighed) -> Document:
    """The weighed document, to be stored in this unit of work: what its claims say is kept for those that come after it."""
    book, judged = line.forms.rulebook, weighed.document
    unit.note_rulebook(book.version, book.parts, line.clock())
    unit.keep_facts(judged.id, weighed.known.own, judged.step, line.today())
    return judged


def judge(line: Line, unit: Unit, document: Document) -> Document:
    """The document weighed and kept at once: what you get is to be stored in the same unit of work."""
    return keep(line, unit, weigh(line, unit, document))


def beside(look: Look, document: Document, form: Form) -> Known:
    """What is known beside a document of that form."""
    known = look.known(document.id, asked(form, document.values))
    return replace(known, ward=look.ward_of(document.batch_id), answers=document.answers or "")
