"""Japanese dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsuzuri.rules import dates

DAY = "2024-04-12"


@pytest.mark.parametrize("ink", [
    "R6.4.12", "r6.4.12", "令6.4.12", "令和6年4月12日", "Ｒ６．４．１２", "令和06年04月12日", "5-060412",
    "5060412",
    "令和 6 年 4 月 12 日", "R6/4/12", "R6-4-12", "R6・4・12", "㋿6年4月12日", "2024-04-12", "2024年4月12日",
    "20240412",
    "令和⑥年④月12日", "R6、4、12", "R6.4.12日",
])
def test_one_day_may_be_written_in_many_ways(ink: str) -> None:
    assert dates.written_day(ink).first.isoformat() == DAY


@pytest.mark.parametrize(("ink", "iso"), [
    ("令和元年5月1日", "2019-05-01"), ("R元.5.1", "2019-05-01"), ("昭和64年1月7日", "1989-01-07"),
    ("S1.12.25", "1926-12-25"),
    ("大正元年7月30日", "1912-07-30"), ("M33.1.1", "1900-01-01"), ("3430101", "1968-01-01"),
    ("平成36年4月1日", "2024-04-01"),
    ("令和6年2月29日", "2024-02-29"), ("1868-02-01", "1868-02-01"), ("2117-12-31", "2117-12-31"),
])
def test_every_era_is_reckoned(ink: str, iso: str) -> None:
    assert dates.written_day(ink).first.isoformat() == iso


@pytest.mark.parametrize("ink", [
    "", "6.4.12", "6年4月12日", "令和7年2月29日", "令和6年13月1日", "令和6年4月31日", "令和0年4月1日",
    "昭和|平成6年4月12日",
    "令和6年4月", "060412", "令和年月日", "明日", "R6.4.12.1", "6-060412", "1800-01-01", "20240230",
    "令和100年1月1日", "2118-01-01", "9999-12-31",
])
def test_what_is_no_day_is_refused(ink: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any reason will do
        dates.written_day(ink)


@pytest.mark.parametrize("ink",
    ["令和6年4月", "令和6年4月分", "R6.4", "Ｒ６．４", "5-0604", "50604", "2024-04", "202404", "令6・4"])
def test_one_month_may_be_written_in_many_ways(ink: str) -> None:
    assert dates.written_month(ink).first == date(2024, 4, 1)


@pytest.mark.parametrize("ink", ["", "6.4", "令和6年0月", "令和6年", "R6.4.12", "R6.13", "9999-12"])
def test_what_is_no_month_is_refused(ink: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        dates.written_month(ink)


@pytest.mark.parametrize(("ink", "fits"), [
    ("平成31年4月30日", True), ("平成31年5月1日", False), ("令和元年5月1日", True),
    ("令和元年4月30日", False),
    ("平成36年4月1日", False), ("昭和64年1月7日", True), ("昭和64年1月8日", False), ("2024-04-12", True),
])
def test_an_era_fits_only_while_it_lasted(ink: str, fits: bool) -> None:
    assert dates.era_fits(dates.written_day(ink)) is fits


def test_in_the_month_of_a_change_both_eras_fit() -> None:
    for ink in ("昭和64年1月", "平成元年1月", "令和元年5月", "平成31年4月"):
        assert dates.era_fits(dates.written_month(ink))
    assert not dates.era_fits(dates.written_month("平成31年5月"))
    assert not dates.era_fits(dates.written_month("令和元年4月"))


@given(st.dates(date(1868, 1, 25), date(2099, 12, 31)))
def test_what_is_shown_is_read_back(day: date) -> None:
    shown = dates.written_day(dates.show_day(day.isoformat()))
    assert shown.first == day and dates.era_fits(shown)
    month = dates.written_month(dates.show_month(day.isoformat()[:7]))
    assert month.first == day.replace(day=1) and dates.era_fits(month)


def test_the_first_year_is_shown_as_such() -> None:
    assert dates.show_day("2019-05-01") == "令和元年5月1日"
    assert dates.show_month("1989-01") == "平成元年1月"


@pytest.mark.parametrize(("day", "last"), [
    (date(2024, 2, 3), date(2024, 2, 29)), (date(2025, 12, 31), date(2025, 12, 31)),
    (date(2025, 11, 1), date(2025, 11, 30))])
def test_a_month_ends(day: date, last: date) -> None:
    assert dates.month_end(day) == last


def test_months_are_counted_whatever_the_day() -> None:
    assert dates.months_between(date(2024, 10, 31), date(2025, 11, 1)) == 13
    assert dates.months_between(date(2025, 11, 1), date(2024, 10, 31)) == -13
