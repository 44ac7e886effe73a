"""Tables of the form studio: forms being drafted, and how read pages lay on their forms."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from tsuzuri.store.tables import Count, Json, Moment, Word, metadata

# Each time somebody keeps a draft it is a row of its own; none is edited. `live_*`: who put it among the city's forms.
form_drafts = Table(
    "form_drafts", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("form", Word, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("tree", Json, nullable=False),                   # the YAML's
    Column("schema", Json, nullable=False),
    Column("picture", String(64), index=True),              # of the blank form, straightened; NULL: none was scanned
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("live_by", Word),
    Column("live_at", Moment),
)

# One row a read page of a form that is found by its rules. Ids only: pages come and go.
lays = Table(
    "page_lays", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("form", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("shifts", Json, nullable=False),                 # region → [mm right, mm down], of those that lay elsewhere
    Index(None, "form", "n"),
)
