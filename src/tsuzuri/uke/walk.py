"""Records to receipts: one at a time, each with its institution and its layout, over all volumes of a file. Touches no rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

from tsuzuri.uke.dates import month_of
from tsuzuri.uke.faults import Fault, Spoilt
from tsuzuri.uke.layouts import Layout, layout_of, openers, within
from tsuzuri.uke.stream import CODEC, Seen, records

MOST_LINES = 20_000     # of one receipt; the longest stays in hospital have some 3,000
MOST_BYTES = 8 << 20    # of one receipt; those have some 300 KB
LAST = "99"
PAYERS_OWN = frozenset({b"MN", b"EX", b"RC", b"HI", b"HR", b"HG"})      # put before or behind by payers, and in 返戻 files
BEGINS = b"MN"          # what payers put before each receipt
NUMBERS = 3             # what they put before each record: numbers of the receipt and of the row, and a state


@dataclass(frozen=True)
class House:
    """Whose receipts follow: the record that opens a file. `line` of `volume`, where it stands."""

    layout: Layout
    record: bytes
    line: int
    volume: int = 0

    def told(self, name: str) -> str:
        """One of its fields by name, "" if it has none such."""
        place, fields = self.layout.at(self.layout.opens, name), self.record.split(b",")
        return fields[place].decode(CODEC).strip() if 0 <= place < len(fields) else ""

    @cached_property
    def code(self) -> str:
        """The institution's ten digits, as far as the file has them: prefecture, fee table, seven."""
        return f"{self.told('prefecture')}{self.told('table')}{self.told('code')}"

    @cached_property
    def claimed(self) -> str:
        """The month of the claim, "YYYY-MM", or ""."""
        return month_of(self.told("claimed"))


@dataclass
class Receipt:
    """One receipt as it stands: its records, one a line from `first` on (blank lines left out: `lines` says which)."""

    house: House
    layout: Layout
    volume: int
    lines: list[int] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, line: int, record: bytes) -> None:
        """One record more. Raises Spoilt where nobody's receipt is so long."""
        self.lines.append(line)
        self.records.append(record)
        self.size += len(record)
        if len(self.lines) > MOST_LINES or self.size > MOST_BYTES:
            raise Spoilt(_too_long(line, self.volume))

    @property
    def first(self) -> int:
        """The number of its first line."""
        return self.lines[0]

    def all(self, kind: str) -> list[tuple[int, list[str]]]:
        """(line, fields) of each record of a kind, decoded; the fields' positions are those of the layout."""
        mark = kind.encode()
        return [(line, record.decode(CODEC).split(","))
                for line, record in zip(self.lines, self.records, strict=True) if record[:2] == mark]

    def told(self, kind: str, name: str, nth: int = 0) -> str:
        """A field by name of the nth record of a kind, without blanks around it; "" where there is none."""
        place = self.layout.at(kind, name)
        found = self.all(kind) if place >= 0 else []
        return found[nth][1][place].strip() if nth < len(found) and place < len(found[nth][1]) else ""

    @property
    def text(self) -> str:
        """Its records as lines of text."""
        return "\n".join(record.decode(CODEC) for record in self.records)


@dataclass(frozen=True)
class Total:
    """The record that closes an institution's receipts (GO)."""

    house: House
    record: bytes
    line: int
    volume: int


@dataclass(frozen=True)
class Closed:
    """A volume read to its end, and what was seen of it."""

    volume: int
    seen: Seen
    open: bool      # receipts or an institution stand without their GO
    payers: bool    # rows are numbered, as a payer hands them on: each receipt has its opener, and no GO closes them


Item = House | Receipt | Total | Closed | Fault


def walk(volumes: Sequence[BinaryIO]) -> Iterator[Item]:
    """What a file holds, in its order; several volumes follow each other. Raises Spoilt where it cannot be read on."""
    walker = _Walker()
    for volume, stream in enumerate(volumes):
        seen = Seen()
        for line, record in records(stream, seen, volume):
            yield from walker.step(line, walker.bare(record) if record[0] <= NINE else record, volume)
        walker.check_begun(volume)
        yield from walker.flush()
        yield from walker.left(volume)
        yield Closed(volume, seen, walker.house is not None, walker.payers)


class _Walker:
    """Where in the file one stands: under which institution, within which receipt."""

    def __init__(self) -> None:
        self.house: House | None = None
        self.receipt: Receipt | None = None
        self.begun: set[int] = set()
        self.before: list[tuple[int, bytes]] = []       # in front of the receipt that comes next: 歯科's IR, a payer's MN
        self.payers = False

    def bare(self, record: bytes) -> bytes:
        """A row as payers number it, without its numbers; anything else that begins with a digit is left as it is."""
        *numbers, rest = record.split(b",", NUMBERS)
        if len(numbers) < NUMBERS or not all(number.isdigit() for number in numbers):
            return record
        self.payers = True
        return rest

    def step(self, line: int, record: bytes, volume: int) -> Iterator[Item]:
        kind = record[:2]
        receipt = self.receipt
        if receipt is not None and kind in receipt.layout.kinds and kind not in _TURNS:
            receipt.add(line, record)
            return
        yield from self._turn(line, record, kind, volume)

    def _turn(self, line: int, record: bytes, kind: bytes, volume: int) -> Iterator[Item]:
        """A record at which something ends or begins, or that nobody expects."""
        house = self.house
        if kind == BEGINS or (house is not None and kind == house.layout.each.encode()):
            yield from self.flush()
            self.before.append((line, record))
            if len(self.before) > MOST_LINES:
                raise Spoilt(_too_long(line, volume))
        elif kind in openers():
            yield from self.flush()
            yield self._open(line, record, kind, volume)
        elif house is None:
            yield self._astray(line, kind, volume)
        elif kind == b"RE":
            yield from self.flush()
            ahead, self.before = self.before, []
            self.receipt = Receipt(house, house.layout, volume, [*(n for n, _ in ahead), line], [*(r for _, r in ahead), record])
        elif kind == b"GO":
            yield from self.flush()
            self.house = None
            yield Total(house, record, line, volume)
        else:
            yield from self._other(line, record, kind, volume)

    def _other(self, line: int, record: bytes, kind: bytes, volume: int) -> Iterator[Item]:
        """Within a receipt: what turns it into another layout's, and unknown kinds, which stay with it."""
        receipt = self.receipt
        if receipt is None:
            yield self._astray(line, kind, volume)
            return
        receipt.layout = within(receipt.layout.opens).get(kind, receipt.layout)
        receipt.add(line, record)

    def _open(self, line: int, record: bytes, kind: bytes, volume: int) -> House:
        newest = House(openers()[kind][0], record, line, volume)
        self.house = House(layout_of(kind, newest.claimed), record, line, volume)
        self.begun.add(volume)
        return self.house

    def _astray(self, line: int, kind: bytes, volume: int) -> Fault:
        told = kind.decode(CODEC, "replace")
        if kind in PAYERS_OWN:
            return Fault("U483", line, words={"kind": told}, volume=volume)
        if volume not in self.begun:
            raise Spoilt(Fault("U107", line, volume=volume))
        raise Spoilt(Fault("U111", line, words={"kind": told}, volume=volume))

    def check_begun(self, volume: int) -> None:
        """Raises Spoilt for a volume in which no institution stands."""
        if volume not in self.begun:
            raise Spoilt(Fault("U107", 1, volume=volume))

    def left(self, volume: int) -> Iterator[Fault]:
        """What stood in front of a receipt that never came."""
        before, self.before = self.before, []
        for line, record in before:
            kind = record[:2]
            yield Fault("U483" if kind in PAYERS_OWN else "U111", line, words={"kind": kind.decode(CODEC)}, volume=volume)

    def flush(self) -> Iterator[Receipt]:
        """The receipt that is complete, if there is one."""
        if self.receipt is not None:
            receipt, self.receipt = self.receipt, None
            yield receipt


def _too_long(line: int, volume: int) -> Fault:
    return Fault("U118", line, words={"most": MOST_LINES, "bytes": MOST_BYTES}, volume=volume)


NINE = ord("9")
_TURNS = frozenset({b"RE", b"GO", b"IR", b"UK", b"YK"})
