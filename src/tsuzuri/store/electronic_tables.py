"""Tables of electronic receipts: the files that came, and every receipt in them, whoever pays for it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from tsuzuri.store.tables import Count, Id, Json, Moment, Word, batches, documents, metadata

files = Table(
    "electronic_files", metadata,
    Column("id", Id, primary_key=True),
    Column("batch_id", ForeignKey(batches.c.id), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),      # of all its volumes' bytes, one after the other
    Column("name", String(255), nullable=False),
    Column("volumes", Json, nullable=False),                        # each volume's sha256, under which its bytes are kept
    Column("size", BigInteger, nullable=False),
    Column("records", Integer, nullable=False),
    Column("receipts", Integer, nullable=False),
    Column("known", Integer, nullable=False),                       # receipts that another file had brought already
    Column("documents", Integer, nullable=False),
    Column("faults", Json, nullable=False),                         # how many of each code
    Column("imported_at", Moment, nullable=False),
    Column("by", Word, nullable=False),
)

receipts = Table(
    "electronic_receipts", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("file_id", ForeignKey(files.c.id), nullable=False),
    Column("volume", Integer, nullable=False),
    Column("first_line", Integer, nullable=False),
    # What makes it the same receipt: who claimed it when under which number, the month, and whom it is paid by for whom.
    Column("inst_code", String(16), nullable=False),
    Column("claimed", String(8), nullable=False),
    Column("number", String(16), nullable=False),
    Column("service_ym", String(8), nullable=False),
    Column("payer_no", String(16), nullable=False),
    Column("recipient_no", String(16), nullable=False),
    Column("digest", String(64), nullable=False),                   # of its records
    Column("opener", Text, nullable=False),                         # the record that opens its file, for it says whose it is
    Column("records", Text, nullable=False),                        # a line each, as they came
    Column("document_id", ForeignKey(documents.c.id), index=True),  # NULL: none of the city's programmes pays for it
    UniqueConstraint("inst_code", "claimed", "number", "service_ym", "payer_no", "recipient_no",
                     name="uq_electronic_receipts_key"),
    Index(None, "file_id", "n"),
)
