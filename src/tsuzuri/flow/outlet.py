"""The files of a run, handed over whole or not at all: written aside, made durable, checked, renamed; the control file comes last.

What is written here knows nothing of claims: it is given bytes, and gives figures about them.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from tsuzuri.errors import Stuck
from tsuzuri.model import ExportRun, RunFile
from tsuzuri.store.files import sync_folder

PART, FIN = ".part", ".fin"
PREPARED = "prepared"       # under the folder of exports: what waits for two people, out of the receiver's sight


class Piece:
    """One file that is being written; whoever fills it says how many records and yen it has."""

    def __init__(self, folder: Path, name: str, word: str) -> None:
        self.path, self.word = folder / name, word
        self.count = self.amount = 0
        # A name of its own: two nights at once must not write into one file.
        self.temp = self.path.with_suffix(f".{secrets.token_hex(4)}{PART}")
        self._out: IO[bytes] = self.temp.open("wb")

    def write(self, chunk: bytes) -> None:
        """These bytes next."""
        self._out.write(chunk)

    def proven(self) -> RunFile:
        """Its figures, read back from the disk, once its bytes are durable."""
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        return RunFile(self.path.name, self.word, sha256_of(self.temp), self.temp.stat().st_size, self.count, self.amount)

    def discard(self) -> None:
        """As if it had not been begun; after its rename this does nothing."""
        with suppress(OSError):
            self._out.close()
        self.temp.unlink(missing_ok=True)


class Bundle:
    """The files of one run on their way into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.pieces = folder, list[Piece]()

    def open(self, name: str, word: str) -> Piece:
        """One more file."""
        piece = Piece(self._folder, name, word)
        self.pieces.append(piece)
        return piece

    def settle(self, known: Mapping[str, str]) -> tuple[RunFile, ...]:
        """All durable, and only then each under its name. Raises Stuck, and leaves what is there, if one would have other bytes
        than the sha256 that is `known` of its name."""
        files = tuple(piece.proven() for piece in self.pieces)
        if known and {file.name: file.sha256 for file in files} != known:
            differs = next((file.name for file in files if known.get(file.name) != file.sha256), files[0].name)
            raise Stuck(f"{differs}: written again it would differ from what was sent; look at its run, and at what has "
                        "changed in the forms, targets and settings since", code="export_differs")
        for piece in self.pieces:
            piece.temp.replace(piece.path)
        sync_folder(self._folder)
        return files


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Inside, a disk's faults become Stuck: nothing is marked as sent, and the night can be run again."""
    try:
        yield
    except OSError as error:
        raise Stuck(f"{folder}: cannot be written ({error.strerror}); free space or mend the folder, then run the night again",
                    code="export_unwritable") from error


@contextmanager
def bundle(folder: Path) -> Iterator[Bundle]:
    """A bundle into that folder, which is made if there is none; what was not settled at its end is gone. Raises as `disk` does."""
    with disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        begun = Bundle(folder)
        try:
            yield begun
        finally:
            for piece in begun.pieces:
                piece.discard()


def whole(folder: Path, run: ExportRun, fin: bool = True) -> bool:
    """Whether every file of the run lies there, byte for byte, and its control file."""
    if not run.files or (fin and not control_path(folder, run).exists()):
        return False
    with disk(folder):
        return all((folder / file.name).is_file() and sha256_of(folder / file.name) == file.sha256 for file in run.files)


def control_path(folder: Path, run: ExportRun) -> Path:
    """Where its control file lies: beside its first file, and called like it."""
    return (folder / run.files[0].name).with_suffix(FIN)


def write_control(folder: Path, run: ExportRun) -> None:
    """The .fin beside the files: the receiver takes them only when this is there, and holds them against its figures."""
    first = run.files[0]
    told: dict[str, Any] = {
        "file": first.name, "run": run.id, "target": run.target, "business_date": run.business_date.isoformat(),
        "sha256": first.sha256, "bytes": first.size, "count": run.count, "amount": run.amount, "points": run.points,
        "eligible": run.eligible, "held": run.held,
        "files": [{"name": file.name, "as": file.word, "sha256": file.sha256, "bytes": file.size, "count": file.count,
                   "amount": file.amount} for file in run.files],
    }
    if run.pays_on is not None:
        told["pays_on"] = run.pays_on.isoformat()
    path = control_path(folder, run)
    temp = path.with_suffix(f".{secrets.token_hex(4)}{FIN}{PART}")
    with disk(folder):
        try:
            with temp.open("w", encoding="utf-8") as out:
                json.dump(told, out, ensure_ascii=False, indent=1, sort_keys=True)
                out.flush()
                os.fsync(out.fileno())
            temp.replace(path)
        finally:
            temp.unlink(missing_ok=True)
        sync_folder(folder)


def forget(folder: Path, run: ExportRun) -> None:
    """Remove a run's files there, if they are there."""
    for file in run.files:
        (folder / file.name).unlink(missing_ok=True)


def forget_unfinished(folder: Path, names: tuple[str, ...], before: float) -> None:
    """Remove what a crash left half written of files called like these, on any day, if it is older than that moment."""
    stems = {name.rpartition(".")[0].rstrip("0123456789") for name in names}
    for left in folder.glob(f"*{PART}"):
        with suppress(FileNotFoundError):
            if any(left.name.startswith(stem) for stem in stems) and left.stat().st_mtime < before:
                left.unlink()


def sha256_of(path: Path) -> str:
    """Of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
