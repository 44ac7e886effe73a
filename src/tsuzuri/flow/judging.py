"""A document judged with all that the office knows: its ledgers, and the claims it has seen before."""

from __future__ import annotations

from tsuzuri.flow.line import Line
from tsuzuri.forms import asked
from tsuzuri.model import Document
from tsuzuri.stages.validate import validate
from tsuzuri.store import Look


def judge(line: Line, look: Look, document: Document) -> Document:
    """The document as its form's checks find it at this moment; see stages.validate."""
    form = line.forms.of(document)
    return validate(document, form, look.known(document.id, asked(form, document.values)) if form else None)
