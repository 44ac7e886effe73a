"""Tables of what is written and spoken about papers: letters as they were sent, and the log of calls (折衝記録)."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, Text

from tsuzuri.store.tables import Count, Json, Moment, Word, documents, metadata

# `wording` is all that stands on the letter: a reprint does not ask ledgers or rules again. Never edited.
letters = Table(
    "letters", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False, index=True),
    Column("kind", Word, nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("due", Date, nullable=False),
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("wording", Json, nullable=False),
)

# What was said stays as it was written down; only the outcome is added later.
talks = Table(
    "talks", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False, index=True),
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("way", Word, nullable=False),
    Column("counterpart", String(200), nullable=False),
    Column("code", String(8), nullable=False),
    Column("said", Text, nullable=False),
    Column("promised", Date),
    Column("outcome", Text, nullable=False),
    Index(None, "promised", "n"),
)
