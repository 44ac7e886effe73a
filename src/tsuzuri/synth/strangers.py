"""Sheets that are no known form: an empty page, and a slip that strayed into the pile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from tsuzuri.synth.draw import Picture, painted
from tsuzuri.synth.fonts import HAND, Purpose
from tsuzuri.synth.ink import BLUE, Sheet, Writer, write
from tsuzuri.synth.marks import Mark, Rule, Word, frame
from tsuzuri.synth.people import address, child, phone
from tsuzuri.synth.scan import recipe as recipe_named
from tsuzuri.synth.scan import scan
from tsuzuri.synth.stories import BUSINESS_DATE

A4 = (210.0, 297.0)


def blank_page(seed: int, recipe: str = "office") -> tuple[Picture, int]:
    """An empty A4 sheet as the scanner saw it, and its dpi."""
    dpi = int(recipe_named(recipe).dpi[0])
    return scan(painted((), A4, dpi), dpi, seed, recipe), dpi


def drill_slip(seed: int, recipe: str = "office", fonts: Purpose = "sample") -> tuple[Picture, int]:
    """防災訓練参加票: a neighbourhood's slip for a fire drill, which no YAML knows; and its dpi."""
    chance = np.random.default_rng([seed, 13])
    dpi = int(recipe_named(recipe).dpi[0])
    sheet = Sheet(painted(_slip(), A4, dpi), dpi, chance)
    hand = Writer(HAND[fonts][0], BLUE, 6.0, jitter=1.0)
    who = child(chance, BUSINESS_DATE)
    answers = (who.name, address(chance)[1], phone(chance), f"{chance.integers(1, 6)}", "ある　・　ない", "")
    for i, answer in enumerate(answers):
        write(sheet, replace(hand, size=5.5), answer, (66, 72 + 18 * i, 118, 18))
    gray = np.asarray(cv2.cvtColor(sheet.picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return scan(gray, dpi, seed, recipe), dpi


def _slip() -> Iterator[Mark]:
    yield Word((105, 38), "防災訓練参加票", 8.0, "center")
    yield Word((105, 50), "令和７年度　校区合同防災訓練", 4.2, "center")
    yield Word((26, 64), "参加を希望される方は、次の欄に記入して自治会長に提出してください。", 3.4)
    labels = ("参加者氏名", "住　　所", "電話番号", "参加人数", "車いすの必要", "連 絡 事 項")
    yield from frame((24, 72, 162, 18 * len(labels)), 0.5)
    yield Rule((64, 72, 64, 72 + 18 * len(labels)), 0.2)
    for i, label in enumerate(labels):
        yield Word((44, 82.4 + 18 * i), label, 4.0, "center")
        if i:
            yield Rule((24, 72 + 18 * i, 186, 72 + 18 * i), 0.2)
    yield Word((26, 196), "集合場所　　校区公民館前広場　　午前９時", 3.8)
    yield Word((184, 214), "校区自主防災クラブ連合会", 4.2, "right")
