"""Ink on paper: print, handwriting, real handwritten digits, circles, ticks. Touches Pillow and OpenCV.

A sheet is RGB (h, w, 3) with its dpi; what is laid on it darkens it, as ink does. Positions are millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tsuzuri.model import Box
from tsuzuri.synth.draw import Picture
from tsuzuri.synth.fonts import font

Chance = np.random.Generator
Mask = NDArray[np.float32]  # 0 no ink, 1 full ink
Colour = tuple[int, int, int]

BLACK: Colour = (28, 28, 32)
TONER: Colour = (12, 12, 12)
BLUE: Colour = (38, 52, 128)
PENCIL: Colour = (92, 92, 96)
DIGIT_EM = 0.7  # pitch of real digits: they fill 20 of 28 pixels, and hands vary
PENS = (BLACK, BLACK, BLACK, (44, 40, 40), BLUE, BLUE, PENCIL)


@dataclass(frozen=True, slots=True)
class Pen:
    """What circles, ticks and strokes are drawn with; `width` in mm."""

    colour: Colour
    width: float
    pressure: float = 0.92


@dataclass(frozen=True, slots=True)
class Writer:
    """One hand: its font, pen and habits. `jitter` 0 is a printer. Sizes in mm, angles in degrees."""

    font: str
    colour: Colour
    size: float
    jitter: float = 0.0
    slant: float = 0.0
    pressure: float = 1.0
    digits: tuple[Picture, ...] = ()  # real digit images, ten classes in a row: class d is digits[d::10]
    drift: tuple[float, float] = (0.0, 0.0)  # how far the whole hand (or the printer's tray) is off, in mm


class Sheet:
    """A paper under the pen: `picture` is RGB and changes; all its accidents are by `chance`."""

    def __init__(self, picture: Picture, dpi: int, chance: Chance) -> None:
        self.picture = np.ascontiguousarray(np.repeat(picture[:, :, None], 3, axis=2))
        self.dpi = dpi
        self.chance = chance

    def px(self, mm: float) -> float:
        """Pixels of a length in mm."""
        return mm * self.dpi / 25.4

    def lay(self, mask: Mask, at: tuple[float, float], colour: Colour) -> None:
        """Ink through `mask`, whose top-left comes to `at` (px); what falls beside the paper is lost."""
        x, y = round(at[0]), round(at[1])
        top, left = max(0, y), max(0, x)
        bottom, right = (
            min(self.picture.shape[0], y + mask.shape[0]),
            min(self.picture.shape[1], x + mask.shape[1]),
        )
        if bottom <= top or right <= left:
            return
        part = mask[top - y : bottom - y, left - x : right - x, None]
        under = self.picture[top:bottom, left:right]
        through = 1.0 - part * (1.0 - np.asarray(colour, np.float32) / 255.0)
        under[:] = np.round(under * through).astype(np.uint8)


    def darkened(self, box: Box) -> NDArray[np.bool_]:
        """Where in a box (mm) something is written or printed, as (h, w) in px."""
        x, y, w, h = (round(self.px(side)) for side in box)
        return np.asarray(self.picture[y:y + h, x:x + w].min(axis=2) < 150)


def widths(writer: Writer, text: str) -> list[float]:
    """Advance of each character in ems; real digits need more room than set ones."""
    face = font(writer.font, 100)
    return [DIGIT_EM if writer.digits and c.isdecimal() else face.getlength(c) / 100 for c in text]


def write(sheet: Sheet, writer: Writer, text: str, box: Box, align: str = "left") -> None:
    """One line within the box, shrunk where it would not fit."""
    chance, room = sheet.chance, box[2] - 2.0
    size = min(writer.size * (1 + writer.jitter * chance.normal(0, 0.06)), box[3] * 0.86)
    spread = sum(widths(writer, text)) * size * (1 + 0.04 * bool(writer.jitter))
    if spread > room:
        size, spread = size * room / spread, room
    slack = room - spread
    indent = {
        "left": min(slack, 0.8 + writer.jitter * chance.uniform(0, 2)),
        "center": slack / 2,
        "right": slack - min(slack, 0.5 + writer.jitter * chance.uniform(0, 2)),
    }[align]
    x = box[0] + 1.0 + indent + writer.drift[0]
    y = box[1] + box[3] / 2 + writer.jitter * chance.normal(0, 0.3) + writer.drift[1]
    _run(sheet, replace(writer, size=size), text, (x, y, spread))


def _run(sheet: Sheet, writer: Writer, text: str, place: tuple[float, float, float]) -> None:
    x, y, spread = place
    steps = widths(writer, text)
    scale = spread / max(1e-6, sum(steps))
    climb = writer.jitter * sheet.chance.normal(0, 0.006)
    for character, step in zip(text, steps, strict=True):
        glyph(sheet, writer, character, (x + step * scale / 2, y + climb * (x - place[0])))
        x += step * scale


def glyph(sheet: Sheet, writer: Writer, character: str, centre: tuple[float, float]) -> None:
    """One character about its centre in mm. Real digit images where the writer has them."""
    if character.isspace():
        return
    chance, em = sheet.chance, sheet.px(writer.size)
    if writer.digits and character.isdecimal():
        mask = _digit(writer, int(character), em, chance)
    else:
        mask = _letter(writer, character, em, chance)
    shift = writer.jitter * writer.size * 0.03
    x = sheet.px(centre[0] + chance.normal(0, 1) * shift) - mask.shape[1] / 2
    y = sheet.px(centre[1] + chance.normal(0, 1) * shift) - mask.shape[0] / 2
    press = min(1.0, max(0.5, writer.pressure * (1 + writer.jitter * chance.normal(0, 0.07))))
    sheet.lay(mask * np.float32(press), (x, y), writer.colour)


def _letter(writer: Writer, character: str, em: float, chance: Chance) -> Mask:
    drawn = round(em * 2)
    side = drawn * 2
    image = Image.new("L", (side, side))
    # The em's middle, not the glyph's, comes to the centre: commas stay low, long vowels stay in the middle.
    face = font(writer.font, drawn)
    left = side / 2 - face.getlength(character) / 2
    ImageDraw.Draw(image).text((left, side / 2 + drawn * 0.37), character, font=face, fill=255, anchor="ls")
    out = side // 2
    turn = np.deg2rad(chance.normal(0, 2.2) * writer.jitter)
    grow_x, grow_y = 0.5 * (1 + writer.jitter * chance.normal(0, 0.04, 2))
    lean = np.tan(np.deg2rad(writer.slant + writer.jitter * chance.normal(0, 1.5)))
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, -lean], [0, 1]]) @ np.diag([grow_x, grow_y])
    offset = np.array([out / 2, out / 2]) - matrix @ np.array([side / 2, side / 2])
    warped = cv2.warpAffine(
        np.asarray(image), np.column_stack([matrix, offset]), (out, out), flags=cv2.INTER_LINEAR
    )
    return np.asarray(warped, np.float32) / np.float32(255)


def _digit(writer: Writer, digit: int, em: float, chance: Chance) -> Mask:
    of_class = writer.digits[digit::10]
    raw = of_class[int(chance.integers(len(of_class)))]
    side = max(12, round(em * 1.1))  # the digit fills 20 of the image's 28 pixels
    soft = cv2.resize(raw, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    return np.clip((soft - 0.25) * 2.2, 0, 1).astype(np.float32)


def stroke(sheet: Sheet, points: NDArray[np.float64], pen: Pen) -> None:
    """A pen line through points (n, 2) in mm."""
    thick = sheet.px(pen.width)
    grow = 4  # drawn larger by this, then averaged down
    at = points * sheet.dpi / 25.4
    low = np.floor(at.min(axis=0) - thick - 2)
    size = np.ceil(at.max(axis=0) + thick + 2 - low).astype(int)
    canvas = np.zeros((size[1] * grow, size[0] * grow), np.uint8)
    line = np.round((at - low) * grow).astype(np.int32)
    cv2.polylines(canvas, [line.reshape(-1, 1, 2)], False, 255, max(1, round(thick * grow)), cv2.LINE_AA)
    mask = cv2.resize(canvas, (int(size[0]), int(size[1])), interpolation=cv2.INTER_AREA).astype(np.float32)
    sheet.lay(mask * np.float32(pen.pressure / 255), (float(low[0]), float(low[1])), pen.colour)


def ring(sheet: Sheet, box: Box, pen: Pen) -> None:
    """A wobbly circle round what is printed in the middle of the box, not quite closed or a bit overrun."""
    chance = sheet.chance
    x, y, w, h = box
    start = chance.uniform(0, 2 * np.pi)
    turn = np.linspace(start, start + 2 * np.pi * chance.uniform(0.94, 1.12), 70)
    wobble = 1 + sum(chance.normal(0, 0.022) * np.cos(k * turn + chance.uniform(0, 6.3)) for k in (1, 2, 3))
    wide, high = w / 2 * chance.uniform(0.78, 0.97), h / 2 * chance.uniform(0.82, 1.0)
    tilt = np.deg2rad(chance.normal(0, 6))
    flat = np.column_stack([np.cos(turn) * wide, np.sin(turn) * high]) * np.asarray(wobble)[:, None]
    turned = flat @ np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    centre = np.array([x + w / 2, y + h / 2]) + chance.normal(0, [0.03 * w, 0.03 * h])
    stroke(sheet, turned + centre, pen)


def check_mark(sheet: Sheet, box: Box, pen: Pen) -> None:
    """A ✓ (or レ) that starts within the box's square and flies a little out of it."""
    chance = sheet.chance
    middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
    corners = np.array([[-1.7, -0.3], [-0.4, 1.6], [2.2, -2.4]]) * chance.uniform(0.8, 1.1)
    corners += chance.normal(0, 0.22, (3, 2))
    first = np.linspace(corners[0], corners[1], 8)
    second = np.linspace(corners[1], corners[2], 14)
    second[:, 0] -= 0.25 * np.sin(np.linspace(0, np.pi, 14))
    stroke(sheet, np.vstack([first, second]) + middle, pen)
