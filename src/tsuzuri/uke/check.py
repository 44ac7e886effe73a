"""Receipts and files held against what they say of themselves. Touches rules for check digits and the city's payers.

A file is read once, receipt by receipt; only what is looked at is taken apart. Each receipt comes with its faults, a file's own
faults come where they are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from tsuzuri.rules import digits
from tsuzuri.uke.details import examine, whole
from tsuzuri.uke.faults import Fault, Spoilt
from tsuzuri.uke.payers import Payers
from tsuzuri.uke.stream import CODEC
from tsuzuri.uke.walk import LAST, Closed, House, Receipt, Total, walk


@dataclass
class Sums:
    """What has been counted of a file so far."""

    records: int = 0
    receipts: int = 0
    slips: int = 0          # HO and KO records: what 総件数 counts
    points: int = 0         # of the first payer of each receipt: what 総合計点数 sums up
    volume: str = ""        # the volume's number that comes next; "": any file may begin
    own: tuple[int, int] = (0, 0)     # slips and points when the volume began


@dataclass(frozen=True)
class Examined:
    """A receipt and what is wrong with it."""

    receipt: Receipt
    faults: tuple[Fault, ...] = field(default_factory=tuple)

    @property
    def refused(self) -> bool:
        """Whether nothing of it may be taken at its word."""
        return any(fault.band == "L2" for fault in self.faults)


def check(volumes: Sequence[BinaryIO], payers: Payers | None = None) -> Iterator[Fault]:
    """Every fault of a file of one or several volumes, in its order."""
    for item in examined(volumes, payers or Payers()):
        if isinstance(item, Examined):
            yield from item.faults
        else:
            yield item


def examined(volumes: Sequence[BinaryIO], payers: Payers, sums: Sums | None = None) -> Iterator[Examined | Fault]:
    """Every receipt with its faults, and the file's own. What cannot be read on ends with the fault that says so."""
    sums = sums or Sums()
    try:
        for item in walk(volumes):
            if isinstance(item, Receipt):
                yield _received(item, payers, sums)
            elif isinstance(item, Fault):
                yield item
            else:
                yield from _framed(item, sums)
    except Spoilt as spoilt:
        yield spoilt.fault
        return
    if sums.volume:
        yield Fault("U112", 0, volume=len(volumes) - 1)


def _received(receipt: Receipt, payers: Payers, sums: Sums) -> Examined:
    faults, points, slips = examine(receipt, payers)
    sums.records += len(receipt.records)
    sums.receipts += 1
    sums.slips += slips
    sums.points += points
    return Examined(receipt, tuple(faults))


def _framed(item: House | Total | Closed, sums: Sums) -> Iterator[Fault]:
    if isinstance(item, House):
        sums.records += 1
        yield from _opened(item, sums)
    elif isinstance(item, Total):
        sums.records += 1
        yield from _totalled(item, sums)
    else:
        if item.payers:
            sums.volume = ""
        yield from _closed(item)


def _opened(house: House, sums: Sums) -> Iterator[Fault]:
    count = house.record.count(b",") + 1
    kind = house.layout.kinds[house.layout.opens.encode()]
    if not kind.least <= count <= kind.count:
        words = {"kind": kind.name, "said": count, "least": kind.least, "count": kind.count}
        yield Fault("U114", house.line, words=words, volume=house.volume)
    if not house.claimed:
        yield Fault("U206", house.line, kind.at["claimed"] + 1, volume=house.volume)
    if len(house.code) == 10 and house.code.isascii() and house.code.isdigit() and not digits.institution_fits(house.code):
        yield Fault("U404", house.line, kind.at["code"] + 1, volume=house.volume)
    if house.told("table") not in (house.layout.table, ""):
        yield Fault("U411", house.line, kind.at["table"] + 1, {"title": house.layout.title}, house.volume)
    said = house.told("volume") or "00"
    if said != (sums.volume or "00"):
        yield Fault("U113", house.line, kind.at["volume"] + 1, volume=house.volume)
    if not sums.volume:
        sums.slips = sums.points = 0
    sums.own, sums.volume = (sums.slips, sums.points), said


def _totalled(total: Total, sums: Sums) -> Iterator[Fault]:
    kind = total.house.layout.kinds[b"GO"]
    told = total.record.decode(CODEC).split(",")
    if not kind.least <= len(told) <= kind.count:
        words = {"kind": "GO", "said": len(told), "least": kind.least, "count": kind.count}
        yield Fault("U114", total.line, words=words, volume=total.volume)
        sums.volume = ""
        return
    last = told[kind.at["volume"]].strip() if len(told) > kind.at["volume"] else ""
    if last not in (LAST, ""):
        volume = whole(sums.volume)
        sums.volume = "" if volume is None else f"{volume + 1:02}"
        return      # what a volume that is not the last says of itself is not laid down
    yield from _compared(total, told, sums)
    sums.volume = ""


def _compared(total: Total, told: list[str], sums: Sums) -> Iterator[Fault]:
    """The last volume's sums are those of all; where a sender has them of that volume alone, they are right too."""
    together = (sums.slips, sums.points)
    alone = (sums.slips - sums.own[0], sums.points - sums.own[1])
    for i, (code, name) in enumerate((("U109", "receipts"), ("U110", "points"))):
        place = total.house.layout.at("GO", name)
        said = whole(told[place].strip())
        if said is None:
            yield Fault("U115", total.line, place + 1, {"kind": "GO"}, total.volume)
        elif said not in (together[i], alone[i]):
            yield Fault(code, total.line, place + 1, {"said": said, "found": together[i]}, total.volume)


def _closed(closed: Closed) -> Iterator[Fault]:
    seen, volume = closed.seen, closed.volume
    if closed.payers:
        yield Fault("U484", 1, volume=volume)
    elif closed.open:
        yield Fault("U108", seen.lines, volume=volume)
    elif not seen.ended:
        yield Fault("U401", seen.lines, volume=volume)
    if seen.after:
        yield Fault("U403", seen.after, volume=volume)
    if seen.bare:
        yield Fault("U402", seen.lines, words={"many": seen.bare}, volume=volume)


