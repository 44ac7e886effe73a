"""Bytes to records: line by line, in bounded memory whatever a file holds. Touches only faults.

A record is the bytes of its line, without its end; they are known to be cp932. No byte of a two-byte character is a comma or a
line's end, so records are split as they are, and decoded only where somebody looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tsuzuri.uke.faults import Fault, Spoilt

CODEC = "cp932"
BLOCK = 1 << 18
LONGEST_LINE = 32_768       # bytes; the longest record of the layouts, 症状詳記, has 2,400 of text
LONGEST_FIELD = 4_800
END = b"\x1a"
_MAGIC = {b"PK": "ZIPファイル", b"\x1f\x8b": "gzipファイル", b"%PDF": "PDFファイル", b"<": "HTMLかXML", b"{": "JSON",
          b"\xd0\xcf\x11\xe0": "ExcelかWordのファイル", b"\x89PNG": "画像", b"\xff\xd8": "画像", b"II*\0": "画像",
          b"MM\0*": "画像"}
_MARKS = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_EUC_KANA = re.compile(rb"[\xa4\xa5][\xa1-\xf6]")
_FEW = 4      # pairs of bytes that are kana in EUC-JP; a Shift_JIS file has hardly one


@dataclass
class Seen:
    """What the stream saw besides records; whole once it has been read to its end."""

    lines: int = 0
    bare: int = 0           # lines that end in LF alone
    ended: bool = False     # an 0x1A stands at a line's beginning
    after: int = 0          # the first line behind it that holds something; 0: none


def records(stream: BinaryIO, seen: Seen, volume: int = 0) -> Iterator[tuple[int, bytes]]:
    """(line number from 1, record) of a file; blank lines are counted and left out. Raises Spoilt where it cannot be read on."""
    rest, number = b"", 0
    while block := stream.read(BLOCK):
        if not number and not rest:
            _begin(block, volume)
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        _hold(lines, rest, number + 1, volume)
        for line in lines:
            number += 1
            if line[-1:] == b"\r":
                line = line[:-1]
            else:
                seen.bare += 1
            if line[:1] == END or seen.ended:
                line = _behind_end(line, number, seen)
            if line:
                yield number, line
    if not number and not rest:
        raise Spoilt(Fault("U101", 0, volume=volume))
    if rest:
        number += 1
        if line := _last(rest, number, volume, seen):
            yield number, line
    seen.lines = number


def _last(rest: bytes, number: int, volume: int, seen: Seen) -> bytes:
    """The line that nothing ends; the file's end may stand right behind its last letter."""
    if rest[:1] == END or seen.ended:
        rest = _behind_end(rest, number, seen)
    elif rest[-1:] == END:
        rest, seen.ended = rest.rstrip(END), True
    if b"\r" in rest.rstrip(b"\r"):
        raise Spoilt(Fault("U119", number, volume=volume))
    _hold([rest], b"", number, volume)
    return rest


def _behind_end(line: bytes, number: int, seen: Seen) -> bytes:
    """What stands on a line at or behind the file's end."""
    seen.ended = True
    line = line.strip(END + b"\r")
    if line and not seen.after:
        seen.after = number
    return line


def _begin(block: bytes, volume: int) -> None:
    """Raises Spoilt for what is plainly something else, by its first bytes."""
    for mark, what in _MARKS.items():
        if block.startswith(mark):
            raise Spoilt(Fault("U103", 1, words={"what": what}, volume=volume))
    text = block.lstrip()
    for magic, what in _MAGIC.items():
        if text.startswith(magic):
            raise Spoilt(Fault("U102", 1, words={"what": what}, volume=volume))


def _hold(lines: list[bytes], rest: bytes, first: int, volume: int) -> None:
    """Raises Spoilt if a line or field is too long, or not cp932. `rest` has no end yet; `first` is the first line's number."""
    if len(rest) > LONGEST_LINE or max(map(len, lines), default=0) > LONGEST_FIELD:
        _hold_lengths([*lines, rest], first, volume)
    text = b"\n".join(lines)
    if b"\0" in text or b"\0" in rest:
        line = first + next(i for i, one in enumerate([*lines, rest]) if b"\0" in one)
        raise Spoilt(Fault("U102", line, words={"what": "バイナリ"}, volume=volume))
    if text.isascii():
        return
    try:
        text.decode(CODEC)
    except UnicodeDecodeError as error:
        line = first + text.count(b"\n", 0, error.start)
        field = text[text.rfind(b"\n", 0, error.start) + 1:error.start].count(b",") + 1
        other = _other(text)
        raise Spoilt(Fault("U103", line, field, {"what": other}, volume) if other else
                     Fault("U104", line, field, volume=volume)) from None
    if other := _other(text):
        line = first + next(i for i, one in enumerate(lines) if not one.isascii())
        raise Spoilt(Fault("U103", line, words={"what": other}, volume=volume))


def _hold_lengths(lines: list[bytes], first: int, volume: int) -> None:
    for number, line in enumerate(lines, first):
        for place, field in enumerate(line.split(b",", 400) if len(line) > LONGEST_FIELD else (), 1):
            if len(field) > LONGEST_FIELD and b"," not in field:
                raise Spoilt(Fault("U106", number, place, {"most": LONGEST_FIELD}, volume))
        if len(line) > LONGEST_LINE:
            raise Spoilt(Fault("U105", number, words={"most": LONGEST_LINE}, volume=volume))


def _other(text: bytes) -> str:
    """The encoding that the text is in, if it is plainly not Shift_JIS; "" otherwise."""
    for codec, name in (("utf-8", "UTF-8"), ("euc_jp", "EUC-JP")):
        try:
            text.decode(codec)
        except UnicodeDecodeError:
            continue
        if codec == "utf-8" or len(_EUC_KANA.findall(text)) > _FEW:
            return name
    return ""
