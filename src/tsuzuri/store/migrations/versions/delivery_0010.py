"""How files reached their receivers, and what those answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
WORD = sa.String(64)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("target", WORD, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["run_id"], ["export_runs.id"], name="fk_deliveries_run_id_export_runs"),
    )
    op.create_index("ix_deliveries_run_id_file", "deliveries", ["run_id", "file"])
    op.create_index("ix_deliveries_target_n", "deliveries", ["target", "n"])
    op.create_table(
        "answers",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("target", WORD, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("run_id", ID),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_answers"),
        sa.ForeignKeyConstraint(["run_id"], ["export_runs.id"], name="fk_answers_run_id_export_runs"),
    )
    op.create_index("ix_answers_sha256", "answers", ["sha256"])
    op.create_index("ix_answers_run_id", "answers", ["run_id"])
    op.create_index("ix_answers_target_name_stamp", "answers", ["target", "name", "stamp"])


def downgrade() -> None:
    op.drop_table("answers")
    op.drop_table("deliveries")
