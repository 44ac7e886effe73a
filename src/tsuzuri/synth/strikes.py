"""What hands do to writing afterwards: lines through it, a small seal beside it, 〃 for the same as above. Touches ink."""

from __future__ import annotations

import cv2
import numpy as np

from tsuzuri.forms import DITTO
from tsuzuri.model import Box
from tsuzuri.synth import stamps
from tsuzuri.synth.ink import Pen, Sheet, Writer, glyph, stroke
from tsuzuri.synth.people import maybe


def strike(sheet: Sheet, span: Box, pen: Pen, lines: int) -> None:
    """One or two near-level lines across the span's width, about its middle."""
    chance = sheet.chance
    x, y, w, h = span
    along = np.linspace(0, w, max(8, round(w / 2)))
    climb = chance.normal(0, min(0.012, 1.2 / max(w, 1)))
    apart = chance.uniform(0.9, 1.5)
    middle = y + h / 2 + chance.normal(0, 0.05 * h)
    for i in range(lines):
        sway = chance.normal(0, 0.25) * np.sin(along / w * np.pi * chance.uniform(0.7, 2.2))
        level = middle + (i - (lines - 1) / 2) * apart + climb * along + sway
        stroke(sheet, np.column_stack([x + along, level]), pen)


def strike_row(sheet: Sheet, row: Box, pen: Pen) -> None:
    """A row crossed out from near its beginning to near its end."""
    chance = sheet.chance
    x, y, w, h = row
    left, right = chance.uniform(0.01, 0.06) * w, chance.uniform(0.01, 0.12) * w
    strike(sheet, (x + left, y, w - left - right, h), pen, 2 if maybe(chance, 0.7) else 1)


def white_out(sheet: Sheet, box: Box) -> None:
    """What lies in the box painted over: whiter than the paper, which is toned for it, with a soft and wavy edge."""
    chance = sheet.chance
    x, y, w, h = (sheet.px(side) for side in box)
    mask = np.zeros(sheet.picture.shape[:2], np.float32)
    along = np.linspace(0, w, 24)
    upper = np.column_stack([x + along, y + chance.normal(0, 0.25, 24) * sheet.px(0.6)])
    lower = np.column_stack([x + along[::-1], y + h + chance.normal(0, 0.25, 24) * sheet.px(0.6)])
    cv2.fillPoly(mask, [np.round(np.vstack([upper, lower])).astype(np.int32)], 1.0)
    soft = cv2.GaussianBlur(mask, (0, 0), sheet.px(0.25))[:, :, None]
    sheet.picture[:] = np.round(sheet.picture * (1 - soft) + 255 * soft).astype(np.uint8)


def toned(sheet: Sheet) -> None:
    """Paper as it is: a little darker than white."""
    tone = np.array([1.0, 1.0, sheet.chance.uniform(0.97, 1.0)]) * sheet.chance.uniform(0.92, 0.965)
    sheet.picture[:] = np.round(sheet.picture * tone).astype(np.uint8)


def correction_seal(sheet: Sheet, at: tuple[float, float], name: str, ink: tuple[int, int, int]) -> None:
    """A small round seal of 6 to 8 mm, as people keep for corrections."""
    across = float(sheet.chance.uniform(6.0, 8.0))
    stamps.round_seal(sheet, at, name, across, ink)


def ditto(sheet: Sheet, writer: Writer, box: Box) -> None:
    """〃 about the box's middle: two short strokes of a hand, or the printer's own."""
    chance = sheet.chance
    x, y = box[0] + box[2] / 2 + writer.drift[0], box[1] + box[3] / 2 + writer.drift[1]
    if not writer.jitter:
        glyph(sheet, writer, DITTO, (x, y))
        return
    pen = Pen(writer.colour, float(chance.uniform(0.35, 0.55)), writer.pressure)
    x += float(chance.normal(0, 0.12)) * box[2]
    high, lean, apart = chance.uniform(1.5, 2.6), chance.uniform(0.2, 0.6), chance.uniform(0.9, 1.5)
    for side in (-0.5, 0.5):
        tall = high * chance.uniform(0.85, 1.15)
        ends = np.array([[side * apart + lean * tall / 2, -tall / 2], [side * apart - lean * tall / 2, tall / 2]])
        stroke(sheet, ends + np.array([x, y]) + chance.normal(0, 0.06, (2, 2)), pen)
