"""Reckoning: ratios, ages, school years, the patient's share. Whole yen, exact. Touches nothing of the house.

A person reaches an age on the day before the birthday. Months are "YYYY-MM".
"""

from __future__ import annotations

from datetime import date, timedelta

from tsuzuri.rules.dates import month_end, month_start


def copay(points: int, tenths: int, unit: int = 1) -> int:
    """The legal share in yen of `points` at `tenths` (3 for 3割), half up to `unit` (1 on paper)."""
    return (points * tenths + unit // 2) // unit * unit


def own_third(copay: int) -> int:
    """What a patient bears in yen where the city bears two thirds of `copay`, its share rounded down."""
    return copay - copay * 2 // 3


def reach_age(birth: date, age: int) -> date:
    """The day on which a person reaches `age`: the day before the birthday."""
    try:
        birthday = birth.replace(year=birth.year + age)
    except ValueError:                      # 29 February in a common year
        birthday = date(birth.year + age, 3, 1)
    return birthday - timedelta(days=1)


def school_end(birth: date, age: int) -> date:
    """Last day of the school year in which a person reaches `age`: the first 31 March on or after that day.
    """
    reached = reach_age(birth, age)
    march = date(reached.year, 3, 31)
    return march if reached <= march else date(reached.year + 1, 3, 31)


def ratio_tenths(birth: date, month: str) -> int | None:
    """The legal ratio in tenths: 2 before school, 3 up to 69; None from 70, where it depends on the person.
    """
    first = month_start(month)
    if first <= school_end(birth, 6):
        return 2
    return 3 if first <= reach_age(birth, 70) else None


def kodomo_cap(birth: date, month: str, care: str) -> int | None:
    """Monthly cap in yen of a child's share at one institution; 0 = free, None = past the scheme's age.

    `care` is one of 入院 外来 歯科 調剤. The steps are the city's: 15 → 18 years and free pharmacies from
    December 2023, 700 yen from the month after the third birthday (the same month if born on the 1st), 1,200
    from junior high school.
    """
    first = month_start(month)
    widened = month >= "2023-12"
    if first > school_end(birth, 18 if widened else 15):
        return None
    if care == "入院" or (care == "調剤" and widened) or first < _paying_from(birth):
        return 0
    if first <= school_end(birth, 6):
        return 0 if care == "歯科" else 700
    return 700 if first <= school_end(birth, 12) else 1200


def _paying_from(birth: date) -> date:
    third = reach_age(birth, 3) + timedelta(days=1)
    return third if third.day == 1 else month_end(third) + timedelta(days=1)
