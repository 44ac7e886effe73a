"""Checks of dates, ages and numbers. Touches only model and the other rules. Shape of a check: checks.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tsuzuri.model import Finding, Severity
from tsuzuri.rules import dates, digits
from tsuzuri.rules.checks_share import tenths_of
from tsuzuri.rules.known import Asked
from tsuzuri.rules.reckon import eligible, ratios
from tsuzuri.rules.table import Entry, find
from tsuzuri.rules.tables import Deadline, Tables


def check_digit(on: date, number: Entry) -> Iterator[Finding]:
    """V12, V24, V29, H05 by kind: the check digit. An institution's only warns: two rules are in force."""
    code = {"recipient_no": "V12", "insurer_no": "V24", "payer_no": "H05"}.get(number.kind)
    if number.kind == "inst_code" and number.text and not digits.institution_fits(number.text):
        yield find("V29", number, severity=Severity.W)
    if code is not None and number.text and not digits.fits(number.text):
        yield find(code, number)


def era_fits(on: date, day: Entry) -> Iterator[Finding]:
    """V10: the era written was in force in that year (平成36年 was not)."""
    if not day.text or not day.raw:
        return
    written = dates.written_month if day.kind == "ym" else dates.written_day
    try:
        found = written(day.raw)
    except ValueError:      # a value that did not come from this ink
        return
    if not dates.era_fits(found):
        yield find("V10", day)


def not_future(on: date, day: Entry) -> Iterator[Finding]:
    """H07: a day is not after the business date."""
    if day.text and date.fromisoformat(day.text) > on:
        yield find("H07", day)


def month_over(on: date, month: Entry) -> Iterator[Finding]:
    """V07: the month has ended on the business date."""
    if month.text and dates.month_end(dates.month_start(month.text)) > on:
        yield find("V07", month)


def within_months(on: date, month: Entry, claimed: Entry, asked: Asked, tables: Tables) -> Iterator[Finding]:
    """V08: claimed, on a day or in a month, within the months that the scheme gives after the month of service."""
    if month.text and claimed.text:
        gone = dates.months_between(dates.month_start(month.text), dates.month_start(claimed.text[:7]))
        for row in tables.on(Deadline, month.text):
            if row.scheme == asked.scheme and gone > row.months:
                yield find("V08", month, months=row.months)


def claimed_after_month(on: date, month: Entry, claimed: Entry) -> Iterator[Finding]:
    """V09: the claim is not dated before the month of service has ended."""
    over = dates.month_end(dates.month_start(month.text)) if month.text else None
    if over and claimed.text and date.fromisoformat(claimed.text) < over:
        yield find("V09", claimed)


def days_in_month(on: date, days: Entry, month: Entry) -> Iterator[Finding]:
    """V33: between 1 and the days of the month (31 where the month is not known)."""
    if days.number is None:
        return
    most = dates.month_end(dates.month_start(month.text)).day if month.text else 31
    if not 1 <= days.number <= most:
        yield find("V33", days, most=most)


def age_limit(on: date, birth: Entry, month: Entry, asked: Asked, tables: Tables) -> Iterator[Finding]:
    """V20: on the first day of the month the person is of an age that the scheme helps, and was born before its last."""
    if birth.text and month.text:
        helped, whom = eligible(asked.scheme, date.fromisoformat(birth.text), month.text, tables)
        if not helped:
            yield find("V20", birth, limits=whom)


def in_order(on: date, first: Entry, then: Entry) -> Iterator[Finding]:
    """W09: one day is not after another that follows it (begun and ended, inspected and reported)."""
    if first.text and then.text and date.fromisoformat(then.text) < date.fromisoformat(first.text):
        yield find("W09", then, first=first.label)


def in_use(on: date, day: Entry, since: str = "", until: str = "") -> Iterator[Finding]:
    """H37: the paper was written while such prints are accepted; `since` and `until` are ISO days, both within."""
    if day.text and not (since <= day.text <= (until or day.text)):
        limits = (dates.show_day(since) + "から" if since else "") + (dates.show_day(until) + "まで" if until else "")
        yield find("H37", day, limits=limits)


def fiscal_year(on: date, year: Entry, day: Entry) -> Iterator[Finding]:
    """W13: the year of 令和 asked for is that of the day, or the next one if the day is in or after January."""
    if year.number is None or not day.text:
        return
    said = date.fromisoformat(day.text)
    current = said.year - 2018 - (said.month < 4)
    if year.number not in ((current, current + 1) if said.month < 4 else (current,)):
        yield find("W13", year)


def ratio_fits_age(on: date, birth: Entry, month: Entry, ratio: Entry, tables: Tables) -> Iterator[Finding]:
    """V28: the ratio is one that people of that age may have."""
    if birth.text and month.text and ratio.text:
        may = ratios(date.fromisoformat(birth.text), month.text, tables)
        if may and tenths_of(ratio) not in may:
            yield find("V28", ratio, expected="か".join(f"{tenths}割" for tenths in may))
