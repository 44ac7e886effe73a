"""The tables, in SQLAlchemy Core. `migrations/` builds the same; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as UTC and given back as UTC. A naive one is a bug of ours: ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        at_utc = value.astimezone(UTC)
        return at_utc.replace(tzinfo=None) if dialect.name == "sqlite" else at_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
})

# Ids are ASCII: compared by their bytes, so that "begins with" is a range of an index.
Id = String(64).with_variant(String(64, collation="C"), "postgresql")
Word = String(64)
# SQLite counts only its own INTEGER primary keys up.
Count = BigInteger().with_variant(Integer, "sqlite")
# Not JSONB: it forgets the order in which a form's fields stand.
Json = JSON(none_as_null=True)


batches = Table(
    "batches", metadata,
    Column("id", Id, primary_key=True),
    Column("station", Word, nullable=False),
    Column("box", Word, nullable=False),
    Column("ward", Word, nullable=False),
    Column("procedure", Word, nullable=False),
    Column("declared_sheets", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("step", Word, nullable=False),
    Column("closed_at", Moment),
    Column("findings", Json, nullable=False),
    Column("cut", Word, nullable=False),
    Column("pages_per_document", Integer, nullable=False),
    Column("idempotency_key", String(255)),
    Column("idempotency_digest", String(64)),
    Column("sides", Integer, nullable=False, server_default="1"),
    Column("slip", Json, nullable=False, server_default="{}"),
    Column("collate", Word, nullable=False, server_default="as_fed"),
    Column("one_sided", Integer, nullable=False, server_default="0"),
    UniqueConstraint("station", "idempotency_key"),
    Index(None, "created_at", "id"),
    Index(None, "box"),
)

scans = Table(
    "scans", metadata,
    Column("id", Id, primary_key=True),
    Column("batch_id", ForeignKey(batches.c.id), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("media", Word, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("duplicate_of", ForeignKey("scans.id")),
    Column("step", Word, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("last_try_at", Moment),
    Column("masked", String(64), index=True),
    Column("imprint", String(255), nullable=False, server_default=""),
    Column("double_fed", Json, nullable=False, server_default="[]"),
    Column("pile", Integer, nullable=False, server_default="0"),
    UniqueConstraint("batch_id", "seq"),
    Index(None, "batch_id", "step", "pages"),       # what the paper ledger adds up, read off the index alone
)

# Names of files that show what must not be kept, until they are gone: written in the commit that lets go of one.
unwanted = Table(
    "unwanted_files", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("sha256", String(64), nullable=False),
)

documents = Table(
    "documents", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),   # order of arrival; what queues are paged by
    Column("id", Id, nullable=False, unique=True),
    Column("batch_id", ForeignKey(batches.c.id), nullable=False),
    Column("form", Word),
    Column("form_version", Integer, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("fields", Json, nullable=False),
    Column("findings", Json, nullable=False),
    Column("noted", Json, nullable=False),
    Column("step", Word, nullable=False),
    Column("version", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("leased_by", Word),
    Column("leased_until", Moment),
    Column("leased_since", Moment),         # when who holds it took it; means nothing while nobody does
    # Told from `findings` at every save, so that lists need not open the JSON.
    Column("finding_count", Integer, nullable=False),
    Column("worst", String(1), nullable=False),                # "F", "E", "W", "I", or "" without findings
    # Its batch's, so that a ward's queue and counts are read off one index.
    Column("ward", Word, nullable=False),
    Column("rulebook", Word, nullable=False, server_default=""),    # by which it was judged last
    Column("answers", Id, index=True),                              # the returned document in whose place it was sent
    Column("candidates", Json, nullable=False, server_default="[]"),
    Index(None, "step", "n"),
    Index(None, "batch_id", "step", "page_count"),      # the paper ledger, as with files
    Index(None, "ward", "step", "n"),
    Index(None, "form", "step", "n"),       # a form that comes first, a month's sample
    Index(None, "ward", "form", "step", "n"),
    Index("ix_documents_again", "step", "n", sqlite_where=text("answers IS NOT NULL"),
          postgresql_where=text("answers IS NOT NULL")),
    Index("ix_documents_held", "leased_until", sqlite_where=text("leased_by IS NOT NULL"),
          postgresql_where=text("leased_by IS NOT NULL")),
    Index(None, "batch_id", "n"),
    Index(None, "batch_id", "step", "n"),
    Index("ix_documents_unknown", "n", sqlite_where=text("form IS NULL AND step = 'review'"),
          postgresql_where=text("form IS NULL AND step = 'review'")),
)

pages = Table(
    "pages", metadata,
    Column("id", Id, primary_key=True),
    Column("scan_id", ForeignKey(scans.c.id), nullable=False),
    Column("batch_id", ForeignKey(batches.c.id), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("step", Word, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("last_try_at", Moment),
    Column("picture", String(64), index=True),
    # Deferred: a page is moved on first, so that only the first of two readers goes on to write a document.
    Column("document_id", ForeignKey(documents.c.id, deferrable=True, initially="DEFERRED"), index=True),
    Column("form", Word),
    Column("score", Float, nullable=False, server_default="0"),
    Column("noted", Json, nullable=False),
    Column("keyed", Json, nullable=False),
    Column("names", Word, nullable=False, server_default=""),
    Column("place", Integer, nullable=False, server_default="0"),
    UniqueConstraint("scan_id", "number"),
)

# What has not moved yet is little beside what has: the sweep reads these two alone.
for _table in (scans, pages):
    Index(f"ix_{_table.name}_standing", _table.c.received_at,
          sqlite_where=text("step = 'received'"), postgresql_where=text("step = 'received'"))
Index("ix_pages_unbound", pages.c.batch_id, pages.c.step,
      sqlite_where=text("document_id IS NULL"), postgresql_where=text("document_id IS NULL"))

readings = Table(
    "readings", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("page_id", ForeignKey(pages.c.id), nullable=False, index=True),   # whichever document it is bound to
    Column("field", String(96), nullable=False),
    Column("ink", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("reader", Word, nullable=False),
    Column("box", Json, nullable=False),
    Column("order", Integer, nullable=False),
    Column("marks", Json, nullable=False),
    Column("others", Json, nullable=False, server_default="[]"),
)

reviews = Table(
    "reviews", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("id", Id, nullable=False, unique=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False, index=True),
    Column("by", Word, nullable=False),
    Column("at", Moment, nullable=False),
    Column("action", Word, nullable=False),
    Column("note", Text, nullable=False),
    Column("changes", Json, nullable=False),
    Column("accepted", Json, nullable=False),
    Index(None, "by", "n"),                                 # what one person did, latest last
)

runs = Table(
    "export_runs", metadata,
    Column("id", Id, primary_key=True),
    Column("business_date", Date, nullable=False),
    Column("target", Word, nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("count", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("eligible", Integer, nullable=False),
    Column("held", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Column("step", Word, nullable=False, server_default="begun"),
    Column("files", Json, nullable=False, server_default="[]"),
    Column("held_list", String(64), nullable=False, server_default=""),
    Column("until", Moment),
    Column("scope", Json, nullable=False, server_default="{}"),
    Column("pays_on", Date),
    UniqueConstraint("business_date", "target"),
)

# What a payee got by a run, or owes on: frozen with the run, and never edited.
transfers = Table(
    "transfers", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("run_id", ForeignKey(runs.c.id), nullable=False, index=True),
    Column("target", Word, nullable=False),
    Column("payee", Word, nullable=False),
    Column("name", String(200), nullable=False),
    Column("bank", String(4), nullable=False),
    Column("branch", String(3), nullable=False),
    Column("kind", String(1), nullable=False),
    Column("number", String(7), nullable=False),
    Column("holder", String(30), nullable=False),
    Column("customer", String(10), nullable=False),
    Column("claims", Integer, nullable=False),
    Column("gross", BigInteger, nullable=False),
    Column("before", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("carried", BigInteger, nullable=False),
    Index(None, "target", "payee", "n"),
)

claims = Table(
    "claims", metadata,
    Column("id", Id, primary_key=True),
    Column("document_id", ForeignKey(documents.c.id), nullable=False),
    Column("row", Integer, nullable=False),                 # of a sheet that lists patients; 0: the sheet is one claim
    Column("batch_id", ForeignKey(batches.c.id), nullable=False),
    Column("ward", Word, nullable=False),
    Column("form", Word, nullable=False),
    Column("values", Json, nullable=False),
    Column("approved_by", Word, nullable=False),
    Column("approved_at", Moment, nullable=False),
    Column("export_run", ForeignKey(runs.c.id)),
    Column("rulebook", Word, nullable=False, server_default=""),
    Column("reverses", Id),
    Column("corrects", Id),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("transfer", ForeignKey(transfers.c.n)),
    UniqueConstraint("document_id", "row", "turn"),
)
# In the order in which they leave and are paid, so that a night of a hundred thousand sorts nothing.
Index("ix_claims_leaving", claims.c.export_run, claims.c.approved_at, claims.c.turn, claims.c.id)
Index("ix_claims_paying", claims.c.transfer, claims.c.id)

users = Table(
    "users", metadata,
    Column("id", Id, primary_key=True),
    Column("name", Word, nullable=False, unique=True),
    Column("role", Word, nullable=False),
    Column("ward", Word),                                  # NULL: every ward
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),           # wrong passwords since the last right one
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("keys", Json),                                  # act → chord, where the person chose another than the house
)

sessions = Table(
    "sessions", metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey(users.c.id), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

keys = Table(
    "api_keys", metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("name", Word, nullable=False, index=True),      # a station may hold two while keys are changed
    Column("role", Word, nullable=False),
    Column("ward", Word),
    Column("created_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)
