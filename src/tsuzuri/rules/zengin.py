"""総合振込: the transfers that a bank takes (全銀協規定フォーマット, 120 bytes a record). Touches outer and the lists of banks.

Record 1 says who pays, 2 whom and how much, 8 the sums, 9 the end. Numbers stand right with zeros, letters left with blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from tsuzuri.rules.lists.banks import spelled
from tsuzuri.rules.outer import half_width

MOST_RECORDS = 999_999
MOST_YEN = 10**10 - 1           # of one record; more goes in several
MOST_SUM = 10**12 - 1           # of one file
RECORD = 120
HOLDER, BANK_NAME = 30, 15

_BIG = str.maketrans("ｧｨｩｪｫｬｭｮｯｦｰ‐‑‒–—―−－", "ｱｲｳｴｵﾔﾕﾖﾂｵ---------")
_SAYABLE = re.compile("[ｱ-ﾝﾞﾟA-Z0-9 ().-]*")
_VOICED = re.compile(".[ﾞﾟ]?")
# 法人略語 (全銀協): what a body corporate is called → how banks write it, in front of its name "X)", behind it "(X", within "(X)".
CORPORATE = {
    "イリョウホウジンシャダン": "ｲ", "イリョウホウジンザイダン": "ｲ", "シャカイイリョウホウジン": "ｲ", "イリョウホウジン": "ｲ",
    "シャカイフクシホウジン": "ﾌｸ", "カブシキガイシャ": "ｶ", "ユウゲンガイシャ": "ﾕ", "ゴウメイガイシャ": "ﾒ",
    "ゴウシガイシャ": "ｼ", "ゴウドウガイシャ": "ﾄﾞ", "ガッコウホウジン": "ｶﾞｸ", "シュウキョウホウジン": "ｼﾕｳ",
    "チホウドクリツギョウセイホウジン": "ﾄﾞｸ", "ドクリツギョウセイホウジン": "ﾄﾞｸ",
    "コクリツダイガクホウジン": "ﾀﾞｲ", "イッパンシャダンホウジン": "ｼﾔ",
    "コウエキシャダンホウジン": "ｼﾔ", "イッパンザイダンホウジン": "ｻﾞｲ", "コウエキザイダンホウジン": "ｻﾞｲ", "シャダンホウジン": "ｼﾔ",
    "ザイダンホウジン": "ｻﾞｲ", "トクテイヒエイリカツドウホウジン": "ﾄｸﾋ", "ノウジクミアイホウジン": "ﾉｳ",
}


class Unsayable(ValueError):  # noqa: N818  it says what the text is
    """The text has a letter that banks cannot say. The text itself is not repeated."""


class Paid(Protocol):
    """Whom a record pays: account, holder and customer's number in the bank's spelling, and yen."""

    @property
    def bank(self) -> str: ...
    @property
    def branch(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def holder(self) -> str: ...
    @property
    def customer(self) -> str: ...
    @property
    def amount(self) -> int: ...


class Payer(Protocol):
    """Who pays: `code` is the bank's for the customer, `name` in the bank's spelling."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def bank(self) -> str: ...
    @property
    def branch(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str: ...


def said(text: str) -> str:
    """A text as banks write it: half-width, ー and all dashes "-", small kana big, ヲ → ｵ, no commas; raises Unsayable."""
    narrow = " ".join(half_width(text).upper().translate(_BIG).split())
    if not _SAYABLE.fullmatch(narrow):
        raise Unsayable("a letter that banks cannot say")
    return narrow


def abbreviated(text: str) -> str:
    """A holder's katakana with what it is (医療法人 …) in the bank's abbreviation, by where it stands; raises Unsayable."""
    whole = said(text)
    for word, short in _SPELT:
        at = whole.find(word)
        if at < 0:
            continue
        before, behind = whole[:at].rstrip(" "), whole[at + len(word):].lstrip(" ")
        if not before:
            return f"{short}){behind}"
        return f"{before}({short})" + behind if behind else f"{before}({short}"
    return whole


# The longest first: 医療法人社団 is no 医療法人 of the name シャダン.
_SPELT = sorted(((said(word), short) for word, short in CORPORATE.items()), key=lambda pair: -len(pair[0]))


def holder(text: str, width: int = HOLDER) -> str:
    """A holder's name in no more than `width` letters, no kana cut from its mark; raises Unsayable, also for a blank one."""
    found = cut(abbreviated(text), width)
    if not found:
        raise Unsayable("no name at all")
    return found


def cut(text: str, width: int) -> str:
    """As much of it as there is room for; no kana is cut from its mark."""
    taken = ""
    for unit in _VOICED.findall(text):
        if len(taken + unit) > width:
            break
        taken += unit
    return taken.rstrip(" ")


@lru_cache(maxsize=4096)     # branches that a city pays into
def named(bank: str, branch: str) -> tuple[str, str] | None:
    """What a bank and its branch are called in the file, by the list of the Zengin network; None if it has no such branch."""
    banks, branches = spelled("banks.json"), spelled(f"branches/{bank}.json") if bank.isdecimal() else {}
    if bank not in banks or branch not in branches:
        return None
    return _called(banks[bank]["kana"]), _called(branches[branch]["kana"])


def _called(kana: str) -> str:
    """Of banks' own names a letter that is none of theirs is left out: nobody checks them, the codes say all."""
    narrow = half_width(kana).upper().translate(_BIG)
    return cut("".join(letter for letter in narrow if _SAYABLE.fullmatch(letter)), BANK_NAME)


@dataclass(frozen=True, slots=True)
class Part:
    """What one file holds: the yen of each of its records, beside whom they pay."""

    records: tuple[tuple[Paid, int], ...]

    @property
    def total(self) -> int:
        """The sum."""
        return sum(yen for _, yen in self.records)


def parts(transfers: Iterable[Paid], most: int = MOST_RECORDS) -> Iterator[Part]:
    """The transfers in as few files as hold them: at most 999,999 records, and a sum of 12 digits, each; nothing of 0 yen."""
    held, total = list[tuple[Paid, int]](), 0
    for paid in transfers:
        for yen in _pieces(paid.amount):
            if held and (len(held) == most or total + yen > MOST_SUM):
                yield Part(tuple(held))
                held, total = [], 0
            held.append((paid, yen))
            total += yen
    yield Part(tuple(held))


def _pieces(amount: int) -> Iterator[int]:
    while amount > 0:
        yield min(amount, MOST_YEN)
        amount -= MOST_YEN


def written(payer: Payer, day: date, part: Part, crlf: bool = True) -> Iterator[bytes]:
    """The records of one file. Raises ValueError for what has no room, and for a day or a code that is none."""
    end = "\r\n" if crlf else ""
    bank, branch = _known(payer.bank, payer.branch)
    yield _record(
        "1", "21", "0", _number(payer.code, 10), _letters(payer.name, 40), f"{day:%m%d}", _number(payer.bank, 4),
        _letters(bank, 15), _number(payer.branch, 3), _letters(branch, 15), _number(payer.kind, 1), _number(payer.number, 7),
        " " * 17, end)
    for paid, yen in part.records:
        bank, branch = _known(paid.bank, paid.branch)
        yield _record(
            "2", _number(paid.bank, 4), _letters(bank, 15), _number(paid.branch, 3), _letters(branch, 15), "0000",
            _number(paid.kind, 1), _number(paid.number, 7), _letters(paid.holder, HOLDER), _number(yen, 10), "0",
            _number(paid.customer, 10), "0" * 10, "0", " ", " " * 7, end)
    yield _record("8", _number(len(part.records), 6), _number(part.total, 12), " " * 101, end)
    yield _record("9", " " * 119, end)


def _known(bank: str, branch: str) -> tuple[str, str]:
    """A branch that has gone from the list since the transfer was agreed upon keeps its codes; its name is blank then."""
    return named(bank, branch) or ("", "")


def _record(*cells: str) -> bytes:
    record = "".join(cells).encode("cp932")
    assert len(record.rstrip(b"\r\n")) == RECORD, "columns of the standard add up to 120"
    return record


def _number(value: str | int, width: int) -> str:
    found = str(value).zfill(width)
    if len(found) != width or not (found.isascii() and found.isdigit()):
        raise ValueError("a number that has no room")
    return found


def _letters(text: str, width: int) -> str:
    if not _SAYABLE.fullmatch(text) or len(text) > width:
        raise ValueError("a text that banks cannot say, or that has no room")
    return text.ljust(width)
