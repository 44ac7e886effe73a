"""A curve of two measures, ready for a template to draw: places in a drawing, ticks with their words. Touches nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDE, HIGH = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 16, 46
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Plot:
    """Where things lie in a drawing of `wide` × `high`: x from 0 to `most`, y by its logarithm from `least` to `worst`."""

    most: float
    least: float
    worst: float
    wide: int = WIDE
    high: int = HIGH
    left: int = LEFT
    bottom: int = HIGH - BOTTOM
    right: int = WIDE - RIGHT
    top: int = TOP

    def x(self, value: float) -> float:
        """From the left, by measure."""
        return round(self.left + (self.right - self.left) * min(value, self.most) / self.most, 1)

    def y(self, value: float) -> float:
        """From above: what is worse lies higher."""
        span = math.log(self.worst) - math.log(self.least)
        share = (math.log(min(max(value, self.least), self.worst)) - math.log(self.least)) / span
        return round(self.bottom - (self.bottom - self.top) * share, 1)

    def line(self, points: Sequence[tuple[float, float]]) -> str:
        """The points as a polyline's."""
        return " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)

    @property
    def across(self) -> list[tuple[float, str]]:
        """Ticks of x with their words, at most eight."""
        step = next(unit * 10.0**power for power in range(-3, 7) for unit in STEPS if self.most / (unit * 10.0**power) <= 8)
        return [(self.x(i * step), f"{i * step:g}") for i in range(int(self.most / step) + 1)]

    @property
    def up(self) -> list[tuple[float, str]]:
        """Ticks of y with their words."""
        known = [unit * 10.0**power for power in range(-3, 6) for unit in STEPS]
        return [(self.y(value), f"{value:g}") for value in known if self.least <= value <= self.worst]


def plot(points: Sequence[tuple[float, float]]) -> Plot:
    """One in which all of these can be seen."""
    most, ys = max((x for x, _ in points), default=1.0), [y for _, y in points if y > 0]
    least, worst = (min(ys), max(ys)) if ys else (1.0, 10.0)
    return Plot(max(most * 1.08, 0.1), least / 1.5, max(worst * 1.5, least * 4))
