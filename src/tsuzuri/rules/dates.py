"""Japanese dates: era words and short forms to ISO text and back. Touches nothing.

A year beyond its era's end (平成36年) is reckoned on arithmetically, as offices did while eras changed;
`era_fits` tells whether that happened.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

# Code, name, short name, letter, first day, year before year 1. Year 1 of 明治 is 1868.
_ERAS = (
    (5, "令和", "令", "R", date(2019, 5, 1), 2018),
    (4, "平成", "平", "H", date(1989, 1, 8), 1988),
    (3, "昭和", "昭", "S", date(1926, 12, 25), 1925),
    (2, "大正", "大", "T", date(1912, 7, 30), 1911),
    (1, "明治", "明", "M", date(1868, 1, 25), 1867),
)
ERA_LETTERS = {name: letter for _, name, _, letter, *_ in _ERAS}      # 令和 → R
_FIRST = _ERAS[-1][4]
LAST = _ERAS[0][-1] + 99        # no paper tells of later years, whose ages and limits the calendar may not even have
_BASE = {str(word): base for code, *words, _, base in _ERAS for word in (code, *words)}
_NAME = {str(word): words[0] for code, *words, _, _ in _ERAS for word in (code, *words)}

_ERA = "(?P<era>令和|平成|昭和|大正|明治|[令平昭大明RHSTM])?"
_DAY = re.compile(_ERA + r"(?P<y>\d{1,4}|元)[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})日?")
_MONTH = re.compile(_ERA + r"(?P<y>\d{1,4}|元)[年./-](?P<m>\d{1,2})(?:月分?)?")
_PACKED = r"(?P<era>[1-5])-?(?P<y>\d\d)(?P<m>\d\d)"
_PACKED_DAY = re.compile(_PACKED + r"(?P<d>\d\d)|(?P<Y>\d{4})(?P<M>\d\d)(?P<D>\d\d)")
_PACKED_MONTH = re.compile(_PACKED + r"|(?P<Y>\d{4})(?P<M>\d\d)")
_SAME = str.maketrans("Oo〇○−‐‑–—―ー・、,", "0000-------...", " \u3000")


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: `era` is the era's name, or None for a western year; `day` is None for a month."""

    era: str | None
    year: int
    month: int
    day: int | None

    @property
    def western(self) -> int:
        """The western year, whether or not the era lasted that long."""
        return self.year if self.era is None else _BASE[self.era] + self.year

    @property
    def first(self) -> date:
        """The day, or the month's first; raises ValueError when the calendar has no such day."""
        return date(self.western, self.month, self.day or 1)


def written_day(ink: str) -> Written:
    """令和6年4月12日, R6.4.12, 令6.4.12, 5-060412, 2024-04-12; raises ValueError when it is none of these."""
    return _written(ink, _DAY, _PACKED_DAY)


def written_month(ink: str) -> Written:
    """令和6年4月, 令和6年4月分, R6.4, 5-0604, 2024-04; raises ValueError when it is none of these."""
    return _written(ink, _MONTH, _PACKED_MONTH)


def _written(ink: str, spelt: re.Pattern[str], packed: re.Pattern[str]) -> Written:
    plain = unicodedata.normalize("NFKC", ink).translate(_SAME).upper()
    match = spelt.fullmatch(plain) or packed.fullmatch(plain)
    if match is None:
        raise ValueError("not a date")
    parts = {name.lower(): text for name, text in match.groupdict().items() if text is not None}
    year = 1 if parts["y"] == "元" else int(parts["y"])
    era = _NAME[parts["era"]] if "era" in parts else None
    if not (_FIRST.year <= year <= LAST if era is None else 1 <= year <= 99):
        raise ValueError("a year needs its era")     # a bare 6年 may be any era's: a person decides
    found = Written(era, year, int(parts["m"]), int(parts["d"]) if "d" in parts else None)
    era_of(_last(found))    # raises where the calendar has no such day, or it is before 明治
    return found


def _last(found: Written) -> date:
    return found.first if found.day else month_end(found.first)


def era_fits(found: Written) -> bool:
    """Whether the era written was in force at that time; a month fits if any of its days does."""
    if found.era is None:
        return True
    return found.era in (era_of(max(found.first, _FIRST))[0], era_of(_last(found))[0])


def era_of(day: date) -> tuple[str, int]:
    """Era name and year of a day: 2024-04-12 → ("令和", 6)."""
    for _, name, _, _, start, base in _ERAS:
        if day >= start:
            return name, day.year - base
    raise ValueError("before 明治")


def month_start(month: str) -> date:
    """First day of a month "YYYY-MM"."""
    return date.fromisoformat(f"{month}-01")


def month_end(day: date) -> date:
    """Last day of the month that holds `day`."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def months_between(early: date, late: date) -> int:
    """How many calendar months lie between two days, whatever the day; negative if `late` is earlier."""
    return (late.year - early.year) * 12 + late.month - early.month


def show_day(iso: str) -> str:
    """2024-04-12 → 令和6年4月12日; the first year of an era is 元年."""
    day = date.fromisoformat(iso)
    return f"{_show_year(day)}{day.month}月{day.day}日"


def show_month(iso: str) -> str:
    """2024-04 → 令和6年4月; a month in which an era began bears the new era's name."""
    return f"{_show_year(month_end(month_start(iso)))}{int(iso[5:])}月"


def _show_year(day: date) -> str:
    era, year = era_of(day)
    return f"{era}{'元' if year == 1 else year}年"
