"""A field away from its sheet: what it is called, its piece of the picture and the whole page behind it, and no value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tsuzuri.desk import sheets, show
from tsuzuri.flow import Line
from tsuzuri.model import Document, Page


def snippet(line: Line, document: Document, field: str, pages: Sequence[Page]) -> dict[str, Any]:
    """The field as a card wants it, but for what stands in it; `pages` are the document's, which has a known form."""
    form = line.forms.of(document)
    assert form is not None      # only papers of a known form have fields
    box = show.boxes(document, form).get(field)
    framed = show.framed(field, document, form, box)
    seen = pages[framed["page"] - 1] if framed["page"] <= len(pages) else None
    leaf = form if framed["page"] == 1 else line.forms.get(seen.form or "") if seen else None
    placed = box is not None and seen is not None and seen.picture is not None and leaf is not None
    return {
        **framed, "field": field,
        "document": document.id, "short": sheets.short(document.id), "version": document.version,
        "crop": f"/desk/sheets/{document.id}/crops/{field}" if placed else None,
        "picture": f"/desk/pages/{seen.id}/picture" if seen and seen.picture else None,
        "paper": leaf.paper if leaf else None,
    }
