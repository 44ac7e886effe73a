"""One program at a time works in a station's home; its end, however it comes, opens the home again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(home: Path) -> Iterator[bool]:
    """Whether this program has the home to itself. Held by a lock of SQLite's, which every system that it runs on has."""
    held = sqlite3.connect(home / "lock.sqlite3", timeout=0, isolation_level=None)
    try:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield False
            return
        yield True
    finally:
        held.close()
