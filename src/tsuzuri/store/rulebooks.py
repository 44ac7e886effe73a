"""Which versions of forms, tables and rules have judged papers, each with when it was first used; and the papers they judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from tsuzuri.model import Document, Step
from tsuzuri.store import rows
from tsuzuri.store.facts_tables import rulebooks
from tsuzuri.store.tables import documents

SETTLED = (Step.APPROVED, Step.EXPORTED, Step.FILED)      # documents whose claims were made


@dataclass(frozen=True, slots=True)
class UsedRulebook:
    """One version, a digest each of its parts, and when it first judged a paper."""

    version: str
    parts: Mapping[str, str]
    first_used: datetime


class SeenRulebooks:
    """What may be asked about them."""

    connection: Connection

    def rulebooks(self) -> list[UsedRulebook]:
        """The versions that have judged, newest first."""
        found = select(rulebooks).order_by(rulebooks.c.first_used.desc())
        return [UsedRulebook(row.version, row.parts, row.first_used) for row in self.connection.execute(found)]

    def settled_documents(self, since: date, until: date, after: int, limit: int) -> list[tuple[int, Document]]:
        """(n, document) of so many documents of which claims were made, of business dates from one to another, behind `after`."""
        found = _settled(since, until).where(documents.c.n > after).order_by(documents.c.n).limit(limit)
        return [(row.n, rows.to_document(row)) for row in self.connection.execute(found)]


class Rulebooks(SeenRulebooks):
    """What a unit of work may also write about them."""

    def note_rulebook(self, version: str, parts: Mapping[str, str], at: datetime) -> None:
        """This version judges from now on, if it has not before."""
        if self.connection.scalar(select(rulebooks.c.version).where(rulebooks.c.version == version)) is None:
            insert = sqlite.insert if self.connection.dialect.name == "sqlite" else postgresql.insert
            told = {"version": version, "parts": dict(parts), "first_used": at, "program": parts.get("program", "")}
            self.connection.execute(insert(rulebooks).values(told).on_conflict_do_nothing())


def _settled(since: date, until: date) -> Select[tuple[object, ...]]:
    return select(documents).where(documents.c.business_date.between(since, until), documents.c.step.in_(SETTLED))
