"""Writers: rows to a receiving system's exact bytes. Touches nothing of the house but the model's Value.

The benefits feed: one header, one data record a claim, one trailer; fixed widths in cp932 bytes, CRLF.
Numbers are zero-padded with the sign first, half-width kana and text padded with blanks on the right.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import jaconv

from tsuzuri.model import Value

Row = Mapping[str, Value]

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
_WITHIN_ACCOUNT = {"account_kind", "bank_code", "branch_code"}
FEED_COLUMNS = frozenset({column.name for column in DATA} - _BY_WRITER | _WITHIN_ACCOUNT)
SIGNED = tuple(column.name for column in DATA if column.kind == "number")

# Characters that Unicode and the receiver's cp932 spell differently.
_CP932 = str.maketrans("〜−‖—¢£¬¦¥", "～－∥―￠￡￢￤￥")
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_COMBINED = re.compile(".[\u3099\u309a]")
_VOICED = re.compile(".[ﾞﾟ]?", re.DOTALL)
# Line breaks would break the record; private characters are the receiver's own 外字, agreed upon by nobody.
_UNSAID = re.compile("[\x00-\x1f\x7f-\x9f\ue000-\uf8ff]")

# Full-width kana, letters, digits and space → half-width; three rare kana have only their common form.
_WIDE = [chr(c) for c in (*range(0x3000, 0x3100), *range(0xFF01, 0xFF5F))]
_HALF = str.maketrans(
    {c: jaconv.z2h(c, kana=True, ascii=True, digit=True) for c in _WIDE} | {"ヮ": "ﾜ", "ヵ": "ｶ", "ヶ": "ｹ"})


def feed(header: Row, rows: Iterable[Row]) -> Iterator[bytes | Totals]:
    """The feed's lines in order, and last of all the Totals; holds one row at a time.

    Raises Unfit, with the column's name, at the first value that has no room.
    """
    digest = hashlib.sha256()
    count = amount = points = 0
    line = _line(HEADER, {**header, "record": 1})
    digest.update(line)
    yield line
    for count, row in enumerate(rows, 1):  # noqa: B007  read after the loop
        line = data_line(count, row)
        digest.update(line)
        amount += _int(row.get("amount"))
        points += _int(row.get("points"))
        yield line
    yield _line(TRAILER, {
        "record": 8, "count": count, "amount": amount, "points": points, "sha256": digest.hexdigest()})
    yield Totals(count, amount, points)


def data_line(number: int, row: Row) -> bytes:
    """One data record. The error column tells of the two names: G = a character was replaced (外字), T = cut.
    """
    kana, kana_flags = _fitted(half_width(str(row.get("kana") or "")), 40)
    name, name_flags = _fitted(str(row.get("name") or ""), 40)
    error = "".join(flag for flag in "GT" if flag in kana_flags + name_flags)
    return _line(DATA, {
        **row, "record": 2, "line": number, "action": row.get("action") or NEW, "kana": kana, "name": name,
        "error": error})


def reversal(row: Row) -> dict[str, Value]:
    """The row that takes an exported one back: 処理区分 3, every sum and the points negated."""
    return {**row, "action": CANCELLED, **{name: -_int(row.get(name)) for name in SIGNED}}


def half_width(kana: str) -> str:
    """Full-width katakana as half-width, voiced marks apart: ガ → ｶﾞ. What has no half-width form stays."""
    return _composed(kana).translate(_HALF)


def _composed(text: str) -> str:
    """か + a combining mark → が; nothing else, for NFC would fold some kanji."""
    return _COMBINED.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), text)


def _line(columns: tuple[Column, ...], row: Row) -> bytes:
    return b"".join(_cell(column, row.get(column.name)) for column in columns) + CRLF


def _cell(column: Column, value: Value) -> bytes:
    if column.kind in ("kana", "text"):
        return str(value or "").encode("cp932").ljust(column.width)
    if column.kind == "ascii":
        cell = str(value or "").ljust(column.width)
    elif column.kind == "number":
        cell = f"{_int(value):0{column.width}d}"
    else:
        cell = str("" if value is None else value).zfill(column.width)
        if not cell.isdecimal():
            raise Unfit(column.name)
    if len(cell) != column.width or not cell.isascii() or not cell.isprintable():
        raise Unfit(column.name)
    return cell.encode("ascii")


def _int(value: Value) -> int:
    return int(value) if isinstance(value, int) else 0


def _fitted(text: str, width: int) -> tuple[str, str]:
    """The text as cp932 can say it, no more than `width` bytes, and its flags. No kana is cut from its mark.
    """
    plain, flags = _sayable(text)
    if len(plain.encode("cp932")) <= width:
        return plain, flags
    taken = ""
    for unit in _VOICED.findall(plain):
        if len((taken + unit).encode("cp932")) > width:
            return taken, flags + "T"
        taken += unit
    return taken, flags


def _sayable(text: str) -> tuple[str, str]:
    """The text without what cp932 lacks (〓 instead), and "G" if anything was lost."""
    composed = _composed(text)
    bare = _VARIANT.sub("", composed)
    said = bare.translate(_CP932)
    if _UNSAID.search(said) or not _encodable(said):
        said = "".join(_said(c) for c in said)
    return said, "G" if "〓" in said or bare != composed else ""


def _said(character: str) -> str:
    if _UNSAID.match(character):
        return " " if unicodedata.category(character) == "Cc" else "〓"
    return character if _encodable(character) else "〓"


def _encodable(text: str) -> bool:
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
