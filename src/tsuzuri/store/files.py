"""Bytes on disk, each kept once under its own sha256: written aside, made durable, renamed, never changed."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Protocol

from tsuzuri.errors import NotFound, Stuck, TooLarge

FULL = (errno.ENOSPC, errno.EDQUOT)
HEX = frozenset("0123456789abcdef")
FOLDERS = 16         # looked through at once: of a full store (65,536 folders, 2 million files) some 500 files
SHEET = 1 << 20      # bytes of a large one
NAMES = "??/??/" + "[0-9a-f]" * 64


class Arrived(Protocol):
    """A file that is all here and not kept yet."""

    size: int

    @property
    def sha256(self) -> str:
        """Of its bytes, in hex."""

    @property
    def path(self) -> Path:
        """Where they can be read until they are kept."""

    def keep(self) -> str:
        """Make them durable under their name, and tell it."""


class Staged:
    """A file on its way in. Leaving its `with` discards what was not kept."""

    def __init__(self, files: Files, max_bytes: int) -> None:
        self.size = 0
        self._files, self._max_bytes = files, max_bytes
        self._hash = hashlib.sha256()
        self._path = files.incoming / secrets.token_hex(16)
        with disk():
            self._out = self._path.open("xb")

    def __enter__(self) -> Staged:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None,
    ) -> None:
        self.discard()

    @property
    def sha256(self) -> str:
        """Of the bytes so far, in hex."""
        return self._hash.hexdigest()

    @property
    def path(self) -> Path:
        """Where the bytes so far can be read until they are kept or discarded."""
        with disk():
            self._out.flush()
        return self._path

    def write(self, chunk: bytes) -> None:
        """Take more bytes; raises TooLarge beyond the cap, Stuck when the disk is full."""
        self.size += len(chunk)
        if self.size > self._max_bytes:
            most = f"上限 {self._max_bytes // 2**20} MiB"
            raise TooLarge(f"ファイルが大きすぎます（{most}）。分けて送ってください。", code="too_many_bytes")
        self._hash.update(chunk)
        with disk():
            self._out.write(chunk)

    def keep(self) -> str:
        """Make the bytes durable under their name, and tell it. What is there already is not kept twice."""
        with disk():
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
            self._files.settle(self._path, self.sha256)
        return self.sha256

    def discard(self) -> None:
        """As if nothing had come. After keep() this does nothing."""
        with suppress(OSError):        # a full disk, told already; what is in hand is thrown away anyway
            self._out.close()
        self._path.unlink(missing_ok=True)


class Files:
    """The folder `root`: `ab/cd/abcd…` for what is kept, `incoming/` for what is on its way.

    The last `reserve_bytes` of its disk are for what is in work already: stations' files are turned away before.
    """

    def __init__(self, root: Path, reserve_bytes: int = 0) -> None:
        self.root, self.reserve_bytes = root, reserve_bytes
        self.incoming = root / "incoming"
        self._round = self._folders()
        self._durable: set[str] = set()     # folders whose names are, by their digits: 65,792 at most
        with disk():
            self.incoming.mkdir(parents=True, exist_ok=True)

    def receive(self, max_bytes: int) -> Staged:
        """A place for bytes that come in pieces, at most `max_bytes` of them."""
        return Staged(self, max_bytes)

    def free(self) -> int:
        """Bytes that its disk has left."""
        with disk():
            told = os.statvfs(self.root)
        return told.f_bavail * told.f_frsize

    def must_have_room(self, size: int) -> None:
        """Raises Stuck if a station's file of that size would reach into the reserve."""
        if self.free() < self.reserve_bytes + size:
            raise Stuck("保管領域の空きが残り少なくなっています。しばらくして送り直してください。", code="disk_low")

    def put(self, content: bytes) -> str:
        """Keep bytes that are all here; their sha256."""
        with self.receive(len(content)) as staged:
            staged.write(content)
            return staged.keep()

    def path(self, sha256: str) -> Path:
        """Where the bytes of that name lie, or would; raises NotFound for what can be no name."""
        if len(sha256) != 64 or not HEX.issuperset(sha256):
            raise NotFound("ファイル名は sha256 の16進数64桁です。")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def present(self, sha256: str) -> Path:
        """Where the bytes lie; raises Stuck while they are not to be seen from here, as on a folder not mounted."""
        path = self.path(sha256)
        with disk():
            there = path.is_file()
        if not there:
            raise Stuck("保管したファイルがこの端末から見えません。保管領域の接続を確かめてください。",
                        code="file_missing")
        return path

    def some_kept(self) -> dict[str, float]:
        """Name → when it was kept (seconds since 1970) of all files in some of the folders; the next call goes on behind them."""
        found: dict[str, float] = {}
        with disk():
            for folder in islice(self._round, FOLDERS):
                for path in folder.glob("[0-9a-f]" * 64):
                    with suppress(FileNotFoundError):
                        found[path.name] = path.stat().st_mtime
        if not found:
            self._round = self._folders()      # all were seen, and those that have come since are begun with
        return found

    def _folders(self) -> Iterator[Path]:
        """The folders of kept files, beginning anywhere: who looks only once does not look at the same ones for ever."""
        tops = sorted(self.root.glob("??"))
        at = secrets.randbelow(len(tops) or 1)
        for top in tops[at:] + tops[:at]:
            yield from sorted(top.glob("??"))

    def empty(self) -> bool:
        """Whether nothing kept is to be seen at all: the folder is new, or it is not mounted."""
        with disk():
            return next(self.root.glob(NAMES), None) is None

    def verify(self, sha256: str) -> bool:
        """Whether the bytes are there and still what they were."""
        path = self.path(sha256)
        if not path.is_file():
            return False
        with disk(), path.open("rb") as kept:
            return hashlib.file_digest(kept, "sha256").hexdigest() == sha256

    def check(self) -> None:
        """Write and remove one byte; raises Stuck when the disk will not have it, or no sheet beside its reserve."""
        self.must_have_room(SHEET)
        with self.receive(1) as staged:
            staged.write(b".")
            _ = staged.path

    def forget_unfinished(self, before: float) -> int:
        """Remove what senders began before that moment (seconds since 1970) and never finished; how many."""
        gone = 0
        for path in self.incoming.iterdir():
            with suppress(FileNotFoundError):      # its sender finished, or gave up, this very moment
                if path.stat().st_mtime < before:
                    path.unlink()
                    gone += 1
        return gone

    def forget(self, sha256: str) -> None:
        """Remove what is kept under that name; nothing happens where nothing is."""
        path = self.path(sha256)
        with disk():
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)

    def settle(self, staged: Path, sha256: str) -> None:
        """Move durable bytes from `incoming` to where their name says; for Staged."""
        path = self.path(sha256)
        if self.verify(sha256):        # a rotten copy does not count: the new one takes its place
            staged.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.chmod(0o440)
        staged.replace(path)
        sync_folder(path.parent)
        for name, folder in ((sha256[:4], path.parent), (sha256[:2], path.parent.parent)):
            if name not in self._durable:       # another may have made it this very moment: that it is there says nothing
                sync_folder(folder.parent)
                self._durable.add(name)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a rename is not, until its folder is."""
    at = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)


@contextmanager
def disk() -> Iterator[None]:
    """Inside, a disk's failures become Stuck: full, or not to be reached."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise Stuck("保管領域がいっぱいです。しばらくして送り直してください。",
                        code="disk_full") from error
        raise Stuck("保管領域が応答しません。しばらくして送り直してください。",
                    code="files_unreachable") from error
