"""What was counted becomes curves that rise, odds that follow what was said, and thresholds that hold their target."""

from __future__ import annotations

import pytest

from tsuzuri.training.sureness.curves import odds_of, passing, passing_among, slip_of, worth_among, worth_by_score


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


GENERAL = [(0.5, 0.7), (0.9, 0.95), (0.99, 0.999)]


def test_of_what_was_not_seen_holds_what_holds_generally_and_a_few_right_ones_claim_no_more() -> None:
    assert worth_among([], GENERAL) == GENERAL
    mended = dict(worth_among(readings((0.9, 3, 0)), GENERAL))
    assert all(general <= mended[score] + 1e-6 < general + 0.05 for score, general in GENERAL if score in mended)


def test_a_group_that_is_wrong_more_often_is_worth_less_at_every_score() -> None:
    mended = worth_among(readings((0.9, 60, 30)), GENERAL)
    worths = [sure for _, sure in mended]
    assert worths == sorted(worths) and max(worths) < 0.999 and min(worths) < 0.6


def test_the_same_readings_counted_in_a_group_and_in_what_holds_it_prove_nothing_twice() -> None:
    told = readings((0.5, 200, 40), (0.9, 200, 10), (0.99, 400, 0))
    general = worth_by_score(told)
    among = worth_among(told, general)
    assert all(sure <= most + 1e-6 for at, most in general for score, sure in among if score <= at)
    fields = [(score, right) for score, right in told]
    above = passing_among(fields, [])
    assert all(share >= least for (*_, share), (*_, least) in zip(passing_among(fields, above), above, strict=True))


def test_what_passes_of_few_is_told_by_what_passes_generally_and_by_their_own_faults() -> None:
    general = passing_among(readings((0.9, 5000, 50), (0.99, 5000, 0)), [])
    none, good, poor = (passing_among(readings((0.99, n, wrong)), general) for n, wrong in ((0, 0), (50, 0), (50, 3)))
    at = [{least: share for least, *_, share in found} for found in (none, good, poor)]
    assert at[0][0.99] == at[1][0.99] == pytest.approx(0.0001, abs=1e-5) and at[2][0.99] > 0.005
    assert at[0][0.9] > 0.004
