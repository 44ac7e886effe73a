"""Printed rules on a page: the masks of what looks like one, where they are expected, and how far off they lie.

Lengths in millimetres of paper unless a name says px. A homography maps (x, y) in paper mm to pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels, as_pixels
from tsuzuri.model import Box

Matrix = NDArray[np.float64]
Points = NDArray[np.float64]       # (n, 2)
Floats = NDArray[np.float64]
Line = tuple[float, float, float, float]      # x1, y1, x2, y2

PITCH = 4.0           # px/mm at which pages are laid: a hairline of 0.2 mm is still a pixel wide
STEP_MM = 3.0         # distance between two looks along a rule
REACH_MM = 1.0        # dashes of this length to either side speak for a rule
DARK = 18             # gray levels that a rule must be darker than what lies around it


@dataclass(frozen=True)
class Layout:
    """What of a blank form can be found on a scan: its size, its anchors' centres, and the looks along its rules.

    `across` are points on horizontal rules, `down` on vertical ones, (n, 2) in mm.
    """

    paper: tuple[float, float]
    anchors: tuple[tuple[float, float], ...]
    anchor_mm: float
    across: Points
    down: Points


def printed(frames: Sequence[Box], lines: Sequence[Line] = (), faint: Sequence[Line] = (),
            rows: Sequence[tuple[Box, int]] = ()) -> Matrix:
    """Every printed rule as (n, 5): x1, y1, x2, y2 (left to right, top to bottom) and the line's width.

    `rows` are rows of digit boxes: the box of the row and how many boxes it has.
    """
    found = [(*side, 0.45) for frame in frames for side in _sides(frame)]
    found += [(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2), 0.2) for x1, y1, x2, y2 in (*lines, *faint)]
    for box, cells in rows:
        x, y, w, h = box
        found += [(*side, 0.2) for side in _sides(box)]
        found += [(x + w * i / cells, y, x + w * i / cells, y + h, 0.15) for i in range(1, cells)]
    return np.array(found, dtype=np.float64).reshape(-1, 5)


def _sides(box: Box) -> tuple[Line, ...]:
    x, y, w, h = box
    return ((x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h), (x + w, y, x + w, y + h))


def layout(paper: tuple[float, float], anchors: Sequence[tuple[float, float]], anchor_mm: float,
           frames: Sequence[Box], lines: Sequence[Line]) -> Layout:
    """A form's frames and lines as points to look at."""
    rules = list(lines)
    for frame in frames:
        rules += _sides(frame)
    across = [_looks(x1, x2, y1, flat=True) for x1, y1, x2, y2 in rules if abs(y1 - y2) < 1e-6]
    down = [_looks(y1, y2, x1, flat=False) for x1, y1, x2, y2 in rules if abs(x1 - x2) < 1e-6]
    none = [np.zeros((0, 2))]
    return Layout(paper, tuple(anchors), anchor_mm, np.concatenate(across or none), np.concatenate(down or none))


def _looks(start: float, end: float, at: float, *, flat: bool) -> Points:
    low, high = sorted((start, end))
    count = max(1, int((high - low) / STEP_MM))
    along = np.linspace(low, high, 2 * count + 1)[1::2]      # never on a corner
    fixed = np.full_like(along, at)
    return np.column_stack((along, fixed) if flat else (fixed, along))


def darkness(gray: Pixels) -> Pixels:
    """How much darker each pixel is than its surroundings of 15 mm, at PITCH; uneven light falls away."""
    side = int(15 * PITCH) | 1
    return as_pixels(cv2.subtract(cv2.blur(gray, (side, side)), gray))


def masks(dark: Pixels) -> tuple[Pixels, Pixels]:
    """Where a page at PITCH px/mm has horizontal and vertical strokes of 6 mm and more, skewed by up to 5°; 0 or 1."""
    ink = (dark > DARK).astype(np.uint8)
    long = int(6 * PITCH)
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    across = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    thick = cv2.dilate(ink, np.ones((1, 3), np.uint8))
    down = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    return np.asarray(across, dtype=np.uint8), np.asarray(down, dtype=np.uint8)


def widened(mask: Pixels, by_mm: float) -> Pixels:
    """The mask grown by so much on all sides."""
    side = 2 * int(by_mm * PITCH) + 1
    return as_pixels(cv2.dilate(mask, np.ones((side, side), np.uint8)))


def mapped(points: Points, homography: Matrix) -> Points:
    """Paper mm → pixels."""
    if not len(points):
        return points
    return np.asarray(cv2.perspectiveTransform(points[None], homography)[0], dtype=np.float64)


def lies(homography: Matrix) -> bool:
    """Whether the paper lies on its side in the picture, so that its horizontal rules run down."""
    return bool(abs(homography[0, 1]) > abs(homography[0, 0]))


def hits(mask: Pixels, points: Points) -> NDArray[np.uint8]:
    """1 where the mask holds the point, 0 elsewhere and outside."""
    spots = np.rint(points).astype(int)
    height, width = mask.shape
    inside = (spots[:, 0] >= 0) & (spots[:, 0] < width) & (spots[:, 1] >= 0) & (spots[:, 1] < height)
    found = np.zeros(len(points), dtype=np.uint8)
    found[inside] = mask[spots[inside, 1], spots[inside, 0]]
    return found


def profiles(dark: Pixels, looks: Points, window_mm: float, *, flat: bool) -> tuple[Floats, Floats]:
    """How dark it is across each look's rule: (n, m) over a window of 2 px more than `window_mm` to either side, less what is
    usual there; and how far (mm) the window's middle lies beyond the look.

    `dark` is the page's darkness laid onto paper at PITCH.
    """
    if not flat:
        dark, looks = np.ascontiguousarray(dark.T), looks[:, ::-1]
    along = cv2.blur(dark, (2 * int(REACH_MM * PITCH) + 1, 1)).astype(np.float32)
    reach = round(window_mm * PITCH)
    window = np.arange(-reach - 2, reach + 3)
    x = np.clip(np.rint(looks[:, 0] * PITCH - 0.5).astype(int), 0, dark.shape[1] - 1)
    middle = np.rint(looks[:, 1] * PITCH - 0.5).astype(int)
    y = np.clip(middle[:, None] + window, 0, dark.shape[0] - 1)
    profile = along[y, x[:, None]]
    profile -= np.median(profile, axis=1, keepdims=True)
    return profile, (middle + 0.5) / PITCH - looks[:, 1]


def peaks(profile: Floats) -> tuple[Floats, Floats]:
    """Where each profile is darkest, in mm from its middle, and how dark. Sub-pixel: the centre of gravity around it."""
    window = np.arange(profile.shape[1]) - profile.shape[1] // 2
    peak = profile[:, 2:-2].argmax(axis=1) + 2
    near = peak[:, None] + np.arange(-2, 3)
    weight = np.clip(np.take_along_axis(profile, near, axis=1), 0, None)
    place = (weight * window[near]).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-6)
    return place / PITCH, np.take_along_axis(profile, peak[:, None], axis=1)[:, 0]


def offsets(dark: Pixels, looks: Points, window_mm: float, *, flat: bool) -> tuple[Floats, NDArray[np.bool_]]:
    """How far each look's rule lies from where it should, across its direction, in mm; and whether there is one."""
    if not len(looks):
        return np.zeros(0), np.zeros(0, dtype=np.bool_)
    profile, beyond = profiles(dark, looks, window_mm, flat=flat)
    place, depth = peaks(profile)
    return place + beyond, depth > DARK
