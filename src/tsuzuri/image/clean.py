"""One field's crop off a page: laid flat, printed rules and specks gone, cut close to the ink, or found blank.

Lengths in millimetres of paper unless a name says px. Gray levels are normalised: 255 is the paper around, 0 is black.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Picture, Pixels, as_pixels
from tsuzuri.image.bend import Bend, where
from tsuzuri.image.rules import Matrix
from tsuzuri.image.strangers import strangers
from tsuzuri.model import Box

Floats = NDArray[np.float64]

PX = 8.0              # px/mm of crops: a 3 mm digit gets 24 px, half of what the reader stretches it to
KNOT_MM = 2.0         # on a bent sheet: so far apart places are worked out; between them the paper is straight
SPILL = 1.3           # ink may leave its box by so much
INK = 205             # normalised gray below which a pixel may be ink: faint pencil does, what shines through seldom
BLACK = 185           # a stroke has some pixel this dark; a shadow has none
PALEST, PALE_SHARE = 226, 0.42    # a pixel is ink if it has this share of its field's contrast, if paler than 205 then to 226
LINE_INK = 176        # gray below which a stroke is believed to meet a printed rule
STROKE = 1.1          # a component less tall and less wide is a speck
NEAR = 9              # px: paper is shown half so far around a stroke
TALL = 0.18           # of a box's height: a row of boxes in which no stroke is larger is empty but for specks
DUST = 0.4            # and one this small is not even shown to a reader
LONGEST = 9.0         # no stroke of a letter is longer
LINE = 0.75           # mm of mean thickness: thinner is a line, not a letter grown together with its neighbours
UNSURE = 0.6          # how sure a crop is that something alien was taken out of
GAP = 0.55            # white between two letters is cut to this share of the ink's height
LOWEST = 2.2          # a crop is never lower than this: a lone dash must not fill it


@dataclass(frozen=True)
class Sheet:
    """A page ready for cropping: gray without red stamps, its colours if it has any, paper mm → px, the printed rules,
    and how it is bent, if it is.

    `rules` is (n, 5): x1, y1, x2, y2, and the line's width.
    """

    gray: Pixels
    colour: Pixels | None
    homography: Matrix
    rules: NDArray[np.float64]
    bend: Bend | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A field's ink: its picture (gray, close to the ink, wide gaps narrowed), and of a row of boxes each box's own.

    `blank` means nothing is written; `sure` (0–1) is how sure of that, either way. `boxes` has one picture for each box
    of the row, None for an empty one; `cells` counts those that are not.
    """

    picture: Pixels
    blank: bool
    sure: float
    boxes: tuple[Pixels | None, ...] = ()

    @property
    def cells(self) -> int:
        """How many boxes of the row hold ink."""
        return sum(picture is not None for picture in self.boxes)


def sheet(picture: Picture, homography: Sequence[float], rules: NDArray[np.float64], bend: Bend | None = None) -> Sheet:
    """The page for cropping. Scans above 350 dpi are halved first: sharper than the readers can use."""
    matrix = np.array(homography, dtype=np.float64).reshape(3, 3)
    pixels = picture.pixels
    if _px_per_mm(matrix) > 14:
        pixels = as_pixels(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
        matrix = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1.0]]) @ matrix
    if pixels.ndim == 2:
        return Sheet(pixels, None, matrix, rules, bend)
    # Vermilion is bright in the red channel, black and blue are dark: what a stamp covers becomes readable.
    return Sheet(np.ascontiguousarray(pixels[:, :, 2]), pixels, matrix, rules, bend)


def _px_per_mm(matrix: Matrix) -> float:
    return float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))


def laid(pixels: Pixels, homography: Matrix, box: Box, bend: Bend | None = None) -> Pixels:
    """The box of the page at PX px/mm, gray or BGR."""
    x, y, w, h = box
    size = (max(4, round(w * PX)), max(4, round(h * PX)))
    if bend is None:
        to_mm = np.array([[1 / PX, 0, x + 0.5 / PX], [0, 1 / PX, y + 0.5 / PX], [0, 0, 1.0]])
        return as_pixels(cv2.warpPerspective(pixels, homography @ to_mm, size, borderMode=cv2.BORDER_REPLICATE,
                                             flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))
    columns, rows = (int(n / PX / KNOT_MM) + 2 for n in size)
    u, v = np.meshgrid(np.arange(columns) * KNOT_MM, np.arange(rows) * KNOT_MM)
    knots = where(np.column_stack((x + u.ravel(), y + v.ravel())), homography, bend).reshape(rows, columns, 2)
    shrink = 1 / (KNOT_MM * PX)
    to_knots = np.array([[shrink, 0, 0.5 * shrink], [0, shrink, 0.5 * shrink]])
    maps = [cv2.warpAffine(np.ascontiguousarray(knots[..., i], dtype=np.float32), to_knots, size,
                           flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE) for i in (0, 1)]
    return as_pixels(cv2.remap(pixels, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def grown(box: Box, by: float) -> Box:
    """The box, larger by so much on every side."""
    return (box[0] - by, box[1] - by, box[2] + 2 * by, box[3] + 2 * by)


def evened(crop: Pixels) -> Pixels:
    """Gray levels stretched so that the paper is 255 everywhere, however the light falls on it."""
    height, width = crop.shape
    coarse = cv2.resize(crop, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    # Wider than a stroke, narrower than a shadow: the brightest millimetre of each 9 mm is paper.
    paper = cv2.blur(cv2.dilate(coarse, np.ones((9, 9), np.uint8)), (7, 7))
    paper = cv2.resize(np.maximum(paper, 60), (width, height), interpolation=cv2.INTER_LINEAR)
    return as_pixels(cv2.divide(crop, paper, scale=255.0))


def flat(page: Sheet, box: Box) -> Pixels:
    """The box, evenly lit, without its printed rules."""
    crop = evened(laid(page.gray, page.homography, box, page.bend))
    rules = page.rules
    here = (rules[:, 2] >= box[0]) & (rules[:, 0] <= box[0] + box[2]) & (rules[:, 3] >= box[1]) & (rules[:, 1] <= box[1] + box[3])
    for x1, y1, x2, y2, width in rules[here].tolist():
        start, end = (x1 - box[0], x2 - box[0]) if y1 == y2 else (y1 - box[1], y2 - box[1])
        if y1 == y2:
            _without_rule(crop, y1 - box[1], (start, end), width)
        else:
            _without_rule(crop.T, x1 - box[0], (start, end), width)
    return crop


def _without_rule(crop: Pixels, at: float, ends: tuple[float, float], width: float) -> None:
    """Whitens a horizontal rule in place, but for the columns where a stroke comes to it from above or below."""
    left, right = max(0, int((ends[0] - 0.3) * PX)), max(0, int((ends[1] + 0.3) * PX))
    middle = at * PX - 0.5
    for reach in (width / 2 * PX + 1.5, width / 2 * PX + 2.5, width / 2 * PX + 3.5):
        top, bottom = max(0, round(middle - reach)), max(0, round(middle + reach) + 1)
        band = crop[top:bottom, left:right]
        if not band.size:
            return
        above, below = crop[max(0, top - 2):top, left:right], crop[bottom:bottom + 2, left:right]
        met = np.zeros(band.shape[1], dtype=bool)
        for beside in (above, below):
            if beside.size:
                met |= beside.min(axis=0) < LINE_INK
        if met.mean() < 0.5:
            break
    band[:, ~met] = 255


def cut(page: Sheet, box: Box, cells: int | None = None) -> Cut:
    """The ink of one field, as a reader likes it."""
    crop = flat(page, grown(box, SPILL))
    kept, others, sure = _own_ink(crop, box, INK)
    if kept is not None and cells and _tallest(kept) < TALL * box[3] * PX:
        return Cut(np.full((4, 4), 255, np.uint8), True, UNSURE)
    if kept is not None and (level := _faint(crop, kept)) > INK:
        kept, others, sure = _own_ink(crop, box, level)
    if kept is None:
        return Cut(np.full((4, 4), 255, np.uint8), True, sure)
    # Around the strokes everything stays: faint ink between them is what tells デ from テ.
    near = cv2.dilate(kept, np.ones((NEAR, NEAR), np.uint8)) > 0
    shown = np.where(near & (others == 0), crop, 255).astype(np.uint8)
    return Cut(_close(shown, kept), False, sure, _boxes(shown, kept, (box, cells)) if cells else ())


def _tallest(kept: Pixels) -> int:
    """The larger side of the largest component, in px."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(kept, connectivity=8)
    return int(stats[1:, cv2.CC_STAT_WIDTH:cv2.CC_STAT_HEIGHT + 1].max(initial=0))


def _faint(crop: Pixels, kept: Pixels) -> int:
    """The gray below which this field's pixels are ink: a pale pencil leaves strokes that a pen's threshold misses."""
    contrast = 255.0 - float(np.percentile(crop[kept > 0], 25))
    return int(min(PALEST, 255 - PALE_SHARE * contrast))


def _own_ink(crop: Pixels, box: Box, level: int) -> tuple[Pixels | None, Pixels, float]:
    """The mask of the strokes that belong to the box (None if it is blank), that of all other ink, and how sure."""
    soft = as_pixels(cv2.GaussianBlur(crop, (3, 3), 0))      # the scanner's grain is no ink
    if int(soft.min()) >= level:
        return None, crop, 0.999
    strange = strangers(soft, level, PX)
    ink = (soft < level) if strange is None else (soft < level) & (strange == 0)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    x, _, w, h, area = (stats[1:, i] / PX for i in range(5))
    size = np.maximum(w, h)
    cx, cy = centres[1:, 0] / PX - SPILL, centres[1:, 1] / PX - SPILL
    inside = (cx > -0.2) & (cx < box[2] + 0.2) & (cy > 0) & (cy < box[3])
    darkest = np.full(count, 255, dtype=np.uint8)
    np.minimum.at(darkest, labels.reshape(-1).astype(np.intp), soft.reshape(-1))
    strokes = (size >= STROKE) & (darkest[1:] < level - INK + BLACK)
    slips = strokes & (size > LONGEST) & (area / PX < LINE * size)
    written = strokes & inside & ~slips
    meddled = strange is not None or bool(slips.any())
    if not written.any():
        doubtful = float(size[inside & ~slips].max(initial=0.0)) > 0.7 * STROKE
        return None, crop, UNSURE if meddled else 0.9 if doubtful else 0.999
    near = (x < (x + w)[written].max() + 2) & (x + w > x[written].min() - 2)
    around = cv2.dilate(np.r_[False, written][labels].astype(np.uint8), np.ones((11, 11), np.uint8))
    beside = np.zeros(count, dtype=bool)
    beside[labels[around > 0]] = True          # crumbs of a broken stroke; dust lies alone
    keep = np.r_[False, inside & near & ~slips & ((size > DUST) | beside[1:])]
    others = (ink & ~keep[labels] & (np.r_[0, size][labels] > DUST)).astype(np.uint8)
    others = as_pixels(cv2.dilate(others, np.ones((3, 3), np.uint8)))
    if strange is not None:
        others |= strange
    return keep[labels].astype(np.uint8), others, UNSURE if meddled else 1.0


def _boxes(shown: Pixels, kept: Pixels, row: tuple[Box, int]) -> tuple[Pixels | None, ...]:
    """Each box's ink, whole strokes that lean over its edge included; None where no stroke has a character's height."""
    box, cells = row
    pitch = box[2] / cells * PX
    edges = [SPILL * PX + i * pitch for i in range(cells + 1)]
    held = [_held(kept, left + 0.15 * pitch, right - 0.15 * pitch) for left, right in pairwise(edges)]
    count, labels, stats, centres = cv2.connectedComponentsWithStats(kept, connectivity=8)
    home = np.clip(((centres[:, 0] - edges[0]) / pitch).astype(int), 0, cells - 1)
    home[0] = cells                                                        # the paper between strokes is nobody's
    home[1:][stats[1:, cv2.CC_STAT_WIDTH] > 1.25 * pitch] = cells          # digits grown together: parted at the edge
    joined = (home == cells) & (np.arange(count) > 0)
    pictures: list[Pixels | None] = []
    for i, (left, right) in enumerate(pairwise(edges)):
        mine = (home == i)[labels]
        mine[:, int(left):int(right)] |= joined[labels[:, int(left):int(right)]]
        pictures.append(_close(_alone(shown, mine), mine.astype(np.uint8)) if held[i] and mine.any() else None)
    return tuple(pictures)


def _held(kept: Pixels, left: float, right: float) -> bool:
    """Whether a box's inside has ink of a character's height."""
    return bool(kept[:, int(left):int(right)].any(axis=1).sum() > STROKE * PX)


def _alone(shown: Pixels, mine: NDArray[np.bool_]) -> Pixels:
    """The crop with only these strokes and the paper around them."""
    near = cv2.dilate(mine.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(near, shown, 255).astype(np.uint8)


def _close(shown: Pixels, kept: Pixels) -> Pixels:
    """The crop cut to its ink with a little paper around, gaps narrowed, never lower than a small letter."""
    rows, used = np.flatnonzero(kept.max(axis=1)), np.flatnonzero(kept.max(axis=0))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    short = max(0, round(LOWEST * PX) - (bottom - top))
    height = bottom - top + short
    pad = max(2, round(0.09 * height))
    gap = max(3, round(GAP * height))
    keep = np.zeros(kept.shape[1], dtype=np.bool_)
    keep[used] = True
    for a, b in pairwise(used.tolist()):
        if b - a > 1:
            keep[a + 1:a + 1 + min(b - a - 1, gap)] = True
    ink = shown[top:bottom, keep]
    return np.pad(ink, ((pad + short // 2, pad + short - short // 2), (pad, pad)), constant_values=255)
