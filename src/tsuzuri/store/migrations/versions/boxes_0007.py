"""Boxes of paper and their life; what a batch declares beside its sheets; the order of paper that is scanned in two goes; the
paper ledger's indexes, batch by batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORD = sa.String(64)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
UNBOUND = sa.text("document_id IS NULL")


def upgrade() -> None:
    op.add_column("batches", sa.Column("sides", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("batches", sa.Column("slip", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("batches", sa.Column("one_sided", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_batches_box", "batches", ["box"])
    op.add_column("scans", sa.Column("imprint", sa.String(255), nullable=False, server_default=""))
    op.add_column("scans", sa.Column("double_fed", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("uploads", sa.Column("imprint", sa.String(255), nullable=False, server_default=""))
    op.add_column("uploads", sa.Column("double_fed", sa.JSON(), nullable=False, server_default="[]"))
    _paper_order()
    op.create_index("ix_scans_batch_id_step_pages", "scans", ["batch_id", "step", "pages"])
    op.drop_index("ix_documents_step_page_count", "documents")
    op.create_index("ix_documents_batch_id_step_page_count", "documents", ["batch_id", "step", "page_count"])
    _unbound_by("batch_id", "step")
    _boxes()


def _paper_order() -> None:
    """What is stored already lies as it was fed."""
    op.add_column("batches", sa.Column("collate", WORD, nullable=False, server_default="as_fed"))
    for table, column, fed in (("scans", "pile", "seq"), ("pages", "place", "number")):
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
        op.execute(f"UPDATE {table} SET {column} = {fed}")


def _boxes() -> None:
    op.create_table(
        "removals",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("second", WORD),
        sa.Column("second_at", MOMENT),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_removals"),
    )
    op.create_table(
        "boxes",
        sa.Column("number", WORD, nullable=False),
        sa.Column("ward", WORD, nullable=False),
        sa.Column("procedure", WORD, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("step_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("seal", WORD, nullable=False),
        sa.Column("envelopes", sa.Integer()),
        sa.Column("sheets", sa.Integer()),
        sa.Column("weight_g", sa.Integer()),
        sa.Column("implicit", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_boxes"),
    )
    op.create_index("ix_boxes_step_received_at_number", "boxes", ["step", "received_at", "number"])
    op.create_table(
        "box_moves",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("box", WORD, nullable=False),
        sa.Column("was", WORD, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["box"], ["boxes.number"], name="fk_box_moves_box"),
        sa.PrimaryKeyConstraint("n", name="pk_box_moves"),
    )
    op.create_index("ix_box_moves_box", "box_moves", ["box"])


def _unbound_by(*columns: str) -> None:
    op.drop_index("ix_pages_unbound", "pages")
    op.create_index("ix_pages_unbound", "pages", list(columns), sqlite_where=UNBOUND, postgresql_where=UNBOUND)


def downgrade() -> None:
    for table in ("box_moves", "boxes", "removals"):
        op.drop_table(table)
    _unbound_by("step")
    op.drop_index("ix_documents_batch_id_step_page_count", "documents")
    op.create_index("ix_documents_step_page_count", "documents", ["step", "page_count"])
    op.drop_index("ix_scans_batch_id_step_pages", "scans")
    op.drop_index("ix_batches_box", "batches")
    marks = "double_fed", "imprint"
    declared = "one_sided", "collate", "slip", "sides"
    added = ("uploads", marks), ("scans", ("pile", *marks)), ("pages", ("place",)), ("batches", declared)
    for table, columns in added:
        for column in columns:
            op.drop_column(table, column)
