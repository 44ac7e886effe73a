"""The form studio: drafts of forms, and how read pages lay on theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORD = sa.String(64)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "form_drafts",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("form", WORD, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tree", sa.JSON(), nullable=False),
        sa.Column("schema", sa.JSON(), nullable=False),
        sa.Column("picture", sa.String(64)),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("live_by", WORD),
        sa.Column("live_at", MOMENT),
        sa.PrimaryKeyConstraint("n", name="pk_form_drafts"),
    )
    op.create_index("ix_form_drafts_form", "form_drafts", ["form"])
    op.create_index("ix_form_drafts_picture", "form_drafts", ["picture"])
    op.create_table(
        "page_lays",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("form", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("shifts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_page_lays"),
    )
    op.create_index("ix_page_lays_form_n", "page_lays", ["form", "n"])


def downgrade() -> None:
    op.drop_table("page_lays")
    op.drop_table("form_drafts")
