"""A printed list: what stands on it, in its last words, so that what is printed from it is the same each time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a printed list: its heading, how wide in mm, whether its cells are numbers (set to the right)."""

    title: str
    wide: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their columns; `total` stands below them, ruled off. Cells too long for their column are broken into lines."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    total: tuple[str, ...] = ()
    none: str = "ありません。"         # in the place of rows


@dataclass(frozen=True, slots=True)
class Listing:
    """A list to be printed, A4: `about` pairs a label with a value; `signed` are lines to be filled in by hand, each with its
    label; `foot` stands small at the end of every page.
    """

    title: str
    number: str
    day: str
    to: str = ""
    sender: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    closing: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    foot: str = ""
