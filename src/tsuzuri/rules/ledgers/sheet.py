"""A ledger's file as rows of cells: CSV in UTF-8 or cp932, told by its content, or a ZIP of one. Touches errors alone.

The file is read twice: a first time only to know in which encoding all of it is written.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from tsuzuri.errors import Refused, TooLarge

MOST_BYTES = 1 << 30        # a full file of 740,000 recipients has some 180 MB; also what a ZIP may unfold to
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)      # what every tool makes; rarer ones break in ways of their own
LONGEST_LINE = 1 << 16      # bytes; no row of a ledger has a tenth of that
BOM = b"\xef\xbb\xbf"
Rows = Iterator[tuple[int, list[str]]]


class BadSheet(Refused):
    """The file is none that a ledger could be read from; `details` has its line."""

    code = "ledger_malformed"


@contextmanager
def opened(path: Path) -> Iterator[Callable[[], Rows]]:
    """A function that goes through the rows from the first: (line, cells). Raises BadSheet, also while rows are taken."""
    whole = _unpacked(path)
    try:
        with whole() as lines:
            encoding = _encoding(lines)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise BadSheet("ZIP ファイルが壊れています。もう一度作り直してください。") from None

    def rows() -> Rows:
        yield from _rows(whole(), encoding)

    yield rows


def _unpacked(path: Path) -> Callable[[], IO[bytes]]:
    if path.stat().st_size > MOST_BYTES:
        raise TooLarge(f"ファイルが大きすぎます（上限 {MOST_BYTES >> 20} MiB）。", code="too_many_bytes")
    if not zipfile.is_zipfile(path):
        return lambda: path.open("rb")
    try:
        with zipfile.ZipFile(path) as packed:
            tables = [one for one in packed.infolist() if one.filename.lower().endswith(".csv") and "__MACOSX" not in one.filename]
    except zipfile.BadZipFile:
        raise BadSheet("ZIP ファイルが壊れています。もう一度作り直してください。") from None
    if len(tables) != 1 or tables[0].flag_bits & 1 or tables[0].compress_type not in PACKINGS:
        raise BadSheet("CSV そのものか、CSV を1つだけ、パスワードなしで入れた ZIP にしてください（Excel では CSV UTF-8 で保存）。")
    if tables[0].file_size > MOST_BYTES:
        raise TooLarge(f"展開すると大きすぎます（上限 {MOST_BYTES >> 20} MiB）。", code="too_many_bytes")

    return partial(_unpacking, path, tables[0].filename)


def _unpacking(path: Path, name: str) -> IO[bytes]:
    with zipfile.ZipFile(path) as packed:
        return packed.open(name)        # it keeps the file open by itself


def _encoding(lines: IO[bytes]) -> str:
    """The one encoding of all lines; raises BadSheet naming the first line that is of another one, or of none."""
    told, first = "", 0        # what the first lines beyond ASCII said, and which line that was
    number, size = 0, 0
    for number, line in enumerate(_bounded(lines), start=1):
        size += len(line)
        if size > MOST_BYTES:
            raise TooLarge(f"展開すると大きすぎます（上限 {MOST_BYTES >> 20} MiB）。", code="too_many_bytes")
        if b"\0" in line:
            raise _at(number, "CSV にない文字（NUL）があります。UTF-8 か Shift_JIS の CSV で保存し直してください")
        if line.isascii():
            continue
        said = _said(line)
        if not said:
            raise _at(number, "UTF-8 でも Shift_JIS（cp932）でもない文字があります")
        if told and said != told:
            raise _at(number, f"文字コードが{first}行目までと違います（UTF-8 と Shift_JIS が混ざっています）")
        told, first = said, first or number
    if number == 0:
        raise BadSheet("ファイルが空です。")
    return {"": "utf-8-sig", "utf-8": "utf-8-sig"}.get(told, told)


def _said(line: bytes) -> str:
    try:
        line.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        line.decode("cp932")
        return "cp932"
    except UnicodeDecodeError:
        return ""


def _bounded(lines: IO[bytes]) -> Iterator[bytes]:
    number = 0
    while line := lines.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _at(number, "1行が長すぎます。CSV か確かめてください")
        yield line


def _rows(lines: IO[bytes], encoding: str) -> Rows:
    with TextIOWrapper(lines, encoding, newline="") as text:
        reader = csv.reader(text, strict=True)
        try:
            while True:
                begun = reader.line_num + 1
                cells = next(reader, None)
                if cells is None:
                    return
                if cells:                       # an empty line says nothing
                    yield begun, cells
        except csv.Error:
            raise _at(reader.line_num, "引用符（\"）の組が合わないか、CSV の形になっていません") from None


def _at(line: int, why: str) -> BadSheet:
    return BadSheet(f"{line}行目: {why}。何も取り込んでいません。", faults=[{"line": line, "column": "", "why": why}])
