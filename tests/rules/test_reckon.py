"""Reckoning, by the worked examples of the scheme."""

from __future__ import annotations

from datetime import date

import pytest

from tsuzuri.rules.reckon import copay, kodomo_cap, ratio_tenths, reach_age, school_end


@pytest.mark.parametrize(("points", "tenths", "exact", "tens"), [
    (1234, 2, 2468, 2470), (331, 3, 993, 990), (333, 3, 999, 1000), (334, 3, 1002, 1000),
    (335, 3, 1005, 1010),
    (344, 1, 344, 340), (345, 1, 345, 350), (6999, 3, 20997, 21000), (0, 3, 0, 0),
])
def test_the_legal_share_is_exact_on_paper_and_rounded_at_windows(
    points: int, tenths: int, exact: int, tens: int,
) -> None:
    assert (copay(points, tenths), copay(points, tenths, 10)) == (exact, tens)


@pytest.mark.parametrize(("birth", "age", "last"), [
    ("2006-04-01", 18, "2024-03-31"), ("2006-04-02", 18, "2025-03-31"), ("2019-04-01", 6, "2025-03-31"),
    ("2019-04-02", 6, "2026-03-31"), ("2012-02-29", 6, "2018-03-31"),
])
def test_a_school_year_ends_by_the_day_before_the_birthday(birth: str, age: int, last: str) -> None:
    assert school_end(date.fromisoformat(birth), age).isoformat() == last


def test_one_is_older_on_the_day_before_the_birthday() -> None:
    assert reach_age(date(2007, 4, 1), 18) == date(2025, 3, 31)
    assert reach_age(date(2012, 2, 29), 3) == date(2015, 2, 28)


@pytest.mark.parametrize(("birth", "month", "care", "cap"), [
    ("2023-06-10", "2025-10", "外来", 0),                                                  # two years old
    ("2018-05-01", "2025-10", "外来", 700), ("2018-05-01", "2025-10", "歯科", 700),          # seven
    ("2011-08-01", "2025-10", "外来", 1200),
    # junior high school
    ("2007-09-01", "2023-11", "調剤", None), ("2007-09-01", "2023-12", "調剤", 0),
    # sixteen: the scheme widened
    ("2015-10-01", "2025-10", "入院", 0), ("2015-10-01", "2023-11", "調剤", 700),
    ("2007-04-01", "2025-04", "外来", None), ("2007-04-02", "2025-04", "外来", 1200),
    # the end of school at 18
    ("2021-06-03", "2025-10", "外来", 700), ("2021-06-03", "2025-10", "歯科", 0),            # four
    ("2022-10-15", "2025-10", "外来", 0), ("2022-10-15", "2025-11", "外来", 700),
    # the third birthday
    ("2022-10-01", "2025-10", "外来", 700),
])
def test_a_childs_own_share_is_capped_by_age_and_care(
    birth: str, month: str, care: str, cap: int | None,
) -> None:
    assert kodomo_cap(date.fromisoformat(birth), month, care) == cap


@pytest.mark.parametrize(("birth", "month", "tenths"), [
    ("2019-04-01", "2025-03", 2), ("2019-04-01", "2025-04", 3), ("1990-01-01", "2025-04", 3),
    ("1950-01-01", "2025-04", None),
    ("1955-04-02", "2025-04", 3), ("1955-04-02", "2025-05", None), ("1955-04-01", "2025-04", None)])
def test_the_legal_ratio_follows_age(birth: str, month: str, tenths: int | None) -> None:
    assert ratio_tenths(date.fromisoformat(birth), month) == tenths
