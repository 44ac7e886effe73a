"""drift: whether a new print run of a form has moved a box. Told from where pages' rules lie aside of their places.

On one page that is a fold or a feeder's pull; what many pages have alike is print. Touches image and the nouns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import numpy as np

from tsuzuri.image.aside import Shift

WARN_MM, ALARM_MM = 1.0, 2.0
SLACK_MM = 0.25                  # what is measured of a box that was moved by 2 mm
LAST = 30                        # pages of a form that are looked at: a morning of a common one
FEWEST = 5                       # pages from where on they tell of print, and not of one fold


@dataclass(frozen=True)
class Lay:
    """How one page lay: which regions lay how far (mm) beside where its form has them; those not named lay where they should."""

    at: datetime
    shifts: Mapping[str, Shift]


@dataclass(frozen=True)
class Drift:
    """A region that the last pages of a form have elsewhere: how far (mm), on how many of them, and since when."""

    region: str
    right: float
    down: float
    since: datetime
    pages: int

    @property
    def mm(self) -> float:
        """How far it lies beside its place."""
        return float(np.hypot(self.right, self.down))

    @property
    def alarming(self) -> bool:
        """Whether boxes are missed by it."""
        return self.mm >= ALARM_MM - SLACK_MM


def drifts(lays: Sequence[Lay]) -> list[Drift]:
    """The regions whose median over the last pages is off by WARN_MM and more, farthest first. `lays` are oldest first."""
    last = lays[-LAST:]
    if len(last) < FEWEST:
        return []
    found = []
    for region in {name for lay in last for name in lay.shifts}:
        there = [lay.shifts.get(region, (0.0, 0.0)) for lay in last]
        right, down = median(shift[0] for shift in there), median(shift[1] for shift in there)
        if np.hypot(right, down) >= WARN_MM - SLACK_MM:
            since, pages = _since(lays, region, (right, down))
            found.append(Drift(region, right, down, since, pages))
    return sorted(found, key=lambda drift: (-drift.mm, drift.region))


def _since(lays: Iterable[Lay], region: str, usual: Shift) -> tuple[datetime, int]:
    """The first of all pages that lies as the last ones usually do, and how many do."""
    near = [lay.at for lay in lays if _near(lay.shifts.get(region, (0.0, 0.0)), usual)]
    return near[0], len(near)


def _near(shift: Shift, usual: Shift) -> bool:
    return bool(np.hypot(shift[0] - usual[0], shift[1] - usual[1]) < 0.5 * np.hypot(*usual))
