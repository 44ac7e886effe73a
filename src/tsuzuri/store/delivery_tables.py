"""The tables of how files reached their receivers, and of what those answered. Append-only, both."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from tsuzuri.store.tables import Count, Json, Moment, Word, metadata, runs

deliveries = Table(
    "deliveries", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("run_id", ForeignKey(runs.c.id), nullable=False),
    Column("target", Word, nullable=False),
    Column("file", Text, nullable=False),
    Column("word", Word, nullable=False),                   # what it is written as; "fin": the control file, the last one
    Column("at", Moment, nullable=False),
    Column("outcome", Word, nullable=False),                # delivered, there, or the code of what hindered it
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index(None, "run_id", "file"),
    Index(None, "target", "n"),
)

answers = Table(
    "answers", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("target", Word, nullable=False),                 # by whose channel it came; "": by hand
    Column("name", Text, nullable=False),
    Column("stamp", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),       # its bytes, in the store of files
    Column("run_id", ForeignKey(runs.c.id), index=True),    # NULL: of no run that we know
    Column("outcome", Word, nullable=False),
    Column("told", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "target", "name", "stamp"),
)
