"""Lines of text on a page of no fixed layout: from a detector's map to boxes, which way up they stand, and their crops.

Pixels are those of the picture handed in. A quad is (4, 2): top-left, top-right, bottom-right, bottom-left of the line as
it reads while the page stands as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels, as_pixels

Quad = NDArray[np.float64]
Heat = NDArray[np.float32]

WARM, HOT = 0.3, 0.5         # a spot may belong to a line; a line's spots, on the average
UNCLIP = 1.5                 # lines come shrunken out of the net: each side moves by area × this / girth
SMALLEST_PX = 3              # of the map: less is a speck
LETTER = 1.3                 # a box no wider than so many heights holds one letter
SPACED = 2.4                 # letters this many heights apart may be one spaced word (領　収　書)
ALIKE = 0.72                 # of two boxes' heights, where one word is spelled over both
MARGIN_PX = 24               # paper kept around the page's ink
DARK = 0.72                  # of the paper's gray: ink


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one line of text stands."""

    quad: Quad

    @property
    def height(self) -> float:
        """Across the line, px."""
        return float(np.hypot(*(self.quad[3] - self.quad[0])))

    @property
    def width(self) -> float:
        """Along the line, px."""
        return float(np.hypot(*(self.quad[1] - self.quad[0])))

    @property
    def centre(self) -> NDArray[np.float64]:
        """Its middle, px."""
        return np.asarray(self.quad.mean(axis=0))


def inked(gray: Pixels) -> tuple[int, int, int, int]:
    """Left, top, right, bottom (px) of what is not empty paper, with a margin; specks and the lid's shadow may be in it."""
    shrink = max(1, max(gray.shape) // 600)
    small = cv2.resize(gray, (gray.shape[1] // shrink, gray.shape[0] // shrink), interpolation=cv2.INTER_AREA)
    opened = cv2.medianBlur(as_pixels(small), 3)
    dark = opened < DARK * float(np.percentile(opened, 80))
    rows, columns = np.flatnonzero(dark.sum(axis=1) > 1), np.flatnonzero(dark.sum(axis=0) > 1)
    if not len(rows) or not len(columns):
        return 0, 0, gray.shape[1], gray.shape[0]
    return (max(0, int(columns[0]) * shrink - MARGIN_PX), max(0, int(rows[0]) * shrink - MARGIN_PX),
            min(gray.shape[1], (int(columns[-1]) + 1) * shrink + MARGIN_PX),
            min(gray.shape[0], (int(rows[-1]) + 1) * shrink + MARGIN_PX))


def shrunk(gray: Pixels, scale: float) -> tuple[Pixels, float]:
    """The picture made smaller by that factor, and the factor; one that would make it larger leaves it as it is (1.0)."""
    if scale >= 1:
        return np.ascontiguousarray(gray), 1.0
    return as_pixels(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)), scale


def spots(heat: Heat, scale: tuple[float, float], offset: tuple[int, int] = (0, 0)) -> list[Spot]:
    """The lines of a detector's map in the picture's pixels, spaced-out words joined, from the top down."""
    warm = as_pixels(cv2.dilate((heat > WARM).astype(np.uint8), np.ones((2, 2), np.uint8)))
    outlines, _ = cv2.findContours(warm, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        rect = cv2.minAreaRect(outline)
        if min(rect[1]) < SMALLEST_PX or _warmth(heat, outline) < HOT:
            continue
        quad = _corners(_unclipped(rect))
        found.append(Spot(quad * np.array(scale) + np.array(offset)))
    return sorted(found, key=lambda spot: float(spot.centre[1]))


def _warmth(heat: Heat, outline: Any) -> float:
    x, y, w, h = cv2.boundingRect(outline)
    mask = np.zeros((h, w), np.uint8)
    cv2.drawContours(mask, [outline], -1, 1, -1, offset=(-x, -y))
    return float(cv2.mean(heat[y:y + h, x:x + w], mask)[0])


def _unclipped(rect: Any) -> NDArray[np.float64]:
    centre, (w, h), angle = rect
    by = w * h * UNCLIP / max(1e-6, 2 * (w + h))
    return np.asarray(cv2.boxPoints((centre, (w + 2 * by, h + 2 * by), angle)), dtype=np.float64)


def _corners(points: NDArray[np.float64]) -> Quad:
    """Four corners in reading order: the side that lies flattest is the top."""
    middle = points.mean(axis=0)
    turn = np.arctan2(*(points - middle).T[::-1])
    ring = points[np.argsort(turn)]
    first = int(np.argmin(ring.sum(axis=1)))
    return np.roll(ring, -first, axis=0)


def lying(found: list[Spot]) -> bool:
    """Whether the page's lines run from left to right (or right to left), not up and down."""
    long = [spot for spot in found if max(spot.width, spot.height) > 2.5 * min(spot.width, spot.height)]
    across = sum(spot.width for spot in long if spot.width > spot.height)
    return across >= sum(spot.height for spot in long if spot.height > spot.width)


def turned(found: list[Spot], size: tuple[int, int], turns: int) -> list[Spot]:
    """The same lines after the page of (height, width) was turned clockwise by so many quarters."""
    height, width = size
    for _ in range(turns % 4):
        found = [Spot(_corners(np.column_stack([height - 1 - s.quad[:, 1], s.quad[:, 0]]))) for s in found]
        height, width = width, height
    return sorted(found, key=lambda spot: float(spot.centre[1]))


def skew(found: list[Spot]) -> float:
    """The angle (radians, clockwise) by which the page's long lines lean; 0 if there are none."""
    leans = [(float(np.arctan2(*(s.quad[1] - s.quad[0])[::-1])), s.width) for s in found if s.width > 5 * s.height]
    if not leans:
        return 0.0
    leans.sort()
    half, passed = sum(width for _, width in leans) / 2, 0.0
    for lean, width in leans:
        passed += width
        if passed >= half:
            return lean
    return 0.0


def joined(found: list[Spot]) -> list[Spot]:
    """Letters standing alone in a row, far apart but alike, made one line: 領　収　書."""
    left = sorted(found, key=lambda spot: float(spot.centre[0]))
    words: list[list[Spot]] = []
    for spot in left:
        if spot.width > LETTER * spot.height:
            words.append([spot])
            continue
        home = next((word for word in words if _goes_on(word[-1], spot)), None)
        if home is None:
            words.append([spot])
        else:
            home.append(spot)
    return sorted((_around(word) for word in words), key=lambda spot: float(spot.centre[1]))


def _goes_on(last: Spot, spot: Spot) -> bool:
    if last.width > LETTER * last.height or min(last.height, spot.height) < ALIKE * max(last.height, spot.height):
        return False
    gap = float(spot.quad[:, 0].min() - last.quad[:, 0].max())
    level = abs(float(spot.centre[1] - last.centre[1])) < 0.4 * spot.height
    return level and 0 < gap < SPACED * spot.height


def _around(word: list[Spot]) -> Spot:
    if len(word) == 1:
        return word[0]
    points = np.vstack([spot.quad for spot in word])
    (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
    return Spot(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]]))


def strip(gray: Pixels, spot: Spot, part: tuple[float, float] = (0.0, 1.0)) -> Pixels:
    """The line (or the part of it from one share of its width to another) made level, at the scan's own size."""
    along = spot.quad[1] - spot.quad[0], spot.quad[2] - spot.quad[3]
    top_left, top_right = spot.quad[0] + along[0] * part[0], spot.quad[0] + along[0] * part[1]
    bottom_left = spot.quad[3] + along[1] * part[0]
    width = max(4, round(float(np.hypot(*(top_right - top_left)))))
    height = max(4, round(spot.height))
    there = np.array([top_left, top_right, bottom_left], dtype=np.float32)
    here = np.array([[0, 0], [width, 0], [0, height]], dtype=np.float32)
    matrix = cv2.getAffineTransform(there, here)
    return as_pixels(cv2.warpAffine(gray, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
