"""A ledger's file comes in: looked through, held against what stands, and taken as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from hashlib import file_digest
from pathlib import Path

from tsuzuri.errors import NotFound, Refused, WrongTurn
from tsuzuri.flow.line import Line
from tsuzuri.rules.ledgers import LEDGERS, Compared, Faults, Ledger, compare, opened, read_entries
from tsuzuri.rules.ledgers.sheet import Rows
from tsuzuri.rules.lists.packaged import PACKAGED
from tsuzuri.store import ledgers
from tsuzuri.store.ledgers import Held, Import

MANY_END = 0.05         # a full file that would end more of what stands is a broken file far more often than the truth
FEW = 20                # … but a ledger of a handful may change as a whole


@dataclass(frozen=True, slots=True)
class Brought:
    """A file of a ledger as somebody brings it. `whole`: all that is known (else a delta); `by`: who; `source`: the file's name."""

    ledger: str
    whole: bool
    by: str
    source: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do (`done` False). `again`: this very file was the last one, and nothing was done."""

    told: Import
    compared: Compared
    faults: Faults
    before: Mapping[int, Held] = field(default_factory=dict)     # rows that stood, of those that `compared` shows
    done: bool = False
    again: bool = False

    @property
    def ends_many(self) -> bool:
        """Whether so much would end that somebody must say that it is meant."""
        return self.told.whole and self.told.ended > max(FEW, MANY_END * self.compared.stood)


@dataclass(frozen=True)
class _Source:
    """Rows to go through as often as one likes, and what names their content."""

    rows: Callable[[], Rows]
    digest: str


def try_ledger(line: Line, brought: Brought, path: Path | None) -> Outcome:
    """What importing a file would do; without one, the packaged list of that ledger. Raises Refused with every fault by line."""
    with _source(_ledger(brought), path) as source:
        return _tried(line, brought, source)


def import_ledger(line: Line, brought: Brought, path: Path | None, *, many_end: bool = False, digest: str = "") -> Outcome:
    """Import a file as a whole, in one transaction; refused as a whole where a line is malformed.

    `digest`: only the bytes with this sha256, as they were shown before. A file that ends more than 5 % needs `many_end`.
    """
    ledger = _ledger(brought)
    with _source(ledger, path) as source:
        if digest not in ("", source.digest):
            raise WrongTurn("確認したファイルと違うファイルです。もう一度、試し取込からやり直してください。", code="other_file")
        outcome = _tried(line, brought, source)
        if outcome.again:
            return outcome
        if outcome.ends_many and not many_end:
            raise Refused(
                f"{outcome.told.ended:,}件（{outcome.told.ended / outcome.compared.stood:.0%}）が台帳から終わります。"
                "ファイルが欠けていないか確かめ、正しければその旨を指定して取り込んでください。", code="many_end")
        with line.unit() as unit:
            entries = read_entries(ledger, source.rows(), Faults())
            try:
                told = ledgers.write_import(unit, outcome.told, outcome.compared, entries)
            except ValueError as error:        # entries and what they were compared as do not match: the file changed under us
                raise WrongTurn("取込の途中でファイルが変わりました。もう一度取り込んでください。", code="other_file") from error
    return replace(outcome, told=told, done=True)


def _tried(line: Line, brought: Brought, source: _Source) -> Outcome:
    ledger, faults = LEDGERS[brought.ledger], Faults()
    with line.store.read() as look:
        last = ledgers.latest_import(look, ledger.name)
        if last and (last.digest, last.whole) == (source.digest, brought.whole):
            return Outcome(last, Compared(), faults, again=True)
        stands = ledgers.standing(look, ledger, None if brought.whole else _named(ledger, source))
        day = line.today()
        compared = compare(ledger, read_entries(ledger, source.rows(), faults), stands, day if brought.whole else None, faults)
        faults.refuse()
        before = ledgers.stood(look, ledger.name, [row.n for rows in compared.shown.values() for row in rows if row.n])
    # Two imports of one moment would hide each other: knowledge only ever grows.
    at = max(line.clock(), last.at + timedelta(microseconds=1)) if last else line.clock()
    told = Import(
        0, ledger.name, last.n if last else 0, source.digest, brought.whole, brought.source[:200], day, compared.rows,
        compared.new, compared.changed, compared.gone, compared.unchanged, faults.odd_count, at, brought.by)
    return Outcome(told, compared, faults, before)


def _named(ledger: Ledger, source: _Source) -> set[str]:
    return {entry.key for entry in read_entries(ledger, source.rows(), Faults())}


def _ledger(brought: Brought) -> Ledger:
    if brought.ledger not in LEDGERS:
        raise NotFound(f"その台帳はありません。次のどれかです: {'、'.join(LEDGERS)}。", code="no_such_ledger")
    return LEDGERS[brought.ledger]


@contextmanager
def _source(ledger: Ledger, path: Path | None) -> Iterator[_Source]:
    if path is None:
        if ledger.name not in PACKAGED:
            raise Refused(f"{ledger.title}の台帳はファイルから取り込みます。", code="no_package")
        rows, digest = PACKAGED[ledger.name]()
        yield _Source(partial(iter, rows), digest)
        return
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    with opened(path) as rows_of_file:
        yield _Source(rows_of_file, digest)
