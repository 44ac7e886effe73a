"""受給者台帳 as a file, held in memory: for whoever has no database. Touches the other files of ledgers and persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from tsuzuri.rules.known import Account, Asked, Known, Recipient
from tsuzuri.rules.ledgers.declared import RECIPIENTS
from tsuzuri.rules.ledgers.entries import Entry, Faults, read_entries
from tsuzuri.rules.ledgers.sheet import opened
from tsuzuri.rules.person import SAID, Sought, alike

ACCOUNT = {"bank": "account_bank", "branch": "account_branch", "kind": "account_kind", "number": "account_no",
           "holder": "account_holder"}


class People:
    """Rows of 受給者台帳, found as the store finds them; none: nobody is known."""

    def __init__(self, rows: Iterable[Recipient] = ()) -> None:
        self._by: dict[str, dict[object, list[Recipient]]] = {
            word: defaultdict(list) for word in ("recipient_no", "birth", "card", "person")}
        for row in rows:
            for word, key in (("recipient_no", row.recipient_no), ("birth", row.birth), ("card", (row.symbol, row.number)),
                              ("person", row.person)):
                self._by[word][key].append(row)

    def alike(self, sought: Sequence[Sought]) -> tuple[Recipient, ...]:
        """The rows of whoever a paper may mean; see store.entitled."""
        found: dict[Recipient, None] = {}
        for wanted in sought:
            rows = [row for number in wanted.numbers for row in self._of("recipient_no", number)]
            rows += [row for day in wanted.births for row in self._of("birth", day) if _named(row, wanted)]
            rows += [row for card in wanted.cards for row in self._of("card", card)]
            found |= dict.fromkeys(row for row in rows if wanted.scheme in ("", row.scheme))
        return tuple(sorted(found, key=lambda row: (row.scheme, row.recipient_no, row.since)))

    def known(self, said: Sequence[Asked]) -> Known:
        """What stands beside the claims: all rows of whoever has one of their numbers."""
        persons = {row.person for claim in said for row in self._of("recipient_no", claim.recipient_no)}
        rows = tuple(row for person in sorted(persons) for row in self._of("person", person))
        return Known(loaded=frozenset({"recipients"} if self._by["person"] else ()), recipients=rows, own=tuple(said))

    def _of(self, word: str, key: object) -> list[Recipient]:
        return self._by[word].get(key, [])


def load_people(path: Path) -> People:
    """The people of a recipients' file as `tsuzuri ledger import` takes it. Raises Refused with every fault by line."""
    faults = Faults()
    with opened(path) as rows:
        found = People([_recipient(entry) for entry in read_entries(RECIPIENTS, rows(), faults)])
    faults.refuse()
    return found


def _named(row: Recipient, wanted: Sought) -> bool:
    word, names = ("kana", wanted.kanas) if wanted.kanas else ("name", wanted.names)
    return any(alike(SAID[word](getattr(row, word)), SAID[word](name)) for name in names)


def _recipient(entry: Entry) -> Recipient:
    told = dict(zip((column.name for column in RECIPIENTS.columns), entry.cells, strict=True))
    account = Account(**{name: told.pop(column) for name, column in ACCOUNT.items()})
    others = tuple(told.pop("others").split(",")) if told["others"] else ()
    told.pop("others", None)
    return Recipient(**told, since=entry.since, until=entry.until, others=others, account=account)
