"""What the ledgers have of the people, institutions and insurers that a paper names: the rows that stand, one query a ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from tsuzuri.rules import NOTHING, Asked, Known
from tsuzuri.rules.known import Account, Institution, Insurer, Recipient
from tsuzuri.rules.person import SAID, Sought, alike
from tsuzuri.store.ledger_tables import LEDGER_TABLES

ASKED = ("recipients", "institutions", "insurers")
MOST = 50               # rows of one number, or of one insurance: a family, over the years
TABLES = "13467"        # 点数表 that a short code of seven digits may lack
_ACCOUNT = {"bank": "account_bank", "branch": "account_branch", "kind": "account_kind", "number": "account_no",
            "holder": "account_holder"}
LOADED = select(*(exists().where(LEDGER_TABLES[name].c.retired_at.is_(None)).label(name) for name in ASKED))


class SeenEntitled:
    """What may be asked of the ledgers."""

    connection: Connection

    def entitled(self, said: Sequence[Asked]) -> Known:
        """All rows of the numbers that claims say and of whoever has one of them, their institutions and insurers; nothing else."""
        if not said or not (loaded := self._loaded()):
            return NOTHING
        people = self.recipients({claim.recipient_no for claim in said} - {""})
        insurers = {claim.insurer_no for claim in said} | {row.insurer_no for row in people}
        return Known(
            loaded=loaded, recipients=people,
            institutions=tuple(Institution(**_told(row, Institution)) for row in self._keyed("institutions", _codes(said, people))),
            insurers=tuple(Insurer(**_told(row, Insurer)) for row in self._keyed("insurers", insurers - {""})),
        )

    def alike(self, sought: Sequence[Sought]) -> tuple[Recipient, ...]:
        """The rows of whoever a paper may mean: by number, by the day of birth and a name like theirs, by symbol and number."""
        table = LEDGER_TABLES["recipients"]
        found: set[int] = set()
        for wanted in sought:
            found |= self._born_as(wanted)
            for condition in _by_number(wanted):
                scheme = (table.c.scheme == wanted.scheme,) if wanted.scheme else ()
                rows = select(table.c.n).where(table.c.retired_at.is_(None), condition, *scheme)
                found |= set(self.connection.scalars(rows.order_by(table.c.n).limit(MOST)))
        if not found:
            return ()
        rows_of = select(table).where(table.c.n.in_(sorted(found))).order_by(table.c.key, table.c.since)
        return tuple(_recipient(row._mapping) for row in self.connection.execute(rows_of))

    def _born_as(self, wanted: Sought) -> set[int]:
        """Rows of those born on one of the days whose name is like one of those sought."""
        table = LEDGER_TABLES["recipients"]
        word, names = ("kana", wanted.kanas) if wanted.kanas else ("name", wanted.names)
        if not (wanted.births and names):
            return set()
        said = {SAID[word](name) for name in names}
        born = select(table.c.n, table.c[word], table.c.scheme).where(
            table.c.retired_at.is_(None), table.c.birth.in_(sorted(wanted.births)))
        there = [(SAID[word](name) not in said, n, SAID[word](name)) for n, name, scheme in self.connection.execute(born)
                 if wanted.scheme in ("", scheme)]
        like = (n for _, n, name in sorted(there) if any(alike(name, one) for one in said))
        return set(islice(like, MOST))

    def _loaded(self) -> frozenset[str]:
        """The ledgers that hold a row."""
        row = self.connection.execute(LOADED).one()
        return frozenset(name for name in ASKED if row._mapping[name])

    def recipients(self, numbers: Collection[str]) -> tuple[Recipient, ...]:
        """All rows that stand of these numbers, and of whoever has one of them."""
        if not numbers:
            return ()
        table = LEDGER_TABLES["recipients"]
        stands = table.c.retired_at.is_(None)
        whose = select(table.c.person).where(stands, table.c.recipient_no.in_(numbers))
        found = select(table).where(stands, table.c.person.in_(whose)).order_by(table.c.key, table.c.since)
        return tuple(_recipient(row._mapping) for row in self.connection.execute(found))

    def institution_on(self, code: str, day: str) -> Institution | None:
        """The institution of a code of ten digits, as its ledger has it on a day (ISO); the last one known where it had ended."""
        rows = [Institution(**_told(row, Institution)) for row in self._keyed("institutions", {code})]
        begun = [row for row in rows if row.since <= day]
        return max(begun, key=lambda row: row.since, default=None)

    def _keyed(self, ledger: str, keys: set[str]) -> Sequence[Mapping[Any, Any]]:
        if not keys:
            return ()
        table = LEDGER_TABLES[ledger]
        found = select(table).where(table.c.retired_at.is_(None), table.c.key.in_(keys)).order_by(table.c.key, table.c.since)
        return [row._mapping for row in self.connection.execute(found)]


def _codes(said: Sequence[Asked], people: Sequence[Recipient]) -> set[str]:
    """Codes of ten digits that the claims' codes are, or are the end of: in the prefectures whose payers the papers name."""
    payers = {claim.payer_no for claim in said} | {row.payer_no for row in people}
    lands = {payer[2:4] for payer in payers if len(payer) == 8}
    codes = {claim.inst_code for claim in said} - {""}
    short = {code for code in codes if len(code) == 7}
    return (codes - short) | {f"{land}{table}{code}" for code in short for land in lands for table in TABLES}


def _by_number(wanted: Sought) -> Iterator[ColumnElement[bool]]:
    table = LEDGER_TABLES["recipients"]
    if wanted.numbers:
        yield table.c.recipient_no.in_(sorted(wanted.numbers))
    if wanted.cards:
        yield or_(*(and_(table.c.number == number, table.c.symbol == symbol) for symbol, number in sorted(wanted.cards)))


def _recipient(row: Mapping[Any, Any]) -> Recipient:
    return Recipient(**{**_told(row, Recipient), "others": tuple(row["others"].split(",")) if row["others"] else ()})


def _told(row: Mapping[Any, Any], noun: type[Any]) -> dict[str, Any]:
    """What a noun of the rules wants of a row; its account from the five columns that make one."""
    told = {name: row[name] for name in noun.__dataclass_fields__ if name != "account"}
    if "account" in noun.__dataclass_fields__:
        told["account"] = Account(**{name: row[column] for name, column in _ACCOUNT.items()})
    return told
