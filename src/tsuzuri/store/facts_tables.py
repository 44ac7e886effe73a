"""The tables of what claims say, for holding one against all others, and of the rulebooks that judged them. See tables.py."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from tsuzuri.store.tables import Count, Id, Json, Moment, Word, documents, metadata

# One row a claim of a document, written in the commit in which it is judged. Blank is "", so that indexes hold every row.
facts = Table(
    "facts", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    # Deferred: a document is judged before it is first stored.
    Column("document_id", ForeignKey(documents.c.id, deferrable=True, initially="DEFERRED"), nullable=False),
    Column("row", Integer, nullable=False),
    Column("scheme", String(16), nullable=False),
    Column("recipient_no", String(16), nullable=False),
    Column("payer_no", String(16), nullable=False),
    Column("inst_code", String(16), nullable=False),
    Column("inst", String(7), nullable=False),                 # its last seven digits, by which long and short codes are one
    Column("month", String(7), nullable=False),
    Column("care", String(16), nullable=False),
    Column("channel", String(4), nullable=False),
    Column("points", BigInteger),
    Column("days", Integer),
    Column("copay", BigInteger),
    Column("paid", BigInteger),
    Column("amount", BigInteger),
    Column("day_points", BigInteger),                          # points a day, rounded down
    Column("standing", Boolean, nullable=False),               # False: returned, or bound into another document
    Column("judged_on", Date, nullable=False),
    UniqueConstraint("document_id", "row"),
    Index(None, "recipient_no", "month"),
    Index(None, "inst", "month", "points", "standing", "amount"),
    Index(None, "care", "day_points"),
    Index(None, "judged_on", "inst", "month"),
)

# What an institution claimed in a month, summed at night for the months that were judged since.
institution_months = Table(
    "institution_months", metadata,
    Column("inst", String(7), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("claims", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

# Of a kind of care, the points a day under which all but a thousandth of its claims stay.
usual_points = Table(
    "usual_points", metadata,
    Column("care", String(16), primary_key=True),
    Column("points_a_day", BigInteger, nullable=False),
    Column("claims", Integer, nullable=False),
    Column("share", Float, nullable=False),
    Column("told_on", Date, nullable=False),
)

# Forms, tables and rules by which documents were judged: `parts` has a digest of each, to tell what differs.
rulebooks = Table(
    "rulebooks", metadata,
    Column("version", Id, primary_key=True),
    Column("parts", Json, nullable=False),
    Column("first_used", Moment, nullable=False),
    Column("program", Word, nullable=False),
)
