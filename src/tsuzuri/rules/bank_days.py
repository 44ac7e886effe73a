"""On which days offices and banks are open, and which days a target runs on. Touches no house; holidays come from jpholiday.

`WHEN` are the words: each tells whether a run falls on a day. `off` are the city's own days off besides.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta

import jpholiday

Off = Collection[date]
ONE = timedelta(days=1)
BANKS_REST = {(12, 31), (1, 1), (1, 2), (1, 3)}              # 銀行法施行令5条
OFFICES_REST = BANKS_REST | {(12, 29), (12, 30)}             # 地方自治法4条の2


def bank_open(day: date) -> bool:
    """Whether banks settle transfers on that day."""
    return _weekday(day) and (day.month, day.day) not in BANKS_REST


def office_open(day: date, off: Off = ()) -> bool:
    """Whether the office works on that day."""
    return _weekday(day) and (day.month, day.day) not in OFFICES_REST and day not in off


def _weekday(day: date) -> bool:
    return day.weekday() < 5 and not jpholiday.is_holiday(day)


def bank_day_after(day: date, days: int) -> date:
    """The bank's `days`-th day of business after `day`; of 0 the first from `day` on."""
    left = days
    while True:
        if bank_open(day):
            if left == 0:
                return day
            left -= 1
        day += ONE


def _monthly(day: date, off: Off, on: int) -> bool:
    """On the `on`-th of the month, or on the next day on which banks and office are open, be it in the month after."""
    return day in {_open_from(month.replace(day=min(on, monthrange(month.year, month.month)[1])), off)
                   for month in (day, day.replace(day=1) - ONE)}


def _open_from(day: date, off: Off) -> date:
    while not (bank_open(day) and office_open(day, off)):
        day += ONE
    return day


WHEN: Mapping[str, Callable[[date, Off, int], bool]] = {
    "every_day": lambda day, off, on: True,
    "office_days": lambda day, off, on: office_open(day, off),
    "bank_days": lambda day, off, on: bank_open(day),
    "monthly": _monthly,
}
