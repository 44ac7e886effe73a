"""A page seen from afar, once, by all who ask where things are: small, its surroundings whitened, its strokes found.

At PITCH px/mm, taking it that the sheet's long side is that of most of the city's papers. Rules and squares stand out against
their own neighbourhood, so that uneven light falls away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from tsuzuri.image import Pixels, as_pixels
from tsuzuri.image.rules import DARK, PITCH, Matrix, darkness, masks, widened

LONG_MM = 297.0        # an A4's
LID_DARK = 90          # gray: a scanner's black background and a copier's black margin are darker
LID_SHARE = 0.15       # of one edge of the picture, from where on what is dark there is looked into
MOST_LID = 0.7         # of the picture; more is no sheet on a lid
LID_MM = 2.5           # and so thick at least: a rule that runs off the sheet is no background
STRONG = 120.0         # gray levels between print and paper in a good scan
PALEST = 5.0           # gray levels: rules that a scanner all but dropped are darker, and a long stroke of grain is not
NEAR_MM = 0.8          # a look meets a stroke that lies so near


@dataclass(frozen=True)
class Overview:
    """A page at PITCH px/mm: `gray` with paper all around, `sheet` the paper's own outline in it, `scale` small px a px.

    `sheet` is (middle x, middle y, width, height) in px, upright but for its skew.
    """

    gray: Pixels
    scale: float
    sheet: tuple[float, float, float, float]

    @cached_property
    def dark(self) -> Pixels:
        """How much darker each pixel is than its surroundings."""
        return darkness(self.gray)

    @cached_property
    def strokes(self) -> tuple[Pixels, Pixels]:
        """Where level and upright strokes of 6 mm and more are, 0 or 1."""
        return masks(self.dark)

    @cached_property
    def wide(self) -> tuple[Pixels, Pixels]:
        """The strokes, wide enough for a look that is a little off."""
        across, down = self.strokes
        return widened(across, NEAR_MM), widened(down, NEAR_MM)

    def stretched(self) -> Overview:
        """The page with its contrast made as strong as print has it, for what may be print all but washed out."""
        return self._lifted(STRONG / max(float(np.percentile(self.dark[::2, ::2], 99)), 2.0))

    def lifted(self) -> Overview:
        """The page with its palest print made as strong as it can be told from the paper's grain, however black the rest."""
        return self._lifted(DARK / PALEST)

    def _lifted(self, by: float) -> Overview:
        return Overview(as_pixels(255 - np.clip(self.dark * by, 0, 255).astype(np.uint8)), self.scale, self.sheet)

    def pitch(self, paper: tuple[float, float]) -> float:
        """How many px a millimetre takes if the sheet is this paper."""
        return max(self.sheet[2:]) / max(paper)

    @property
    def back(self) -> Matrix:
        """Pixels of the overview to pixels of the picture as scanned."""
        return resized(1 / self.scale)


def overview(gray: Pixels, long_mm: float = LONG_MM) -> Overview:
    """The page from afar."""
    small, scale = _reduced(gray, long_mm)
    height, width = small.shape
    around = _surroundings(small)
    if around is None:
        return Overview(small, scale, ((width - 1) / 2, (height - 1) / 2, float(width), float(height)))
    sheet = _outline(around)
    again = long_mm * PITCH / max(sheet[2:])
    small[around > 0] = int(np.median(small[::4, ::4][around[::4, ::4] == 0]))
    if 1.02 < again < 1.6:      # the sheet is smaller than the picture: its own side is the paper's
        small, more = _reduced(small, long_mm * max(height, width) / max(sheet[2:]))
        scale, sheet = scale * more, (sheet[0] * more, sheet[1] * more, sheet[2] * more, sheet[3] * more)
    return Overview(small, scale, sheet)


def resized(scale: float) -> Matrix:
    """Pixels to pixels of a picture `scale` times as large; pixel centres lie at halves."""
    shift = 0.5 * scale - 0.5
    return np.array([[scale, 0, shift], [0, scale, shift], [0, 0, 1.0]])


def _reduced(gray: Pixels, long_mm: float) -> tuple[Pixels, float]:
    scale = long_mm * PITCH / max(gray.shape)
    size = (max(8, round(gray.shape[1] * scale)), max(8, round(gray.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return as_pixels(cv2.resize(gray, size, interpolation=way)), scale


def _surroundings(small: Pixels) -> Pixels | None:
    """A mask (0 or 1) of what is black from the picture's edge inwards; None where there is no such thing, or nothing else."""
    edges = (small[:2], small[-2:], small[:, :2], small[:, -2:])
    if max(float((edge < LID_DARK).mean()) for edge in edges) < LID_SHARE:
        return None
    thick = int(LID_MM * PITCH)
    black = np.pad((small < LID_DARK).astype(np.uint8), thick, mode="edge")
    black = as_pixels(cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8)))[thick:-thick, thick:-thick]
    count, labels = cv2.connectedComponents(black)
    rim = np.zeros(count, dtype=np.uint8)
    rim[np.concatenate((labels[0], labels[-1], labels[:, 0], labels[:, -1]))] = 1
    rim[0] = 0
    around = rim[labels]
    if not around.any() or around.mean() > MOST_LID:
        return None
    return as_pixels(cv2.dilate(around, np.ones((5, 5), np.uint8)))     # and the soft edge of its shadow


def _outline(around: Pixels) -> tuple[float, float, float, float]:
    edges, _ = cv2.findContours(1 - around, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    (x, y), (w, h), angle = cv2.minAreaRect(np.concatenate(edges))
    if 45 < abs(angle) <= 90:
        w, h = h, w
    return float(x), float(y), float(w), float(h)
