"""Letters, the log of calls, and which paper answers which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
WORD = sa.String(64)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _of_document(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("n", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=f"fk_{table}_document_id"),
    ]


def upgrade() -> None:
    op.create_table(
        "letters", *_of_document("letters"),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("wording", sa.JSON(), nullable=False),
    )
    op.create_index("ix_letters_document_id", "letters", ["document_id"])
    op.create_index("ix_letters_day", "letters", ["day"])
    op.create_table(
        "talks", *_of_document("talks"),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("way", WORD, nullable=False),
        sa.Column("counterpart", sa.String(200), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("promised", sa.Date()),
        sa.Column("outcome", sa.Text(), nullable=False),
    )
    op.create_index("ix_talks_document_id", "talks", ["document_id"])
    op.create_index("ix_talks_promised_n", "talks", ["promised", "n"])
    op.add_column("documents", sa.Column("answers", ID))
    op.create_index("ix_documents_answers", "documents", ["answers"])
    op.add_column("pages", sa.Column("names", WORD, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("pages", "names")
    op.drop_index("ix_documents_answers", "documents")
    op.drop_column("documents", "answers")
    op.drop_table("talks")
    op.drop_table("letters")
