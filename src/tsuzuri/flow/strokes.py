"""How a field was confirmed, beside what was confirmed: kept in the same commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tsuzuri.model import Document, Severity
from tsuzuri.store.strokes import Stroke


@dataclass(frozen=True, slots=True)
class Way:
    """In which mode a field was confirmed (sheet, run …), how long it was before the person, and how many keys they pressed."""

    mode: str
    took_ms: int
    keys: int


def strokes(before: Document, after: Document, how: Mapping[str, Way], by: str, at: datetime) -> list[Stroke]:
    """One stroke for each field confirmed; whether it was changed, and what had put it before the person, the papers say."""
    return [
        Stroke(after.id, name, way.mode, by, at, way.took_ms, way.keys,
               changed=after.values.get(name) != before.values.get(name), flagged=_flag(before, name))
        for name, way in how.items() if name in after.fields]


def _flag(document: Document, name: str) -> str:
    said = (f.code for f in document.findings if f.field == name and f.severity is not Severity.I)
    return next(said, "")
