"""個人番号 that nobody has, written where such numbers turn up: in boxes, in fours on a copied card, in a margin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from tsuzuri.model import Box
from tsuzuri.synth.digits import real_digits
from tsuzuri.synth.draw import Picture, painted
from tsuzuri.synth.fonts import HAND, PRINT, Purpose
from tsuzuri.synth.ink import BLUE, TONER, Chance, Sheet, Writer, write
from tsuzuri.synth.marks import Mark, Rule, Word, frame
from tsuzuri.synth.people import address, child
from tsuzuri.synth.scan import recipe as recipe_named
from tsuzuri.synth.scan import scan
from tsuzuri.synth.stories import BUSINESS_DATE

Manner = Literal["boxes", "card", "digits"]
A4 = (210.0, 297.0)
CARD: Box = (40, 60, 86, 54)
ROW: Box = (70, 92, 96, 9)


@dataclass(frozen=True, slots=True)
class Notice:
    """A paper with such a number: its picture (gray), dpi, where the digits stand (mm), and the digits."""

    picture: Picture
    dpi: int
    box: Box
    number: str


def invented(chance: Chance) -> str:
    """Twelve digits with a right check digit; whether somebody has them nobody here knows, they are drawn by chance."""
    body = [int(d) for d in chance.integers(0, 10, 11)]
    rest = sum(d * w for d, w in zip(body, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return "".join(map(str, body)) + str(0 if rest <= 1 else 11 - rest)


def write_my_number(sheet: Sheet, at: tuple[float, float], room: float) -> Box:
    """Label and number in fours by hand from `at` (mm); the digits' box."""
    number = invented(sheet.chance)
    hand = Writer(HAND["tuning"][0], BLUE, 5.0, jitter=0.6)
    label = min(28.0, room * 0.35)
    write(sheet, hand, "個人番号", (*at, label, 9.0))
    box = (at[0] + label, at[1], min(62.0, room - label), 9.0)
    write(sheet, hand, " ".join((number[:4], number[4:8], number[8:])), box)
    return box


def notice(seed: int, manner: Manner, recipe: str = "office", fonts: Purpose = "tuning") -> Notice:
    """A paper that no YAML knows: 個人番号届出書 with twelve boxes (a font, or real digits), or a copied 通知カード."""
    chance = np.random.default_rng([seed, 12])
    dpi = int(recipe_named(recipe).dpi[0])
    number = invented(chance)
    sheet = Sheet(painted(_card() if manner == "card" else _report(), A4, dpi), dpi, chance)
    who = child(chance, BUSINESS_DATE)
    if manner == "card":
        print_ = Writer(PRINT[fonts][0], TONER, 4.2)
        box: Box = (CARD[0] + 6, CARD[1] + 12, 46, 7)
        write(sheet, print_, " ".join((number[:4], number[4:8], number[8:])), box)
        write(sheet, Writer(PRINT[fonts][0], TONER, 3.6), who.name, (CARD[0] + 6, CARD[1] + 22, 60, 7))
    else:
        box = ROW
        hand = Writer(HAND[fonts][0], BLUE, 6.0, jitter=0.8, digits=real_digits(fonts) if manner == "digits" else ())
        for i, digit in enumerate(number):
            write(sheet, hand, digit, (ROW[0] + 8 * i, ROW[1], 8, 9), "center")
        write(sheet, hand, who.name, (70, 72, 90, 10))
        write(sheet, hand, address(chance)[1], (70, 112, 110, 10))
    gray = np.asarray(cv2.cvtColor(sheet.picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return Notice(scan(gray, dpi, seed, recipe), dpi, box, number)


def _report() -> Iterator[Mark]:
    yield Word((105, 40), "個人番号届出書", 7.0, "center")
    yield Word((26, 58), "次のとおり個人番号を届け出ます。", 3.6)
    for i, label in enumerate(("氏　　名", "個人番号", "住　　所")):
        y = 70.0 + 20 * i
        yield from frame((26, y, 160, 14), 0.3)
        yield Word((44, y + 8.6), label, 3.8, "center")
        yield Rule((62, y, 62, y + 14), 0.2)
    yield from frame(ROW, 0.2)
    for i in range(1, 12):
        yield Rule((ROW[0] + 8 * i, ROW[1], ROW[0] + 8 * i, ROW[1] + ROW[3]), 0.15)


def _card() -> Iterator[Mark]:
    yield from frame(CARD, 0.4)
    yield Word((CARD[0] + 6, CARD[1] + 8), "個人番号", 3.6)
    yield Word((CARD[0] + 44, CARD[1] + 8), "通知カード", 4.4)
    yield Word((105, 140), "（番号確認書類の写し）", 4.0, "center")
