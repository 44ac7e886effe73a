"""What was done to writing afterwards: crossed out, stamped with a 訂正印; and 〃, which says "the same as above".

Lengths in millimetres of paper unless a name says px. Shares are of what a whole mark would give.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels, as_pixels
from tsuzuri.image.clean import INK, LINE_INK, PX, Sheet, flat, grown, laid
from tsuzuri.model import Box

RUN_MM = 9.0           # no letter, and no two that touch, has a straight level stroke of this length
TILTS = range(-4, 5)   # degrees: how far a hand's line across a row climbs or falls
INSET = 0.18           # of a row's height, above and below: a line drawn through a row keeps to its middle
DITTO_MM = (0.7, 3.4)  # a stroke of 〃 is so high
LEAN = 0.1             # and leans by so much of its height, and 11 and the two halves of a 0 do not
APART_MM = 1.9         # and stand so near: two ones stand 2 mm apart in print, 3 in handwriting
PARTING = (120, 90)    # gray levels at which two strokes that a fax let grow together may part
SEAL_MM = (2.6, 3.0, 3.4, 3.8, 4.2)     # radii of a 訂正印: 5 to 9 mm across
RING_MM = 0.7          # width of the band in which a seal's rim is looked for
RING_SHARE = 0.68      # of a rim's directions; letters and lines give 0.5 at most
RED = 28               # gray levels that vermilion is redder than green
RED_MM2 = 3.0          # of such ink


def crossed(page: Sheet, row: Box) -> float:
    """The share (0–1) of a row's width that a level line runs through."""
    x, y, w, h = row
    crop = flat(page, (x, y + INSET * h, w, h * (1 - 2 * INSET)))
    mask = as_pixels(cv2.morphologyEx((cv2.GaussianBlur(crop, (3, 3), 0) < INK).astype(np.uint8), cv2.MORPH_CLOSE,
                                      np.ones((1, 5), np.uint8)))
    return float(_runs(mask, round(RUN_MM * PX)).any(axis=0).mean()) if mask.any() else 0.0


def _runs(mask: Pixels, long: int) -> Pixels:
    """The pixels on straight runs of that length (px), level give or take some degrees."""
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    found = np.zeros_like(mask)
    for tilt in TILTS:
        reach = round(abs(float(np.tan(np.deg2rad(tilt)))) * long)
        kernel = np.zeros((reach + 1, long), dtype=np.uint8)
        ends = (0, reach) if tilt > 0 else (reach, 0)
        cv2.line(kernel, (0, ends[0]), (long - 1, ends[1]), 1)
        found |= as_pixels(cv2.morphologyEx(thick, cv2.MORPH_OPEN, kernel))
    return found


def stamped(page: Sheet, box: Box, but: Sequence[Box] = ()) -> bool:
    """Whether a 訂正印 stands in the box: red ink, or a round rim; rings in the boxes `but` are answers, no seals."""
    area = grown(box, 2.0)
    if page.colour is not None:
        blue, green, red = (laid(page.colour, page.homography, area, page.bend)[:, :, i].astype(np.int16) for i in range(3))
        if float((red - np.maximum(green, blue) > RED).sum()) / PX ** 2 > RED_MM2:
            return True
    ink = (flat(page, area) < INK).astype(np.float32)
    for x, y, w, h in but:
        left, top = round((x - 1.5 - area[0]) * PX), round((y - 1.5 - area[1]) * PX)
        ink[max(0, top):max(0, top + round((h + 3) * PX)), max(0, left):max(0, left + round((w + 3) * PX))] = 0
    return any(_ringed(ink, radius) for radius in SEAL_MM)


def _ringed(ink: NDArray[np.float32], radius: float) -> bool:
    """Whether some place is the middle of a rim: of eight sectors each must hold much, and all together most, of it."""
    side = 2 * round((radius + RING_MM) * PX) + 1
    if min(ink.shape) < side // 2:
        return False
    y, x = (np.mgrid[0:side, 0:side] - side // 2) / PX
    band = np.abs(np.hypot(x, y) - radius) < RING_MM / 2
    sector = (np.arctan2(y, x) / (2 * np.pi) * 8 + 4).astype(int) % 8
    thin = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    shares = [cv2.filter2D(thin, cv2.CV_32F, (band & (sector == i)).astype(np.float32) / max(1, (band & (sector == i)).sum()))
              for i in range(8)]
    return bool((np.minimum.reduce(shares) > 0.3).any())


def ditto(picture: Pixels) -> bool:
    """Whether a field's cut shows 〃 and nothing else: two short strokes close beside each other, alike."""
    return any(_two_strokes((picture < gray).astype(np.uint8)) for gray in (LINE_INK, *PARTING))


def _two_strokes(ink: Pixels) -> bool:
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    strokes = [i for i in range(1, count) if max(stats[i, 2:4]) >= 0.5 * PX]
    if len(strokes) != 2:
        return False
    a, b = sorted(strokes, key=lambda i: float(centres[i][0]))
    heights = [float(stats[i, cv2.CC_STAT_HEIGHT]) / PX for i in (a, b)]
    apart, level = (float(side) / PX for side in np.abs(centres[b] - centres[a]))
    alike = DITTO_MM[0] <= min(heights) and max(heights) <= DITTO_MM[1] and min(heights) > 0.55 * max(heights)
    slender = all(stats[i, cv2.CC_STAT_WIDTH] < 1.3 * stats[i, cv2.CC_STAT_HEIGHT] for i in (a, b))
    if not (alike and slender and level < 0.4 * max(heights) and 0.4 < apart < APART_MM):
        return False
    return min(_lean(labels == i) for i in (a, b)) > LEAN


def _lean(mask: NDArray[np.bool_]) -> float:
    """How far a stroke leans to the right, of its height."""
    y, x = np.nonzero(mask)
    return float(-np.cov(x, y)[0, 1] / max(1e-6, float(np.var(y, ddof=1))))
