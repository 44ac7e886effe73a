"""phrases: a page's lines of text, found, turned upright, laid on paper and read, as far as they are asked for.

Touches image and engines; knows no form. A page is looked at once; its lines are read in portions, each line once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tsuzuri.engines import Crop, Ink, Reader
from tsuzuri.engines.finder import Finder
from tsuzuri.image import Picture, Pixels
from tsuzuri.image.lines import Spot, inked, joined, lying, shrunk, skew, spots, strip, turned
from tsuzuri.image.rules import Matrix
from tsuzuri.model import Box
from tsuzuri.rules import plain
from tsuzuri.stages.labels import Phrase

MM_PER_INCH = 25.4
NET_PER_MM = 3.6           # px/mm for the finder: 16 receipts in 8 layouts gave 281 fields so, 280 at 6 to 12, 279 at 3.0
PROBES = 4                 # lines read to tell which way is up
UPRIGHT = 0.8              # read as surely as this, a page needs no second look upside down


@dataclass(frozen=True)
class Page:
    """A page's lines: `gray` stands upright, `matrix` is paper mm → its px, and on paper the lines lie straight.

    `turns`: so many quarters clockwise brought it upright. `inks` holds what has been read so far, by the line's number.
    """

    gray: Pixels
    spots: tuple[Spot, ...]
    turns: int
    matrix: Matrix
    inks: dict[int, Ink] = field(default_factory=dict)

    @property
    def per_mm(self) -> float:
        """Pixels a millimetre."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:2, :2]))))

    def box(self, n: int) -> Box:
        """Line `n` on paper, mm."""
        spot, back = self.spots[n], np.linalg.inv(self.matrix)
        x, y, _ = back @ np.array([*spot.centre, 1.0])
        w, h = spot.width / self.per_mm, spot.height / self.per_mm
        return (float(x) - w / 2, float(y) - h / 2, w, h)

    def read(self, numbers: Iterable[int], reader: Reader) -> None:
        """Reads those lines that have not been read yet."""
        new = [n for n in numbers if n not in self.inks]
        inks = reader.read([Crop(strip(self.gray, self.spots[n])) for n in new])
        self.inks.update(zip(new, inks, strict=True))

    def phrase(self, n: int) -> Phrase:
        """Line `n` as read; it must have been."""
        return self._told(n, self.inks[n])

    def read_within(self, numbers: Sequence[int], alphabet: str, reader: Reader) -> list[Phrase]:
        """Those lines read once more, with these letters alone."""
        inks = reader.read([Crop(strip(self.gray, self.spots[n]), alphabet) for n in numbers])
        return [self._told(n, ink) for n, ink in zip(numbers, inks, strict=True)]

    def _told(self, n: int, ink: Ink) -> Phrase:
        x, y, w, h = self.box(n)
        return Phrase((x, y, w, h), plain(ink.text), tuple(x + place * w for place in ink.places), ink.characters)

    def part(self, n: int, box: Box, beside: float) -> Pixels:
        """The pixels of line `n` that lie within the box (mm) on paper, and so many of its heights beside."""
        x, _, w, h = self.box(n)
        return strip(self.gray, self.spots[n], ((box[0] - beside * h - x) / w, (box[0] + box[2] + beside * h - x) / w))


def look(picture: Picture, paper: tuple[float, float], finder: Finder, reader: Reader) -> Page:
    """The page's lines of text, found and upright, hardly any read yet. `paper` is what it is laid on (mm)."""
    gray = picture.gray
    per_mm = picture.dpi / MM_PER_INCH if picture.dpi else max(gray.shape) / max(paper)
    found = _lines(gray, finder, per_mm)
    turns = _turns(gray, found, reader) if found else 0
    if turns:
        gray = np.ascontiguousarray(np.rot90(gray, -turns))
        # Sideways the finder sees columns, and half of them; upside down it sees as well as upright.
        found = _lines(gray, finder, per_mm) if turns % 2 else turned(found, (gray.shape[0], gray.shape[1]), turns)
    return Page(gray, tuple(found), turns, _laid(gray, found, paper, per_mm))


def _lines(gray: Pixels, finder: Finder, per_mm: float) -> list[Spot]:
    left, top, right, bottom = inked(gray)
    small, scale = shrunk(gray[top:bottom, left:right], NET_PER_MM / per_mm)
    seen = finder.find(small)
    return joined(spots(seen.heat, (seen.scale[0] / scale, seen.scale[1] / scale), (left, top)))


def _turns(gray: Pixels, found: Sequence[Spot], reader: Reader) -> int:
    """How many quarter turns clockwise bring the page upright: the way its lines are read most surely.

    The other way round along its lines is asked before across them: written downwards, letters can be read from either side.
    """
    first = 0 if lying(list(found)) else 1
    sure: dict[int, float] = {}
    for turns in (first, first + 2, 1 - first, 3 - first):
        sure[turns] = _legible(gray, found, turns, reader)
        if sure[turns] >= UPRIGHT:
            return turns
    return max(sure, key=lambda turns: sure[turns])


def _legible(gray: Pixels, found: Sequence[Spot], turns: int, reader: Reader) -> float:
    """How surely (0–1) some of the lines are read, the page turned so."""
    upright = np.ascontiguousarray(np.rot90(gray, -turns))
    lines = turned(list(found), (gray.shape[0], gray.shape[1]), turns)
    telling = sorted(lines, key=lambda spot: abs(spot.width / max(1.0, spot.height) - 5))[:PROBES]
    letters = [sure for ink in reader.read([Crop(strip(upright, spot)) for spot in telling]) for sure in ink.characters]
    return float(np.mean(letters)) if letters else 0.0


def _laid(gray: Pixels, found: Sequence[Spot], paper: tuple[float, float], per_mm: float) -> Matrix:
    """Paper mm → px: smaller than life where the page would not fit on the paper, and leaning so that its lines are level."""
    height, width = gray.shape
    per_mm = max(per_mm, width / paper[0], height / paper[1])
    lean = skew(list(found))
    turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]]) * per_mm
    middle = np.array([width, height]) / 2
    matrix = np.eye(3)
    matrix[:2, :2] = turn
    matrix[:2, 2] = middle - turn @ (middle / per_mm)
    return matrix


def as_scanned(page: Page, matrix: Matrix) -> Matrix:
    """A matrix onto the upright page's pixels as one onto the picture as it was scanned."""
    height, width = page.gray.shape
    for _ in range(page.turns):            # undone quarter by quarter: upright (x, y) was (y, width − 1 − x) before the turn
        matrix = np.array([[0, 1, 0], [-1, 0, width - 1], [0, 0, 1.0]]) @ matrix
        height, width = width, height
    return matrix
