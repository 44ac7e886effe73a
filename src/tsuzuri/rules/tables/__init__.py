"""The city's dated tables (pipelines/tables/*.csv): what changes by law or by the council, and from which day. Touches only errors.

What each holds stands in rows.py; how a file is read, and what is refused, in read.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar, cast

from tsuzuri.rules.tables.read import read_rows
from tsuzuri.rules.tables.rows import (
    ILLUSTRATIVE,
    TABLES,
    Care,
    Channel,
    Dated,
    Deadline,
    Eligible,
    Extra,
    Gaiji,
    Kougaku,
    Limit,
    Meal,
    Payer,
    Ratio,
    Scheme,
    Share,
)

__all__ = [
    "ILLUSTRATIVE", "TABLES", "Care", "Channel", "Dated", "Deadline", "Eligible", "Extra", "Gaiji", "Kougaku", "Limit", "Meal",
    "Payer", "Ratio", "Scheme", "Share", "Tables", "read_tables",
]

Row = TypeVar("Row", bound=Dated)


class Tables:
    """A city's tables, each with its rows in the order of the file; `version` is told from their bytes. Never changes."""

    def __init__(self, rows: Mapping[type[Dated], tuple[Dated, ...]] | None = None, version: str = "") -> None:
        self.version = version
        self._rows = dict(rows or {})
        self._on: dict[tuple[type[Dated], str], tuple[Dated, ...]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tables) and (self.version, self._rows) == (other.version, other._rows)

    def __hash__(self) -> int:
        return hash(self.version)

    def __contains__(self, name: str) -> bool:
        return TABLES[name] in self._rows

    def on(self, kind: type[Row], day: str) -> tuple[Row, ...]:
        """The rows of a table that hold on a day (ISO); of a month "YYYY-MM", on its first. None where there is no such table."""
        found = self._on.get((kind, day))
        if found is None:
            at = day if len(day) > 7 else f"{day}-01"
            found = tuple(row for row in self._rows.get(kind, ()) if row.valid_from <= at <= (row.valid_to or "9999-12-31"))
            self._on[kind, day] = found
        return cast("tuple[Row, ...]", found)


def read_tables(folder: Path) -> Tables:
    """The tables of a folder, none where there is no such folder; raises Misdeclared with file and line."""
    return Tables(*read_rows(folder))
