"""The city's dated tables (pipelines/tables/*.csv): what changes by law or by the council, and from which day. Touches only errors.

Every row has `valid_from`, `valid_to` (ISO days; the latter empty while it holds) and `source` ("illustrative" where nobody has
published it); the other columns are the table's own.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Row = Mapping[str, str]


@dataclass(frozen=True)
class Tables:
    """A city's tables by name, each with its rows in the order of the file; `version` is told from their bytes."""

    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    version: str = ""

    def at(self, table: str, day: str) -> list[Row]:
        """The rows of a table that hold on a day (ISO); of a month "YYYY-MM", on its first."""
        on = day if len(day) > 7 else f"{day}-01"
        return [row for row in self.rows.get(table, ()) if row["valid_from"] <= on <= (row["valid_to"] or "9999-12-31")]


def read_tables(folder: Path) -> Tables:
    """The tables of a folder; none where there is no such folder."""
    rows, digest = dict[str, tuple[Row, ...]](), hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        data = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + data)
        rows[path.stem] = tuple(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    return Tables(rows, digest.hexdigest()[:12] if rows else "")
