"""Writers: rows to a receiving system's exact bytes. Touches the model's Value and outer.

The benefits feed: one header, one data record a claim, one trailer; fixed widths in cp932 bytes, CRLF.
Numbers are zero-padded with the sign first, half-width kana and text padded with blanks on the right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal, NamedTuple

from tsuzuri.model import Value
from tsuzuri.rules.outer import NONE, Outer, fitted, half_width, size

Row = Mapping[str, Value]
Cells = list[str]


class Said(NamedTuple):
    """A record: in its fixed widths, and its cells without what pads them."""

    line: str
    bare: Cells


CRLF = b"\r\n"
NEW, MENDED, CANCELLED = "1", "2", "3"      # 処理区分


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `width` in cp932 bytes; `digits` are codes, `number` is signed."""

    name: str
    width: int
    kind: Literal["digits", "number", "ascii", "kana", "text"]


@dataclass(frozen=True, slots=True)
class Totals:
    """What went out: records, yen, points."""

    count: int = 0
    amount: int = 0
    points: int = 0


class Unfit(ValueError):  # noqa: N818  it says what the value is
    """A value does not fit its column; `column` names it. The value itself is not repeated."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


def _columns(*spelt: str) -> tuple[Column, ...]:
    kinds = {"9": "digits", "S": "number", "X": "ascii", "K": "kana", "N": "text"}
    parts = (column.split() for column in spelt)
    return tuple(Column(name, int(width), kinds[kind]) for name, kind, width in parts)  # type: ignore[arg-type]


HEADER = _columns(
    "record 9 1", "city 9 6", "business X 3", "business_date 9 8", "sequence 9 3", "made_at 9 14",
    "version 9 2")
DATA = _columns(
    "record 9 1", "line 9 9", "action 9 1", "claim_id X 20", "channel 9 1", "scheme 9 2", "ward 9 2",
    "recipient_no 9 7", "payer_no 9 8", "inst_code 9 10", "service_ym 9 6", "inout 9 1", "table 9 1",
    "days 9 2", "points S 8", "copay S 9", "kougaku S 9", "other_public S 9", "fuka S 9", "patient_paid S 9",
    "amount S 9",
    "method 9 1", "account X 20", "kana K 40", "name N 40", "error X 3")
TRAILER = _columns("record 9 1", "count 9 9", "amount S 12", "points S 12", "sha256 X 64")

# What a form may name under export.columns; the rest the writer fills by itself.
_BY_WRITER = {"record", "line", "action", "claim_id", "error", "ward"}
_WITHIN_ACCOUNT = {"account_kind", "bank_code", "branch_code", "bank_name", "branch_name", "holder"}
FEED_COLUMNS = frozenset({column.name for column in DATA} - _BY_WRITER | _WITHIN_ACCOUNT)
NAME_WIDTH = 40
SIGNED = tuple(column.name for column in DATA if column.kind == "number")


class Fixed:
    """The feed in fixed widths: a header, a record a claim, a trailer with the sha256 of all before it."""

    def head(self, header: Row) -> bytes:
        """The header."""
        return _record(said(1, header))

    def line(self, row: Row, told: Said) -> bytes:
        """One record."""
        return _record(told)

    def tail(self, totals: Totals, sha256: str) -> bytes:
        """The trailer."""
        return _record(said(8, trailer(totals, sha256)))


def trailer(totals: Totals, sha256: str) -> Row:
    """The last record, whoever writes it."""
    return {"count": totals.count, "amount": totals.amount, "points": totals.points, "sha256": sha256}


def _record(told: Said) -> bytes:
    return told.line.encode("cp932") + CRLF


def settled(number: int, row: Row, known: Outer = NONE) -> dict[str, Value]:
    """A row as every writer of the feed has it, its two names as the receiver can spell them; what was written stays beside them as
    `kana_written`, `name_written`. The error column: G a letter is 外字, T a name is cut."""
    kana, name = str(row.get("kana") or ""), str(row.get("name") or "")
    fit_kana, kana_flags = fitted(half_width(kana), NAME_WIDTH, known)
    fit_name, name_flags = fitted(name, NAME_WIDTH, known)
    error = "".join(flag for flag in "GT" if flag in kana_flags + name_flags)
    return {**row, "line": number, "action": row.get("action") or NEW, "kana": fit_kana, "name": fit_name,
            "error": error, "kana_written": kana, "name_written": name}


def fits(row: Row) -> None:
    """Whether a row's columns have room, but for its names, which are cut where need be; raises Unfit with the column's name."""
    said(2, {**row, "line": 1, "action": row.get("action") or NEW, "kana": "", "name": "", "error": ""})


def reversal(row: Row) -> dict[str, Value]:
    """The row that takes an exported one back: 処理区分 3, every sum and the points negated."""
    return {**row, "action": CANCELLED, **{name: -int_of(row.get(name)) for name in SIGNED}}


def said(record: int, row: Row) -> Said:
    """A row as a record of that kind, 1, 2 or 8; text must be fitted already. Raises Unfit, with the column's name, at the first
    value that has no room."""
    return _RECORDS[record].said(row)


class _Record:
    """A record's columns made ready: those before the first text are said by one format and looked at by one pattern, for there
    are a hundred thousand rows a night. What that does not fit is gone through one by one, to name the column."""

    def __init__(self, number: int, columns: tuple[Column, ...]) -> None:
        first = tuple(takewhile(lambda column: column.kind not in ("text", "kana"), columns))
        self._number, self._columns, self._names = number, columns, tuple(column.name for column in first)
        self._format = "".join(_FORMATS[column.kind].format(width=column.width) for column in first)
        self._shape = re.compile("".join(_SHAPES[column.kind] % column.width for column in first))
        self._sums = tuple(at for at, column in enumerate(columns) if column.kind == "number")
        self._blank = tuple(at for at, column in enumerate(columns) if column.kind in ("ascii", "text", "kana"))

    def said(self, row: Row) -> Said:
        """As the function of that name says."""
        told = {**row, "record": self._number}
        found = self._shape.fullmatch(self._quickly(told))
        wide = list(found.groups()) if found is not None else []
        wide += [_CELLS[column.kind](column, told.get(column.name)) for column in self._columns[len(wide):]]
        bare = [*wide]
        for at in self._sums:
            bare[at] = str(int(wide[at]))
        for at in self._blank:
            bare[at] = wide[at].rstrip(" ")
        return Said("".join(wide), bare)

    def _quickly(self, row: Row) -> str:
        values: list[Value] = [value if value is not None else "" for value in map(row.get, self._names)]
        many = len(values)
        for at in self._sums:
            values[at] = int_of(values[at])
        for at in self._blank:
            if at < many:
                values[at] = values[at] or ""
        return self._format.format(*values)


def _text(column: Column, value: Value) -> str:
    text = _blank(value)
    room = column.width - size(text)
    if room < 0:
        raise Unfit(column.name)
    return text + " " * room


def _ascii(column: Column, value: Value) -> str:
    told = _blank(value).ljust(column.width)
    if len(told) != column.width or not told.isascii() or not told.isprintable():
        raise Unfit(column.name)
    return told


def _number(column: Column, value: Value) -> str:
    told = str(int_of(value)).zfill(column.width)
    if len(told) != column.width:
        raise Unfit(column.name)
    return told


def _digits(column: Column, value: Value) -> str:
    told = ("" if value is None else str(value)).zfill(column.width)
    if len(told) != column.width or not told.isdecimal() or not told.isascii():
        raise Unfit(column.name)
    return told


_CELLS = {"kana": _text, "text": _text, "ascii": _ascii, "number": _number, "digits": _digits}


def int_of(value: Value) -> int:
    """A sum; 0 where there is none."""
    return int(value) if isinstance(value, int) else 0


def _blank(value: Value) -> str:
    return str(value) if value else ""


_FORMATS = {"ascii": "{{!s:<{width}}}", "number": "{{:0{width}d}}", "digits": "{{!s:0>{width}}}"}
_SHAPES = {"ascii": "([ -~]{%d})", "number": "([-0-9]{%d})", "digits": "([0-9]{%d})"}
_RECORDS = {1: _Record(1, HEADER), 2: _Record(2, DATA), 8: _Record(8, TRAILER)}
