"""A file that arrives in pieces, over days and restarts: one writer at a time, each piece durable before it is acknowledged."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from types import TracebackType

from tsuzuri.errors import NotFound, TooLarge, WrongTurn
from tsuzuri.store.files import Files, disk, sync_folder

GONE = "この送信の途中のデータは残っていません。最初から送り直してください。"


class Part:
    """What has arrived of an upload. In its `with` it is this writer's alone: a second raises WrongTurn (`upload_busy`)."""

    def __init__(self, files: Files, upload: str, whole: int) -> None:
        self.size, self.whole = 0, whole
        self._files, self._path = files, files.incoming / upload

    def __enter__(self) -> Part:
        with disk():
            try:
                self._file = self._path.open("r+b")
            except FileNotFoundError:
                raise NotFound(GONE, code="upload_gone") from None
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._file.close()
                raise WrongTurn("このファイルは別の接続が送信中です。少し待って再開してください。", code="upload_busy") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    @property
    def path(self) -> Path:
        """Where the bytes so far can be read."""
        return self._path

    @property
    def sha256(self) -> str:
        """Of the bytes on the disk, in hex."""
        with disk():
            self._file.flush()
            self._file.seek(0)
            return hashlib.file_digest(self._file, "sha256").hexdigest()

    def go_on(self, acknowledged: int) -> None:
        """Forget what lies behind the bytes that were acknowledged, and go on there; raises NotFound if fewer are left."""
        with disk():
            moved = not self._path.exists() or self._path.stat().st_ino != os.fstat(self._file.fileno()).st_ino
            if moved or self._file.seek(0, os.SEEK_END) < acknowledged:
                raise NotFound(GONE, code="upload_gone")
            self._file.truncate(acknowledged)
            self._file.seek(acknowledged)
        self.size = acknowledged

    def write(self, chunk: bytes) -> None:
        """Take more bytes; raises TooLarge before any is written beyond the announced size, Stuck when the disk is full."""
        if self.size + len(chunk) > self.whole:
            raise TooLarge("申告されたサイズより多くのデータが届きました。最初から送り直してください。", code="too_many_bytes")
        with disk():
            self._file.write(chunk)
        self.size += len(chunk)

    def make_durable(self) -> int:
        """How many bytes there are, once the disk has them."""
        with disk():
            self._file.flush()
            os.fsync(self._file.fileno())
        return self.size

    def keep(self) -> str:
        """Move the whole file under its name, and tell that."""
        self.make_durable()
        name = self.sha256
        with disk():
            self._files.settle(self._path, name)
        return name


def begin(files: Files, upload: str) -> None:
    """An empty part, durable; nothing happens where one is."""
    with disk():
        (files.incoming / upload).touch(mode=0o640)
        sync_folder(files.incoming)


def forget(files: Files, upload: str) -> None:
    """As if nothing had come."""
    with disk():
        (files.incoming / upload).unlink(missing_ok=True)
