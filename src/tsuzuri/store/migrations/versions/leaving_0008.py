"""What leaves at night: a run's files and where it stands, transfers, and claims that take others back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
WORD = sa.String(64)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
UNSENT = sa.text("export_run IS NULL")
RUN = ("step", "files", "held_list", "until", "scope", "pays_on")
SUMS = ("gross", "before", "amount", "carried")


def upgrade() -> None:
    for column in (
        sa.Column("step", WORD, nullable=False, server_default="begun"),
        sa.Column("files", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("held_list", sa.String(64), nullable=False, server_default=""),
        sa.Column("until", MOMENT),
        sa.Column("scope", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("pays_on", sa.Date()),
    ):
        op.add_column("export_runs", column)
    op.execute("UPDATE export_runs SET step = 'sent' WHERE sha256 <> ''")
    op.create_table(
        "transfers",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("target", WORD, nullable=False),
        sa.Column("payee", WORD, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("bank", sa.String(4), nullable=False),
        sa.Column("branch", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(1), nullable=False),
        sa.Column("number", sa.String(7), nullable=False),
        sa.Column("holder", sa.String(30), nullable=False),
        sa.Column("customer", sa.String(10), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("n", name="pk_transfers"),
        sa.ForeignKeyConstraint(["run_id"], ["export_runs.id"], name="fk_transfers_run_id"),
    )
    op.create_index("ix_transfers_run_id", "transfers", ["run_id"])
    op.create_index("ix_transfers_target_payee_n", "transfers", ["target", "payee", "n"])
    for index in ("unsent", "export_run"):
        op.drop_index(f"ix_claims_{index}", "claims")
    with op.batch_alter_table("claims") as claims:
        claims.add_column(sa.Column("reverses", ID))
        claims.add_column(sa.Column("corrects", ID))
        claims.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
        claims.add_column(sa.Column("transfer", COUNT))
        claims.create_foreign_key("fk_claims_transfer", "transfers", ["transfer"], ["n"])
        claims.drop_constraint("uq_claims_document_id_row", type_="unique")
        claims.create_unique_constraint("uq_claims_document_id_row_turn", ["document_id", "row", "turn"])
    op.create_index("ix_claims_leaving", "claims", ["export_run", "approved_at", "turn", "id"])
    op.create_index("ix_claims_paying", "claims", ["transfer", "id"])


def downgrade() -> None:
    for index in ("paying", "leaving"):
        op.drop_index(f"ix_claims_{index}", "claims")
    with op.batch_alter_table("claims") as claims:
        claims.drop_constraint("uq_claims_document_id_row_turn", type_="unique")
        claims.create_unique_constraint("uq_claims_document_id_row", ["document_id", "row"])
        claims.drop_constraint("fk_claims_transfer", type_="foreignkey")
        for name in ("transfer", "turn", "corrects", "reverses"):
            claims.drop_column(name)
    op.create_index("ix_claims_export_run", "claims", ["export_run"])
    op.create_index("ix_claims_unsent", "claims", ["approved_at", "id"], sqlite_where=UNSENT, postgresql_where=UNSENT)
    op.drop_table("transfers")
    for name in reversed(RUN):
        op.drop_column("export_runs", name)
