"""What an import would change, as a person is shown it: a citizen's name is masked, and of a change only its columns are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tsuzuri.flow.ledgers import Outcome
from tsuzuri.rules.ledgers import LEDGERS, Ledger
from tsuzuri.rules.ledgers.compare import Shown

WORDS = {"new": "新規", "changed": "変更", "ended": "終了", "unchanged": "変更なし"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a diff. `line` is the file's, 0 where it has none; `changed` names the columns that differ."""

    word: str
    line: int
    key: str
    name: str
    since: str
    until: str
    changed: str = ""


def diff(outcome: Outcome) -> Iterator[Difference]:
    """The first rows of each kind."""
    ledger = LEDGERS[outcome.told.ledger]
    for word, rows in outcome.compared.shown.items():
        for row in rows:
            cells = row.cells or _before(outcome, row)
            name = cells[ledger.places[ledger.shown]] if cells else ""
            shown = masked(name) if ledger.private else name
            yield Difference(WORDS[word], row.line, row.key, shown, row.since, row.until, _changed(ledger, outcome, row))


def masked(name: str) -> str:
    """The first character of each part: 綴　花子 → 綴　花○."""
    return "\u3000".join(part[:1] + "○" * (len(part) - 1) for part in name.split("\u3000"))


def _before(outcome: Outcome, row: Shown) -> tuple[str, ...]:
    held = outcome.before.get(row.n)
    return tuple(held.cells.values()) if held else ()


def _changed(ledger: Ledger, outcome: Outcome, row: Shown) -> str:
    held = outcome.before.get(row.n)
    if held is None or not row.cells:
        return ""
    names = [c.titles[0] for c, now in zip(ledger.columns, row.cells, strict=True) if held.cells[c.name] != now]
    return "、".join(names + (["有効終了日"] if held.until != row.until else []))


def plain_outcome(outcome: Outcome) -> dict[str, Any]:
    """What an import did or would do, in JSON values; `digest` names the bytes that were looked at."""
    told = outcome.told
    names = ("ledger", "rows", "new", "changed", "ended", "unchanged", "warnings", "digest")
    counts = {name: getattr(told, name) for name in names}
    return {**counts, "title": LEDGERS[told.ledger].title, "full": told.whole, "done": outcome.done, "again": outcome.again,
            "ends_many": outcome.ends_many, "odd": outcome.faults.odd, "diff": [asdict(row) for row in diff(outcome)]}
