"""Names of files: which are scans, in what order they come, and how they are shown whatever their encoding."""

from __future__ import annotations

import os
import re
from pathlib import PurePath

NEVER = {"thumbs.db", "desktop.ini", ".ds_store", "batch.toml"}
BESIDE = (".toml", ".xml", ".csv", ".txt", ".log", ".json", ".ini", ".db")      # what scanning programs lay beside scans
ENDS = {".end", "end", "end.txt"}           # an empty file of that name ends its folder's batch
UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".lock", ".bak", "~")
APART = {"sent", "refused"}                 # folders of our own
NUMBERS = re.compile(r"(\d+)")
HIDDEN = 0x2                                # Windows' own mark on a file


def is_scan(name: str) -> bool:
    """Whether a file of that name may be a scan; scanners write under other names first."""
    low = name.lower()
    return not (low in NEVER or low in ENDS or low.startswith((".", "~", "$")) or low.endswith((*UNFINISHED, *BESIDE)))


def is_end(name: str) -> bool:
    """Whether that file says: this batch is whole."""
    return name.lower() in ENDS


def is_hidden(stat: os.stat_result) -> bool:
    """Whether Windows hides it."""
    return bool(getattr(stat, "st_file_attributes", 0) & HIDDEN)


def order(name: str) -> list[tuple[int, int, str]]:
    """By which names stand as a person counts: 2 before 10."""
    parts = [part for part in NUMBERS.split(name) if part]
    return [(0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part.lower()) for part in parts]


def shown(path: PurePath) -> str:
    """The last part of a path as people read it; other machines' shares may speak Shift_JIS."""
    last = os.fsencode(path.name)
    for encoding in ("utf-8", "cp932"):
        try:
            return last.decode(encoding)
        except UnicodeDecodeError:
            continue
    return last.decode("utf-8", "replace")
