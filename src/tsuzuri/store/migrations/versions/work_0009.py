"""Who works at what, and in which order: assignments, priorities, and since when a paper is held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
WORD = sa.String(64)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
INDEXES = ("ix_documents_ward_form_step_n", "ix_documents_batch_id_step_n", "ix_documents_again", "ix_documents_held")


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, WORD, nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        *_words("name", "mode", "form", "ward"),
        sa.PrimaryKeyConstraint("n", name="pk_assignments"),
        sa.UniqueConstraint("name", "mode", "form", "ward", name="uq_assignments_name_mode_form_ward"),
    )
    op.create_table(
        "priorities",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        *_words("ward", "form"),
        sa.Column("batch_id", ID, nullable=False),
        *_words("box"),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("due", sa.Date()),
        *_words("by"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_priorities"),
    )
    op.create_index("ix_priorities_level_n", "priorities", ["level", "n"])
    op.add_column("documents", sa.Column("leased_since", MOMENT))
    again, held = sa.text("answers IS NOT NULL"), sa.text("leased_by IS NOT NULL")
    op.create_index(INDEXES[0], "documents", ["ward", "form", "step", "n"])
    op.create_index(INDEXES[1], "documents", ["batch_id", "step", "n"])
    op.create_index(INDEXES[2], "documents", ["step", "n"], sqlite_where=again, postgresql_where=again)
    op.create_index(INDEXES[3], "documents", ["leased_until"], sqlite_where=held, postgresql_where=held)


def downgrade() -> None:
    for index in INDEXES:
        op.drop_index(index, "documents")
    op.drop_column("documents", "leased_since")
    op.drop_table("priorities")
    op.drop_table("assignments")
