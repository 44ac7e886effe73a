"""What was counted becomes curves: P(right) by score, odds of a second reader, slips of checks, what passes. Touches nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from tsuzuri.engines.calibration import along, log_odds

FEWEST, FINEST = 30, 20     # a point of a curve stands for so many readings at least, and for a twentieth of all
STEPS = 80             # points of a passing curve, at most
PROVES = 0.25          # a check that more wrong values slip through is no proof
AS_MANY_WRONG = 2.0    # what holds more generally counts as so many wrong readings, beside those that were seen
AS_MANY = 300.0        # and where it is asked what passes, as so many fields

Point = tuple[float, float]
Passing = tuple[float, int, int, float]


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


def worth_among(readings: Iterable[tuple[float, bool]], general: Sequence[Point]) -> list[Point]:
    """(score, P(right)) rising, of few readings: what holds more generally, made better or worse by as much as these show.

    First all of them together, then those of like score; of how many are wrong, what was to be expected counts beside what was
    seen (AS_MANY_WRONG). None seen: what holds generally.
    """
    told = sorted(readings)
    often = _more_often(told, general)
    bins = _parted(told)
    if not bins:
        return list(general)
    worse = [(found.at, often * _more_often(alike, general, often)) for found, alike in bins]
    alone = [(found.at, found.doubt) for found, _ in bins]
    scores = sorted({*(log_odds(score) for score, _ in general), *(at for at, _ in worse)})
    sure = [1 - _believed(_doubt(general, at) * along(worse, at), _doubt(general, at), along(alone, at)) for at in scores]
    # What looks surer below than above is chance: the lower of the two is believed.
    return list(zip(map(_share, scores), [*accumulate(sure[::-1], min)][::-1], strict=True))


def _more_often(readings: Sequence[tuple[float, bool]], general: Sequence[Point], often: float = 1.0) -> float:
    """How many times as often they are wrong as was to be expected, which is `often` times what holds generally."""
    expected = often * sum(_doubt(general, log_odds(score)) for score, _ in readings)
    return (sum(not right for _, right in readings) + AS_MANY_WRONG) / (expected + AS_MANY_WRONG)


def _believed(together: float, generally: float, alone: float) -> float:
    """The doubt of few with what holds generally reckoned in; never less than both say apart, who saw the same readings."""
    return min(0.999, max(together, min(generally, alone)))


def _doubt(curve: Sequence[Point], at: float) -> float:
    return 1 - _share(along([(log_odds(score), log_odds(sure)) for score, sure in curve], at))


def _parted(readings: Sequence[tuple[float, bool]]) -> list[tuple[Bin, list[tuple[float, bool]]]]:
    """The bins of readings in order of score, each with its own."""
    rest, parted = list(readings), []
    for found in _bins(readings):
        parted.append((found, rest[:found.n]))
        rest = rest[found.n:]
    return parted


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


def passing_among(fields: Sequence[tuple[float, bool]], general: Sequence[Passing]) -> list[Passing]:
    """(sureness, how many are at least so sure, how many of them wrong, the share that is reckoned to be wrong).

    Beside the fields counts what holds more generally, as if AS_MANY of them had shown it; where nothing is more general, half a
    wrong one more is reckoned in than was seen.
    """
    told = sorted(fields, reverse=True)
    found = []
    for least in sorted({*(p for p, _, _ in passing(told)), *(point[0] for point in general)}, reverse=True):
        rights = [right for sure, right in told if sure >= least]
        n, wrong = len(rights), rights.count(False)
        beside = [share for p, _, _, share in general if p >= least]
        alone = (wrong + 0.5) / (n + 1)
        together = (wrong + AS_MANY * beside[-1]) / (n + AS_MANY) if beside else alone
        found.append((least, n, wrong, _believed(together, beside[-1] if beside else alone, alone)))
    return found


def _share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
