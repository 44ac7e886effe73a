"""How a page lies, worked out from a guess: the form's rules pull it into place, as a whole and then region by region.

Lengths in millimetres of paper; matrices map paper mm to pixels of the overview.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels, as_pixels
from tsuzuri.image.bend import Bend, grid, nodes, where
from tsuzuri.image.overview import Overview
from tsuzuri.image.rules import DARK, PITCH, Floats, Layout, Matrix, Points, offsets, peaks, profiles
from tsuzuri.image.squares import strayed
from tsuzuri.model import Box

WINDOWS_MM = (2.5, 1.2)     # how far from its place a rule is sought, round by round
# How far apart regions are asked, how wide each is, and how far its rules are sought: ever finer.
REGIONS_MM = ((30.0, 40.0, 3.0), (16.0, 18.0, 1.5), (8.0, 7.0, 1.0))
STILL_MM = 0.3              # a region that lies so near is flat
DARKEST = 60.0              # a rule is no darker evidence than this, however black
AROUND_MM = 12.0            # rules so near to a box speak for it
FEWEST = 4                  # looks, from where on they tell anything
STRAYED_MM = 2.0            # a square is off by 1.3 at most on sheets folded, curled or copied as they usually are
TIGHT_MM = 0.6              # a rule counts as found when it lies this near after refinement
PRINT_MM = 3.0              # a rule that is not there is sought so far around: another print may have it elsewhere
FLAT = np.array([[1 / PITCH, 0, 0.5 / PITCH], [0, 1 / PITCH, 0.5 / PITCH], [0, 0, 1.0]])     # px of flat paper → mm


def flattened(dark: Pixels, matrix: Matrix, paper: tuple[float, float]) -> Pixels:
    """The overview's darkness laid onto paper at PITCH."""
    size = (round(paper[0] * PITCH), round(paper[1] * PITCH))
    return as_pixels(cv2.warpPerspective(dark, matrix @ FLAT, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))


def pulled(dark: Pixels, form: Layout, matrix: Matrix) -> tuple[Matrix, Pixels]:
    """The guess pulled onto the form's rules, and the page's darkness laid flat by it."""
    for window_mm in WINDOWS_MM:
        flat = flattened(dark, matrix, form.paper)
        off_y, has_y = offsets(flat, form.across, window_mm, flat=True)
        off_x, has_x = offsets(flat, form.down, window_mm, flat=False)
        matrix = matrix @ _pull(form.down[has_x], off_x[has_x], form.across[has_y], off_y[has_y])
    return matrix, flattened(dark, matrix, form.paper)


def tight(flat: Pixels, across: Points, down: Points) -> NDArray[np.bool_]:
    """Which looks meet a rule within TIGHT_MM on a page laid flat; those across first."""
    off_y, has_y = offsets(flat, across, 1.2, flat=True)
    off_x, has_x = offsets(flat, down, 1.2, flat=False)
    return np.concatenate((has_y & (np.abs(off_y) < TIGHT_MM), has_x & (np.abs(off_x) < TIGHT_MM)))


@dataclass(frozen=True)
class Lie:
    """How a page lies: the homography (paper mm → px as scanned), what it cannot say, and how surely it lies.

    `score` is the share (0–1) of all looks that meet their rule within TIGHT_MM; `met` tells which do: of `looks`, those on the
    first `across` lie on level rules, and tell nothing of how far a box is off sideways. `corners` are the places (paper mm) of
    the squares that were seen, and `strayed` tells which of them are not where they should be. `off` is how far (mm) each look's
    rule lies beside where flat paper has it, down for those across and right for the others; NaN where none is near.
    """

    homography: Matrix
    bend: Bend | None
    score: float
    looks: Points
    met: NDArray[np.bool_]
    across: int
    corners: Points
    strayed: NDArray[np.bool_]
    off: Floats

    def where(self, points: Points) -> Points:
        """Paper mm → px as scanned."""
        return where(points, self.homography, self.bend)

    def sure(self, box: Box) -> float:
        """The share (0–1) of the rules around a box that lie where they should, of the level or of the upright ones, whichever
        is less; 1 where a form has none to tell by. 0 where the nearest of the corners' squares is astray: rules are like one
        another, and a sheet that is bent too far lies well on its neighbours' rules.
        """
        x, y, w, h = box
        if len(self.corners) and self.strayed[np.hypot(*(self.corners - (x + w / 2, y + h / 2)).T).argmin()]:
            return 0.0
        off = np.maximum(np.maximum(x - self.looks[:, 0], self.looks[:, 0] - x - w), 0)
        near = np.hypot(off, np.maximum(np.maximum(y - self.looks[:, 1], self.looks[:, 1] - y - h), 0)) < AROUND_MM
        ways = (self.met[part][near[part]] for part in (slice(self.across), slice(self.across, None)))
        return min((float(met.mean()) for met in ways if len(met) >= FEWEST), default=1.0)


def settled(view: Overview, form: Layout, homography: Matrix) -> Lie:
    """The page laid onto its form as well as can be, from a homography (paper mm → px as scanned) that pulled() gave for it
    or for a sibling."""
    flat = flattened(view.dark, np.linalg.inv(view.back) @ homography, form.paper)
    bend = _bend(flat, form)
    across, down = (form.across, form.down) if bend is None else (bend.moved(form.across), bend.moved(form.down))
    met = tight(flat, across, down)
    off_mm = _off(flat, (across, down), met) + np.concatenate(((across - form.across)[:, 1], (down - form.down)[:, 0]))
    corners = np.array(form.anchors, dtype=np.float64).reshape(-1, 2)
    off = strayed(view, form, where(corners, homography, bend)) if len(corners) else np.zeros(0)
    seen = ~np.isnan(off)
    looks = np.concatenate((form.across, form.down))
    return Lie(homography, bend, float(met.mean()) if len(met) else 0.0, looks, met, len(form.across), corners[seen],
               off[seen] > STRAYED_MM, off_mm)


def _off(flat: Pixels, looks: tuple[Points, Points], met: NDArray[np.bool_]) -> Floats:
    """How far (mm) the rules of looks across and down lie beside them: 0 where they are met, NaN where none is near."""
    off = np.where(met, 0.0, np.nan)
    for points, level, at in zip(looks, (True, False), (0, len(looks[0])), strict=True):
        lost = np.flatnonzero(~met[at:at + len(points)])
        if len(lost):
            far, has = offsets(flat, points[lost], PRINT_MM, flat=level)
            off[at + lost[has]] = far[has]
    return off


def _bend(flat: Pixels, form: Layout) -> Bend | None:
    """How regions lie beside the homography; None where all of them lie as near as flat paper does."""
    bend: Bend | None = None
    for step_mm, reach_mm, window_mm in REGIONS_MM:
        points = nodes(form.paper, step_mm)
        by = np.zeros_like(points) if bend is None else bend.moved(points) - points
        for axis, looks in ((1, form.across), (0, form.down)):
            moved = looks if bend is None else bend.moved(looks)
            by[:, axis] += _regional(flat, moved, looks, points, (reach_mm, window_mm), level=axis == 1)
        if bend is None and np.abs(by).max() < STILL_MM:
            return None
        columns, rows = grid(form.paper, step_mm)
        bend = Bend(form.paper, by.T.reshape(2, rows, columns).astype(np.float32))
    return bend


def _regional(flat: Pixels, moved: Points, looks: Points, points: Points, far: tuple[float, float], *, level: bool) -> Floats:
    """How far (mm) the rules around each point lie beside where they are now thought, across their direction.

    Not look by look: all profiles of a region together have their peak where most of its rules are, whatever a line of
    writing, a box within a box or a stamp say beside it. 0 where there is nothing to tell by.
    """
    if not len(looks):
        return np.zeros(len(points))
    profile, beyond = profiles(flat, moved, far[1], flat=level)
    profile = np.clip(profile, 0, DARKEST)
    a, b = points.astype(np.float32), looks.astype(np.float32)
    weight = np.exp(((a[:, None, 0] - b[:, 0]) ** 2 + (a[:, None, 1] - b[:, 1]) ** 2) / np.float32(-2 * far[0] ** 2))
    total = weight.sum(axis=1)
    place, depth = peaks(weight @ profile / np.maximum(total, 1e-9)[:, None])
    found = place + weight @ beyond / np.maximum(total, 1e-9)
    return np.where((total > 0.5 * FEWEST) & (depth > 0.5 * DARK), found, 0.0)


def _pull(down: Points, off_x: Points, across: Points, off_y: Points) -> Matrix:
    """The small homography (mm → mm) that moves points by these offsets, each known in one direction only.

    Linear in its eight unknowns as long as it is near to none; outliers (text beside a rule) lose their say in five rounds.
    """
    middle, reach = np.array([105.0, 148.5]), 150.0
    u, v = ((down - middle) / reach).T, ((across - middle) / reach).T
    zero_x, zero_y = np.zeros((3, len(down))), np.zeros((3, len(across)))
    rows_x = np.vstack((np.ones(len(down)), u, zero_x, u[0] * u[0], u[0] * u[1]))
    rows_y = np.vstack((zero_y, np.ones(len(across)), v, v[0] * v[1], v[1] * v[1]))
    rows, want = np.hstack((rows_x, rows_y)).T, np.concatenate((off_x, off_y)) / reach
    if len(want) < 16:
        return np.eye(3)
    weight = np.ones(len(want))
    for _ in range(5):
        scaled = rows * weight[:, None]
        solved = np.linalg.solve(scaled.T @ rows + 1e-6 * np.eye(8), scaled.T @ want)
        miss = np.abs(rows @ solved - want)
        spread = max(1.5 * float(np.median(miss)), 0.1 / reach)
        weight = 1 / (1 + (miss / spread) ** 2) ** 2
    a0, a1, a2, b0, b1, b2, p, q = solved
    bend = np.array([[1 + a1, a2, a0], [b1, 1 + b2, b0], [-p, -q, 1.0]])
    normal = np.array([[1 / reach, 0, -middle[0] / reach], [0, 1 / reach, -middle[1] / reach], [0, 0, 1.0]])
    return np.asarray(np.linalg.inv(normal) @ bend @ normal, dtype=np.float64)
