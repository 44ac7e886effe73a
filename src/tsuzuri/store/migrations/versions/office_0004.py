"""The office: what supervisors decided, and by what finding a field came before a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORD = sa.String(64)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("strokes", sa.Column("flagged", sa.String(8), nullable=False, server_default=""))
    op.create_index("ix_strokes_at", "strokes", ["at"])
    op.create_index("ix_strokes_document_id", "strokes", ["document_id"])
    op.create_index("ix_documents_form_step_n", "documents", ["form", "step", "n"])
    op.create_table(
        "decisions",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("what", WORD, nullable=False),
        sa.Column("about", sa.String(255), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_decisions"),
    )
    op.create_index("ix_decisions_what_n", "decisions", ["what", "n"])


def downgrade() -> None:
    op.drop_table("decisions")
    op.drop_index("ix_documents_form_step_n", "documents")
    for index in ("ix_strokes_document_id", "ix_strokes_at"):
        op.drop_index(index, "strokes")
    op.drop_column("strokes", "flagged")
