"""What a night's groups tell beside those of the nights before: new, gone or otherwise, and which look wrong. Touches nothing.

A group is an institution, a form and a ward. Wrong looks what no single claim shows: a whole group that is missing because a
condition dropped it, or a sum that is several times the usual one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple


class Group(NamedTuple):
    """Who claims what where: an institution's code, a form's name, a ward."""

    institution: str
    form: str
    ward: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Claims and yen."""

    count: int = 0
    yen: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.count + other.count, self.yen + other.yen)


Groups = Mapping[Group, Sum]
TIMES = 3                   # so many times the usual sum is told
LEAST_YEN = 100_000         # … if it is at least so much more: small groups leap
LEAST_COUNT = 20            # a group of so many claims does not fall to a third by chance
LEVELS: Mapping[str, tuple[str, ...]] = {
    "form": ("form",), "ward": ("ward",), "form_ward": ("form", "ward"), "institution": ("institution",)}
CALLED = {"form": "様式", "ward": "区", "form_ward": "様式・区", "institution": "医療機関"}
SAID = {"gone": "これまで毎回あったのに、今回は 0 件です", "fell": "件数が普段の 3 分の 1 未満です",
        "leapt": "金額が普段の 3 倍以上です"}


class Moved(NamedTuple):
    """One group, then and now."""

    group: Group
    was: Sum
    now: Sum

    @property
    def word(self) -> str:
        """new, gone, or changed."""
        return "new" if not self.was.count else "gone" if not self.now.count else "changed"


@dataclass(frozen=True, slots=True)
class Amiss:
    """What looks wrong: at which level, which group of it, the word for it (gone, fell, leapt), and what is usual (medians)."""

    level: str
    of: tuple[str, ...]
    word: str
    now: Sum
    usual: Sum


def moved(was: Groups, now: Groups) -> list[Moved]:
    """The groups that differ, by how many yen and claims."""
    told = (Moved(group, was.get(group, Sum()), now.get(group, Sum())) for group in was.keys() | now.keys())
    return sorted((one for one in told if one.was != one.now), key=_by_weight)


def _by_weight(one: Moved) -> tuple[int, int, Group]:
    return -abs(one.now.yen - one.was.yen), -abs(one.now.count - one.was.count), one.group


def amiss(past: Sequence[Groups], now: Groups) -> list[Amiss]:
    """What looks wrong beside these nights, at every level; nothing where there is none to look at.

    Of a night in which nothing leaves the forms alone are told: two thousand institutions would say the same.
    """
    levels = LEVELS if any(one.count for one in now.values()) else ("form",)
    return [told for level in levels for told in _at(level, past, now)] if past else []


def _at(level: str, past: Sequence[Groups], now: Groups) -> Iterator[Amiss]:
    sums, before = _rolled(level, now), [_rolled(level, one) for one in past]
    for of in sorted({of for one in (sums, *before) for of in one}):
        counts = [one.get(of, Sum()).count for one in before]
        usual = Sum(int(median(counts)), int(median(one.get(of, Sum()).yen for one in before)))
        here = sums.get(of, Sum())
        if not here.count and min(counts) > 0:
            yield Amiss(level, of, "gone", here, usual)
        elif level != "institution" and usual.count >= LEAST_COUNT and here.count * TIMES < usual.count:
            yield Amiss(level, of, "fell", here, usual)
        elif usual.count and here.yen >= usual.yen * TIMES and here.yen - usual.yen >= LEAST_YEN:
            yield Amiss(level, of, "leapt", here, usual)


def _rolled(level: str, groups: Groups) -> dict[tuple[str, ...], Sum]:
    rolled = dict[tuple[str, ...], Sum]()
    for group, many in groups.items():
        of = tuple(getattr(group, name) for name in LEVELS[level])
        if all(of):
            rolled[of] = rolled.get(of, Sum()) + many
    return rolled
