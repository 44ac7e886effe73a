"""A cell of a ledger's file → the text that is kept, or BadCell with a reason that never repeats the cell. Touches rules alone.

| kind | kept |
|---|---|
| `text` | NFKC but for what the office writes wide; blanks at both ends gone |
| `name` | as written, one full-width space where the cell has a gap |
| `kana` | full-width katakana, one full-width space where the cell has a gap |
| `day` | 2025-10-01; open ends (9999-12-31, 99991231) are "" |
| `digitsN` | N digits, never mended: a zero that a spreadsheet lost is a fault |
| `insurer` | 6 or 8 digits |
| `postal` | 860-0001 |
| `scheme` `sex` `table` `account_kind` | the code that files spell in words |
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

import jaconv

from tsuzuri.rules import dates

Cell = Callable[[str], str]
LONGEST = 300           # characters of a cell; the longest address of Japan has some 120
OPEN_ENDS = frozenset({"99991231", "99999999"})
GAP = "\u3000"
# Control letters, and those that turn a line's direction: a name must read as it is stored.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class BadCell(ValueError):  # noqa: N818  it says what the cell is
    """The cell is not what its column holds. Its text says in Japanese what is expected."""


def plain(cell: str) -> str:
    """Digits and letters narrow, no blanks at all."""
    return "".join(unicodedata.normalize("NFKC", cell).split())


def text(cell: str) -> str:
    """What is written, in one line."""
    if _UNSEEN.search(cell):
        raise BadCell("制御文字が入っています")
    if len(cell) > LONGEST:
        raise BadCell(f"長すぎます（{LONGEST}文字まで）")
    return " ".join(unicodedata.normalize("NFC", cell).split())


def name(cell: str) -> str:
    """As the office writes it: 綴　花子."""
    return GAP.join(text(cell).split())


def kana(cell: str) -> str:
    """Katakana, half-width and hiragana too made full."""
    found = jaconv.hira2kata(unicodedata.normalize("NFKC", text(cell)))
    return GAP.join(found.split())


@lru_cache(maxsize=65_536)
def day(cell: str) -> str:
    """An ISO day of any spelling that offices use; raises BadCell where the calendar has none such."""
    bare = plain(cell)
    if re.sub(r"\D", "", bare) in OPEN_ENDS:
        return ""
    if re.fullmatch(r"\d{8}", bare):
        bare = f"{bare[:4]}-{bare[4:6]}-{bare[6:]}"
    try:
        return dates.written_day(bare).first.isoformat()
    except ValueError:
        raise BadCell("暦にある日付（2025-10-01、20251001、令和7年10月1日など）にしてください") from None


def digits(*lengths: int) -> Cell:
    """So many digits."""
    def read(cell: str) -> str:
        found = cell if cell.isascii() else plain(cell)
        if len(found) not in lengths or not (found.isascii() and found.isdigit()):
            wanted = "または".join(map(str, lengths))
            raise BadCell(f"{wanted}桁の数字にしてください（先頭の0が落ちていないか確かめてください）")
        return found

    return read


def postal(cell: str) -> str:
    """Seven digits with their hyphen."""
    found = plain(cell).replace("-", "").removeprefix("〒")
    if not re.fullmatch(r"[0-9]{7}", found):
        raise BadCell("7桁の郵便番号にしてください")
    return f"{found[:3]}-{found[3:]}"


def worded(words: Mapping[str, str]) -> Cell:
    """One of these words, or what one of them stands for."""
    known = {**words, **{code: code for code in words.values()}}

    def read(cell: str) -> str:
        if (found := known.get(plain(cell))) is None:
            raise BadCell(f"{'、'.join(known)} のどれかにしてください")
        return found

    return read


def medical_code(cell: str) -> str:
    """Ten digits of the nine (都道府県 and seven) by which the published list of 医科 names an institution."""
    found = digits(9)(cell)
    return f"{found[:2]}1{found[2:]}"


def others(cell: str) -> str:
    """法別番号 of public payers that come first, each of two digits, told apart by anything."""
    found = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", cell))
    if any(len(code) != 2 for code in found):
        raise BadCell("法別番号は2桁ずつ、読点で区切ってください")
    return ",".join(sorted(set(found)))


CELLS: Mapping[str, Cell] = {
    "text": text, "name": name, "kana": kana, "day": day, "postal": postal, "others": others, "medical_code": medical_code,
    "digits2": digits(2), "digits3": digits(3), "digits4": digits(4), "digits7": digits(7), "digits8": digits(8),
    "digits10": digits(10), "insurer": digits(6, 8),
    "scheme": worded({"こども": "01", "ひとり親": "02", "重度": "03"}),
    "sex": worded({"男": "1", "女": "2"}),
    "table": worded({"医科": "1", "歯科": "3", "調剤": "4", "訪問看護": "6", "施術": "7"}),
    "account_kind": worded({"普通": "1", "当座": "2", "貯蓄": "4", "その他": "9"}),
    "act": worded({"新規": "1", "変更": "2", "削除": "3", "取消": "3"}),
}
