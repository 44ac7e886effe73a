"""What befalls paper: the truth that comes with it must be true, and the same seed must give the same page."""

from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.errors import Refused
from tsuzuri.synth import dropout
from tsuzuri.synth.draw import painted
from tsuzuri.synth.marks import Shade
from tsuzuri.synth.mishaps import TEST, TUNING, Mishap, befall
from tsuzuri.synth.unfit import UNFIT, unfit

A4 = (210.0, 297.0)
DOTS = np.array([[x, y] for x in (45.0, 105, 165) for y in (60.0, 150, 240)])
PAGE = painted([Shade((x - 2, y - 2, 4, 4)) for x, y in DOTS], A4, 150)


@pytest.mark.parametrize("how", [name for name in TUNING if name not in ("holes", "coffee", "all", "fine")])
@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_printed_lies_where_the_truth_says(how: str, seed: int) -> None:
    seen = befall(PAGE, A4, seed, TUNING[how])
    px = np.array([seen.dpi[0], seen.dpi[1]]) / 25.4
    for x, y in seen.where(DOTS):
        w, h = np.rint(4 * (px if seen.turns % 2 == 0 else px[::-1])).astype(int)
        near = seen.picture[max(0, round(y) - h):round(y) + h + 1, max(0, round(x) - w):round(x) + w + 1] < 110
        rows, columns = np.nonzero(near)
        off = np.array([columns.mean() - min(w, round(x)), rows.mean() - min(h, round(y))])
        assert np.abs(off / px).max() < 0.75, (how, off)     # a crease may run through the dot itself


def test_the_same_seed_gives_the_same_page_and_another_another() -> None:
    one, again, other = (befall(PAGE, A4, seed, TEST["all"]).picture for seed in (5, 5, 6))
    assert one.tobytes() == again.tobytes() != other.tobytes()


def test_recipes_of_tests_are_not_those_of_tuning() -> None:
    assert set(TUNING) == set(TEST)
    assert sum(TUNING[name] == TEST[name] for name in TUNING) == 1       # only what is flat is flat in both


def test_what_a_scanner_drops_for_tests_is_not_what_it_drops_for_tuning() -> None:
    assert set(dropout.TUNING) == set(dropout.TEST)
    assert not [word for word in dropout.TUNING if dropout.TUNING[word] == dropout.TEST[word]]
    with pytest.raises(Refused, match="squares"):
        dropout.dropout("red", "tuning")


def test_a_spot_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="two_holes"):
        befall(PAGE, A4, 1, Mishap(spots=("hole",)))


@pytest.mark.parametrize("word", sorted(UNFIT))
def test_an_unfit_scan_differs_from_the_sheet(word: str) -> None:
    spoiled = unfit(PAGE, word, 3)
    assert spoiled.shape != PAGE.shape or np.abs(spoiled.astype(int) - PAGE).max() > 60
