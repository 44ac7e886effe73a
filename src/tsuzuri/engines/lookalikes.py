"""Shapes that only their neighbours tell apart: コ一ポ is コーポ, and a date's 3ー4 is 3-4. Touches nothing.

A reader sees one shape; whether it is the kanji 一, the long vowel ー or a dash is decided by the script around it, as a
person does.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

DASHES = "一ー－-―—ｰ‐−"
_KANA = {"二": "ニ", "八": "ハ", "力": "カ", "工": "エ", "口": "ロ", "夕": "タ", "卜": "ト", "千": "チ", "三": "ミ", "才": "オ",
         "又": "ヌ", "り": "リ", "へ": "ヘ", "べ": "ベ", "ぺ": "ペ"}
_HIRAGANA = {"リ": "り", "ヘ": "へ", "ベ": "べ", "ペ": "ぺ"}
_KANJI = {kana: kanji for kanji, kana in _KANA.items() if unicodedata.name(kanji).startswith("CJK") and kana != "ト"}

_SMALL = str.maketrans("ァィゥェォャュョッ", "アイウエオヤユヨツ")
# After which kana a small one can stand; a name has ツイ and マツオ, never ツィ or マツォ.
_MAY_FOLLOW = {
    **dict.fromkeys("ャュョ", frozenset("キシチニヒミリギジヂビピテデフヴ")),
    "ァ": frozenset("フヴツクグ"), "ィ": frozenset("フヴテデウクト"),
    "ゥ": frozenset("トドク"), "ェ": frozenset("フヴシジチウクイヒツ"), "ォ": frozenset("フヴウクト"),
}

_NEVER_AFTER_SMALL_TSU = frozenset("アイウエオナニヌネノマミムメモヤユヨラリルレロワヲンァィゥェォャュョー")

# What shapes alone keep getting wrong, and no other word of forms looks like.
_WORDS = {
    **dict.fromkeys(("丁日", "丁口", "J目", "J日", "J口"), "丁目"), "熊木市": "熊本市", "ゆうちよ銀": "ゆうちょ銀",
    **{f"干{after}": f"千{after}" for after in "葉代尋里春夏秋恵晴佳景鶴明"},
}

# Old or Chinese forms one dot away from today's (穂 恵 遅 涼 巻): a reader fed on Chinese texts prefers them.
_TWINS = frozenset("穗惠遲凉卷")

# Characters of Japanese offices: JIS X 0208's kanji and kana, Latin, digits, and what stands in addresses and names.
_SIGNS = "々〆〇ヶヵ・ー-－―/.,、。()（）&'＆#:+％%㈱№①②③④⑤⑥⑦⑧⑨⑩　髙"


@lru_cache(maxsize=1 << 15)
def japanese(character: str) -> bool:
    """Whether a Japanese office would write it; Chinese forms (增 for 増) are not."""
    if character in _SIGNS or (character.isascii() and character.isalnum()):
        return True
    if not unicodedata.name(character, "").startswith(("CJK UNIFIED", "HIRAGANA", "KATAKANA LETTER")):
        return False
    try:
        character.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True


def likely(character: str) -> float:
    """How likely a character is to be meant, against an everyday one of like shape: kanji of JIS level 2 are rare."""
    if character in _TWINS:
        return 0.003
    packed = character.encode("shift_jis", "ignore")
    everyday = len(packed) < 2 or packed[0] < 0x98 or (packed[0] == 0x98 and packed[1] < 0x9F)
    return 1.0 if everyday else 0.3


def by_neighbours(text: str) -> str:
    """The text with look-alikes set right, one for one: its length stays."""
    letters = list(text)
    for i, letter in enumerate(letters):
        before = letters[i - 1] if i else ""
        after = text[i + 1] if i + 1 < len(text) else ""
        letters[i] = _one(before, letter, after)
    joined = "".join(letters)
    for wrong, right in _WORDS.items():
        joined = joined.replace(wrong, right)
    return joined


def _one(before: str, letter: str, after: str) -> str:
    around = [_script(c) for c in (before, after) if c]
    if letter in DASHES:
        return _dash(letter, before, after)
    if letter in _KANA and "katakana" in around and set(around) <= {"katakana", "other"}:
        return _KANA[letter]
    if letter in _HIRAGANA and "hiragana" in around and "katakana" not in around:
        return _HIRAGANA[letter]
    if letter in _KANJI and "kanji" in around and set(around) <= {"kanji", "other"}:
        return _KANJI[letter]
    if letter in _MAY_FOLLOW and before not in _MAY_FOLLOW[letter] and (not before or _script(before) == "katakana"):
        return letter.translate(_SMALL)
    if letter == "ッ" and (before == "" or after in _NEVER_AFTER_SMALL_TSU):
        return "ツ"
    return letter


def _dash(letter: str, before: str, after: str) -> str:
    if _script(before) == "katakana" and (not after or _script(after) != "kanji" or letter == "ー"):
        return "ー"
    if re.match(r"[0-9]", before) and re.match(r"[0-9]", after):
        return "-"
    return letter


def _script(character: str) -> str:
    if "ァ" <= character <= "ヺ":
        return "katakana"
    if "ぁ" <= character <= "ん":
        return "hiragana"
    return "kanji" if "一" <= character <= "鿿" or character == "々" else "other"
