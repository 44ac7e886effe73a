"""Which records an electronic receipt has, and what stands where: layouts/*.yaml, one a fee table (点数表).

Positions are never shared between fee tables: HO and KO differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tsuzuri.uke.dates import month_of

FOLDER = Path(__file__).with_name("layouts")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. Positions count from 0 here, the kind's own letters being 0; -1 stands nowhere.

    `count` fields are what it has (0: not known), `least` what a short row must have; `loose`: more is no fault.
    `rank` is its place within a receipt, `days` (first, behind the last) where the days of the month stand.
    """

    name: str
    rank: int = -1
    most: int = 0
    count: int = 0
    least: int = 0
    loose: bool = False
    share: int = -1
    points: int = -1
    times: int = -1
    days: tuple[int, int] = (0, 0)
    unsummed: bool = False
    at: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """One fee table's records in one version. `head` is the rank behind RE, HO, KO, SN … ; `summed`: its details add up."""

    name: str
    title: str
    table: str
    opens: str
    each: str
    told_by: str
    summed: bool
    head: int
    until: str
    kinds: Mapping[bytes, Kind]

    def at(self, kind: str, name: str) -> int:
        """Where a field of a kind stands, from 0; -1: nowhere."""
        known = self.kinds.get(kind.encode())
        return known.at.get(name, -1) if known else -1


@cache
def layouts() -> tuple[Layout, ...]:
    """All layouts, of each fee table the newest version first."""
    return tuple(layout for path in sorted(FOLDER.glob("*.yaml")) for layout in _versions(path.stem))


@cache
def openers() -> Mapping[bytes, tuple[Layout, ...]]:
    """The record that opens a file → the layouts that it may open, newest version first; those told within a receipt left out."""
    found: dict[bytes, tuple[Layout, ...]] = {}
    for layout in layouts():
        if not layout.told_by:
            found[layout.opens.encode()] = (*found.get(layout.opens.encode(), ()), layout)
    return found


@cache
def layout_of(opens: bytes, month: str) -> Layout:
    """The layout of a file opened by this record, claimed in this month ("YYYY-MM", "" if it cannot be told)."""
    return _at(openers()[opens], month)


@cache
def within(opens: str) -> Mapping[bytes, Layout]:
    """The record that tells, within a receipt of a file opened so, that it has another layout (BU: DPC) → that layout."""
    return {other.told_by.encode(): other for other in layouts() if other.told_by and other.opens == opens}


def layout_told(opener: str, records: str) -> Layout:
    """The layout of a receipt as it was stored: by the record that opens its file, and by what it holds itself."""
    opens, month = opener[:2], ""
    place = openers()[opens.encode()][0].at(opens, "claimed")
    if len(fields := opener.split(",")) > place:
        month = month_of(fields[place].strip())
    inner = (layout for kind, layout in within(opens).items() if f"\n{kind.decode()}," in records)
    return next(inner, layout_of(opens.encode(), month))


def _at(versions: tuple[Layout, ...], month: str) -> Layout:
    older = [layout for layout in versions if layout.until and month and month <= layout.until]
    return min(older, key=lambda layout: layout.until) if older else versions[0]


def _versions(name: str) -> Iterator[Layout]:
    told = _declared(name)
    yield _layout(name, told, told["records"], "")
    for version in told.get("versions", ()):
        yield _layout(name, told, _over(told["records"], version["records"]), str(version["until"]))


def _declared(name: str) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    if base := told.pop("extends", None):
        parent = _declared(base)
        parent.pop("versions", None)
        told = {**parent, **told, "records": _over(parent["records"], told["records"])}
    return told


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return {kind: {**base.get(kind, {}), **own.get(kind, {})} for kind in {**base, **own}}


def _layout(name: str, told: dict[str, Any], records: dict[str, Any], until: str) -> Layout:
    order = [*told["head"], *told["body"]]
    ranks = {kind: rank for rank, group in enumerate(order) for kind in ([group] if isinstance(group, str) else group)}
    most = told.get("most", {})
    kinds = {kind.encode(): _kind(kind, said, ranks.get(kind, -1), most.get(kind, 0)) for kind, said in records.items()}
    return Layout(name, told["title"], told["table"], told["opens"], told.get("each", ""), told.get("told_by", ""),
                  told.get("summed", True), len(told["head"]), until, kinds)


def _kind(name: str, said: dict[str, Any], rank: int, most: int) -> Kind:
    first, last = said.get("days", (1, 0))
    count = said.get("count", 0)
    share, points, times = (said.get(what, 0) - 1 for what in ("share", "points", "times"))
    return Kind(name, rank, most, count, said.get("least", count), said.get("loose", False), share, points, times,
                (first - 1, last), said.get("unsummed", False),
                {field: place - 1 for field, place in said.get("at", {}).items()})
