"""Files that are arriving in pieces. Their bytes lie in the file store's `incoming`, under the upload's id."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from tsuzuri.store.tables import Id, Json, Moment, batches, metadata

uploads = Table(
    "uploads", metadata,
    Column("id", Id, primary_key=True),
    Column("batch_id", ForeignKey(batches.c.id), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("name", String(255), nullable=False),
    Column("promised", String(64), nullable=False),         # SHA-256 of the whole, as the sender says
    Column("whole", BigInteger, nullable=False),            # bytes it will have
    Column("acknowledged", BigInteger, nullable=False),     # bytes that are durable; what lies behind them does not count
    Column("touched_at", Moment, nullable=False, index=True),
    Column("imprint", String(255), nullable=False, server_default=""),
    Column("double_fed", Json, nullable=False, server_default="[]"),
    UniqueConstraint("batch_id", "seq", "promised"),
)
