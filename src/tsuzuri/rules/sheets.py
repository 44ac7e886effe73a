"""The files that one run of claims is written into, row by row, all at once: as many as a target names. Touches writers, outer.

`ROW_FORMATS` are the words; each makes a fresh sheet that is given the header, every row, and at last the totals.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from tsuzuri.rules.outer import NONE, Outer, sayable
from tsuzuri.rules.writers import (
    NEW,
    Fixed,
    Row,
    Said,
    Totals,
    int_of,
    said,
    settled,
    trailer,
)

BOM = b"\xef\xbb\xbf"
WRITTEN = ("name_written", "kana_written", "corrects")      # behind the feed's own columns where the file is UTF-8
NAMED = ("ward_name", "scheme_name", "form_title")
AT_ONCE = 1 << 16       # bytes
NOTHING = Said("", [])
COUNTED = ("区", "制度", "様式", "処理")
ACTIONS = {"1": "新規", "2": "訂正", "3": "取消"}


class Sheet(Protocol):
    """One file: bytes for its beginning, for each row that `settled` made (and what `said` made of it), and for its end."""

    def head(self, header: Row) -> bytes: ...

    def line(self, row: Row, told: Said) -> bytes: ...

    def tail(self, totals: Totals, sha256: str) -> bytes: ...


@dataclass(frozen=True)
class Feed:
    """The feed's columns with commas between: records 1, 2 … and 8 as in fixed widths, numbers and text without padding.

    In UTF-8 the names as they were written stand behind the others (縮退 names are in the feed's own columns).
    """

    encoding: str = "cp932"

    def head(self, header: Row) -> bytes:
        """The header, behind a byte order mark in UTF-8."""
        bare = said(1, header).bare
        return (BOM if self.encoding == "utf-8" else b"") + lined(bare, self.encoding)

    def line(self, row: Row, told: Said) -> bytes:
        """One record."""
        more = [str(row.get(name) or "") for name in WRITTEN] if self.encoding == "utf-8" else []
        return lined(told.bare + more, self.encoding)

    def tail(self, totals: Totals, sha256: str) -> bytes:
        """The trailer."""
        return lined(said(8, trailer(totals, sha256)).bare, self.encoding)


@dataclass
class Counts:
    """件数・金額 by ward, scheme, form and 処理区分, the sum of all below: one line for each that there is."""

    encoding: str = "utf-8"
    _many: Counter[tuple[str, ...]] = field(default_factory=Counter)
    _yen: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def head(self, header: Row) -> bytes:
        """The titles."""
        return (BOM if self.encoding == "utf-8" else b"") + self._said([*COUNTED, "件数", "金額（円）"])

    def line(self, row: Row, told: Said) -> bytes:
        """Nothing yet: it is counted."""
        action = ACTIONS.get(str(row.get("action") or NEW), "")
        key = (*(str(row.get(name) or "") for name in NAMED), action)
        self._many[key] += 1
        self._yen[key] += int_of(row.get("amount"))
        return b""

    def tail(self, totals: Totals, sha256: str) -> bytes:
        """The lines and their sum."""
        rows = [[*key, str(self._many[key]), str(self._yen[key])] for key in sorted(self._many)]
        whole = ["合計", *[""] * (len(COUNTED) - 1), str(totals.count), str(totals.amount)]
        return b"".join(self._said(row) for row in [*rows, whole])

    def _said(self, cells: Sequence[str]) -> bytes:
        return lined([sayable(cell)[0] for cell in cells] if self.encoding == "cp932" else cells, self.encoding)


class _Echo:
    """What a writer of CSV gives back is what it wrote here."""

    def write(self, text: str) -> str:
        return text


_CSV = csv.writer(_Echo())


def lined(cells: Sequence[str], encoding: str) -> bytes:
    """One line of CSV, quotes only where needed, CRLF."""
    return str(_CSV.writerow(cells)).encode(encoding)


ROW_FORMATS: Mapping[str, Callable[[str], Sheet]] = {"fixed": lambda encoding: Fixed(), "csv": Feed, "counts": Counts}
ENCODINGS: Mapping[str, tuple[str, ...]] = {
    "fixed": ("cp932",), "csv": ("cp932", "utf-8"), "counts": ("utf-8", "cp932")}       # the first is meant where none is said


@dataclass
class Out:
    """A file that is being written: its sheet, where its bytes go, and the sha256 of those that have gone."""

    sheet: Sheet
    write: Callable[[bytes], object]
    digest: hashlib._Hash = field(default_factory=partial(hashlib.sha256, b""))

    _held: bytearray = field(default_factory=bytearray)

    def put(self, piece: bytes) -> None:
        """These bytes next; they go in big pieces."""
        self._held += piece
        if len(self._held) >= AT_ONCE:
            self.go()

    def go(self) -> str:
        """Whatever is held goes; the sha256 of all that has gone."""
        piece = bytes(self._held)
        self._held.clear()
        self.digest.update(piece)
        self.write(piece)
        return self.digest.hexdigest()


def pour(header: Row, rows: Iterable[Row], outs: Sequence[Out], known: Outer = NONE) -> Totals:
    """Every row into every file, one at a time in memory; what went out, added up.

    Raises Unfit, with the column's name, at the first value that has no room.
    """
    count = amount = points = 0
    loose = all(isinstance(out.sheet, Counts) for out in outs)      # what only counts needs no names and no widths
    for out in outs:
        out.put(out.sheet.head(header))
    for count, row in enumerate(rows, 1):  # noqa: B007  read after the loop
        done, told = (row, NOTHING) if loose else _fitted(count, row, known)
        for out in outs:
            out.put(out.sheet.line(done, told))
        amount += int_of(row.get("amount"))
        points += int_of(row.get("points"))
    totals = Totals(count, amount, points)
    for out in outs:
        out.put(out.sheet.tail(totals, out.go()))
        out.go()
    return totals


def _fitted(count: int, row: Row, known: Outer) -> tuple[Row, Said]:
    done = settled(count, row, known)
    return done, said(2, done)
