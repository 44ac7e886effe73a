"""The blank forms that a city knows, arranged for finding them all at once: what siblings share is looked at once.

A family is forms on the same paper with the same anchors. Its looks are those of all its forms, each once; which form has
which is a table. So a guess at how the page lies is held against every form of a family in one go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels
from tsuzuri.image.rules import Layout, Matrix, Points, hits, lies, mapped

Shares = NDArray[np.float64]
FINE_MM = 0.05        # looks nearer to each other are one


@dataclass(frozen=True)
class Family:
    """Forms of one paper and one set of anchors. `has[i, j]` is 1/n where form i has look j among its n, else 0."""

    paper: tuple[float, float]
    anchors: tuple[tuple[float, float], ...]
    anchor_mm: float
    names: tuple[str, ...]
    across: Points
    down: Points
    has: Shares

    def shares(self, met: NDArray[np.bool_] | NDArray[np.uint8]) -> Shares:
        """Which share (0–1) of each form's looks is met; `met` is for all looks, those across first."""
        return np.asarray(self.has @ met.astype(np.float64))

    def found(self, strokes: tuple[Pixels, Pixels], matrix: Matrix) -> Shares:
        """Which share of each form's looks meets a stroke of its direction, the page lying or upright."""
        across, down = strokes[::-1] if lies(matrix) else strokes
        return self.shares(np.concatenate((hits(across, mapped(self.across, matrix)), hits(down, mapped(self.down, matrix)))))


@dataclass(frozen=True)
class Atlas:
    """All layouts by name, and their families."""

    layouts: Mapping[str, Layout]
    families: tuple[Family, ...]

    @property
    def anchor_mm(self) -> float:
        """The side of the smallest anchor."""
        return min((form.anchor_mm for form in self.layouts.values()), default=5.0)

    @property
    def long_mm(self) -> float:
        """The long side of most of the papers; of as many, the longer one."""
        sides = Counter(max(form.paper) for form in self.layouts.values())
        return max(sides, key=lambda side: (sides[side], side), default=297.0)


def atlas(layouts: Mapping[str, Layout]) -> Atlas:
    """The layouts arranged."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for name, form in layouts.items():
        groups.setdefault((form.paper, form.anchors, form.anchor_mm), []).append(name)
    return Atlas(layouts, tuple(_family([(name, layouts[name]) for name in names]) for names in groups.values()))


def _family(members: list[tuple[str, Layout]]) -> Family:
    first = members[0][1]
    across, has_across = _shared([form.across for _, form in members])
    down, has_down = _shared([form.down for _, form in members])
    has = np.hstack((has_across, has_down))
    has /= np.maximum(has.sum(axis=1, keepdims=True), 1)
    return Family(first.paper, first.anchors, first.anchor_mm, tuple(name for name, _ in members), across, down, has)


def _shared(looks: list[Points]) -> tuple[Points, Shares]:
    """The looks of all, each once, and who has which (1 or 0)."""
    rounded = np.round(np.concatenate(looks) / FINE_MM).astype(np.int64)
    once, index = np.unique(rounded, axis=0, return_inverse=True)
    has = np.zeros((len(looks), len(once)))
    owner = np.repeat(np.arange(len(looks)), [len(own) for own in looks])
    has[owner, index.reshape(-1)] = 1
    return (once * FINE_MM).astype(np.float64), has
