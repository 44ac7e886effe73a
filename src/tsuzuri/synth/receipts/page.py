"""The paper that a layout is set on: text in boxes, ruled tables, stamps; and a note of which fields were shown.

Millimetres from the paper's top-left, as everywhere. What a layout does not show is blank in the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from tsuzuri.model import Box, Value
from tsuzuri.rules.dates import era_of
from tsuzuri.synth import stamps
from tsuzuri.synth.ink import TONER, Chance, Colour, Sheet, Writer, write
from tsuzuri.synth.receipts.tale import Tale

Days = Callable[[date], str]


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
    """R7.9.3."""
    return f"R{day.year - 2018}.{day.month}.{day.day}"


@dataclass
class Page:
    """A paper being set. `shown` collects the fields that stand on it."""

    sheet: Sheet
    tale: Tale
    font: str
    days: Days
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
        """The clinic's seal: square with letters, or round with a surname."""
        self.shown.add("seal")
        if letters:
            stamps.office_seal(self.sheet, box, letters, colour)
        else:
            stamps.seal(self.sheet, box, self.tale.clerk, colour)

    def paid_stamp(self, box: Box, colour: Colour) -> None:
        """領収済 with the day, as a date stamp."""
        self.shown.add("seal")
        stamps.paid(self.sheet, box, self.tale.where.name[:8], date.fromisoformat(str(self.value("issue_date"))), colour)


Layout = tuple[Callable[[Page], None], tuple[float, float], str]     # what sets it, its paper (mm), its 点数表
