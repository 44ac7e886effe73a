"""A file held against what stands: what is new, what changed, what has ended. Touches rules alone.

A full file says all that is known: what it no longer has keeps its past, and ends. A delta says only what it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from tsuzuri.rules.known import OPEN
from tsuzuri.rules.ledgers.declared import Ledger
from tsuzuri.rules.ledgers.entries import Entry, Faults

SHOWN = 20
SAME, NEW, CHANGED, GONE = range(4)


class Standing(NamedTuple):
    """A row that stands: its number in the table, its span, and what tells its states apart."""

    n: int
    since: str
    until: str
    digest: int


class Span(NamedTuple):
    """What a row of the file says of its key's time. `until` is never open."""

    since: str
    until: str
    line: int
    gone: bool
    digest: int


class Shown(NamedTuple):
    """A row in a diff: the file's line (0: it has none), whom it is about, and the number of the row that stood."""

    line: int
    key: str
    since: str
    until: str
    n: int = 0
    cells: tuple[str, ...] = ()


@dataclass
class Compared:
    """What an import would do. `marks` has one byte an entry in the file's order; `retired` are numbers of rows that no longer
    stand, `ended` those of them that live on until a day."""

    marks: bytearray = field(default_factory=bytearray)
    retired: list[int] = field(default_factory=list)
    ended: list[tuple[int, str]] = field(default_factory=list)
    rows: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    stood: int = 0
    shown: dict[str, list[Shown]] = field(default_factory=lambda: {"new": [], "changed": [], "ended": [], "unchanged": []})

    def show(self, word: str, row: Shown) -> None:
        """Keep it if it is among the first."""
        if len(self.shown[word]) < SHOWN:
            self.shown[word].append(row)


def compare(
    ledger: Ledger, entries: Iterable[Entry], standing: Mapping[str, list[Standing]], day: date | None, faults: Faults,
) -> Compared:
    """What a file would do on the business date `day` (full), or as a delta (None). Overlaps become faults, and so do two rows
    of one key and day, unless they say the same: such a row counts as unchanged, and is warned of."""
    told = Compared(stood=sum(map(len, standing.values())))
    spans: dict[str, list[Span]] = {}
    for entry in entries:
        told.rows += 1
        mine = spans.setdefault(entry.key, [])
        said = Span(entry.since, entry.until or OPEN, entry.line, entry.gone, entry.digest)
        twin = next((span for span in mine if span.since == said.since), None)
        if twin:
            _twin(told, twin, said, faults)
            continue
        mine.append(said)
        _mark(told, entry, standing.get(entry.key, ()), faults, whole=day is not None)
    for key, mine in spans.items():
        _must_not_meet(mine, standing.get(key, ()) if day is None else (), faults)
    if day is not None:
        for key, rows in standing.items():
            _end(told, ledger, key, rows, spans.get(key, ()), day)
    return told


def _twin(told: Compared, first: Span, second: Span, faults: Faults) -> None:
    note = faults.warn if first._replace(line=0) == second._replace(line=0) else faults.bad
    note(second.line, "", f"{first.line}行目と同じ番号・開始日の行です")
    told.unchanged += 1
    told.marks.append(SAME)


def _mark(told: Compared, entry: Entry, stands: Iterable[Standing], faults: Faults, *, whole: bool) -> None:
    before = next((row for row in stands if row.since == entry.since), None)
    shown = Shown(entry.line, entry.key, entry.since, entry.until, before.n if before else 0, entry.cells)
    if entry.gone:
        if whole or before is None:
            faults.bad(entry.line, "処理区分", "全件ファイルに削除の行は置けません" if whole else "削除する行が台帳にありません")
        else:
            told.retired.append(before.n)
            told.gone += 1
            told.show("ended", shown)
        told.marks.append(GONE)
    elif before is None:
        told.new += 1
        told.show("new", shown)
        told.marks.append(NEW)
    elif before.digest == entry.digest:
        told.unchanged += 1
        told.show("unchanged", shown)
        told.marks.append(SAME)
    else:
        told.changed += 1
        told.retired.append(before.n)
        told.show("changed", shown)
        told.marks.append(CHANGED)


def _must_not_meet(mine: list[Span], stands: Iterable[Standing], faults: Faults) -> None:
    """Of one key no two rows may hold on one day, in the file or beside what a delta leaves as it stands."""
    if len(mine) == 1 and not stands:
        return
    begun = {span.since for span in mine}
    kept = [(row.since, row.until or OPEN, 0) for row in stands if row.since not in begun]
    spans = sorted([(span.since, span.until, span.line) for span in mine if not span.gone] + kept)
    for (_, ends, above), (since, _, line) in pairwise(spans):
        if since <= ends:
            first, second = sorted((above, line))
            faults.bad(second, "有効開始日", f"期間が{f'{first}行目' if first else '台帳にある行'}と重なります")


def _end(
    told: Compared, ledger: Ledger, key: str, rows: Iterable[Standing], mine: Iterable[Span], day: date,
) -> None:
    begun = {span.since for span in mine}
    for row in rows:
        if row.since in begun:
            continue
        last = _last_day(ledger, row, [since for since in begun if since > row.since], day)
        crossed = any(span.since < row.since <= span.until for span in mine)
        if last == (row.until or OPEN) and not crossed:
            continue                                    # it had ended already: the past stays as it was
        told.gone += 1
        told.retired.append(row.n)
        alive = ledger.dated and last >= row.since and not crossed
        if alive:
            told.ended.append((row.n, last))
        told.show("ended", Shown(0, key, row.since, last if alive else row.until, row.n))


def _last_day(ledger: Ledger, row: Standing, following: list[str], day: date) -> str:
    """The last day of a row that the file no longer has: its own, or the day before another begins, or before `day`."""
    if not ledger.dated:
        return ""
    before = [(date.fromisoformat(since) - timedelta(days=1)).isoformat() for since in following]
    return min([row.until or OPEN, (day - timedelta(days=1)).isoformat(), *before])
