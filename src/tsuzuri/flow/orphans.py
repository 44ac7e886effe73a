"""Files that no row names: what a crash between keeping bytes and writing down whose they are leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tsuzuri.flow.line import Line

YOUNG = timedelta(days=1)     # no unit of work takes a day: who kept these bytes has died, or was turned away
A_FEW = 10                    # crashes leave single files


@dataclass(frozen=True)
class Orphans:
    """How many files without a row were found, and how many of them, being a day old, were removed."""

    found: int = 0
    removed: int = 0


def forget_orphans(line: Line) -> Orphans:
    """Look through some of the store's folders; asked again, go on with the next ones, round and round.

    Where most of many files have no row, it is the rows that are missing (another database, a backup): none is removed.
    """
    kept = line.files.some_kept()
    with line.store.read() as look:
        found = look.unnamed(list(kept))
    if len(found) > max(A_FEW, len(kept) // 2):
        return Orphans(len(found))
    before, removed = (line.clock() - YOUNG).timestamp(), 0
    for sha256 in sorted(found):
        if kept[sha256] < before:
            with line.unit() as unit:
                unit.hold_file(sha256)
                if not unit.needs(sha256):      # the same bytes may have been sent since
                    line.files.forget(sha256)
                    removed += 1
    return Orphans(len(found), removed)
