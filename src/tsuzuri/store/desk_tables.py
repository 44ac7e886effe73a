"""Tables of the desk: which fields wait for a person, what was keyed blind, what was sampled, who met which lure, who asks what."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from tsuzuri.store.tables import Count, Json, Moment, Word, documents, metadata

# One row for each field of a document in review that a finding rests on: what field runs and digit carpets are laid out from.
# Told from `documents.findings` at every save; `asked` is the field without its row's number ("patients.points").
doubts = Table(
    "doubts", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False),
    Column("document_n", Integer, nullable=False),          # order of arrival, as the queue has it
    Column("field", String(96), nullable=False),
    Column("code", String(8), nullable=False),
    Column("form", Word, nullable=False),
    Column("asked", String(96), nullable=False),
    Column("ward", Word, nullable=False),
    Column("settled", Integer, nullable=False),             # 1: a person has keyed the field, and the rule speaks all the same
    UniqueConstraint("document_id", "field", "code"),
    Index(None, "form", "asked", "document_n"),
    Index(None, "code", "document_n"),
)

# What one account keyed into a field without seeing what anybody, or any reader, made of it (ベリファイ). What was keyed is never
# edited; that it counts no longer is written beside it: `aside` says why, `aside_by` who said so. `round` counts up when nobody
# was right and the field is keyed again.
entries = Table(
    "entries", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False),
    Column("field", String(96), nullable=False),
    Column("form", Word, nullable=False),
    Column("asked", String(96), nullable=False),
    Column("round", Integer, nullable=False),
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("ink", Text, nullable=False),                    # as typed
    Column("value", Text),                                  # JSON, normalised; NULL: unreadable (判読不能)
    Column("agreed", Integer),                              # 1, 0: as the one before it, or not; NULL: it was the first
    Column("aside", Word),                                  # taken_back, asked, again, rebound, blotted; NULL: it counts
    Column("aside_by", Word),
    Index(None, "document_id", "field"),
    Index("uq_entries_standing", "document_id", "field", "by", unique=True,
          sqlite_where=text("aside IS NULL"), postgresql_where=text("aside IS NULL")),
)

# A sample drawn blind from what passed: was it right? `verdict` is "" until somebody has looked, then right, wrong or illegible.
samples = Table(
    "samples", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("month", String(7), nullable=False),
    Column("document_id", ForeignKey(documents.c.id), nullable=False),
    Column("field", String(96), nullable=False),
    Column("form", Word, nullable=False),
    Column("asked", String(96), nullable=False),
    Column("ward", Word, nullable=False),
    Column("value", Text),                                  # JSON, as it stood when it was drawn
    Column("reader", Word, nullable=False),
    Column("operator", Word),                               # who settled it; NULL: it passed unseen
    Column("flagged", String(8), nullable=False),           # the finding that put it before a person, or ""
    Column("verdict", String(10), nullable=False),
    Column("by", Word),
    Column("at", Moment),
    UniqueConstraint("document_id", "field"),
    Index(None, "month", "verdict", "n"),
)

# A digit of a number, seen among all that were read alike: what a person says stands there. A number whose every place was seen
# is confirmed; `ink` is what was read of the whole of it, so that another reading is not taken for the one that was seen.
glyphs = Table(
    "glyphs", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False),
    Column("field", String(96), nullable=False),
    Column("place", Integer, nullable=False),               # from 0
    Column("ink", String(32), nullable=False),
    Column("digit", String(1), nullable=False),             # "?": doubtful, to be looked at in its field
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("document_id", "field", "place"),
)

# How people worked: one row for each confirmation. `lure` is what was shown instead of the value to see whether anybody looks.
strokes = Table(
    "strokes", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False),
    Column("field", String(96), nullable=False),
    Column("mode", Word, nullable=False),                   # sheet, run, carpet, second, judge, sample
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("keys", Integer, nullable=False),
    Column("changed", Integer, nullable=False),             # 1: another value than the one shown
    Column("lure", Text),                                   # the wrong value that was shown; NULL: none
    Column("caught", Integer),                              # 1: the lure was not confirmed
    Column("flagged", String(8), nullable=False, server_default=""),    # the finding that put it before a person, or ""
    Index(None, "by", "at"),
    Index(None, "at"),
    Index(None, "document_id"),
)

# What supervisors decided about people, work, samples and targets: who, when, about whom or what, and why. Append-only.
decisions = Table(
    "decisions", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("by", Word, nullable=False),
    Column("what", Word, nullable=False),                   # add_user, set_role, draw …
    Column("about", String(255), nullable=False),
    Column("why", Text, nullable=False),
    Column("told", Json, nullable=False),                   # before and after; a draw's seed. Never a citizen's value.
    Index(None, "what", "n"),
)

# What somebody wants before a paper can go on: a senior's judgement, another scan. It is in nobody's queue meanwhile.
questions = Table(
    "questions", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False),
    Column("kind", Word, nullable=False),                   # senior, rescan
    Column("ward", Word, nullable=False),
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("why", Text, nullable=False),
    Column("answered_by", Word),
    Column("answered_at", Moment),
)
OPEN_STILL = text("answered_at IS NULL")
Index("ix_questions_open", questions.c.document_id, questions.c.kind, unique=True,
      sqlite_where=OPEN_STILL, postgresql_where=OPEN_STILL)
