"""Ages as the law counts them, and the marks at which a benefit begins or ends. Touches only dates.

A person reaches an age on the day before the birthday. A mark is a word with a number of years, as dated tables say it:

| word | the day from which on |
|---|---|
| `3歳月` | the first of the month in which the age is reached |
| `3歳翌月` | the first of the month after that one (born on the 1st: of the birthday's own month) |
| `6年度末` | 1 April after the school year in which the age is reached |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tsuzuri.rules.dates import month_end

_WORD = re.compile(r"([1-9][0-9]?)(歳月|歳翌月|年度末)")


def reach_age(birth: date, age: int) -> date:
    """The day on which a person reaches `age`: the day before the birthday."""
    try:
        birthday = birth.replace(year=birth.year + age)
    except ValueError:                      # 29 February in a common year
        birthday = date(birth.year + age, 3, 1)
    return birthday - timedelta(days=1)


def school_end(birth: date, age: int) -> date:
    """Last day of the school year in which a person reaches `age`: the first 31 March on or after that day."""
    reached = reach_age(birth, age)
    march = date(reached.year, 3, 31)
    return march if reached <= march else date(reached.year + 1, 3, 31)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in a life at which something begins or ends: so many years, and one of the words above."""

    years: int
    word: str

    def __str__(self) -> str:
        return f"{self.years}{self.word}"

    def day(self, birth: date) -> date:
        """The first day behind the mark."""
        return _day(self.years, self.word, birth)


@lru_cache(maxsize=65_536)
def _day(years: int, word: str, birth: date) -> date:
    if word == "年度末":
        return school_end(birth, years) + timedelta(days=1)
    reached = reach_age(birth, years)
    return reached.replace(day=1) if word == "歳月" else month_end(reached) + timedelta(days=1)


def mark(text: str) -> Mark:
    """The mark that a table names; raises ValueError for anything else."""
    found = _WORD.fullmatch(text)
    if found is None:
        raise ValueError("an age is told as 3歳月, 3歳翌月 or 6年度末")
    return Mark(int(found[1]), found[2])


def within(birth: date, since: Mark | None, until: Mark | None, day: date) -> bool:
    """Whether on a day a person is behind the one mark (None: since birth) and not yet behind the other (None: for ever)."""
    begun = since.day(birth) if since else birth.replace(day=1)
    return begun <= day and (until is None or day < until.day(birth))
