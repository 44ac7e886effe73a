"""A server that is killed while it takes a file: what it has is no file, and the next attempt carries it whole, once."""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path
from typing import Any

import paramiko
import pytest

from tests.delivery.conftest import Bucketed, Sshd, bucket, kill, remote
from tsuzuri.delivery import AWAY, deliver_file, open_channel
from tsuzuri.errors import Stuck

FILE = bytes(range(256)) * 16_000       # four megabytes


def made(folder: Path) -> tuple[Path, str]:
    """A file to carry, and its sha256."""
    path = folder / "benefits_20251107.dat"
    path.write_bytes(FILE)
    return path, hashlib.sha256(FILE).hexdigest()


def brood(pid: int) -> list[int]:
    """A process and all that descend from it, the youngest first."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue        # it ended meanwhile
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[::-1]


def test_an_sftp_server_killed_in_the_middle_gets_the_file_whole_and_once(
    sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, (path, sha256) = remote(sshd, tmp_path / "there"), made(tmp_path)
    write, written = paramiko.SFTPFile.write, [0]

    def killing(file: Any, piece: bytes) -> None:
        written[0] += 1
        if written[0] == 100:
            for pid in brood(sshd.process.pid):
                os.kill(pid, signal.SIGKILL)
            sshd.process.wait()
        write(file, piece)

    with monkeypatch.context() as cut:
        cut.setattr(paramiko.SFTPFile, "write", killing)
        with pytest.raises(Stuck) as told, open_channel("benefits", place.receiver, place.secrets) as channel:
            deliver_file(channel, path, sha256)
    assert told.value.code == AWAY
    (left,) = place.there().items()
    assert left[0].startswith(".") and left[0].endswith(".part") and len(left[1]) < len(FILE)
    sshd.start()
    with open_channel("benefits", place.receiver, place.secrets) as channel:
        assert deliver_file(channel, path, sha256)
        assert not deliver_file(channel, path, sha256)
    assert place.there() == {path.name: FILE}


class Cut(type(Path())):  # type: ignore[misc]
    """A file in the midst of whose bytes something happens."""

    happens: Any = None

    def open(self, *words: Any, **more: Any) -> Any:
        """Its bytes; behind the first megabyte it happens, once."""
        file, read = super().open(*words, **more), None
        read = file.read

        def reading(size: int = -1) -> bytes:
            if Cut.happens is not None and file.tell() > 1 << 20:
                happens, Cut.happens = Cut.happens, None
                happens()
            return bytes(read(size))

        class Told:
            def __enter__(self) -> Told:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def __getattr__(self, name: str) -> Any:
                return reading if name == "read" else getattr(file, name)

        return Told()


def test_an_s3_server_killed_in_the_middle_has_no_such_file_and_gets_it_later(
    s3_alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    first: Bucketed = s3_alone()
    place, (path, sha256) = bucket(first, "night", monkeypatch), made(tmp_path)
    with open_channel("benefits", place.receiver, place.secrets) as channel:
        assert channel.size(path.name) is None
    Cut.happens = lambda: kill(first.process)
    with pytest.raises(Stuck) as told, open_channel("benefits", place.receiver, place.secrets) as channel:
        channel.put(path.name, Cut(path), sha256)
    assert told.value.code == AWAY and Cut.happens is None
    again = bucket(s3_alone(), "night", monkeypatch)
    with open_channel("benefits", again.receiver, again.secrets) as channel:
        assert deliver_file(channel, path, sha256)
        assert not deliver_file(channel, path, sha256)
    assert again.there() == {path.name: FILE}
