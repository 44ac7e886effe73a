"""The desk: fields that wait, blind entries, samples, how people worked, what they ask, and their keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
WORD = sa.String(64)
FIELD = sa.String(96)
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
        "doubts", *_of_document("doubts"),
        sa.Column("document_n", sa.Integer(), nullable=False),
        sa.Column("field", FIELD, nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("form", WORD, nullable=False),
        sa.Column("asked", FIELD, nullable=False),
        sa.Column("ward", WORD, nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.UniqueConstraint("document_id", "field", "code", name="uq_doubts_document_id_field_code"),
    )
    op.create_index("ix_doubts_form_asked_document_n", "doubts", ["form", "asked", "document_n"])
    op.create_index("ix_doubts_code_document_n", "doubts", ["code", "document_n"])
    op.create_table(
        "entries", *_of_document("entries"),
        sa.Column("field", FIELD, nullable=False),
        sa.Column("form", WORD, nullable=False),
        sa.Column("asked", FIELD, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ink", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("agreed", sa.Integer()),
        sa.Column("aside", WORD),
        sa.Column("aside_by", WORD),
    )
    op.create_index("ix_entries_document_id_field", "entries", ["document_id", "field"])
    standing = sa.text("aside IS NULL")
    op.create_index("uq_entries_standing", "entries", ["document_id", "field", "by"], unique=True,
                    sqlite_where=standing, postgresql_where=standing)
    op.create_table(
        "samples", *_of_document("samples"),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("field", FIELD, nullable=False),
        sa.Column("form", WORD, nullable=False),
        sa.Column("asked", FIELD, nullable=False),
        sa.Column("ward", WORD, nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("reader", WORD, nullable=False),
        sa.Column("operator", WORD),
        sa.Column("flagged", sa.String(8), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("by", WORD),
        sa.Column("at", MOMENT),
        sa.UniqueConstraint("document_id", "field", name="uq_samples_document_id_field"),
    )
    op.create_index("ix_samples_month_verdict_n", "samples", ["month", "verdict", "n"])
    op.create_table(
        "glyphs", *_of_document("glyphs"),
        sa.Column("field", FIELD, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ink", sa.String(32), nullable=False),
        sa.Column("digit", sa.String(1), nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("document_id", "field", "place", name="uq_glyphs_document_id_field_place"),
    )
    op.create_table(
        "strokes", *_of_document("strokes"),
        sa.Column("field", FIELD, nullable=False),
        sa.Column("mode", WORD, nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("lure", sa.Text()),
        sa.Column("caught", sa.Integer()),
    )
    op.create_index("ix_strokes_by_at", "strokes", ["by", "at"])
    op.create_table(
        "questions", *_of_document("questions"),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("ward", WORD, nullable=False),
        sa.Column("by", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answered_by", WORD),
        sa.Column("answered_at", MOMENT),
    )
    open_still = sa.text("answered_at IS NULL")
    op.create_index("ix_questions_open", "questions", ["document_id", "kind"], unique=True,
                    sqlite_where=open_still, postgresql_where=open_still)
    unknown = sa.text("form IS NULL AND step = 'review'")
    op.create_index("ix_documents_unknown", "documents", ["n"], sqlite_where=unknown, postgresql_where=unknown)
    op.create_index("ix_reviews_by_n", "reviews", ["by", "n"])
    op.add_column("users", sa.Column("keys", sa.JSON()))


def downgrade() -> None:
    op.drop_column("users", "keys")
    op.drop_index("ix_reviews_by_n", "reviews")
    op.drop_index("ix_documents_unknown", "documents")
    for table in ("questions", "strokes", "glyphs", "samples", "entries", "doubts"):
        op.drop_table(table)
