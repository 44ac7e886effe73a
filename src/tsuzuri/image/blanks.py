"""A scan of a blank form for whoever draws its boxes: made straight, as large as its paper, with the rules that it prints.

Lengths are millimetres of paper from its top-left corner.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tsuzuri.image import Picture, Pixels
from tsuzuri.image.align import straightening
from tsuzuri.image.lie import flattened
from tsuzuri.image.overview import Overview, overview
from tsuzuri.image.pages import rendition
from tsuzuri.image.rules import PITCH, Line, Matrix, masks
from tsuzuri.image.squares import solid_squares
from tsuzuri.model import Placement

PAPERS = ((210.0, 297.0), (148.0, 210.0), (182.0, 257.0), (297.0, 420.0), (257.0, 364.0), (105.0, 148.0), (100.0, 148.0))
NEAR_MM = 6.0           # a scanner's glass and its feeder add or take so much
SHORTEST_MM = 7.0       # a digit's box is higher; strokes of letters are shorter
THICKEST_MM = 1.6
ANCHOR_MM = 5.0
CORNER_MM = 30.0        # anchors lie so near to a corner


@dataclass(frozen=True)
class Blank:
    """A blank form: its picture (8 px/mm), its paper's size, its rules (left to right, top to bottom), its solid squares."""

    picture: Picture
    paper: tuple[float, float]
    lines: tuple[Line, ...]
    anchors: tuple[tuple[float, float], ...]


def blank_form(picture: Picture) -> Blank:
    """The scan straightened. Its paper is told by its dots an inch and its outline, or by its shape alone: then it is an A4."""
    gray = picture.gray
    paper = _paper(overview(gray), gray.shape[1] / gray.shape[0], picture, max(gray.shape))
    view = overview(gray, max(paper))
    lie = _lie(view, paper)
    matrix = view.back @ lie
    placed = Placement(form="", homography=tuple(float(v) for v in matrix.ravel()))
    dark = flattened(view.dark, lie, paper)
    spots = (complex(x) / PITCH for x in solid_squares(dark, ANCHOR_MM))
    anchors = sorted({(round(z.real, 1), round(z.imag, 1)) for z in spots if _cornered(z, paper)}, key=lambda at: (at[1], at[0]))
    across, down = masks(dark)
    return Blank(rendition(picture, placed, paper), paper, (*_strokes(across, level=True), *_strokes(down, level=False)),
                 tuple(anchors))


def _paper(view: Overview, shape: float, picture: Picture, long_px: int) -> tuple[float, float]:
    """The paper whose size this sheet has, upright or lying."""
    wide, high = view.sheet[2:]
    if not picture.dpi:
        return (297.0, 210.0) if shape > 1 else (210.0, 297.0)
    mm = long_px / picture.dpi * 25.4 / max(view.gray.shape)       # of the sheet, a px of the overview
    size = wide * mm, high * mm
    known = [paper for one in PAPERS for paper in (one, one[::-1])]
    best = min(known, key=lambda paper: abs(paper[0] - size[0]) + abs(paper[1] - size[1]))
    near = max(abs(best[0] - size[0]), abs(best[1] - size[1])) < NEAR_MM
    return best if near else (float(round(size[0])), float(round(size[1])))


def _lie(view: Overview, paper: tuple[float, float]) -> Matrix:
    """Paper mm → px of the overview: as its long strokes lie, in the middle of its outline."""
    straight = straightening(*view.strokes)
    middle = straight @ np.array([view.sheet[0], view.sheet[1], 1.0])
    pitch = view.pitch(paper)
    flat = np.array([[pitch, 0, middle[0] - pitch * paper[0] / 2], [0, pitch, middle[1] - pitch * paper[1] / 2], [0, 0, 1.0]])
    return np.asarray(np.linalg.inv(straight) @ flat, dtype=np.float64)


def _cornered(spot: complex, paper: tuple[float, float]) -> bool:
    return min(spot.real, paper[0] - spot.real) < CORNER_MM and min(spot.imag, paper[1] - spot.imag) < CORNER_MM


def _strokes(mask: Pixels, *, level: bool) -> list[Line]:
    """Each stroke that is long and thin enough for a rule, by its middle, to a tenth of a millimetre."""
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask)
    found: list[Line] = []
    for i in range(1, count):
        x, y, w, h = (float(v) / PITCH for v in stats[i][:4])
        at_x, at_y = ((float(v) + 0.5) / PITCH for v in centres[i])
        long, thick = (w, h) if level else (h, w)
        if long >= SHORTEST_MM and thick <= THICKEST_MM + 0.01 * long:
            line = (x, at_y, x + w, at_y) if level else (at_x, y, at_x, y + h)
            found.append((round(line[0], 1), round(line[1], 1), round(line[2], 1), round(line[3], 1)))
    return sorted(found, key=lambda line: (line[1], line[0]))
