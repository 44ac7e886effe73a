"""Reads a file of transfers back as a bank would, and adds it up again. Touches nothing: its columns are counted off by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TEXT = re.compile("[ｱ-ｴｵ-ﾝﾞﾟA-Z0-9 ().-]*")


@dataclass(frozen=True, slots=True)
class Transfers:
    """What a bank is told: who pays and on which day of the year ("1225"), and each record's account, holder, yen and number."""

    code: str
    payer: str
    day: str
    account: str
    rows: tuple[dict[str, str], ...]
    total: int


def read_transfers(content: bytes) -> Transfers:
    """The file's records; raises ValueError, with the record's number, when anything does not add up or is not to be said."""
    records = _cut(content)
    kinds = "".join(record[0] for record in records)
    if not re.fullmatch("12*89", kinds):
        raise ValueError(f"records of the kinds {kinds[:9]}…: 1, 2 …, 8 and 9 expected")
    head, rows = records[0], tuple(_row(record, i) for i, record in enumerate(records[1:-2], 2))
    _text(head[14:54], 1)
    total, tail = sum(int(row["yen"]) for row in rows), records[-2]
    if (int(tail[1:7]), int(tail[7:19])) != (len(rows), total) or tail[19:].strip() or records[-1][1:].strip():
        raise ValueError(f"record {len(records) - 1}: the sums are not those of the records")
    if head[1:4] != "210":
        raise ValueError("record 1: these are no transfers (21) in letters of JIS (0)")
    return Transfers(head[4:14], head[14:54].rstrip(), head[54:58], head[58:62] + head[77:80] + head[95:103], rows, total)


def _cut(content: bytes) -> list[str]:
    lines = content.split(b"\r\n") if b"\r\n" in content else [content[i:i + 120] for i in range(0, len(content), 120)]
    lines = lines[:-1] if lines and not lines[-1] else lines
    for i, line in enumerate(lines, 1):
        if len(line) != 120:
            raise ValueError(f"record {i}: {len(line)} bytes, 120 expected")
    if len(lines) < 3:
        raise ValueError("the file ends too soon")
    return [line.decode("shift_jis") for line in lines]


def _row(record: str, number: int) -> dict[str, str]:
    row = {"account": record[1:5] + record[20:23] + record[42:50], "bank": record[5:20].rstrip(), "branch": record[23:38].rstrip(),
           "holder": record[50:80].rstrip(), "yen": record[80:90], "new": record[90], "customer": record[91:101]}
    for name in ("bank", "branch", "holder"):
        _text(row[name], number)
    if not (row["account"] + row["yen"] + row["customer"]).isdecimal() or int(row["yen"]) == 0 or not row["holder"]:
        raise ValueError(f"record {number}: an account, a holder or a sum is none")
    return row


def _text(text: str, number: int) -> None:
    if not _TEXT.fullmatch(text) or re.match("[ﾞﾟ]", text):
        raise ValueError(f"record {number}: a letter that is not to be said, or a mark without its kana")
