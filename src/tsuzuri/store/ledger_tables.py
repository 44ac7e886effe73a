"""The tables of the ledgers (台帳), one a ledger, told from its columns; and the log of imports.

Bitemporal: a row holds in the world from `since` to `until` (ISO days; "" is open), and was known from `recorded_at` until
`retired_at`. Nothing is ever changed but `retired_at`, once: what was known on any day can still be told.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tsuzuri.rules.ledgers import LEDGERS, Ledger
from tsuzuri.store.tables import Count, Moment, Word, metadata

Key = String(200).with_variant(String(200, collation="C"), "postgresql")
Day = String(10)
STANDS = text("retired_at IS NULL")

imports = Table(
    "ledger_imports", metadata,
    Column("n", Count, primary_key=True, autoincrement=True),
    Column("ledger", Word, nullable=False),
    Column("after", Count, nullable=False),          # the ledger's import before; so no two are told from one state
    Column("digest", String(64), nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("source", String(200), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("ended", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Word, nullable=False),
    UniqueConstraint("ledger", "after"),
)


def _table(ledger: Ledger) -> Table:
    name = f"ledger_{ledger.name}"
    built = Table(
        name, metadata,
        Column("n", Count, primary_key=True, autoincrement=True),
        Column("key", Key, nullable=False),
        Column("since", Day, nullable=False),
        Column("until", Day, nullable=False),
        Column("digest", BigInteger, nullable=False),
        Column("recorded_at", Moment, nullable=False),
        Column("retired_at", Moment),
        Column("import", ForeignKey(imports.c.n), nullable=False),
        *(Column(column.name, Text, nullable=False) for column in ledger.columns),
        Index(f"ix_{name}_key", "key"),
    )
    Index(f"ix_{name}_stands", built.c.key, built.c.since, unique=True, sqlite_where=STANDS, postgresql_where=STANDS)
    return built


LEDGER_TABLES = {name: _table(ledger) for name, ledger in LEDGERS.items()}
_people = LEDGER_TABLES["recipients"]
for _name in ("recipient_no", "person"):
    Index(f"ix_ledger_recipients_{_name}", _people.c[_name])      # of all that was ever known: people look up the past too
for _names in (("birth", "kana"), ("number", "symbol")):     # of what stands: whom a paper may mean
    Index(f"ix_ledger_recipients_{_names[0]}", *(_people.c[_name] for _name in _names),
          sqlite_where=STANDS, postgresql_where=STANDS)

