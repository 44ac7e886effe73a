"""Kinds: ink → JSON value, and back to what a person reads. Touches only model.

Everything from paper or a keyboard is `ink` until it has passed here. A check digit is no matter of kind: a
number of the right length with a wrong check digit is readable, and becomes a finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import jaconv

from tsuzuri.model import Value
from tsuzuri.rules import dates, digits

UNREADABLE = "判読不能"       # a person's ink: there is something, and nobody can read it
DOUBTFUL = "?"          # begins the ink of a mark that may mean what follows, or nothing
Reads = Literal["text", "choice", "seal", "tick", "date", "struck"]

DIGITS = "0123456789"
KATAKANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴァィゥェォッャュョヮー"
)
_ZENGIN_MORE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()-.　 "
_GAP = "\u3000"


class Unreadable(ValueError):  # noqa: N818  it says what the ink is
    """The ink is not of the kind. Its text says in Japanese what is expected, and never repeats the ink."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One word for `kind:`. `alphabet` is all that a reader may see (None = any character).

    `parse` turns ink that is not blank into a value, and raises Unreadable. `expects` says in Japanese what
    is wanted. `reader` is asked first, unless the form names another; `checked`: it has a check digit.
    """

    name: str
    reads: Reads
    alphabet: str | None
    parse: Callable[[str], Value]
    expects: str
    reader: str = "ppocr"
    checked: bool = False

    @property
    def group(self) -> str:
        """With which kinds it is measured how sure a reading is: what is read alike and proven alike."""
        if self.reads != "text":
            return "mark" if self.reads in ("choice", "tick") else self.reads
        if self.name in ("int", "yen"):
            return "money"
        if self.alphabet is None:
            return self.name
        return "kana" if "ア" in self.alphabet else "number"


_DASHES = "-‐‑‒–—―−─━ー一ｰ~〜"
_AS_DIGIT = str.maketrans({"O": "0", "o": "0", "〇": "0", "○": "0", "◯": "0", "l": "1", "I": "1"})
# Kanji that readers take for the katakana of the same shape.
_AS_KANA = str.maketrans("一二八力工口夕卜千三", "ーニハカエロタトチミ")


def _plain(ink: str) -> str:
    """NFKC (full-width digits, circled digits, half-width kana), then no blanks at all."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", ink))


def _digits(*lengths: int) -> Callable[[str], Value]:
    def parse(ink: str) -> str:
        found = re.sub(f"[{_DASHES}]", "", _plain(ink).translate(_AS_DIGIT))
        if not (found.isascii() and found.isdigit()) or (lengths and len(found) not in lengths):
            raise Unreadable(_expected_digits(*lengths))
        return found

    return parse


def _expected_digits(*lengths: int) -> str:
    return f"{'または'.join(map(str, lengths))}桁の数字" if lengths else "数字"


def _insurer_no(ink: str) -> Value:
    found = str(_digits(6, 8)(ink))
    # Six-digit numbers stand left in eight boxes, or are padded with zeros by some senders: no 法別 is 00.
    return found[2:] if len(found) == 8 and found.startswith("00") else found


def _whole(ink: str) -> Value:
    found = _plain(ink).translate(_AS_DIGIT)
    match = re.fullmatch(r"([-−△▲]?)(\d{1,3}(?:[,.、]\d{3})+|\d+)", found)
    if match is None:
        raise Unreadable("整数")
    number = int(re.sub(r"\D", "", match[2]))
    return -number if match[1] else number


def _decimal(ink: str) -> Value:
    found = _plain(ink).translate(_AS_DIGIT).removesuffix("m2")      # ㎡ in plain letters
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?", found)
    if match is None:
        raise Unreadable("小数点以下2桁までの数")
    return f"{int(match[1].replace(',', ''))}.{(match[2] or '').ljust(2, '0')}"


def _yen(ink: str) -> Value:
    found = re.sub(r"^金?([-−△▲]?)[¥\\]?([-−△▲]?)", r"\1\2", _plain(ink))
    found = re.sub(rf"(円也?|也)?[{_DASHES}]?$", "", found) if len(found) > 1 else found
    try:
        return _whole(found)
    except Unreadable:
        raise Unreadable("円単位の金額（数字と桁区切りのカンマ）") from None


def _phone(ink: str) -> Value:
    found = re.sub(rf"[{_DASHES}()]", "", _plain(ink).translate(_AS_DIGIT))
    if not re.fullmatch(r"0\d{9}|0[5-9]0\d{8}", found):
        raise Unreadable("市外局番からの電話番号（10桁、携帯電話などは11桁）")
    return found


def _postal(ink: str) -> Value:
    found = str(_digits(7)(ink.replace("〒", "")))
    return f"{found[:3]}-{found[3:]}"


def _gaps(text: str) -> str:
    return re.sub(r"[\s・]+", _GAP, text.strip())


def _kana(ink: str) -> Value:
    found = jaconv.hira2kata(unicodedata.normalize("NFKC", ink)).translate(_AS_KANA)
    found = _gaps(re.sub(f"[{_DASHES}]", "ー", found))
    if not re.fullmatch(rf"[{KATAKANA}{_GAP}]+", found):
        raise Unreadable("カタカナ")
    return found


def _account_kana(ink: str) -> Value:
    found = jaconv.hira2kata(unicodedata.normalize("NFKC", ink)).upper().translate(_AS_KANA)
    found = re.sub(rf"(?<=[{KATAKANA}])[{_DASHES}]", "ー", found)
    found = _gaps(found)
    if not re.fullmatch(rf"[{KATAKANA}{re.escape(_ZENGIN_MORE)}]+", found):
        raise Unreadable("口座名義のカナ（カタカナ・英数字・かっこ）")
    return found


def _soft(ink: str) -> str:
    """Half-width letters and digits, full-width kana. Kanji stay: NFKC would fold a citizen's own variant."""
    narrow = jaconv.z2h(ink, kana=False, ascii=True, digit=True)
    found: str = jaconv.h2z(narrow, kana=True, ascii=False, digit=False)
    return re.sub(rf"(?<=\d)[{_DASHES}](?=\d)", "-", found)


def _name(ink: str) -> Value:
    return re.sub(r"\s+", _GAP, _soft(ink).strip())


def _text(ink: str) -> Value:
    return re.sub(r"\s+", " ", _soft(ink).strip())


def _wareki(ink: str) -> Value:
    try:
        return dates.written_day(ink).first.isoformat()
    except ValueError:
        raise Unreadable("元号のある日付（例 R6.4.12、令和6年4月12日）") from None


def _ym(ink: str) -> Value:
    try:
        return dates.written_month(ink).first.isoformat()[:7]
    except ValueError:
        raise Unreadable("元号のある年月（例 R6.4、令和6年4月）") from None


def _code(ink: str) -> Value:
    found = re.sub(f"[{_DASHES}]", "-", _plain(ink)).upper()
    if not re.fullmatch(r"(?=.*[0-9])[A-Z0-9/-]{1,24}", found):
        raise Unreadable("英数字とハイフンの番号")
    return found


def _choice(ink: str) -> Value:
    found = ink.strip()
    if "|" in found:
        raise Unreadable("一つだけの選択")
    return found


def _mark(ink: str) -> Value:
    found = _plain(ink)
    if found not in ("0", "1"):
        raise Unreadable("印の有無（1 または空欄）")
    return found == "1"


_DATE = DIGITS + "年月日元"
OWN = "own"     # our small reader: better than the general one at digits and katakana, and knows nothing else
KINDS: dict[str, Kind] = {kind.name: kind for kind in (
    Kind("digits", "text", DIGITS, _digits(), "数字", OWN),
    Kind("recipient_no", "text", DIGITS, _digits(7), "7桁の数字", OWN, checked=True),
    Kind("payer_no", "text", DIGITS, _digits(8), "8桁の数字", OWN, checked=True),
    Kind("insurer_no", "text", DIGITS, _insurer_no, "6桁または8桁の数字", OWN, checked=True),
    Kind("inst_code", "text", DIGITS, _digits(10, 7), "10桁または7桁の数字", OWN, checked=True),
    Kind("account_no", "text", DIGITS, lambda ink: str(_digits(*range(1, 8))(ink)).zfill(7), "7桁までの数字", OWN),
    Kind("postal", "text", DIGITS + "-〒", _postal, "7桁の郵便番号", OWN),
    Kind("phone", "text", DIGITS + "-()", _phone, "市外局番からの電話番号", OWN),
    Kind("int", "text", DIGITS, _whole, "整数", OWN),
    Kind("yen", "text", DIGITS + ",¥円", _yen, "円単位の金額", OWN),
    Kind("decimal", "text", DIGITS + ".,", _decimal, "小数点以下2桁までの数（例 1234.50）"),
    Kind("kana", "text", KATAKANA + " 　", _kana, "カタカナ", OWN),
    Kind("account_kana", "text", KATAKANA + _ZENGIN_MORE, _account_kana, "口座名義のカナ", OWN),
    Kind("name", "text", None, _name, "氏名"),
    Kind("text", "text", None, _text, "文字"),
    Kind("address", "text", None, _text, "住所"),
    Kind("wareki", "date", _DATE, _wareki, "元号のある日付（例 R6.4.12）", OWN),
    Kind("ym", "date", _DATE, _ym, "元号のある年月（例 R6.4）", OWN),
    Kind("code", "text", DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-/", _code, "英数字とハイフンの番号"),
    Kind("choice", "choice", None, _choice, "印刷された選択肢のうち一つ"),
    Kind("seal", "seal", None, _mark, "押印の有無"),
    Kind("tick", "tick", None, _mark, "チェックの有無"),
    Kind("struck", "struck", None, _mark, "抹消の有無"),
)}

_LOOSE = frozenset({"name", "kana", "account_kana", "text", "address"})


def same(kind: str, a: Value, b: Value) -> bool:
    """Whether two values of a kind mean the same: gaps do not count, and an unset mark is no mark."""
    if kind in ("seal", "tick", "struck"):
        return bool(a) == bool(b)
    if kind in _LOOSE and isinstance(a, str) and isinstance(b, str):
        return _bare(a) == _bare(b)
    return a == b


def _bare(text: str) -> str:
    return re.sub(r"[\s・]", "", unicodedata.normalize("NFKC", text))


def show(kind: str, value: Value) -> str:
    """A value as a clerk reads it and as a form is filled: 令和6年4月12日, 12,345, 096-123-4567, or ""."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "○" if value else ""
    if isinstance(value, int):
        return f"{value:,}" if kind == "yen" else str(value)
    shape = {"wareki": dates.show_day, "ym": dates.show_month, "phone": _show_phone}.get(kind, str)
    return shape(value)


def _show_phone(number: str) -> str:
    if len(number) == 11:
        first, second = 3, 7
    elif number[:4] in ("0120", "0570", "0800"):
        first, second = 4, 7
    else:
        first, second = (2, 6) if number[:2] in ("03", "06") else (3, 6)
    return "-".join((number[:first], number[first:second], number[second:]))


def mean(kind: str, ink: str, choices: Iterable[str] = (), era: str | None = None) -> Value:
    """What `ink` means in a field: None for blank (False for a mark), the printed word for a choice.

    Raises Unreadable. `era` is what the form prints before the digits: 6.4.12 typed there is 令和6.4.12.
    """
    ink = "".join(c for c in ink if c.isprintable() or c.isspace()).strip()
    if not ink:
        return False if KINDS[kind].reads in ("seal", "tick", "struck") else None
    if ink.startswith(DOUBTFUL) and KINDS[kind].reads != "text":
        raise Unreadable(KINDS[kind].expects)
    if era is not None and re.match(r"(\d{1,2}|元)\D", unicodedata.normalize("NFKC", ink)):
        ink = era + ink
    value = KINDS[kind].parse(ink)
    if kind != "choice":
        return value
    words = {_plain(word): word for word in choices}
    if _plain(str(value)) not in words:
        raise Unreadable(f"{'・'.join(words.values())}のうち一つ")
    return words[_plain(str(value))]


def plausible(kind: str, value: Value) -> bool:
    """Whether a value may stand against another reader's: no blank, no number with a wrong check digit."""
    if value is None or value is False:
        return False
    if kind in ("recipient_no", "payer_no", "insurer_no"):
        return digits.fits(str(value))
    return kind != "inst_code" or digits.institution_fits(str(value))
