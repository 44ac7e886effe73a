"""Institutions that a city knows (code, name, address): one CSV beside its forms. A ledger may stand in its place."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tsuzuri.errors import Misdeclared
from tsuzuri.rules.digits import institution_fits
from tsuzuri.rules.lists.blocks import as_place
from tsuzuri.rules.lists.entries import Entry

NAME = "_institutions.csv"
COLUMNS = ("code", "name", "address")
CODE = re.compile(r"[0-9]{10}")


@dataclass(frozen=True)
class Institutions:
    """A list in memory. `rows` are entries as the list spells them."""

    rows: tuple[Entry, ...] = ()
    _coded: dict[str, Entry] = field(default_factory=dict, init=False, repr=False, compare=False)
    _called: dict[str, list[Entry]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for row in self.rows:
            entry = Entry(row.code, self.fold("name", row.name), self.fold("address", row.address))
            self._coded[row.code] = entry
            self._called.setdefault(entry.name, []).append(entry)

    def coded(self, code: str) -> Entry | None:
        """The institution of that code of ten digits."""
        return self._coded.get(code)

    def called(self, name: str) -> Collection[Entry]:
        """The institutions of that folded name."""
        return self._called.get(name, ())

    def fold(self, word: str, text: str) -> str:
        """A field's text as it is compared: gaps and ways to write a block's number set aside; 髙 is not 高."""
        return as_place(text) if word == "address" else "".join(unicodedata.normalize("NFKC", text).split())


def load_institutions(path: Path) -> Institutions:
    """The list in that CSV (UTF-8; columns code, name, address, others ignored); raises Misdeclared with file and line."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise Misdeclared(f"{path}:1: no column {', '.join(missing)}; the first line names the columns: {','.join(COLUMNS)}")
        return Institutions(tuple(_entries(path, reader)))


def _entries(path: Path, reader: csv.DictReader[str]) -> Iterable[Entry]:
    seen: set[str] = set()
    for row in reader:
        code, name, address = ((row[column] or "").strip() for column in COLUMNS)
        where = f"{path}:{reader.line_num}"
        if not CODE.fullmatch(code) or not institution_fits(code):
            raise Misdeclared(f"{where}: {code!r} is no institution's code: ten digits, the last their check digit")
        if code in seen or not name:
            raise Misdeclared(f"{where}: {code}: {'stands there twice' if code in seen else 'has no name'}")
        seen.add(code)
        yield Entry(code, name, address)
