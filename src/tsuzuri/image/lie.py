"""How a page lies, worked out from a guess: the form's rules pull it into place.

Lengths in millimetres of paper; matrices map paper mm to pixels of the overview.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels, as_pixels
from tsuzuri.image.rules import PITCH, Layout, Matrix, Points, offsets

WINDOWS_MM = (2.5, 1.2)     # how far from its place a rule is sought, round by round
TIGHT_MM = 0.6              # a rule counts as found when it lies this near after refinement
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
