"""Sheets that are no known form: an empty page, a slip that strayed into the pile, the papers of other offices, and twins:
papers with the rules of a form that we know, and another title."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from tsuzuri.forms import Form
from tsuzuri.synth.draw import Picture, painted
from tsuzuri.synth.fonts import HAND, Purpose
from tsuzuri.synth.foreign import drawn, kinds
from tsuzuri.synth.ink import BLUE, Sheet, Writer, write
from tsuzuri.synth.marks import Mark, Rule, Word, frame
from tsuzuri.synth.papers import make
from tsuzuri.synth.people import address, child, phone
from tsuzuri.synth.scan import recipe as recipe_named
from tsuzuri.synth.scan import scan
from tsuzuri.synth.stories import BUSINESS_DATE

A4 = (210.0, 297.0)
# Titles that are none of ours, the nearest first: other cities' words, other acts upon the same claim, one letter more or less.
TWIN_TITLES = (
    "子ども医療費請求書", "こども医療費証明書", "こども医療費精算書", "こども医療費返還請求書", "こども医療費請求明細書",
    "子供医療費請求書", "乳幼児医療費請求書", "こども医療費請求内訳書", "こども医療請求書", "ことり医療費請求書",
    "こども診療費請求書", "児童医療費請求書", "こども医療費助成申込書", "子ども医療費助成申請書", "こども医療費助成決定書",
    "重度心身障害者医療費請求書", "重度障害者医療費請求書", "ひとり親家庭医療費請求書", "ひとり親世帯等医療費請求書",
    "妊産婦医療費請求書", "精神障害者医療費請求書", "老人医療費請求書", "防火対象物点検結果報告書", "防災管理点検結果報告書",
)


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


def foreign_paper(kind: str, seed: int, recipe: str = "office", fonts: Purpose = "sample") -> tuple[Picture, int]:
    """A filled paper of another office, one of foreign.kinds(), scanned; and its dpi."""
    chance = np.random.default_rng([seed, 29, zlib.crc32(kind.encode())])
    dpi = int(recipe_named(recipe).dpi[0])
    blank, boxes = drawn(kinds()[kind], chance)
    sheet = Sheet(painted(blank, A4, dpi), dpi, chance)
    hand = Writer(HAND[fonts][0], BLUE, 4.6, jitter=0.8)
    who = child(chance, BUSINESS_DATE)
    answers = (who.name, address(chance)[1], phone(chance), f"{chance.integers(100, 99999):,}", who.kana)
    for box in boxes:
        if chance.random() < 0.7:
            write(sheet, replace(hand, size=min(4.6, box[3] * 0.7)), answers[int(chance.integers(len(answers)))], box)
    gray = np.asarray(cv2.cvtColor(sheet.picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return scan(gray, dpi, seed, recipe), dpi


def twin(form: Form, title: str, seed: int, recipe: str = "office", fonts: Purpose = "sample") -> tuple[Picture, int]:
    """The form filled as ever, under another title; and its dpi."""
    paper = make(form.model_copy(update={"title": title, "number": ""}), seed, "hand", recipe, fonts)
    return paper.picture, paper.dpi


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
