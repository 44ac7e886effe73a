"""What was counted becomes curves that rise, odds that follow what was said, and thresholds that hold their target."""

from __future__ import annotations

import pytest

from tsuzuri.training.sureness.curves import odds_of, passing, slip_of, worth_by_score


def readings(*told: tuple[float, int, int]) -> list[tuple[float, bool]]:
    """(score, how many, how many of them wrong) → readings."""
    return [(score, i >= wrong) for score, n, wrong in told for i in range(n)]


def test_a_better_score_is_never_worth_less_though_chance_counted_otherwise() -> None:
    curve = worth_by_score(readings((0.5, 100, 30), (0.8, 100, 5), (0.9, 100, 8), (0.99, 100, 0)))
    worth = [p for _, p in curve]
    assert worth == sorted(worth) and len(curve) == 3
    assert worth[0] == pytest.approx(0.7, abs=0.01) and worth[1] == pytest.approx(0.935, abs=0.005)


def test_nothing_that_was_counted_is_ever_certain() -> None:
    (_, sure), = worth_by_score(readings((0.999, 50, 0)))
    assert 0.98 < sure < 1


def test_a_handful_of_readings_makes_one_point_and_claims_little() -> None:
    (_, sure), = worth_by_score(readings((0.7, 2, 0), (0.9, 3, 0)))
    assert sure == pytest.approx(1 - 0.5 / 6)


def test_what_the_right_ones_hear_more_often_raises_the_odds_and_the_other_lowers_them() -> None:
    told = [("yes", True)] * 90 + [("no", True)] * 10 + [("yes", False)] * 2 + [("no", False)] * 18
    assert odds_of("yes", told) > 5 and odds_of("no", told) < 0.2


def test_a_check_that_wrong_values_seldom_pass_lets_little_slip_and_one_that_all_pass_lets_all() -> None:
    rights = [(True, True)] * 95 + [(True, False)] * 5
    assert slip_of([*rights, *[(False, True)] * 2, *[(False, False)] * 98]) == pytest.approx(0.025, abs=0.003)
    assert slip_of([*rights, *[(False, True)] * 100]) == 1.0


def test_what_passes_is_counted_before_each_further_wrong_one() -> None:
    fields = [(0.9, True)] * 5 + [(0.8, False)] + [(0.7, True)] * 3
    assert passing(fields) == [(0.9, 5, 0), (0.7, 9, 1)]


def test_a_long_curve_is_thinned_and_keeps_both_ends() -> None:
    curve = passing([(i / 1000, i % 2 == 0) for i in range(1, 1001)])
    assert len(curve) <= 90 and curve[0][0] == 1.0 and curve[-1][1] == 1000
