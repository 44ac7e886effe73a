"""The tables of boxes of paper: where each stands, how it came there, and how boxes left the house."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from tsuzuri.store.tables import Count, Json, Moment, Word, metadata

removals = Table(
    "removals", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("kind", Word, nullable=False),
    Column("boxes", Json, nullable=False),
    Column("told", Json, nullable=False),
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("second", Word),                                 # who agreed; never who asked
    Column("second_at", Moment),
    Column("dropped", Boolean, nullable=False),
)

boxes = Table(
    "boxes", metadata,
    Column("number", Word, primary_key=True),
    Column("ward", Word, nullable=False),
    Column("procedure", Word, nullable=False),
    Column("step", Word, nullable=False),
    Column("step_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("by", Word, nullable=False),
    Column("seal", Word, nullable=False),
    Column("envelopes", Integer),
    Column("sheets", Integer),
    Column("weight_g", Integer),
    Column("implicit", Boolean, nullable=False),            # nobody received it: a batch named it
    Index(None, "step", "received_at", "number"),
)

# Append-only: nothing in the store changes or removes a move.
box_moves = Table(
    "box_moves", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("box", ForeignKey(boxes.c.number), nullable=False, index=True),
    Column("was", Word, nullable=False),
    Column("step", Word, nullable=False),
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("note", Text, nullable=False),
)
