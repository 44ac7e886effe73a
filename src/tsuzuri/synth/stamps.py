"""Seals and office stamps: red or violet rings with characters, worn and turned as rubber leaves them."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tsuzuri.model import Box
from tsuzuri.synth.fonts import font
from tsuzuri.synth.ink import Chance, Colour, Mask, Sheet

VERMILION: Colour = (206, 58, 44)
VIOLET: Colour = (110, 60, 140)
GRAY: Colour = (112, 112, 112)
SEAL_FONT, OFFICE_FONT = "ipam.ttf", "ipag.ttf"


def seal(sheet: Sheet, box: Box, name: str, colour: Colour) -> None:
    """A round seal of 10–12 mm, up to three characters of a surname downwards, about the box's middle."""
    across = min(float(sheet.chance.uniform(10, 12)), box[3] + 1.5)
    round_seal(sheet, _about(sheet, box), name, across, colour)


def round_seal(sheet: Sheet, at: tuple[float, float], name: str, across: float, colour: Colour) -> None:
    """A ring of so many mm round up to three characters downwards, about `at`."""
    side = round(sheet.px(across) * 2)
    image = Image.new("L", (side, side))
    brush = ImageDraw.Draw(image)
    rim = max(2, round(side * 0.035))
    brush.ellipse((rim, rim, side - rim, side - rim), outline=255, width=rim)
    letters = name[:3]
    em = round(side * 0.74 / max(2, len(letters)))
    face = font(SEAL_FONT, em)
    top = side / 2 - em * (len(letters) - 1) / 2
    for i, letter in enumerate(letters):
        place = (side / 2, top + em * i)
        brush.text(place, letter, font=face, fill=255, anchor="mm", stroke_width=max(1, em // 22))
    _press(sheet, image, at, colour)


def office_seal(sheet: Sheet, box: Box, letters: str, colour: Colour) -> None:
    """A square seal of 13–15 mm with up to nine characters in columns from the right (○○医院之印)."""
    side = round(sheet.px(min(sheet.chance.uniform(12.5, 14), box[3] + 1)) * 2)
    image = Image.new("L", (side, side))
    brush = ImageDraw.Draw(image)
    rim = max(2, round(side * 0.04))
    brush.rectangle((rim, rim, side - rim, side - rim), outline=255, width=rim)
    rows = 3 if len(letters) > 4 else 2
    columns = -(-len(letters) // rows)
    cell = (side - 4 * rim) / max(rows, columns)
    face = font(SEAL_FONT, round(cell * 0.95))
    for i, letter in enumerate(letters):
        column, row = divmod(i, rows)
        at = (side / 2 + cell * ((columns - 1) / 2 - column), side / 2 + cell * (row - (rows - 1) / 2))
        brush.text(at, letter, font=face, fill=255, anchor="mm", stroke_width=1)
    _press(sheet, image, _about(sheet, box), colour)


def received(sheet: Sheet, box: Box, day: date, colour: Colour) -> None:
    """The office's date stamp: the office, the day, 受付."""
    image = _dated(sheet, ("熊本市", _written(day), "受　付"))
    x, y, w, h = box
    at = (x + w / 2 + sheet.chance.normal(0, 1.2), y + h / 2 + 1.8 + sheet.chance.normal(0, 0.7))
    _press(sheet, image, at, colour)


def paid(sheet: Sheet, box: Box, owner: str, day: date, colour: Colour) -> None:
    """A cashier's date stamp: 領収, the day, whose it is."""
    image = _dated(sheet, ("領　収", _written(day), owner))
    _press(sheet, image, _about(sheet, box), colour)


def _written(day: date) -> str:
    return f"{day.year - 2018}.{day.month}.{day.day}"


def _dated(sheet: Sheet, lines: tuple[str, str, str]) -> Image.Image:
    """A ring of about 21 mm with two bars and three lines of text."""
    side = round(sheet.px(sheet.chance.uniform(20, 21.5)) * 2)
    image = Image.new("L", (side, side))
    brush = ImageDraw.Draw(image)
    rim = max(2, round(side * 0.022))
    brush.ellipse((rim, rim, side - rim, side - rim), outline=255, width=rim)
    for y in (0.385, 0.615):
        half = side * np.sqrt(0.25 - (y - 0.5) ** 2) * 0.97
        brush.line((side / 2 - half, side * y, side / 2 + half, side * y), fill=255, width=rim)
    for text, y, em in zip(lines, (0.25, 0.5, 0.75), (0.15, 0.165, 0.15), strict=True):
        face = font(OFFICE_FONT, round(side * em * min(1.0, 4.2 / max(1, len(text))) if y != 0.5 else side * em))
        brush.text((side / 2, side * y), text, font=face, fill=255, anchor="mm")
    return image


def word(sheet: Sheet, at: tuple[float, float], text: str, colour: Colour) -> None:
    """A small framed word stamp (確認済, 写, 至急) about `at` in mm."""
    em = round(sheet.px(sheet.chance.uniform(4.5, 6.5)) * 2)
    wide, high = em * (len(text) + 1), round(em * 1.7)
    image = Image.new("L", (wide, high))
    brush = ImageDraw.Draw(image)
    brush.rectangle((4, 4, wide - 5, high - 5), outline=255, width=max(2, em // 14))
    brush.text((wide / 2, high / 2), text, font=font(OFFICE_FONT, em), fill=255, anchor="mm")
    _press(sheet, image, at, colour)


def _about(sheet: Sheet, box: Box) -> tuple[float, float]:
    x, y, w, h = box
    return (x + w / 2 + sheet.chance.normal(0, 0.8), y + h / 2 + sheet.chance.normal(0, 0.4))


def _press(sheet: Sheet, image: Image.Image, at: tuple[float, float], colour: Colour) -> None:
    turned = image.rotate(float(sheet.chance.normal(0, 5)), resample=Image.Resampling.BICUBIC, expand=True)
    size = (turned.width // 2, turned.height // 2)
    mask: Mask = np.asarray(turned.resize(size, Image.Resampling.BOX), np.float32)
    mask = mask * _wear(mask.shape, sheet.chance) * np.float32(sheet.chance.uniform(0.6, 0.92) / 255)
    sheet.lay(mask, (sheet.px(at[0]) - size[0] / 2, sheet.px(at[1]) - size[1] / 2), colour)


def _wear(shape: tuple[int, ...], chance: Chance) -> Mask:
    """Uneven inking: soft clouds with a few bare spots."""
    coarse = chance.uniform(0.45, 1.25, (max(2, shape[0] // 9), max(2, shape[1] // 9))).astype(np.float32)
    clouds = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.clip(clouds, 0.15, 1).astype(np.float32)
