"""Rows of a sheet that lists many patients, as a table: one patient a line, one column a field. Touches declared forms only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tsuzuri.forms import Form


@dataclass(frozen=True)
class Table:
    """A table's title, its columns' titles, and its rows: number and cells, each a field as `show.framed` tells it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[int, Sequence[Mapping[str, Any]]]]


@dataclass(frozen=True)
class Block:
    """What the sheet's page shows next: a field that stands alone, or a whole table."""

    field: Mapping[str, Any] | None = None
    table: Table | None = None


def blocks(frame: Sequence[Mapping[str, Any]], form: Form) -> Iterator[Block]:
    """The fields in their order, those of the table together whose every row is a claim."""
    for name, told in groupby(frame, key=lambda field: _table_of(str(field["name"]), form)):
        if name is None:
            yield from (Block(field=field) for field in told)
        else:
            yield Block(table=_table(name, list(told), form))


def _table_of(name: str, form: Form) -> str | None:
    table = name.partition(".")[0]
    return table if "." in name and table == form.export.each else None


def _table(name: str, told: Sequence[Mapping[str, Any]], form: Form) -> Table:
    said = form.json_schema["properties"][name]
    titles = said["items"]["properties"]
    columns = [str(titles[column].get("title", column)) for column in form.rows[name].fields]
    rows = groupby(told, key=lambda field: int(str(field["name"]).split(".")[1]))
    return Table(str(said.get("title", name)), columns, [(number, list(cells)) for number, cells in rows])
