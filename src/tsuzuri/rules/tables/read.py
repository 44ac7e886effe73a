"""The tables' files: CSV in, rows out; whatever is wrong is told with file and line. Touches only errors and ages.

A file is UTF-8 with a head of columns (those of its class in rows.py; what may be blank may be left out), a row a line.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tsuzuri.errors import Misdeclared
from tsuzuri.rules.ages import Mark, mark, within
from tsuzuri.rules.tables.rows import TABLES, Care, Dated, Scheme

Rows = dict[type[Dated], tuple[Dated, ...]]
Placed = tuple[str, Dated]          # "file:line" of a row, and the row

# A word, the column under which other tables say it, and the table that owns it.
KNOWN_BY = (("scheme", "scheme", Scheme), ("care", "cares", Care))

# Lives on which age bands are held against one another: at both ends of a school year and of a month, and on a leap day.
_LIVES = (date(2000, 2, 29), date(2000, 3, 31), date(2000, 4, 1), date(2000, 4, 2), date(2000, 10, 1), date(2000, 10, 15))


def read_rows(folder: Path) -> tuple[Rows, str]:
    """Every table of a folder, and a version told from their bytes ("" where there is none); raises Misdeclared."""
    read, digest = dict[type[Dated], list[Placed]](), hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        kind = TABLES.get(path.stem)
        if kind is None:
            raise Misdeclared(f"{path}: no table is called so{_meant(path.stem, TABLES)}")
        data = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + data)
        read[kind] = _read(path, data, kind)
    for word, column, table in KNOWN_BY:
        _hold_known(read, word, column, table)
    return {kind: tuple(row for _, row in rows) for kind, rows in read.items()}, digest.hexdigest()[:12] if read else ""


def _read(path: Path, data: bytes, kind: type[Dated]) -> list[Placed]:
    try:
        lines = csv.reader(data.decode("utf-8-sig").splitlines(), strict=True)
        told = [(lines.line_num, cells) for cells in lines if any(cells)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Misdeclared(f"{path}: not CSV in UTF-8: {error}") from error
    if not told:
        raise Misdeclared(f"{path}:1: a table begins with the names of its columns")
    parsers = _parsers(kind)
    head = _head(path, told[0][1], kind)
    read = [(f"{path}:{line}", _row(f"{path}:{line}", head, cells, kind, parsers)) for line, cells in told[1:]]
    _hold_apart(read)
    return read


def _hold_known(read: Mapping[type[Dated], list[Placed]], word: str, column: str, table: type[Dated]) -> None:
    """What any table says in a column of that name must stand in the one table that owns such words, where there is one."""
    known = {getattr(row, word) for _, row in read.get(table, ())}
    for kind, rows in read.items():
        for place, row in rows if table in read and kind is not table and hasattr(kind, column) else ():
            said = getattr(row, column)
            for one in said if isinstance(said, tuple) else (said,):
                if one not in known:
                    raise Misdeclared(f"{place}: {column}: {one!r} stands in no row of the table that owns it{_meant(one, known)}")


def _head(path: Path, cells: list[str], kind: type[Dated]) -> list[str]:
    known = {field.name: field for field in fields(kind)}
    for name in cells:
        if name not in known or cells.count(name) > 1:
            wrong = "stands twice" if name in known else f"is no column of this table{_meant(name, known)}"
            raise Misdeclared(f"{path}:1: {name!r} {wrong}")
    for name, field in known.items():
        if field.default is MISSING and name not in cells:
            raise Misdeclared(f"{path}:1: the column {name!r} is missing")
    return cells


def _row(
    place: str, head: list[str], cells: list[str], kind: type[Dated], parsers: dict[str, Callable[[str], Any]],
) -> Dated:
    if len(cells) != len(head):
        raise Misdeclared(f"{place}: {len(cells)} cells under {len(head)} columns")
    said = {name: cell.strip() for name, cell in zip(head, cells, strict=True)}
    given: dict[str, Any] = {}
    for field in fields(kind):
        cell = said.get(field.name, "")
        if not cell and field.default is MISSING:
            raise Misdeclared(f"{place}: {field.name} is blank")
        if cell:
            try:
                given[field.name] = parsers[field.name](cell)
            except ValueError as error:
                raise Misdeclared(f"{place}: {field.name}: {cell!r}: {error}") from error
    try:
        row = kind(**given)
    except ValueError as error:
        raise Misdeclared(f"{place}: {error}") from error
    if row.valid_to and row.valid_to < row.valid_from:
        raise Misdeclared(f"{place}: valid_to {row.valid_to} is before valid_from {row.valid_from}")
    return row


def _parsers(kind: type[Dated]) -> dict[str, Callable[[str], Any]]:
    hints = get_type_hints(kind)
    return {field.name: _day if field.name.startswith("valid_") else _parser(hints[field.name]) for field in fields(kind)}


def _parser(hint: Any) -> Callable[[str], Any]:
    """What understands a cell of that type; `X | None` is X, for a blank never comes here."""
    if get_origin(hint) is Literal:
        return lambda cell: _one_of(cell, get_args(hint))
    kinds = {arg for arg in get_args(hint) if arg is not type(None)} if get_origin(hint) is not tuple else {hint}
    return _PARSERS[next(iter(kinds), hint)]


def _day(cell: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise ValueError("a day is told as 2023-12-01")
    return date.fromisoformat(cell).isoformat()


def _whole(cell: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", cell):
        raise ValueError("a whole number, without commas")
    return int(cell)


def _fraction(cell: str) -> Fraction:
    if not re.fullmatch(r"[0-9]{1,3}(/[1-9][0-9]{0,2})?", cell) or not 0 <= Fraction(cell) <= 1:
        raise ValueError("a part of a whole: 0, 1/3, 1")
    return Fraction(cell)


def _one_of(cell: str, words: Iterable[str]) -> str:
    if cell not in words:
        raise ValueError(f"no such word{_meant(cell, words)}")
    return cell


_PARSERS: dict[Any, Callable[[str], Any]] = {
    str: str, int: _whole, Fraction: _fraction, Mark: mark,
    tuple[str, ...]: lambda cell: tuple(cell.split()),
    tuple[int, ...]: lambda cell: tuple(_whole(word) for word in cell.split()),
}


def _hold_apart(read: list[Placed]) -> None:
    """No two rows of one key may hold on the same day."""
    for rows in _alike(read):
        for (spot, first), (place, then) in combinations(rows, 2):
            same_days = first.valid_from <= (then.valid_to or "9") and then.valid_from <= (first.valid_to or "9")
            if same_days and _same_key(first, then):
                line = spot.rpartition(":")[2]
                raise Misdeclared(f"{place}: holds for the same {' '.join(first.KEY)} and on the same days as line {line}")


def _alike(read: list[Placed]) -> Iterable[list[Placed]]:
    """The rows that may be of one key: a table of thousands of letters is not held pair by pair where its key is plain text."""
    groups = dict[tuple[Any, ...], list[Placed]]()
    for place, row in read:
        plain = tuple(value for name in row.KEY if isinstance(value := getattr(row, name), str))
        groups.setdefault(plain, []).append((place, row))
    return groups.values()


def _same_key(first: Dated, then: Dated) -> bool:
    for name in first.KEY:
        a, b = getattr(first, name), getattr(then, name)
        if name in ("since", "until"):
            continue
        if (a and b and not set(a) & set(b)) if isinstance(a, tuple) else a != b:
            return False
    return "since" not in first.KEY or any(_both_alive(birth, first, then) for birth in _LIVES)


def _both_alive(birth: date, first: Any, then: Any) -> bool:
    """Whether somebody born on that day is ever in both age bands: if so, then where one of them begins."""
    starts = [row.since.day(birth) if row.since else birth for row in (first, then)]
    return any(within(birth, first.since, first.until, day) and within(birth, then.since, then.until, day) for day in starts)


def _meant(word: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(known)}"

