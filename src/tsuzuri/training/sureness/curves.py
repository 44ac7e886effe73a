"""What was counted becomes curves: P(right) by score, odds of a second reader, slips of checks, what passes. Touches nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from tsuzuri.engines.calibration import log_odds

FEWEST, FINEST = 30, 20     # a point of a curve stands for so many readings at least, and for a twentieth of all
STEPS = 80             # points of a passing curve, at most
PROVES = 0.25          # a check that more wrong values slip through is no proof

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings of like score: the mean of their log-odds, how many there are, and how many are wrong."""

    at: float
    n: int
    wrong: int

    @property
    def doubt(self) -> float:
        """The share that is wrong; half a wrong one more is reckoned in than was seen."""
        return (self.wrong + 0.5) / (self.n + 1)

    def __add__(self, other: Bin) -> Bin:
        n = self.n + other.n
        return Bin((self.at * self.n + other.at * other.n) / n, n, self.wrong + other.wrong)


def worth_by_score(readings: Iterable[tuple[float, bool]]) -> list[Point]:
    """(score, P(right)) rising: neighbours whose shares would fall are one point (isotonic regression)."""
    risen: list[Bin] = []
    for found in _bins(sorted(readings)):
        risen.append(found)
        while len(risen) > 1 and risen[-2].wrong * risen[-1].n <= risen[-1].wrong * risen[-2].n:
            last = risen.pop()
            risen[-1] += last
    # A point of few readings, none of them wrong, proves less than the one below it, and is worth as much.
    worth = accumulate((1 - found.doubt for found in risen), max)
    return [(_share(found.at), sure) for found, sure in zip(risen, worth, strict=True)]


def _bins(readings: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Readings in order of score, so many together that a share can be told; equal scores are never parted."""
    bins: list[Bin] = []
    fewest = max(FEWEST, len(readings) // FINEST)
    for score, alike in groupby(readings, key=lambda reading: reading[0]):
        told = [right for _, right in alike]
        found = Bin(log_odds(score), len(told), told.count(False))
        if bins and bins[-1].n < fewest and found.n < fewest:
            bins[-1] += found
        else:
            bins.append(found)
    if len(bins) > 1 and bins[-1].n < fewest:
        last = bins.pop()
        bins[-1] += last
    return bins


def odds_of(says: str, told: Iterable[tuple[str, bool]]) -> float:
    """By how much the odds of being right change when an independent reader says so; `told` has all it said, and whether right."""
    said = list(told)

    def how_often(right: bool) -> float:
        of = [word for word, was in said if was is right]
        return (of.count(says) + 0.5) / (len(of) + 1)

    return how_often(True) / how_often(False)


def slip_of(told: Iterable[tuple[bool, bool]]) -> float:
    """How often a wrong value passes, against a right one; `told` has (right, held) of every field put to that proof."""
    said = list(told)

    def passes(right: bool) -> float:
        of = [held for was, held in said if was is right]
        return (of.count(True) + 0.5) / (len(of) + 1)

    return min(1.0, passes(False) / passes(True))


def passing(fields: Iterable[tuple[float, bool]]) -> list[tuple[float, int, int]]:
    """(sureness, how many are at least so sure, how many of them are wrong), just before each further wrong one, and for all."""
    points: list[tuple[float, int, int]] = []
    passed = wrong = 0
    last = 1.0
    for sure, alike in groupby(sorted(fields, reverse=True), key=lambda field: field[0]):
        told = [right for _, right in alike]
        if told.count(False) and passed:
            points.append((last, passed, wrong))
        passed, wrong, last = passed + len(told), wrong + told.count(False), sure
    if passed:
        points.append((last, passed, wrong))
    kept, rest = points[:STEPS // 2], points[STEPS // 2:]
    return [*kept, *rest[::-1][::1 + 2 * len(rest) // STEPS][::-1]]


def _share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
