"""Reads a benefits feed back and holds it against its own trailer. Touches only the writers' columns.

For proof before a file leaves, and for tests; it adds everything up again by itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tsuzuri.rules.writers import CRLF, DATA, HEADER, TRAILER, Column, Totals


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as its receiver sees it; every column is text, blanks on the right taken off."""

    header: dict[str, str]
    rows: tuple[dict[str, str], ...]
    totals: Totals


def read_feed(content: bytes) -> Feed:
    """The feed's records; raises ValueError, with the line's number, when anything does not add up."""
    lines = content.split(CRLF)
    if len(lines) < 3 or lines.pop():
        raise ValueError("the feed does not end after a trailer")
    header = _cut(lines[0], HEADER, "1", 1)
    rows = tuple(_cut(line, DATA, "2", i) for i, line in enumerate(lines[1:-1], 2))
    trailer = _cut(lines[-1], TRAILER, "8", len(lines))
    totals = Totals(
        len(rows), sum(int(row["amount"]) for row in rows), sum(int(row["points"]) for row in rows))
    if totals != Totals(int(trailer["count"]), int(trailer["amount"]), int(trailer["points"])):
        raise ValueError(f"line {len(lines)}: the trailer's totals are not those of its records")
    before = content[:-len(lines[-1]) - len(CRLF)]
    if hashlib.sha256(before).hexdigest() != trailer["sha256"]:
        raise ValueError(f"line {len(lines)}: the trailer's sha256 is not that of what stands before it")
    if [int(row["line"]) for row in rows] != list(range(1, len(rows) + 1)):
        raise ValueError("the records are not numbered 1, 2, 3 …")
    return Feed(header, rows, totals)


def _cut(line: bytes, columns: tuple[Column, ...], record: str, number: int) -> dict[str, str]:
    width = sum(column.width for column in columns)
    if len(line) != width:
        raise ValueError(f"line {number}: {len(line)} bytes, {width} expected")
    cells, at = {}, 0
    for column in columns:
        cells[column.name] = line[at:at + column.width].decode("cp932").rstrip(" ")
        at += column.width
    if cells["record"] != record:
        raise ValueError(f"line {number}: record kind {record} expected")
    return cells
