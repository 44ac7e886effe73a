"""Marks that are not letters: circles round printed words, ticks in boxes, seals; and pages with nothing on them.

Thresholds are shares of what a whole mark would give, so that they hold at any size of word or box.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image.clean import LINE_INK, PX, Sheet, evened, flat, grown, laid
from tsuzuri.image.overview import Overview
from tsuzuri.image.rules import PITCH
from tsuzuri.model import Box

SECTORS = 24
WORD_AIR = 0.5        # mm of paper left free around a printed word
AROUND = 1.6          # mm that a circle may leave its box by
TICK_MM = 4.5         # a printed tick box's side
PALE_MM = 5.4         # across: the printed ring with 印 where a seal belongs, and some air
SEAL_INK = 210        # of 255: worn vermilion in a gray scan is no darker
BLANK_DARK = 55       # gray levels under its surroundings: writing has some at 4 px/mm, bleed-through has not
BLANK_STROKE = 1.6    # mm: specks are smaller, the smallest stroke that means something is larger
PLENTY = 0.02         # share of the page that dust and holes never darken; a form's rules and words do
EDGE_MM = 7.0         # shadows of the lid and torn edges lie in here
MARGIN_MM = 20.0      # and what reaches in from outside the sheet, skewed by 3°, ends here
DARKEST_PAPER = 100   # gray: recycled paper in bad light has 140


def circled(page: Sheet, box: Box, word: tuple[float, float]) -> float:
    """How much of a ring (0–1 of all directions) goes round the printed word of this width and height in the box's middle."""
    area = grown(box, AROUND)
    ink = flat(page, area) < LINE_INK
    height, width = ink.shape
    y, x = np.mgrid[0:height, 0:width]
    x, y = (x + 0.5) / PX - area[2] / 2, (y + 0.5) / PX - area[3] / 2
    free = (np.abs(x) > word[0] / 2 + WORD_AIR) | (np.abs(y) > word[1] / 2 + WORD_AIR)
    sector = ((np.arctan2(y / box[3], x / box[2]) / (2 * np.pi) + 0.5) * SECTORS).astype(int) % SECTORS
    met = np.bincount(sector[ink & free], minlength=SECTORS) >= 2
    return float(met.mean())


def ticked(page: Sheet, box: Box) -> float:
    """The share of the printed tick box's inside (0–1) that is inked."""
    around = TICK_MM + 8        # with paper about it: a box filled in is dark only beside what is light
    crop = flat(page, (box[0] + (box[2] - around) / 2, box[1] + (box[3] - around) / 2, around, around))
    rim = round((around - TICK_MM + 1) / 2 * PX)
    return float((crop[rim:-rim, rim:-rim] < LINE_INK).mean())


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

