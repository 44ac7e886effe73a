"""Rows of a file → entries of a ledger, with every fault by line and column. Touches errors and rules alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from tsuzuri.errors import Refused
from tsuzuri.rules.digits import fits, institution_fits
from tsuzuri.rules.ledgers.cells import CELLS, BadCell, Cell
from tsuzuri.rules.ledgers.declared import ACT, SPAN, Column, Ledger
from tsuzuri.rules.ledgers.sheet import Rows

MOST_FAULTS = 100       # a file with more is a file of something else
GONE = "3"              # the act of a delta that takes a row back


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: `key` names whom it is about, `cells` stand in the order of the ledger's columns. `gone`: a delta takes it back."""

    line: int
    key: str
    since: str
    until: str
    cells: tuple[str, ...]
    gone: bool = False

    @property
    def digest(self) -> int:
        """What tells two states of one row apart: 63 bits."""
        return digest_of(self.until, self.cells)


def digest_of(until: str, cells: Iterable[str]) -> int:
    """63 bits of a row's end and cells."""
    return int.from_bytes(blake2b("\x1f".join((until, *cells)).encode(), digest_size=8).digest()) >> 1


@dataclass
class Faults:
    """What is wrong with a file (it is refused as a whole), and what is only odd. Texts never repeat a cell."""

    found: list[dict[str, object]] = field(default_factory=list)
    odd: list[dict[str, object]] = field(default_factory=list)
    odd_count: int = 0

    def bad(self, line: int, column: str, why: str) -> None:
        """Note a fault; raises once there are too many to be worth reading on."""
        self.found.append({"line": line, "column": column, "why": why})
        if len(self.found) >= MOST_FAULTS:
            self.refuse()

    def warn(self, line: int, column: str, why: str) -> None:
        """Note an oddity: counted all, kept the first."""
        self.odd_count += 1
        if len(self.odd) < MOST_FAULTS:
            self.odd.append({"line": line, "column": column, "why": why})

    def refuse(self) -> None:
        """Raises Refused if there is a fault; its `details` hold them all."""
        if self.found:
            self.found.sort(key=lambda fault: int(str(fault["line"])))
            first = self.found[0]
            at = f"{first['line']}行目" + (f"「{first['column']}」" if first["column"] else "")
            more = f" ほか{len(self.found) - 1}件" if self.found[1:] else ""
            raise Refused(f"{at}: {first['why']}{more}。何も取り込んでいません。", code="ledger_malformed", faults=self.found)


Reads = tuple[int, Column, Cell, int]        # its place in the file, the column, how it is read, its place in the ledger


def read_entries(ledger: Ledger, rows: Rows, faults: Faults) -> Iterator[Entry]:
    """The file's entries in its order; rows with a fault are left out, and noted."""
    first = next(rows, None)
    if first is None:
        faults.bad(1, "", "見出しの行がありません")
        return
    line, head = first
    constants: Mapping[str, str] = {}
    if ledger.bare and len(head) == len(ledger.bare.columns) and head[0].strip().isdigit():
        columns: list[Column | None] = list(ledger.bare.columns)
        constants, rows = ledger.bare.constants, _again(first, rows)
    else:
        columns = _headed(ledger, line, head, faults)
    if faults.found:
        return
    reads = [(i, c, CELLS[c.cell], ledger.places.get(c.name, -1)) for i, c in enumerate(columns) if c]
    blank = [constants.get(column.name, "") for column in ledger.columns]
    keys = tuple(ledger.places[name] for name in ledger.key)
    count = 0
    for line, cells in rows:
        if len(cells) != len(columns):
            faults.bad(line, "", f"列の数が{len(cells)}です（見出しは{len(columns)}）")
            continue
        count += 1
        if entry := _entry(line, cells, reads, blank, keys, faults):
            yield entry
    if not count and not faults.found:
        faults.bad(line, "", "データの行がありません")


def _again(first: tuple[int, list[str]], rows: Rows) -> Rows:
    yield first
    yield from rows


def _headed(ledger: Ledger, line: int, head: list[str], faults: Faults) -> list[Column | None]:
    """The columns that the titles name; one that no ledger has is left alone, with a warning."""
    columns = [ledger.titled("".join(title.split())) for title in head]
    for title, column in zip(head, columns, strict=True):
        if column is None:
            faults.warn(line, title[:40], "台帳にない列なので読みません")
    named = [column.name for column in columns if column]
    for name in {name for name in named if named.count(name) > 1}:
        faults.bad(line, _title(ledger, name), "同じ列が2つあります")
    for column in ledger.columns:
        if column.needed and column.name not in named:
            faults.bad(line, column.titles[0], "この列がありません")
    return columns


def _title(ledger: Ledger, name: str) -> str:
    column = ledger.titled(name)
    return column.titles[0] if column else name


def _entry(
    line: int, cells: list[str], reads: list[Reads], blank: list[str], keys: tuple[int, ...], faults: Faults,
) -> Entry | None:
    kept, span, sound = blank.copy(), {"since": "", "until": "", "act": ""}, True
    for i, column, read, place in reads:
        cell = cells[i].strip()
        if not cell:
            if column.needed:
                faults.bad(line, column.titles[0], "空です")
                sound = False
            continue
        try:
            value = read(cell)
        except BadCell as error:
            faults.bad(line, column.titles[0], str(error))
            sound = False
            continue
        if column.check and not _checked(column, value):
            said = faults.bad if column.check == "refuse" else faults.warn
            said(line, column.titles[0], "検証番号（チェックデジット）が合いません")
        if place < 0:
            span[column.name] = value
        else:
            kept[place] = value
    if span["until"] and span["since"] > span["until"]:
        faults.bad(line, SPAN[1].titles[0], "終了日が開始日より前です")
        sound = False
    if not sound:
        return None
    key = " ".join([kept[place] for place in keys])
    return Entry(line, key, span["since"], span["until"], tuple(kept), span[ACT.name] == GONE)


def _checked(column: Column, value: str) -> bool:
    return institution_fits(value) if column.cell in ("digits10", "medical_code") else fits(value)
