"""Which days banks and the office are open, and on which a target runs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tsuzuri.rules.bank_days import WHEN, bank_day_after, bank_open, office_open


@pytest.mark.parametrize(("day", "bank", "office"), [
    ("2025-11-07", True, True), ("2025-11-08", False, False), ("2025-11-24", False, False), ("2025-12-29", True, False),
    ("2025-12-30", True, False), ("2025-12-31", False, False), ("2026-01-02", False, False), ("2026-01-05", True, True),
])
def test_banks_rest_from_the_last_day_of_the_year_and_the_office_two_days_longer(day: str, bank: bool, office: bool) -> None:
    assert (bank_open(date.fromisoformat(day)), office_open(date.fromisoformat(day))) == (bank, office)


def test_the_citys_own_day_off_closes_the_office_alone() -> None:
    day = date(2025, 11, 7)
    assert not office_open(day, {day}) and bank_open(day)


def test_a_transfer_falls_on_a_day_of_the_banks() -> None:
    assert bank_day_after(date(2025, 12, 26), 3) == date(2026, 1, 5)
    assert bank_day_after(date(2025, 12, 31), 0) == date(2026, 1, 5)
    assert bank_day_after(date(2025, 11, 7), 1) == date(2025, 11, 10)


@pytest.mark.parametrize(("word", "many"), [("every_day", 365), ("bank_days", 243), ("office_days", 241), ("monthly", 12)])
def test_each_word_has_its_days_in_a_year(word: str, many: int) -> None:
    days = [date(2025, 1, 1) + timedelta(days=i) for i in range(365)]
    assert sum(WHEN[word](day, frozenset(), 31) for day in days) == many
    assert sum(WHEN[word](day, frozenset(), 20) for day in days) == many


def test_the_words_are_these() -> None:
    assert set(WHEN) == {"every_day", "office_days", "bank_days", "monthly"}


def test_a_month_whose_day_is_off_runs_on_the_next_open_day() -> None:
    assert [day for day in range(1, 31) if WHEN["monthly"](date(2025, 9, day), frozenset(), 20)] == [22]
    assert WHEN["monthly"](date(2026, 2, 2), frozenset(), 31)      # of January
