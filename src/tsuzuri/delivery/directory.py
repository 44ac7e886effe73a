"""A folder as receiver: a share that is mounted here. A file gets its name only once it is durable."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tsuzuri.delivery.channel import ANSWER, Secrets, Told, away, pieces_of
from tsuzuri.forms.receivers import Directory


class Folder:
    """A folder, and the one in which its answers lie."""

    def __init__(self, root: Path, answers: Path | None) -> None:
        self._root, self._answers = root, answers

    def size(self, name: str) -> int | None:
        path = self._root / name
        return path.stat().st_size if path.is_file() else None

    def read(self, name: str) -> Iterator[bytes]:
        return pieces_of(self._root / name)

    def put(self, name: str, path: Path, sha256: str) -> None:
        temp = self._root / f".{name}.{secrets.token_hex(4)}.part"
        for left in self._root.glob(f".{name}.*.part"):
            left.unlink(missing_ok=True)        # of an attempt that was cut off
        try:
            with temp.open("wb") as out:
                for piece in pieces_of(path):
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            _name(temp, self._root / name)
        finally:
            temp.unlink(missing_ok=True)
        with suppress(OSError):     # some shares cannot: then their server answers for it
            at = os.open(self._root, os.O_RDONLY)
            try:
                os.fsync(at)
            finally:
                os.close(at)

    def answers(self) -> Iterator[Told]:
        if self._answers is None or not self._answers.is_dir():
            return
        for path in sorted(self._answers.glob(f"*{ANSWER}")):
            stat = path.stat()
            yield Told(path.name, f"{stat.st_mtime_ns}-{stat.st_size}", stat.st_size)

    def answer(self, name: str) -> Iterator[bytes]:
        assert self._answers is not None
        return pieces_of(self._answers / name)


def _name(temp: Path, path: Path) -> None:
    """The name, at once and never another's: a second name for the bytes. Raises FileExistsError where it is taken."""
    try:
        os.link(temp, path)
    except FileExistsError:
        raise
    except OSError:         # a share that knows no second names
        if path.exists():
            raise FileExistsError(path) from None
        temp.rename(path)


@contextmanager
def open_directory(target: str, receiver: Directory, secrets: Secrets) -> Iterator[Folder]:
    """The folder, if it is there: one that is not mounted is not made, or files would land beneath it."""
    root = Path(receiver.path)
    try:
        if not root.is_dir():
            raise FileNotFoundError(root)
        yield Folder(root, Path(receiver.answers) if receiver.answers else None)
    except OSError as error:
        raise away(str(root), error) from error
