"""Marks that are not letters: circles round printed words, ticks in boxes, seals; and pages with nothing on them.

Thresholds are shares of what a whole mark would give, so that they hold at any size of word or box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels, as_pixels
from tsuzuri.image.clean import LINE_INK, PX, Sheet, evened, flat, grown, laid
from tsuzuri.image.over import ADDED, ADDED_FAX, Ground, Word, centred, over, without
from tsuzuri.image.overview import Overview
from tsuzuri.image.rules import PITCH
from tsuzuri.model import Box

SECTORS = 24
WORD_AIR = 0.5        # mm of paper left free around a printed word
AROUND = 1.6          # mm that a circle may leave its box by
RING_INK = 205        # gray below which a pixel belongs to a ring: pencil is no darker
SAMPLED = 17          # each so many pixels across and down one is looked at
DEEP = 40             # of 255: black by fax is blacker
HALFTONES = 0.25      # in gray there are more pixels half black than black: 1.0 and more of them; a fax has none
SPECK_MM = 1.1        # a smaller blot is no part of a mark
LEAST = 0.3           # of all directions: with less, a line that also goes round a neighbour's word does not mean this one
TICK_MM = 4.5         # a printed tick box's side
FRAME_AIR = 0.4       # mm from the middle of its line, once found, to where ink is no more its own
FRAME_DARK = 140      # of 255
ASTRAY_MM = 1.1       # it lies so near to where it should
CORE_MM = 1.3         # so near to the middle a stroke goes round nothing
RING_MM = 2.0         # beyond the frame: most rings round it stay within
BESIDE_MM = 3.4       # so far from a tick box a stroke may still mean it
PALE_MM = 5.4         # across: the printed ring with 印 where a seal belongs, and some air
SEAL_INK = 210        # of 255: worn vermilion in a gray scan is no darker
BLANK_DARK = 55       # gray levels under its surroundings: writing has some at 4 px/mm, bleed-through has not
BLANK_STROKE = 1.6    # mm: specks are smaller, the smallest stroke that means something is larger
PLENTY = 0.02         # share of the page that dust and holes never darken; a form's rules and words do
EDGE_MM = 7.0         # shadows of the lid and torn edges lie in here
MARGIN_MM = 20.0      # and what reaches in from outside the sheet, skewed by 3°, ends here
DARKEST_PAPER = 100   # gray: recycled paper in bad light has 140


@dataclass(frozen=True, slots=True)
class Ring:
    """What goes round a printed word: ink in `share` (0–1) of all directions; `shared`: in one line with a neighbour's;
    `over`: a stroke goes through the word that is none of its own."""

    share: float
    shared: bool
    over: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """What a printed tick box shows: the share (0–1) of its `inside` that is inked, ink `around` its middle in that share of all
    directions where nothing is printed, in how many `quarters` of them, and the longest stroke `beside` it, in mm."""

    inside: float
    around: float
    quarters: int
    beside: float


def circled(page: Sheet, words: Sequence[Word], printed: Sequence[Box] = ()) -> list[Ring]:
    """For each word, what goes round it and over it; ink in the boxes `printed` is the form's."""
    boxes = [word.box for word in words]
    whole = _holding(boxes)
    area = grown(whole, AROUND)
    soft = _soft(page, area, printed)
    ink = _strokes(soft < RING_INK, area, whole)
    airy = [centred(word.box, (word.size[0] + 2 * WORD_AIR, word.size[1] + 2 * WORD_AIR)) for word in words]
    ring = without(ink.copy(), area, airy) > 0
    shares = [_directions(ring, box, area) for box in boxes] if ring.any() else [0.0 for _ in boxes]
    shared = {i for line in _lines(ink) for i in _held(line, boxes, area, shares)} if max(shares) > LEAST else set()
    least = ADDED_FAX if _two_toned(page) else ADDED
    struck = over(Ground(area, 255 - soft, _strokes(soft < LINE_INK, area, whole), least), words, shares)
    return [Ring(share, i in shared, struck[i]) for i, share in enumerate(shares)]


def _two_toned(page: Sheet) -> bool:
    """Whether the page is black and white alone, as a fax is."""
    some = page.gray[::SAMPLED, ::SAMPLED]
    black = int((some <= DEEP).sum())
    return int(((some > DEEP) & (some < 255 - DEEP)).sum()) < HALFTONES * black


def _holding(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of them."""
    corners = np.array([(x, y, x + w, y + h) for x, y, w, h in boxes])
    (left, top), (right, bottom) = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    return (float(left), float(top), float(right - left), float(bottom - top))


def _lines(ink: Pixels) -> NDArray[np.int32]:
    """Left, top, width, height and pixels of everything connected."""
    return np.asarray(cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:], np.int32)


def _held(line: NDArray[np.int32], boxes: Sequence[Box], area: Box, shares: Sequence[float]) -> list[int]:
    """The words that one line goes round, if they are several."""
    left, top, wide, high = (float(side) / PX for side in line[:4])
    held = [i for i, (x, y, w, h) in enumerate(boxes) if shares[i] > LEAST and left < x + w / 2 - area[0] < left + wide
            and top < y + h / 2 - area[1] < top + high]
    return held if len(held) > 1 else []


def _soft(page: Sheet, area: Box, but: Sequence[Box]) -> Pixels:
    """The area without the scanner's grain, white in the boxes `but`."""
    return without(as_pixels(cv2.GaussianBlur(flat(page, area), (3, 3), 0)), area, but, 255)


def _strokes(dark: NDArray[np.bool_], area: Box, held_by: Box | None = None) -> Pixels:
    """The area's strokes, 0 or 1: without specks, and without those whose middle is not in `held_by`."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_WIDTH:cv2.CC_STAT_HEIGHT + 1].max(axis=1) > SPECK_MM * PX
    if held_by is not None:
        middles = (stats[:, :2] + stats[:, 2:4] / 2) / PX + (area[0] - held_by[0], area[1] - held_by[1])
        kept &= ((middles > 0) & (middles < held_by[2:])).all(axis=1)
    kept[0] = False
    return as_pixels(kept[labels].astype(np.uint8))


def _directions(ink: NDArray[np.bool_], box: Box, area: Box) -> float:
    """In which share of all directions from the box's middle there is ink, up to AROUND beyond its edges."""
    left, top = round((box[0] - AROUND - area[0]) * PX), round((box[1] - AROUND - area[1]) * PX)
    near = ink[max(0, top):top + round((box[3] + 2 * AROUND) * PX), max(0, left):left + round((box[2] + 2 * AROUND) * PX)]
    around = _around(near.shape, box[2:])
    return float((np.bincount(around[near], minlength=SECTORS) >= 2).mean())


@lru_cache(maxsize=256)
def _around(shape: tuple[int, ...], size: tuple[float, float]) -> NDArray[np.intp]:
    """In which direction each pixel about a box of that size (mm) lies, from its middle."""
    y, x = np.mgrid[0:shape[0], 0:shape[1]]
    x, y = (x + 0.5) / PX - AROUND - size[0] / 2, (y + 0.5) / PX - AROUND - size[1] / 2
    return _sectors(x / size[0], y / size[1])


def _sectors(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.intp]:
    """In which of the directions from the middle a place lies."""
    return ((np.arctan2(y, x) / (2 * np.pi) + 0.5) * SECTORS).astype(np.intp) % SECTORS


def ticked(page: Sheet, box: Box, printed: Sequence[Box] = ()) -> Tick:
    """What stands in and about the printed tick box in this box's middle; ink in the boxes `printed` is the form's."""
    side = TICK_MM + 2 * BESIDE_MM      # with paper about it: a box filled in is dark only beside what is light
    area = centred(box, (side, side))
    crop = flat(page, area)
    x, y = _from_frame(crop)
    away = np.maximum(np.abs(x), np.abs(y)) - TICK_MM / 2      # from the frame's line, outwards
    within = away < -FRAME_AIR
    ink = _strokes(_soft(page, area, printed) < LINE_INK, area) > 0
    ink[np.abs(away) <= FRAME_AIR] = False
    sector = _sectors(x, y)
    beyond, near = (away > FRAME_AIR), (away > FRAME_AIR) & (away < RING_MM)
    free = without(np.ones(crop.shape, np.uint8), area, printed) > 0
    told = np.bincount(sector[near & free], minlength=SECTORS) > 0.5 * np.bincount(sector[near], minlength=SECTORS)
    held = np.bincount(sector[ink & (beyond | (np.hypot(x, y) > CORE_MM))], minlength=SECTORS) >= 2
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink & beyond).astype(np.uint8), connectivity=8)
    longest = float(stats[1:, cv2.CC_STAT_WIDTH:cv2.CC_STAT_HEIGHT + 1].max(initial=0)) / PX
    quarters = int((held & told).reshape(4, -1).any(axis=1).sum())
    return Tick(float((crop < LINE_INK)[within].mean()), float((held & told).sum() / max(1, told.sum())), quarters, longest)


def _from_frame(crop: Pixels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Every pixel's x and y in mm from the middle of the printed square, which lies near the crop's."""
    dark = np.minimum(255 - crop, FRAME_DARK).astype(np.float32)     # no blot outdoes four printed lines
    wide, line = round(TICK_MM * PX) + 3, 2
    frame = np.zeros((wide, wide), np.float32)
    frame[1:1 + line] = frame[-1 - line:-1] = frame[:, 1:1 + line] = frame[:, -1 - line:-1] = 1
    fit = cv2.filter2D(dark, cv2.CV_32F, frame / frame.sum(), borderType=cv2.BORDER_CONSTANT)
    y, x = np.mgrid[0:crop.shape[0], 0:crop.shape[1]] - (np.array(crop.shape) - 1)[:, None, None] / 2
    away = np.maximum(np.abs(x), np.abs(y))
    at = int(np.where(away <= ASTRAY_MM * PX, fit - away / 2, -np.inf).argmax())
    return (x - x.flat[at]) / PX, (y - y.flat[at]) / PX


def sealed(page: Sheet, box: Box) -> float:
    """The share of the box (0–1) under seal ink of any colour, the pale 印 in its middle left out."""
    crop = laid(page.gray, page.homography, box, page.bend)
    if page.colour is not None:     # the darkest channel: vermilion hardly shows in `page.gray`
        crop = np.asarray(laid(page.colour, page.homography, box, page.bend).min(axis=2), dtype=np.uint8)
    y, x = np.mgrid[0:crop.shape[0], 0:crop.shape[1]]
    free = np.hypot(x - crop.shape[1] / 2, y - crop.shape[0] / 2) > PALE_MM / 2 * PX
    return float((evened(crop)[free] < SEAL_INK).mean())


def blank(view: Overview) -> bool:
    """Whether nothing is written or printed on the page: specks, shadows, holes and what shines through do not count.

    A dark page and a strip are not blank: they are no white sheets, and a person must look.
    """
    gray = view.gray
    margin = int(MARGIN_MM * PITCH)
    if min(gray.shape) < 3 * margin or np.median(gray) < DARKEST_PAPER:
        return False
    ink = (view.dark > BLANK_DARK).astype(np.uint8)
    if ink[margin:-margin, margin:-margin].mean() > PLENTY:
        return False
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    inner = np.bincount(labels[margin:-margin, margin:-margin].ravel(), minlength=count)
    return not any(_writing(stats[i], int(inner[i]), gray.shape) for i in range(1, count))


def _writing(stats: NDArray[np.int32], inner: int, page: tuple[int, ...]) -> bool:
    """Whether a dark component is more than dust, a hole, or what lies round the sheet."""
    x, y, w, h, area = (int(v) for v in stats)
    if max(w, h) < BLANK_STROKE * PITCH or _hole(w, h, area):
        return False
    if x == 0 or y == 0 or x + w == page[1] or y + h == page[0]:
        return inner > 0
    edge = EDGE_MM * PITCH
    return edge < x + w / 2 < page[1] - edge and edge < y + h / 2 < page[0] - edge


def _hole(w: int, h: int, area: int) -> bool:
    """A punch hole: round, full, 4 to 9 mm."""
    return 4 * PITCH <= min(w, h) <= max(w, h) <= 9 * PITCH and max(w, h) < 1.25 * min(w, h) and area > 0.65 * w * h

