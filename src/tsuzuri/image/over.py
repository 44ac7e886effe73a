"""Strokes over a printed word that are none of its own: ink where the blank form has none, and shapes that no letter has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels, as_pixels
from tsuzuri.image.clean import PX, grown
from tsuzuri.image.letters import lettered
from tsuzuri.model import Box

Level = TypeVar("Level", np.uint8, np.int32)

NEAR_MM = 0.6         # beyond a word not ringed, its strokes are looked at so far
NEAR_PX = round(NEAR_MM * PX)
RING_IN = 0.6         # a ring may run so far into its word's edge
FIT_PX = 3            # a sheet lies within so much of where it should
KNOWN = 0.6           # what is less like the drawn word is not the one that the form has there; other fonts' are 0.65 and more
PEN_PX = 2.5          # ink is compared over a pen's width
# Of full black, what ink beside the word's own makes of such a spot. Of 3,525 plain words 3 have more, of 553 by fax, where
# strokes grow together, 4; half of the 4,078 are set in fonts that are not the form's.
ADDED, ADDED_FAX = 0.2, 0.26
SLANTED = (*range(18, 73, 4), *range(-72, -17, 4))      # degrees
SLANTED_MM = 4.3      # no letter of a printed word has so long a slanted stroke, even grown together on a fax; a ✓ has, a × too
LEVEL = range(-12, 13, 4)
OVER_MM = 0.8         # a line through a word is longer than it by so much
ROUNDED = 0.95        # of a line's length, turned by up to 12° and cut to pixels: what is smaller cannot hold it
WORD_SLACK = 0.3      # mm by which print may lie beside its place
RINGED = 0.4          # of all directions round a word
HERE: Box = (0.0, 0.0, 0.0, 0.0)
OUT_MM = 0.6          # what comes out of the word so far is no serif


@dataclass(frozen=True, slots=True)
class Word:
    """A word to be circled: the `box` that is its own, the print's width and height in mm in that box's middle, and its text,
    "" if that is not known."""

    box: Box
    size: tuple[float, float]
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Strokes:
    """What is connected: each pixel's stroke, 0 for paper, and each stroke's left, top, width, height and pixels."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Fit:
    """A word's darkness (255 black) as it is on the page and as it is drawn, one above the other, and how alike they are."""

    seen: Pixels
    drawn: Pixels
    alike: float


@dataclass(frozen=True, slots=True)
class Ground:
    """An area of the page: its darkness, 255 black, its strokes, 0 or 1, and `least`, the ADDED that its scan asks for."""

    area: Box
    dark: Pixels
    ink: Pixels
    least: float = ADDED


def over(ground: Ground, words: Sequence[Word], rings: Sequence[float]) -> list[bool]:
    """Of which words a ✓, a × or a line goes over them; `rings`: in which share of all directions each has a ring."""
    area = ground.area
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ground.ink, connectivity=8)
    strokes = _Strokes(np.asarray(labels, np.int32), np.asarray(stats, np.int32))
    owns = [_owned(strokes, within(word.box, area)) for word in words]
    fits = [_fit(ground.dark, strokes.labels, own, (area, word)) for own, word in zip(owns, words, strict=True)]
    known = [fit for fit in fits if fit and fit.alike > KNOWN]
    weight = min((_weight(fit) for fit in known), default=0.0)      # the lightest has nothing over it
    return [bool(known and fit and _added(fit, weight, ring) > ground.least) or _shaped(strokes, own, (area, word), ring)
            for fit, own, word, ring in zip(fits, owns, words, rings, strict=True)]


def _owned(strokes: _Strokes, place: Box) -> NDArray[np.bool_]:
    """Which strokes are a word's: their middle is in its place, as no neighbour's ring has it. The first is the paper."""
    middles = (strokes.stats[:, :2] + strokes.stats[:, 2:4] / 2) / PX
    held = np.all((middles > place[:2]) & (middles < np.add(place[:2], place[2:])), axis=1)
    held[0] = False
    return np.asarray(held)


def _fit(dark: Pixels, labels: NDArray[np.int32], own: NDArray[np.bool_], at: tuple[Box, Word]) -> _Fit | None:
    """The word as seen and as drawn, shifted to where they are most alike; None if nobody knows how it is drawn."""
    area, word = at
    x, y, w, h = within(grown(centred(word.box, word.size), NEAR_MM), area)
    size = (round(w * PX), round(h * PX))
    drawn = lettered(word.text, word.size[1] * PX, size)
    left, top = round(x * PX) - FIT_PX, round(y * PX) - FIT_PX
    rows, columns = slice(max(0, top), top + size[1] + 2 * FIT_PX), slice(max(0, left), left + size[0] + 2 * FIT_PX)
    mine = own.copy()
    mine[0] = True      # and the paper between
    seen = as_pixels(dark[rows, columns] * mine[labels[rows, columns]])
    if drawn is None or seen.shape[0] < size[1] or seen.shape[1] < size[0]:
        return None
    _, alike, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(seen, drawn, cv2.TM_CCOEFF_NORMED))
    return _Fit(as_pixels(seen[top:top + size[1], left:left + size[0]]), drawn, float(alike))


def _weight(fit: _Fit) -> float:
    """How much more ink the word has on the page than drawn."""
    inner = (slice(NEAR_PX, -NEAR_PX),) * 2
    return float(fit.seen[inner].sum() / max(1, fit.drawn[inner].sum()))


def _added(fit: _Fit, weight: float, ring: float) -> float:
    """The most ink (0–1) that any spot of a pen's width has beyond the drawn word's, printed so heavily."""
    more = cv2.GaussianBlur(fit.seen.astype(np.float32) - np.float32(weight) * fit.drawn, (0, 0), PEN_PX)
    edge = round((NEAR_MM + RING_IN) * PX) if ring >= RINGED else 0
    return float(more[edge:more.shape[0] - edge, edge:more.shape[1] - edge].max(initial=0.0)) / 255


def _shaped(strokes: _Strokes, own: NDArray[np.bool_], at: tuple[Box, Word], ring: float) -> bool:
    """Whether a stroke is straighter and longer than letters are, or comes out of a word not ringed."""
    if not own.any():
        return False
    area, word = at
    place, print_ = within(word.box, area), within(centred(word.box, word.size), area)
    wide, high = strokes.stats[own, 2:4].max(axis=0) / PX / ROUNDED
    long = print_[2] + OVER_MM
    slanted, level = np.hypot(wide, high) > SLANTED_MM, wide > long
    if slanted or level:
        close = own[part(strokes.labels, grown(print_, OVER_MM))].astype(np.uint8)
        if (slanted and _straight(close, SLANTED, SLANTED_MM)) or (level and _straight(close, LEVEL, long)):
            return True
    return ring < RINGED and _out(own[part(strokes.labels, place)].astype(np.uint8), within(print_, place)) > OUT_MM


def _out(ink: Pixels, word: Box) -> float:
    """How far (mm) ink that reaches into the word comes out of it."""
    beyond = without(ink.copy(), HERE, [grown(word, WORD_SLACK)])
    if not beyond.any():
        return 0.0
    _, labels, _, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    reached = np.setdiff1d(part(np.asarray(labels, np.int32), word), [0])
    _, _, stats, _ = cv2.connectedComponentsWithStats(beyond * np.isin(labels, reached), connectivity=8)
    return float(stats[1:, cv2.CC_STAT_WIDTH:cv2.CC_STAT_HEIGHT + 1].max(initial=0)) / PX


def _straight(ink: Pixels, turns: Sequence[int], long: float) -> bool:
    """Whether a straight stroke of that length (mm) stands in the ink, turned by one of these angles (degrees)."""
    return any(cv2.erode(ink, _line(turn, long), borderType=cv2.BORDER_CONSTANT, borderValue=0).any() for turn in turns)


@cache
def _line(turn: int, long: float) -> Pixels:
    across, down = (float(f(np.deg2rad(turn))) * long * PX / 2 for f in (np.cos, np.sin))
    wide, high = int(np.ceil(abs(across))), int(np.ceil(abs(down)))
    kernel = np.zeros((2 * high + 1, 2 * wide + 1), np.uint8)
    cv2.line(kernel, (round(wide - across), round(high - down)), (round(wide + across), round(high + down)), 1)
    return kernel


def part(ink: NDArray[Level], box: Box) -> NDArray[Level]:
    """That box (mm) of the ink."""
    left, top = (max(0, round(side * PX)) for side in box[:2])
    right, bottom = max(left + 1, round((box[0] + box[2]) * PX)), max(top + 1, round((box[1] + box[3]) * PX))
    return np.ascontiguousarray(ink[top:bottom, left:right])


def within(box: Box, area: Box) -> Box:
    """The box as it lies in the area."""
    return (box[0] - area[0], box[1] - area[1], box[2], box[3])


def centred(box: Box, size: tuple[float, float]) -> Box:
    """A box of that size about this one's middle."""
    return (box[0] + (box[2] - size[0]) / 2, box[1] + (box[3] - size[1]) / 2, *size)


def without(crop: Pixels, area: Box, but: Sequence[Box], paper: int = 0) -> Pixels:
    """The area's crop, in place, with paper in these boxes."""
    for x, y, w, h in but:
        left, top = round((x - area[0]) * PX), round((y - area[1]) * PX)
        crop[max(0, top):max(0, top + round(h * PX)), max(0, left):max(0, left + round(w * PX))] = paper
    return crop
