"""Text as cp932 can say it: variants of signs made one, 外字 by the city's table, else an everyday shape, else 〓. Touches tables.

What a letter becomes, in this order: itself; the city's own code for it (F040–F9FC, agreed upon with the receiver) or the plain
letter that the table says; its everyday shape where names are written in several; what Unicode holds to be the same; 〓.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import jaconv

from tsuzuri.rules.lists.variants import everyday
from tsuzuri.rules.tables import Gaiji

Outer = Mapping[str, str]      # a letter, its variation selector behind it if it has one → what cp932 has for it
NONE: Outer = {}
UNKNOWN = "〓"

# Characters that Unicode and the receiver's cp932 spell differently.
_CP932 = str.maketrans("〜−‖—¢£¬¦¥", "～－∥―￠￡￢￤￥")
_VARIANT = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_LETTER = re.compile(f".[{_VARIANT}]?", re.DOTALL)
_AWRY = re.compile(f"[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\u3099\u309a{_VARIANT}{''.join(map(chr, _CP932))}{UNKNOWN}]")     # all below
_COMBINED = re.compile(".[\u3099\u309a]")
_VOICED = re.compile(".[ﾞﾟ]?", re.DOTALL)
# Line breaks would break the record; private characters are the receiver's own 外字, agreed upon by nobody.
_ODD = re.compile(f"[\x00-\x1f\x7f-\x9f\ue000-\uf8ff{_VARIANT}]")

# Full-width kana, letters, digits and space → half-width; three rare kana have only their common form.
_WIDE = [chr(c) for c in (*range(0x3000, 0x3100), *range(0xFF01, 0xFF5F))]
_HALF = str.maketrans(
    {c: jaconv.z2h(c, kana=True, ascii=True, digit=True) for c in _WIDE} | {"ヮ": "ﾜ", "ヵ": "ｶ", "ヶ": "ｹ"})


def outer(rows: Iterable[Gaiji]) -> Outer:
    """The city's table: each letter by the code that was agreed upon, or by its plain letter."""
    return {row.letter: bytes.fromhex(row.code).decode("cp932") if row.code else row.plain for row in rows}


def half_width(kana: str) -> str:
    """Full-width katakana as half-width, voiced marks apart: ガ → ｶﾞ. What has no half-width form stays."""
    return _composed(kana).translate(_HALF)


def fitted(text: str, width: int, known: Outer = NONE) -> tuple[str, str]:
    """The text as cp932 can say it, no more than `width` bytes, and its flags: G a letter is 外字, T cut short.

    No kana is cut from its mark, no letter in two.
    """
    plain, flags = sayable(text, known)
    if 2 * len(plain) <= width or size(plain) <= width:      # no letter has more than two bytes
        return plain, flags
    taken, left = "", width
    for unit in _VOICED.findall(plain):
        left -= size(unit)
        if left < 0:
            break
        taken += unit
    return taken, flags + "T"


def size(text: str) -> int:
    """Bytes of a text that cp932 can say."""
    return len(text.encode("cp932"))


def sayable(text: str, known: Outer = NONE) -> tuple[str, str]:
    """The text with something that cp932 has for each of its letters, and "G" if one is not what was written."""
    if not _AWRY.search(text) and encodable(text):
        return text, ""
    composed = _composed(text)
    said = composed.translate(_CP932)
    if not _ODD.search(said) and encodable(said):
        return said, "G" if UNKNOWN in said else ""
    told = [_said(letter, known) for letter in _LETTER.findall(composed)]
    strange = any(odd for _, odd in told)
    said = "".join(letters for letters, _ in told)
    return said, "G" if strange or UNKNOWN in said else ""


def _said(letter: str, known: Outer) -> tuple[str, bool]:
    """What stands for a letter, and whether it is another one."""
    if letter in known:
        return known[letter], True
    bare, plain = letter[0], letter[0].translate(_CP932)
    if unicodedata.category(bare) == "Cc":
        return " ", False
    if not _ODD.match(bare) and encodable(plain):
        return plain, len(letter) > 1
    if bare in known:
        return known[bare], True
    for shape in (everyday(bare), unicodedata.normalize("NFKC", bare)):
        if shape != bare and not _ODD.search(shape) and encodable(shape):
            return shape, True
    return UNKNOWN, True


def _composed(text: str) -> str:
    """か + a combining mark → が; nothing else, for NFC would fold some kanji."""
    return _COMBINED.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), text)


def encodable(text: str) -> bool:
    """Whether cp932 can say it."""
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
