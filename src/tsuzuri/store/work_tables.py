"""Tables of who works at what, and of what comes first."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Table, UniqueConstraint

from tsuzuri.store.tables import Count, Id, Moment, Word, metadata

# What one person works at; "" is any. A person of whom no row tells works at everything.
assignments = Table(
    "assignments", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("name", Word, nullable=False),
    Column("mode", Word, nullable=False),                   # sheet, run (and carpet), second, judge, sample
    Column("form", Word, nullable=False),
    Column("ward", Word, nullable=False),
    UniqueConstraint("name", "mode", "form", "ward"),
)

# Papers that come before the others; "" is any. Who took a row away, and why it was there, is among the decisions.
priorities = Table(
    "priorities", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("level", Integer, nullable=False),               # 1 comes before 2
    Column("ward", Word, nullable=False),
    Column("form", Word, nullable=False),
    Column("batch_id", Id, nullable=False),
    Column("box", Word, nullable=False),
    Column("again", Integer, nullable=False),               # 1: only what was sent in again after a return
    Column("until", Date),                                  # the last day on which it holds
    Column("due", Date),                                    # the day by which these papers must be through
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "level", "n"),
)
