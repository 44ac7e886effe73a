"""Who is helped, and which row of the tables lays down a person's share. Touches only tables and ages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol
from weakref import WeakKeyDictionary

from tsuzuri.rules.ages import within
from tsuzuri.rules.dates import month_end, month_start
from tsuzuri.rules.tables import Care, Eligible, Share, Tables


class _Told(Protocol):
    @property
    def scheme(self) -> str: ...
    @property
    def month(self) -> str: ...
    @property
    def care(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def birth(self) -> date | None: ...


def eligible(scheme: str, birth: date | None, month: str, tables: Tables) -> tuple[bool, str]:
    """Whether a scheme helps a person in a month, judged on its first day, and in words whom it helps ("" where no age matters)."""
    if birth is None:
        return True, ""
    if month_end(month_start(month)) < birth:
        return False, "生まれた月から"
    rows = [row for row in tables.on(Eligible, month) if row.scheme == scheme]
    inside = any(within(birth, row.since, row.until, month_start(month)) for row in rows)
    return inside or not rows, "、".join(row.says for row in rows)


def rows_of(case: _Told, tables: Tables) -> list[Share]:
    """The rows that may lay down the share: one, or where age or grade matters and is not known, one for each."""
    care, first = care_of(case.care, case.month, tables), month_start(case.month)
    return [
        row for row in tables.on(Share, case.month)
        if row.scheme == case.scheme and care in row.cares
        and (not row.grades or not case.grade or case.grade in row.grades)
        and (case.birth is None or within(case.birth, row.since, row.until, first))
    ]


def care_of(word: str, month: str, tables: Tables) -> str:
    """The care that a paper's word means; the word itself where no table says."""
    return _words(month, tables).get(word, word)


_WORDS: WeakKeyDictionary[Tables, dict[str, dict[str, str]]] = WeakKeyDictionary()


def _words(month: str, tables: Tables) -> Mapping[str, str]:
    told = _WORDS.setdefault(tables, {})
    if month not in told:
        told[month] = {word: row.care for row in tables.on(Care, month) for word in (row.care, *row.words)}
    return told[month]
