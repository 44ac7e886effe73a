"""Digits that people have seen one by one, among all that were read alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from tsuzuri.store.desk_tables import glyphs
from tsuzuri.store.tables import documents
from tsuzuri.store.unit import Look, Unit

DOUBTFUL = "?"


@dataclass(frozen=True, slots=True)
class Glyph:
    """What a person says stands at one place (from 0) of a number that was read as `ink`: a digit, or DOUBTFUL."""

    document_id: str
    field: str
    place: int
    ink: str
    digit: str
    by: str
    at: datetime


def seen_glyphs(look: Look, document_ids: Collection[str]) -> dict[tuple[str, str], dict[int, Glyph]]:
    """(document, field) → place → what was said of it last."""
    found: dict[tuple[str, str], dict[int, Glyph]] = {}
    for row in look.connection.execute(select(glyphs).where(glyphs.c.document_id.in_(document_ids))):
        told = Glyph(row.document_id, row.field, row.place, row.ink, row.digit, row.by, row.at)
        found.setdefault((row.document_id, row.field), {})[row.place] = told
    return found


def as_read(look: Look, document_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Document → field → its value as it is stored: cheaper by far than whole documents, of which few may be wanted."""
    found = look.connection.execute(select(documents.c.id, documents.c.fields).where(documents.c.id.in_(document_ids)))
    return {row.id: {name: field["value"] for name, field in row.fields.items()} for row in found}


def keep_glyphs(unit: Unit, said: Iterable[Glyph]) -> None:
    """Put these in the place of what was said of the same digits before."""
    for one in said:
        there = glyphs.c.document_id == one.document_id, glyphs.c.field == one.field, glyphs.c.place == one.place
        unit.connection.execute(delete(glyphs).where(*there))
        unit.connection.execute(insert(glyphs).values(asdict(one)))


def unsay_glyphs(unit: Unit, said: Iterable[Glyph]) -> int:
    """Take away what was said of these digits, where it is theirs who said it; how many that were."""
    taken = 0
    for one in said:
        there = glyphs.c.document_id == one.document_id, glyphs.c.field == one.field, glyphs.c.place == one.place
        taken += unit.connection.execute(delete(glyphs).where(*there, glyphs.c.by == one.by)).rowcount
    return taken


def forget_glyphs(unit: Unit, document_id: str) -> None:
    """All that was said of a document's digits: what the law forbids to keep may be among them."""
    unit.connection.execute(delete(glyphs).where(glyphs.c.document_id == document_id))
