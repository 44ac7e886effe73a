"""The paper that a layout is set on: text in boxes, ruled tables, stamps; and a note of which fields were shown.

Millimetres from the paper's top-left, as everywhere. What a layout does not show is blank in the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import cv2
import numpy as np

from tsuzuri.model import Box, Value
from tsuzuri.rules.dates import ERA_LETTERS, era_of
from tsuzuri.synth import stamps
from tsuzuri.synth.ink import TONER, Chance, Colour, Sheet, Writer, write
from tsuzuri.synth.people import maybe
from tsuzuri.synth.receipts.tale import Tale

Days = Callable[[date], str]

FORGOTTEN = 0.12       # of receipts come without their seal


def seireki(day: date) -> str:
    """2025年9月3日."""
    return f"{day.year}年{day.month}月{day.day}日"


def slashed(day: date) -> str:
    """2025/09/03."""
    return f"{day:%Y/%m/%d}"


def wareki(day: date) -> str:
    """令和7年9月3日."""
    era, year = era_of(day)
    return f"{era}{year}年{day.month}月{day.day}日"


def spaced(day: date) -> str:
    """令和 7年 9月 3日, as fixed-width printers pad it."""
    era, year = era_of(day)
    return f"{era}{year:2d}年{day.month:2d}月{day.day:2d}日"


def short(day: date) -> str:
    """R7.9.3, H30.4.1."""
    era, year = era_of(day)
    return f"{ERA_LETTERS[era]}{year}.{day.month}.{day.day}"


@dataclass
class Page:
    """A paper being set. `shown` collects the fields that stand on it."""

    sheet: Sheet
    tale: Tale
    font: str
    days: Days
    pen: Writer
    size: float = 3.2
    ink: Colour = TONER
    shown: set[str] = field(default_factory=set)

    @property
    def chance(self) -> Chance:
        """The accidents of this paper."""
        return self.sheet.chance

    def text(self, box: Box, text: str, align: str = "left", size: float | None = None) -> None:
        """One line, shrunk where it would not fit."""
        write(self.sheet, Writer(self.font, self.ink, size or self.size), text, box, align)

    def put(self, name: str, box: Box, text: str, align: str = "left", size: float | None = None) -> None:
        """A text that shows a field."""
        self.shown.add(name)
        self.text(box, text, align, size)

    def written(self, name: str, box: Box, text: str, align: str = "left") -> None:
        """A field that a hand fills in."""
        self.shown.add(name)
        write(self.sheet, self.pen, text, box, align)

    def lines(self, box: Box, told: Sequence[tuple[str, str, str]], size: float = 3.2, pitch: float = 6.0) -> float:
        """Label at the left, value at the right, line by line; a field's name, or "" where it is none. The y below."""
        x, y, w, _ = box
        for name, label, text in told:
            self.text((x, y, w * 0.6, pitch), label, size=size)
            place = (x + w * 0.4, y, w * 0.6, pitch)
            (self.put(name, place, text, "right", size) if name else self.text(place, text, "right", size))
            y += pitch
        return y

    def pairs(self, at: tuple[float, float], columns: Sequence[float], row: float, told: Sequence[tuple[str, str, str]]) -> None:
        """A ruled table of labels and values side by side, as many pairs a row as there are pairs of columns."""
        wide = len(columns) // 2
        cells = self.grid(at, columns, [row] * -(-len(told) // wide))
        for i, (name, label, text) in enumerate(told):
            left, right = cells[i // wide][i % wide * 2:i % wide * 2 + 2]
            self.text(left, label, "center", min(self.size, 3.0))
            (self.put(name, right, text, "center") if name else self.text(right, text, "center"))

    def columns(self, at: tuple[float, float], widths: Sequence[float], rows: tuple[float, float],
                told: Sequence[tuple[str, str, str]], align: str = "right") -> None:
        """A ruled table with a row of labels over a row of values."""
        head, under = self.grid(at, widths, rows)
        for cell, below, (name, label, text) in zip(head, under, told, strict=True):
            self.text(cell, label, "center", min(self.size, 2.9))
            (self.put(name, below, text, align) if name else self.text(below, text, align))

    def dotted(self) -> None:
        """All that stands on the paper so far as a needle printer's ribbon leaves it: coarse, and paler where it is worn."""
        high, wide = self.sheet.picture.shape[:2]
        coarse = 150 / self.sheet.dpi
        small = cv2.resize(self.sheet.picture, None, fx=coarse, fy=coarse, interpolation=cv2.INTER_AREA)
        hard = np.where(small < 205, 60, 255).astype(np.uint8)
        worn = 1 - self.chance.uniform(0, 0.3) * np.linspace(0, 1, wide)[None, :, None]
        large = cv2.resize(hard, (wide, high), interpolation=cv2.INTER_NEAREST)
        large = cv2.GaussianBlur(large, (0, 0), 0.7 * self.sheet.dpi / 200)
        self.sheet.picture = np.asarray(255 - (255 - large.astype(np.float32)) * worn, np.uint8)

    def burnt(self) -> None:
        """All that stands so far as a thermal head leaves it: gray, with pale streaks where it is dirty."""
        wide = self.sheet.picture.shape[1]
        pale = np.ones(wide, np.float32) * np.float32(self.chance.uniform(0.65, 0.9))
        for at in self.chance.integers(0, wide, 3):
            pale[at:at + 2] *= 0.6
        self.sheet.picture = np.asarray(255 - (255 - self.sheet.picture.astype(np.float32)) * pale[None, :, None], np.uint8)

    def also(self, *names: str) -> None:
        """Fields that follow from what was just set (a month from its day)."""
        self.shown.update(names)

    def value(self, name: str) -> Value:
        """The field's truth."""
        return self.tale.values[name]

    def yen(self, name: str, before: str = "", after: str = "") -> str:
        """An amount with its commas and what stands about it."""
        return f"{before}{self.tale.values[name]:,}{after}"

    def day(self, name: str) -> str:
        """A date as this clinic writes dates."""
        return self.days(date.fromisoformat(str(self.tale.values[name])))

    def tel(self) -> str:
        """The clinic's phone number with its dashes."""
        number = self.tale.where.tel
        return f"{number[:3]}-{number[3:6]}-{number[6:]}"

    def rule(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.2) -> None:
        """A printed line, level or upright."""
        px, half = self.sheet.px, width / 2
        left, top = round(px(min(x1, x2) - half)), round(px(min(y1, y2) - half))
        right, bottom = max(left + 1, round(px(max(x1, x2) + half))), max(top + 1, round(px(max(y1, y2) + half)))
        self.sheet.lay(np.ones((bottom - top, right - left), np.float32), (left, top), self.ink)

    def frame(self, box: Box, width: float = 0.3) -> None:
        """Four rules."""
        x, y, w, h = box
        for ends in ((x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h), (x + w, y, x + w, y + h)):
            self.rule(*ends, width)

    def grid(self, at: tuple[float, float], columns: Sequence[float], rows: Sequence[float]) -> list[list[Box]]:
        """A ruled table; its cells, row by row."""
        (x, y), wide, high = at, sum(columns), sum(rows)
        lefts = [x + sum(columns[:i]) for i in range(len(columns))]
        tops = [y + sum(rows[:i]) for i in range(len(rows))]
        self.frame((x, y, wide, high))
        for left in lefts[1:]:
            self.rule(left, y, left, y + high, 0.15)
        for top in tops[1:]:
            self.rule(x, top, x + wide, top, 0.15)
        return [[(left, top, w, h) for left, w in zip(lefts, columns, strict=True)]
                for top, h in zip(tops, rows, strict=True)]

    def stamp(self, box: Box, colour: Colour, letters: str = "") -> None:
        """The clinic's seal: square with letters, or round with a surname; on one receipt in eight it was forgotten."""
        if maybe(self.chance, FORGOTTEN):
            return
        self.shown.add("seal")
        if letters:
            stamps.office_seal(self.sheet, box, letters, colour)
        else:
            stamps.seal(self.sheet, box, self.tale.clerk, colour)

    def paid_stamp(self, box: Box, colour: Colour) -> None:
        """領収 with the day, as a date stamp; forgotten as often as a seal."""
        if maybe(self.chance, FORGOTTEN):
            return
        self.shown.add("seal")
        stamps.paid(self.sheet, box, self.tale.where.name[:8], date.fromisoformat(str(self.value("issue_date"))), colour)


Layout = tuple[Callable[[Page], None], tuple[float, float], str]     # what sets it, its paper (mm), its 点数表
