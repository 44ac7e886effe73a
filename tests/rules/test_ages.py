"""Ages and their marks, on the days round birthdays and school years."""

from __future__ import annotations

from datetime import date

import pytest

from tsuzuri.rules.ages import mark, reach_age, school_end, within


@pytest.mark.parametrize(("birth", "age", "last"), [
    ("2006-04-01", 18, "2024-03-31"), ("2006-04-02", 18, "2025-03-31"), ("2019-04-01", 6, "2025-03-31"),
    ("2019-04-02", 6, "2026-03-31"), ("2012-02-29", 6, "2018-03-31"),
])
def test_a_school_year_ends_by_the_day_before_the_birthday(birth: str, age: int, last: str) -> None:
    assert school_end(date.fromisoformat(birth), age).isoformat() == last


def test_one_is_older_on_the_day_before_the_birthday() -> None:
    assert reach_age(date(2007, 4, 1), 18) == date(2025, 3, 31)
    assert reach_age(date(2012, 2, 29), 3) == date(2015, 2, 28)


@pytest.mark.parametrize(("birth", "word", "day"), [
    ("2022-10-15", "3歳翌月", "2025-11-01"), ("2022-10-01", "3歳翌月", "2025-10-01"), ("2022-10-15", "3歳月", "2025-10-01"),
    ("2022-11-01", "3歳月", "2025-10-01"), ("2019-04-01", "6年度末", "2025-04-01"), ("2019-04-02", "6年度末", "2026-04-01"),
    ("2005-06-01", "20歳翌月", "2025-06-01"), ("2005-06-02", "20歳翌月", "2025-07-01"),      # a parent's last month: May, June
])
def test_a_mark_is_a_day_in_a_life(birth: str, word: str, day: str) -> None:
    assert mark(word).day(date.fromisoformat(birth)) == date.fromisoformat(day) and str(mark(word)) == word


@pytest.mark.parametrize("word", ["3歳", "0歳月", "三歳月", "100歳月", "歳月", "6年度"])
def test_a_word_that_is_no_mark_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="3歳月"):
        mark(word)


def test_a_band_holds_from_its_first_mark_to_the_day_before_its_second() -> None:
    born, three, school = date(2019, 6, 10), mark("3歳翌月"), mark("6年度末")
    assert within(born, None, three, date(2019, 6, 1)) and within(born, None, three, date(2022, 6, 30))
    assert not within(born, None, three, date(2022, 7, 1)) and within(born, three, school, date(2022, 7, 1))
    assert within(born, three, school, date(2026, 3, 31)) and not within(born, three, school, date(2026, 4, 1))
    assert within(born, school, None, date(2099, 1, 1)) and not within(born, None, None, date(2019, 5, 31))
