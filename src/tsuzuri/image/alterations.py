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
SECTOR_SHARE = 0.3     # of a rim's eighth at least
RIM_CLEAR = 0.45       # by so much the rim is fuller than what lies outside it: of 96 struck texts without a seal one or two
GAPLESS = 0.9          # of the writing's width at least has ink, where a line goes through it
SLANTS = (-6, -4, -2, 0, 2, 4, 6)      # degrees, of the shorter line through one field
SPECK_MM = 1.1
NARROW_MM = 4.2        # a single digit is narrower, and its own stroke as wide as itself: not told
LINED = 0.9            # of the width
LONE_MM = 5.2          # no lone digit is wider: the two arcs of a 0 are no two lines
UPPER, LOWER = 0.32, 0.8       # of a box's height: its own writing comes between them
WIDE_MM = 9.0          # up to this, a line is told from a digit's own stroke by its ends
OVER_PX = 3
SWAY_PX = 5            # how far a hand's line strays from straight
CLEAR_MM, SIDE_SHARE = 0.8, 0.05      # of all ink lies so far and farther above the line, and below it, at least
BLOCK_PX = 4           # half a millimetre: the paper's gray is told from so small a piece
BLEACHED = 251         # gray of paper that is as white as can be: nothing is whiter
WHITER = 3.5           # gray levels that a patch is whiter than the paper
PATCH_MM2, FULL = 8.0, 0.55    # smallest patch, and the share of its own box that it fills
RED = 28               # gray levels that vermilion is redder than green
RED_MM2 = 3.0          # of such ink


def crossed(page: Sheet, row: Box) -> float:
    """The share (0–1) of a row's width that a level line runs through."""
    x, y, w, h = row
    crop = flat(page, (x, y + INSET * h, w, h * (1 - 2 * INSET)))
    mask = as_pixels(cv2.morphologyEx((cv2.GaussianBlur(crop, (3, 3), 0) < INK).astype(np.uint8), cv2.MORPH_CLOSE,
                                      np.ones((1, 5), np.uint8)))
    return float(_runs(mask, round(RUN_MM * PX)).any(axis=0).mean()) if mask.any() else 0.0


def _runs(mask: Pixels, long: int, tilts: range = TILTS) -> Pixels:
    """The pixels on straight runs of that length (px), level give or take some degrees."""
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    found = np.zeros_like(mask)
    _, _, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=8)
    if stats[1:, cv2.CC_STAT_WIDTH].max(initial=0) < long:      # most rows of a list: their printed words alone
        return found
    for tilt in tilts:
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
    """Whether some place is the middle of a rim: each of eight sectors holds some of it, and outside it there is paper."""
    side = 2 * round((radius + 2 * RING_MM) * PX) + 1
    if min(ink.shape) < side // 2:
        return False
    y, x = (np.mgrid[0:side, 0:side] - side // 2) / PX
    away, sector = np.hypot(x, y) - radius, (np.arctan2(y, x) / (2 * np.pi) * 8 + 4).astype(int) % 8
    band, outside = np.abs(away) < RING_MM / 2, np.abs(away - 1.35 * RING_MM) < 0.45 * RING_MM
    thick = np.asarray(cv2.dilate(ink, np.ones((3, 3), np.uint8)), np.float32)
    shares = [_share(thick, band & (sector == i)) for i in range(8)]
    clear = np.mean(shares, axis=0) - _share(thick, outside)
    return bool(((np.minimum.reduce(shares) > SECTOR_SHARE) & (clear > RIM_CLEAR)).any())


def _share(ink: NDArray[np.float32], where: NDArray[np.bool_]) -> NDArray[np.float32]:
    kernel = where.astype(np.float32) / max(1, int(where.sum()))
    return np.asarray(cv2.filter2D(ink, cv2.CV_32F, kernel, borderType=cv2.BORDER_CONSTANT), np.float32)


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


def struck(page: Sheet, box: Box) -> float:
    """The largest share (0–1) of the writing's width that one level line through it covers; 0 if it is too narrow to tell.

    Between letters there are gaps, and a line through them has none: where gaps are many, that no line covers them is all that is
    told. A line with nothing on one side of it is an underline, if it keeps away from the letters.
    """
    crop = flat(page, grown(box, 0.6))
    ink = (cv2.GaussianBlur(crop, (3, 3), 0) < INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    top, bottom = stats[1:, 1], stats[1:, 1] + stats[1:, 3]
    level = (top < LOWER * len(ink)) & (bottom > UPPER * len(ink))      # what counts is often written small above what does not
    ink = np.r_[False, level & (stats[1:, 2:4].max(axis=1) > SPECK_MM * PX)][labels].astype(np.uint8) if count > 1 else ink
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns) or columns[-1] - columns[0] < NARROW_MM * PX:
        return 0.0
    ink = np.ascontiguousarray(ink[:, columns[0]:columns[-1] + 1])
    if float(ink.any(axis=0).mean()) < GAPLESS:
        return 0.0
    return max(_line_share(_levelled(ink, slant)) for slant in SLANTS)


def _levelled(ink: Pixels, slant: float) -> Pixels:
    height, width = ink.shape
    tilt = float(np.tan(np.deg2rad(slant)))
    shear = np.array([[1, 0, 0], [-tilt, 1, tilt * width / 2]])
    return as_pixels(cv2.warpAffine(ink, shear, (width, height), flags=cv2.INTER_NEAREST))


def _line_share(level: Pixels) -> float:
    shares = cv2.dilate(level, np.ones((SWAY_PX, 1), np.uint8)).mean(axis=1)
    rows = level.sum(axis=1, dtype=np.float64)
    total, shift = max(1.0, float(rows.sum())), round(CLEAR_MM * PX)
    above, below = np.cumsum(rows) / total, np.cumsum(rows[::-1])[::-1] / total
    least = np.minimum(np.r_[np.zeros(shift), above[:-shift]], np.r_[below[shift:], np.zeros(shift)])
    shares[least <= SIDE_SHARE] = 0.0
    lines = shares > LINED
    if level.shape[1] > WIDE_MM * PX:
        return float(shares.max())
    if level.shape[1] < LONE_MM * PX:
        lines[:] = False
    lines[int(shares.argmax())] = True
    return float(shares.max()) if _overhang(level, lines) else 0.0


def _overhang(level: Pixels, lines: NDArray[np.bool_]) -> bool:
    """Whether at both ends there is nothing but these lines: one or two digits have strokes as long as themselves."""
    ends = np.hstack([level[:, :OVER_PX], level[:, -OVER_PX:]])
    away = cv2.dilate(lines.astype(np.uint8)[:, None], np.ones((2 * SWAY_PX + 1, 1), np.uint8))[:, 0] == 0
    return not ends[away].any()


def whitened(page: Sheet, box: Box) -> bool:
    """Whether a patch of the box is whiter than the paper round it, as correction fluid and tape leave it.

    Seen only where the scan has kept the paper's own gray: a fax, and a scanner that bleaches the paper, show nothing.
    """
    area = grown(box, 2.5)
    gray = laid(page.gray, page.homography, area, page.bend)
    high, wide = gray.shape[0] // BLOCK_PX, gray.shape[1] // BLOCK_PX
    blocks = gray[:high * BLOCK_PX, :wide * BLOCK_PX].reshape(high, BLOCK_PX, wide, BLOCK_PX).transpose(0, 2, 1, 3)
    paper = _quite_light(blocks.reshape(high * wide, BLOCK_PX ** 2)).reshape(high, wide)
    level = float(np.percentile(paper, 35))
    if level > BLEACHED:
        return False
    spread = float(np.median(np.abs(paper - np.median(paper))))
    white = (paper > level + max(WHITER, 3.5 * spread)).astype(np.uint8)
    white = as_pixels(cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    count, _, stats, _ = cv2.connectedComponentsWithStats(white, connectivity=4)
    least = PATCH_MM2 * (PX / BLOCK_PX) ** 2
    return any(stats[i, cv2.CC_STAT_AREA] > max(least, FULL * stats[i, 2] * stats[i, 3]) for i in range(1, count))


def _quite_light(pieces: Pixels) -> NDArray[np.float64]:
    """The gray that a quarter of each piece's pixels is lighter than: as numpy's percentile gives it, in two thirds of its time."""
    ordered = cv2.sort(np.ascontiguousarray(pieces), cv2.SORT_EVERY_ROW | cv2.SORT_ASCENDING)
    whole, part = divmod(0.75 * (pieces.shape[1] - 1), 1)
    low, high = (ordered[:, int(whole) + i].astype(np.float64) for i in (0, 1))
    return np.asarray(low + part * (high - low))
