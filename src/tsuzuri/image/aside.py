"""How far each region of a form lies aside on one page, by the rules around its boxes: what a new print run has moved.

Millimetres of paper. A box is aside where both its sides are, the same way: where one side only is, its neighbour was moved, or
the digit boxes printed within were taken for its rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsuzuri.image.rules import Floats, Layout, Points
from tsuzuri.model import Box

Shift = tuple[float, float]     # mm right, mm down
NOTED_MM = 0.5                  # folds and feeders shift single regions by less; smaller shifts are not told
OUT_MM, IN_MM = 10.0, 1.0       # the rule of a box's cell is sought so far outside of its side, and so far inside
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Sides:
    """The looks on the rules around each region's boxes: `looks[i]` is one on side `of[i]`, which is region × 4 + left, right,
    top, bottom; numbered as in a Lie, those on level rules first."""

    regions: tuple[str, ...]
    looks: Ints
    of: Ints


def sides(form: Layout, regions: Mapping[str, Sequence[Box]]) -> Sides:
    """Which of a form's looks tell where which region lies; of several parallel rules the nearest one."""
    looks: list[Ints] = []
    of: list[Ints] = []
    for i, boxes in enumerate(regions.values()):
        for x, y, w, h in boxes:
            ends = ((x, -1), (x + w, 1)), ((y, -1), (y + h, 1))
            beside = ((form.down, (y, y + h), len(form.across)), (form.across[:, ::-1], (x, x + w), 0))
            for axis, (points, span, first) in enumerate(beside):
                for side, (at, way) in enumerate(ends[axis]):
                    found = _nearest(points, at, way, span) + first
                    looks.append(found)
                    of.append(np.full(len(found), 4 * i + 2 * axis + side))
    none = np.zeros(0, dtype=np.int64)
    return Sides(tuple(regions), np.concatenate([none, *looks]), np.concatenate([none, *of]))


def _nearest(points: Points, at: float, way: int, span: tuple[float, float]) -> Ints:
    """The looks (across their rule, along it) on the rule that is nearest to a box's side; `way` is out of the box."""
    out = (points[:, 0] - at) * way
    along = (points[:, 1] > span[0] - IN_MM) & (points[:, 1] < span[1] + IN_MM)
    near: Ints = np.flatnonzero((out > -IN_MM) & (out < OUT_MM) & along)
    if not len(near):
        return near
    off = np.abs(out[near])
    return np.asarray(near[off < off.min() + 0.3], dtype=np.int64)


def aside(off: Floats, known: Sides) -> dict[str, Shift]:
    """The regions of a page that lie NOTED_MM and more aside. `off` is how far each look's rule lies beside its place, NaN where
    there is none. Most pages lie still, and cost next to nothing."""
    told = ~np.isnan(off[known.looks])
    wild = told & (np.abs(np.nan_to_num(off[known.looks])) >= NOTED_MM)
    count = 4 * len(known.regions)
    seen, far = (np.bincount(known.of[which], minlength=count).reshape(-1, 2, 2) for which in (told, wild))
    moved = np.asarray((2 * far > seen).all(axis=2))                  # most rules of both sides are elsewhere
    found = {}
    for i in np.flatnonzero(moved.any(axis=1)):
        left, right, top, bottom = (_side(off, known, told, 4 * int(i) + side) for side in range(4))
        by = _both(left, right), _both(top, bottom)
        if np.hypot(*by) >= NOTED_MM:
            found[known.regions[i]] = (round(by[0], 1), round(by[1], 1))
    return found


def _side(off: Floats, known: Sides, told: NDArray[np.bool_], side: int) -> float:
    """How far one side of a region lies aside: the median of its looks; 0 where none saw a rule."""
    looks = known.looks[told & (known.of == side)]
    return float(np.median(off[looks])) if len(looks) else 0.0


def _both(one: float, other: float) -> float:
    """What both sides have been moved by."""
    return min(one, other, key=abs) if one * other > 0 else 0.0
