"""What is written on the strips: numbers, amounts, dates, phones, names in katakana, look-alikes. Touches names.csv.

`WIDE` in a text is a gap that is drawn but not read. Plain `random.Random` draws here: it is ten times cheaper a draw than
NumPy's generator, and a strip takes dozens.
"""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

import jaconv

from tsuzuri.training.alphabet import DIGITS, KANA, SIGNS, SPELLS, Family

WIDE = "_"
NARROW = 48            # a strip this wide (pixels at 48 high) holds one character
SHORT = 72             # and this wide, two or three
MIDDLE = 96
LINE = 160             # from here on, whole numbers

_ERAS = ("令和", "令和", "令和", "平成", "平成", "昭和", "昭和", "大正", "明治", "令", "平", "昭", "", "")
_SINGLE = ("令", "平", "昭", "大", "明", "元", "年", "月", "日", "円", "¥", "-", "/", ",", ".")
_SMALL = "ァィゥェォッャュョ"
_BIG = "".join(c for c in KANA if c not in _SMALL + "ー・")
_BEFORE_SMALL_Y = "キシチニヒミリギジビピ"

# Told apart by size alone, or by the angle of two strokes: what a font-taught reader mixes up in real hands.
LOOKALIKES: tuple[str, ...] = (
    "ヤャ", "ユュ", "ヨョ", "ツッ", "アァ", "イィ", "ウゥ", "エェ", "オォ",
    "シツ", "ソン", "シミ", "ツソ", "クケ", "クタ", "チテ", "ヌス", "ワク", "ワウ", "フワ", "コユ", "コロ", "マム", "ナメ", "ラヲ",
    "ハパ", "ヒビ", "ホボ", "カガ", "フプ",
)
LIKE_DIGITS = ("17", "1(", "06", "49", "38", "08", "56", "27", "71")


@dataclass(frozen=True, slots=True)
class Text:
    """One strip's writing. `kind`: digits, amount, date, phone, mixture, kana or blank."""

    ink: str
    family: Family
    kind: str


@dataclass(frozen=True, slots=True)
class Names:
    """Readings in katakana."""

    surnames: tuple[str, ...]
    given: tuple[str, ...]


@lru_cache(maxsize=1)
def names() -> Names:
    """synth's own invented citizens, and where `japanese-personal-name-dataset` (MIT) is installed, its 11,000 readings."""
    with (Path(__file__).parents[1] / "synth" / "names.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    surnames = {r["kana"] for r in rows if r["part"] == "surname"}
    given = {r["kana"] for r in rows if r["part"] != "surname"}
    for path in _dataset():
        with path.open(encoding="utf-8") as lines:
            for row in csv.reader(lines):
                found = row if path.name.startswith("last") else row[:1]
                (surnames if path.name.startswith("last") else given).update(_readings(found))
    return Names(tuple(sorted(surnames)), tuple(sorted(given)))


def _dataset() -> list[Path]:
    spec = importlib.util.find_spec("japanese_personal_name_dataset")
    folders = (spec.submodule_search_locations or []) if spec else []
    return sorted(path for folder in folders for path in Path(folder, "dataset").glob("*.csv"))


def _readings(cells: list[str]) -> set[str]:
    turned = (jaconv.hira2kata(cell) for cell in cells)
    return {word for word in turned if 1 < len(word) < 8 and all(c in SPELLS["kana"] for c in word)}


def numeric(chance: Random, width: int) -> Text:
    """Something of the numeric family that suits a strip of `width` pixels."""
    if width <= NARROW:
        single = _digits(chance, 1) if chance.random() < 0.88 else chance.choice(_SINGLE)
        return Text(single, "numeric", "digits")
    if width <= SHORT:
        return Text(_digits(chance, chance.choice((1, 2, 2, 3))), "numeric", "digits")
    kind = chance.choices(tuple(_KINDS), (42, 22, 20, 11, 5))[0]
    return Text(_KINDS[kind](chance, width), "numeric", kind)


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choice(DIGITS) for _ in range(count))


def _number(chance: Random, width: int) -> str:
    if width <= MIDDLE:
        count = chance.choice((2, 3, 4))
    elif width <= LINE:
        count = chance.choice((3, 4, 5, 6, 7, 8, 8, 8))
    else:
        count = chance.choice((6, 7, 7, 8, 8, 8, 8, 10, 11, 12))
    if chance.random() < 0.08:                       # 1 and 7 side by side, 0 and 6: told apart only together
        pair = [c for c in chance.choice(LIKE_DIGITS) if c in DIGITS]
        return "".join(chance.choice(pair) for _ in range(count))
    return _digits(chance, count)


def _amount(chance: Random, width: int) -> str:
    value = chance.randint(0, 10 ** chance.choice((3, 4, 4, 5, 5, 6, 7)))
    plain = f"{value:,}" if chance.random() < 0.75 else str(value)
    shapes = (plain, plain, f"¥{plain}", f"¥{plain}-", f"{plain}円", f"{plain}円", f"-{plain}", f"{plain}.{_digits(chance, 1)}")
    return chance.choice(shapes)


def _date(chance: Random, width: int) -> str:
    era = chance.choice(_ERAS)
    years = ("元", str(chance.randint(1, 64)), str(chance.randint(1, 31)), f"{chance.randint(1, 31):02d}")
    year = chance.choice(years) if era or chance.random() < 0.3 else str(chance.randint(1930, 2030))
    padded = chance.random() < 0.5
    month, day = (f"{n:02d}" if padded else str(n) for n in (chance.randint(1, 12), chance.randint(1, 31)))
    gap = chance.choice(("", "", WIDE, WIDE))
    shape = chance.random()
    if shape < 0.65:
        return gap.join((era, year, "年", month, "月", day, "日")).lstrip(WIDE)
    if shape < 0.75:
        return f"{era}{year}{gap}年{gap}{month}{gap}月"
    if shape < 0.80:
        return gap.join((month, "月", day, "日"))
    dot = chance.choice("./-")
    return f"{era}{year}{dot}{month}{dot}{day}"


def _phone(chance: Random, width: int) -> str:
    areas = (("03", 4), ("06", 4), ("090", 4), ("080", 4), ("070", 4), (f"0{_digits(chance, 2)}", 3),
             (f"0{_digits(chance, 3)}", 2), ("0120", 3))
    area, middle = chance.choice(areas)
    last = _digits(chance, 3 if area == "0120" else 4)
    if chance.random() < 0.75:
        return f"{area}-{_digits(chance, middle)}-{last}"
    return f"{area}({_digits(chance, middle)}){last}"


def _mixture(chance: Random, width: int) -> str:
    return "".join(chance.choice(DIGITS + DIGITS + SIGNS) for _ in range(chance.randint(1, 10)))


_KINDS: dict[str, Callable[[Random, int], str]] = {
    "digits": _number, "amount": _amount, "date": _date, "phone": _phone, "mixture": _mixture,
}


def kana(chance: Random, width: int, pairs: float) -> Text:
    """Katakana for a strip of `width`: names and random rows; in `pairs` of the draws look-alikes stand together."""
    if chance.random() < pairs:
        return Text(_lookalikes(chance, width), "kana", "kana")
    if width <= SHORT:
        count = 1 if width <= NARROW else chance.choice((1, 2))
        return Text("".join(chance.choice(KANA) for _ in range(count)), "kana", "kana")
    if chance.random() < 0.5:
        surname, given = chance.choice(names().surnames), chance.choice(names().given)
        ink = chance.choice((surname, given)) if width <= MIDDLE else surname + chance.choice((" ", " ", "  ", "")) + given
        return Text(ink, "kana", "kana")
    return Text(_row(chance, chance.randint(2, 4) if width <= MIDDLE else chance.randint(3, 13)), "kana", "kana")


def _row(chance: Random, count: int) -> str:
    """Random kana in which small ones, long vowels and dots stand where they may."""
    row = ""
    for i in range(count):
        draw, begun = chance.random(), bool(row) and row[-1] != " "
        if begun and row[-1] in _BEFORE_SMALL_Y and draw < 0.3:
            row += chance.choice("ャュョ")
        elif begun and draw < 0.05:
            row += "ー"
        elif begun and draw < 0.12:
            row += "ッ" if draw < 0.10 else chance.choice("ァィゥェォ")
        elif begun and draw < 0.18 and i < count - 1:
            row += " " if draw < 0.17 else "・"
        else:
            row += chance.choice(_BIG)
    return row


def _lookalikes(chance: Random, width: int) -> str:
    """Members of one pair among other kana, so that each is seen beside what it must be told from."""
    pair = chance.choice(LOOKALIKES)
    if width <= NARROW:
        return chance.choice(pair)
    if width <= SHORT:
        return chance.choice((pair, pair[::-1], pair[0], pair[1]))
    around = _row(chance, 2 if width <= MIDDLE else chance.randint(2, 7)).replace(" ", "")
    for _ in range(1 if width <= MIDDLE else chance.randint(1, 4)):
        at = chance.randint(0, len(around))
        around = around[:at] + chance.choice(pair) + around[at:]
    return around
