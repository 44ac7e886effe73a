"""The line's first tables: what arrives, what papers say, what leaves, and who may do it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORD = sa.String(64)
ID = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
JSON = sa.JSON(none_as_null=True)
MOMENT = sa.DateTime(timezone=True)
COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDING = sa.text("step = 'received'")
UNBOUND = sa.text("document_id IS NULL")
UNSENT = sa.text("export_run IS NULL")
STANDS = sa.text("retired_at IS NULL")


def upgrade() -> None:
    _arrival()
    _what_papers_say()
    _what_leaves()
    _what_claims_say()
    _electronic_receipts()
    _people_and_keys()
    _ledgers()


def _arrival() -> None:
    op.create_table(
        "batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("station", sa.String(64), nullable=False),
        sa.Column("box", sa.String(64), nullable=False),
        sa.Column("ward", sa.String(64), nullable=False),
        sa.Column("procedure", sa.String(64), nullable=False),
        sa.Column("declared_sheets", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("cut", sa.String(64), nullable=False),
        sa.Column("pages_per_document", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("idempotency_digest", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sa.UniqueConstraint("station", "idempotency_key", name="uq_batches_station_idempotency_key"),
    )
    op.create_index("ix_batches_created_at_id", "batches", ["created_at", "id"])
    op.create_table(
        "scans",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media", sa.String(64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("duplicate_of", ID),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_try_at", MOMENT),
        sa.Column("masked", sa.String(64)),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_scans_batch_id"),
        sa.ForeignKeyConstraint(["duplicate_of"], ["scans.id"], name="fk_scans_duplicate_of"),
        sa.PrimaryKeyConstraint("id", name="pk_scans"),
        sa.UniqueConstraint("batch_id", "seq", name="uq_scans_batch_id_seq"),
    )
    op.create_index("ix_scans_sha256", "scans", ["sha256"])
    op.create_index("ix_scans_masked", "scans", ["masked"])
    op.create_index("ix_scans_standing", "scans", ["received_at"],
                    sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_table(
        "unwanted_files",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_unwanted_files"),
    )


def _what_papers_say() -> None:
    op.create_table(
        "documents",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("form", sa.String(64)),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("noted", JSON, nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(64)),
        sa.Column("leased_until", MOMENT),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("worst", sa.String(1), nullable=False),
        sa.Column("ward", sa.String(64), nullable=False),
        sa.Column("rulebook", sa.String(64), server_default="", nullable=False),
        sa.Column("candidates", JSON, server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_documents_batch_id"),
        sa.PrimaryKeyConstraint("n", name="pk_documents"),
        sa.UniqueConstraint("id", name="uq_documents_id"),
    )
    op.create_index("ix_documents_batch_id_n", "documents", ["batch_id", "n"])
    op.create_index("ix_documents_step_n", "documents", ["step", "n"])
    op.create_index("ix_documents_step_page_count", "documents", ["step", "page_count"])
    op.create_index("ix_documents_ward_step_n", "documents", ["ward", "step", "n"])
    op.create_table(
        "pages",
        sa.Column("id", ID, nullable=False),
        sa.Column("scan_id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_try_at", MOMENT),
        sa.Column("picture", sa.String(64)),
        sa.Column("document_id", ID),
        sa.Column("form", sa.String(64)),
        sa.Column("score", sa.Float(), server_default="0", nullable=False),
        sa.Column("noted", JSON, nullable=False),
        sa.Column("keyed", JSON, nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_pages_batch_id"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_pages_document_id",
                                deferrable=True, initially="DEFERRED"),
        sa.ForeignKeyConstraint(["scan_id"], ["scans.id"], name="fk_pages_scan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pages"),
        sa.UniqueConstraint("scan_id", "number", name="uq_pages_scan_id_number"),
    )
    op.create_index("ix_pages_batch_id", "pages", ["batch_id"])
    op.create_index("ix_pages_document_id", "pages", ["document_id"])
    op.create_index("ix_pages_picture", "pages", ["picture"])
    op.create_index("ix_pages_standing", "pages", ["received_at"],
                    sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_index("ix_pages_unbound", "pages", ["step"], sqlite_where=UNBOUND, postgresql_where=UNBOUND)
    op.create_table(
        "readings",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("page_id", ID, nullable=False),
        sa.Column("field", sa.String(96), nullable=False),
        sa.Column("ink", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reader", sa.String(64), nullable=False),
        sa.Column("box", JSON, nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.Column("others", JSON, server_default="[]", nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name="fk_readings_page_id"),
        sa.PrimaryKeyConstraint("n", name="pk_readings"),
    )
    op.create_index("ix_readings_page_id", "readings", ["page_id"])
    op.create_table(
        "reviews",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("accepted", JSON, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_reviews_document_id"),
        sa.PrimaryKeyConstraint("n", name="pk_reviews"),
        sa.UniqueConstraint("id", name="uq_reviews_id"),
    )
    op.create_index("ix_reviews_document_id", "reviews", ["document_id"])


def _what_leaves() -> None:
    op.create_table(
        "export_runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("held", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_export_runs"),
        sa.UniqueConstraint("business_date", "target", name="uq_export_runs_business_date_target"),
    )
    op.create_table(
        "claims",
        sa.Column("id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("ward", sa.String(64), nullable=False),
        sa.Column("form", sa.String(64), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("approved_by", sa.String(64), nullable=False),
        sa.Column("approved_at", MOMENT, nullable=False),
        sa.Column("export_run", ID),
        sa.Column("rulebook", sa.String(64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_claims_batch_id"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_claims_document_id"),
        sa.ForeignKeyConstraint(["export_run"], ["export_runs.id"], name="fk_claims_export_run"),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
        sa.UniqueConstraint("document_id", "row", name="uq_claims_document_id_row"),
    )
    op.create_index("ix_claims_export_run", "claims", ["export_run"])
    op.create_index("ix_claims_unsent", "claims", ["approved_at", "id"],
                    sqlite_where=UNSENT, postgresql_where=UNSENT)


def _what_claims_say() -> None:
    op.create_table(
        "facts",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(16), nullable=False),
        sa.Column("recipient_no", sa.String(16), nullable=False),
        sa.Column("payer_no", sa.String(16), nullable=False),
        sa.Column("inst_code", sa.String(16), nullable=False),
        sa.Column("inst", sa.String(7), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("care", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(4), nullable=False),
        sa.Column("points", sa.BigInteger()),
        sa.Column("days", sa.Integer()),
        sa.Column("copay", sa.BigInteger()),
        sa.Column("paid", sa.BigInteger()),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("day_points", sa.BigInteger()),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_facts_document_id",
                                deferrable=True, initially="DEFERRED"),
        sa.PrimaryKeyConstraint("n", name="pk_facts"),
        sa.UniqueConstraint("document_id", "row", name="uq_facts_document_id_row"),
    )
    op.create_index("ix_facts_recipient_no_month", "facts", ["recipient_no", "month"])
    op.create_index("ix_facts_inst_month_points_standing_amount", "facts", ["inst", "month", "points", "standing", "amount"])
    op.create_index("ix_facts_care_day_points", "facts", ["care", "day_points"])
    op.create_index("ix_facts_judged_on_inst_month", "facts", ["judged_on", "inst", "month"])
    op.create_table(
        "institution_months",
        sa.Column("inst", sa.String(7), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("inst", "month", name="pk_institution_months"),
    )
    op.create_table(
        "usual_points",
        sa.Column("care", sa.String(16), nullable=False),
        sa.Column("points_a_day", sa.BigInteger(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("care", name="pk_usual_points"),
    )
    op.create_table(
        "rulebooks",
        sa.Column("version", ID, nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("first_used", MOMENT, nullable=False),
        sa.Column("program", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_rulebooks"),
    )


def _electronic_receipts() -> None:
    op.create_table(
        "electronic_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("volumes", JSON, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("receipts", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("faults", JSON, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_electronic_files_batch_id"),
        sa.PrimaryKeyConstraint("id", name="pk_electronic_files"),
        sa.UniqueConstraint("sha256", name="uq_electronic_files_sha256"),
    )
    op.create_table(
        "electronic_receipts",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("volume", sa.Integer(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("inst_code", sa.String(16), nullable=False),
        sa.Column("claimed", sa.String(8), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("service_ym", sa.String(8), nullable=False),
        sa.Column("payer_no", sa.String(16), nullable=False),
        sa.Column("recipient_no", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("document_id", ID),
        sa.ForeignKeyConstraint(["file_id"], ["electronic_files.id"], name="fk_electronic_receipts_file_id"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_electronic_receipts_document_id"),
        sa.PrimaryKeyConstraint("n", name="pk_electronic_receipts"),
        sa.UniqueConstraint("inst_code", "claimed", "number", "service_ym", "payer_no", "recipient_no",
                            name="uq_electronic_receipts_key"),
    )
    op.create_index("ix_electronic_receipts_document_id", "electronic_receipts", ["document_id"])
    op.create_index("ix_electronic_receipts_file_id_n", "electronic_receipts", ["file_id", "n"])


def _people_and_keys() -> None:
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("ward", sa.String(64)),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "api_keys",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("ward", sa.String(64)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("key_hash", name="pk_api_keys"),
    )
    op.create_index("ix_api_keys_name", "api_keys", ["name"])


ACCOUNT = ("account_bank", "account_branch", "account_kind", "account_no", "account_holder")
LEDGERS = {
    "recipients": (
        "scheme", "recipient_no", "person", "name", "kana", "birth", "sex", "ward", "postal", "address", "grade", "payer_no",
        "insurer_no", "symbol", "number", "branch", "next_no", "others", *ACCOUNT),
    "institutions": (
        "code", "name", "table", "contract_since", "contract_until", "kana", "postal", "address", "phone", *ACCOUNT),
    "insurers": ("number", "name"),
    "banks": ("code", "name", "kana"),
    "branches": ("bank", "code", "name", "kana"),
    "postcodes": ("code", "prefecture", "city", "town"),
    "calendar": ("day", "name"),
}


def _ledgers() -> None:
    op.create_table(
        "ledger_imports",
        sa.Column("n", COUNT, autoincrement=True, nullable=False),
        sa.Column("ledger", sa.String(64), nullable=False),
        sa.Column("after", COUNT, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("rows", "new", "changed", "ended", "unchanged", "warnings")),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_ledger_imports"),
        sa.UniqueConstraint("ledger", "after", name="uq_ledger_imports_ledger_after"),
    )
    for ledger, columns in LEDGERS.items():
        name = f"ledger_{ledger}"
        op.create_table(
            name,
            sa.Column("n", COUNT, autoincrement=True, nullable=False),
            sa.Column("key", sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql"), nullable=False),
            sa.Column("since", sa.String(10), nullable=False),
            sa.Column("until", sa.String(10), nullable=False),
            sa.Column("digest", sa.BigInteger(), nullable=False),
            sa.Column("recorded_at", MOMENT, nullable=False),
            sa.Column("retired_at", MOMENT),
            sa.Column("import", COUNT, nullable=False),
            *(sa.Column(column, sa.Text(), nullable=False) for column in columns),
            sa.ForeignKeyConstraint(["import"], ["ledger_imports.n"], name=f"fk_{name}_import"),
            sa.PrimaryKeyConstraint("n", name=f"pk_{name}"),
        )
        op.create_index(f"ix_{name}_key", name, ["key"])
        op.create_index(f"ix_{name}_stands", name, ["key", "since"], unique=True,
                        sqlite_where=STANDS, postgresql_where=STANDS)
    for column in ("recipient_no", "person"):
        op.create_index(f"ix_ledger_recipients_{column}", "ledger_recipients", [column])
    for names in (["birth", "kana"], ["number", "symbol"]):
        op.create_index(f"ix_ledger_recipients_{names[0]}", "ledger_recipients", names,
                        sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    for ledger in LEDGERS:
        op.drop_table(f"ledger_{ledger}")
    op.drop_table("ledger_imports")
    for table in ("electronic_receipts", "electronic_files", "api_keys", "sessions", "users", "rulebooks",
                  "usual_points", "institution_months", "facts", "claims", "export_runs",
                  "reviews", "readings", "pages", "documents", "unwanted_files", "scans", "batches"):
        op.drop_table(table)
