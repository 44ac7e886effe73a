"""Reads a feed with commas back and holds it against its own trailer, as feed_reader does for fixed widths. Touches columns."""

from __future__ import annotations

import csv
import hashlib
import io

from tsuzuri.rules.feed_reader import Feed
from tsuzuri.rules.writers import DATA, HEADER, TRAILER, Totals

MORE = ("name_written", "kana_written", "corrects")
BOM = b"\xef\xbb\xbf"


def read_csv_feed(content: bytes) -> Feed:
    """The feed's records; raises ValueError, with the record's number, when anything does not add up."""
    plain = content.startswith(BOM)
    text = content.decode("utf-8-sig" if plain else "cp932")
    records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if len(records) < 2 or not text.endswith("\r\n"):
        raise ValueError("the feed does not end after a trailer")
    names = tuple(column.name for column in DATA) + (MORE if plain else ())
    header = _named(records[0], tuple(column.name for column in HEADER), "1", 1)
    rows = tuple(_named(record, names, "2", i) for i, record in enumerate(records[1:-1], 2))
    trailer = _named(records[-1], tuple(column.name for column in TRAILER), "8", len(records))
    totals = Totals(len(rows), sum(int(row["amount"]) for row in rows), sum(int(row["points"]) for row in rows))
    if totals != Totals(int(trailer["count"]), int(trailer["amount"]), int(trailer["points"])):
        raise ValueError(f"record {len(records)}: the trailer's totals are not those of its records")
    before = content[:content.rindex(b"\r\n8,") + 2]
    if hashlib.sha256(before).hexdigest() != trailer["sha256"]:
        raise ValueError(f"record {len(records)}: the trailer's sha256 is not that of what stands before it")
    if [int(row["line"]) for row in rows] != list(range(1, len(rows) + 1)):
        raise ValueError("the records are not numbered 1, 2, 3 …")
    return Feed(header, rows, totals)


def _named(record: list[str], names: tuple[str, ...], kind: str, number: int) -> dict[str, str]:
    if len(record) != len(names) or record[0] != kind:
        raise ValueError(f"record {number}: {len(names)} columns of kind {kind} expected")
    return dict(zip(names, record, strict=True))
