"""The station's own copies: on the disk and hashed before the journal names them, gone only after it does no more."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from tsuzuri.station.trouble import NoRoom, own_disk

PIECE = 1 << 20
LEFT = 64 << 20         # bytes left free for the journal: it must be able to write that there is no room
Stamp = tuple[int, int]         # size and time of change (ns): a file that has another is another file


class Changed(Exception):  # noqa: N818  named by what it says
    """The file was written to while it was copied: it is not ready yet."""


@dataclass(frozen=True)
class Copy:
    """A durable copy: its name in the spool, its SHA-256 (hex), and the stamp of what it was made of."""

    name: str
    sha256: str
    stamp: Stamp


def stamp(path: Path) -> Stamp:
    """Size and time of change."""
    told = path.stat()
    return told.st_size, told.st_mtime_ns


def copy(source: Path, spool: Path, left: int = LEFT) -> Copy:
    """A durable copy of a file. Raises NoRoom if the disk will not have it, Changed if it was not ready, OSError if unreadable."""
    before = stamp(source)
    if shutil.disk_usage(spool).free < before[0] + left:
        raise NoRoom("この端末のディスクの空きが足りません。空きを作ってください（作業は自動で再開します）。")
    name, summed = f"{secrets.token_hex(12)}.scan", hashlib.sha256()
    try:
        with own_disk(), (spool / name).open("xb") as out:
            with source.open("rb") as scan:
                while piece := scan.read(PIECE):
                    summed.update(piece)
                    out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if stamp(source) != before or (spool / name).stat().st_size != before[0]:
            raise Changed
    except BaseException:
        (spool / name).unlink(missing_ok=True)
        raise
    sync_folder(spool)
    return Copy(name, summed.hexdigest(), before)


def intact(copied: Path, sha256: str) -> bool:
    """Whether a copy is still what it was."""
    try:
        with copied.open("rb") as scan:
            return hashlib.file_digest(scan, "sha256").hexdigest() == sha256
    except OSError:
        return False


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Windows has no such call: there NTFS keeps its own journal of names."""
    if os.name == "nt":
        return
    at = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)


def move(path: Path, expected: Stamp, to: Path) -> bool:
    """The file moved into a folder, under a name not taken; False if another one stands there now, which stays."""
    to.mkdir(parents=True, exist_ok=True)
    if not path.exists() or stamp(path) != expected:
        return False
    place = free_name(to / path.name)
    path.replace(place)
    if stamp(place) != expected:        # overwritten in that very moment: give it back
        place.replace(free_name(path))
        return False
    return True


def free_name(path: Path) -> Path:
    """That path, or one beside it with a number."""
    place, number = path, 1
    while place.exists():
        number += 1
        place = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return place
