"""A paper that comes again with its 返戻票 on top is linked to the one that went back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.model import Batch, Document, Page, Step
from tsuzuri.rules import find
from tsuzuri.store import Unit

OPEN = frozenset({Step.REVIEW, Step.CLEAN, Step.WAITING})


def link_answers(line: Line, unit: Unit, batch: Batch, pages: Sequence[Page | None]) -> None:
    """Among pages in their order (None: one not seen yet), each document right behind a 返戻票 answers what that names.

    Said twice it is the same; whichever of the two was read first.
    """
    named = ""
    for page in pages:
        if page is None or page.step is Step.SEPARATOR:
            named = page.names if page else ""
        elif page.step is not Step.BLANK:
            bound = unit.page(page.id).document_id if named else None
            if bound is not None:
                _link(line, unit, unit.document(bound), named, batch.ward)
            named = ""


def _link(line: Line, unit: Unit, document: Document, named: str, ward: str) -> None:
    """The document answers what a slip names; where that did not go back, or was another ward's, a person is told so (H26)."""
    if document.answers or document.step not in OPEN or any(finding.code == "H26" for finding in document.noted):
        return
    if unit.went_back(named, ward):
        linked = replace(document, answers=named)
    else:
        linked = replace(document, noted=(*document.noted, find("H26", document=named)))
    judged = judge(line, unit, linked)
    if document.step is Step.WAITING:
        judged = replace(judged, step=Step.WAITING)
    unit.save_document(judged, was_version=document.version)

