"""Bytes: kept once, whole or not at all, and rot is found."""

from __future__ import annotations

import errno
import hashlib
import os

import pytest

from tsuzuri.errors import NotFound, Stuck, TooLarge
from tsuzuri.store import Files

INK = b"one sheet of paper"
NAME = hashlib.sha256(INK).hexdigest()


def _names(files: Files) -> list[str]:
    return sorted(path.name for path in files.root.rglob("*") if path.is_file())


def test_a_file_in_pieces_is_kept_under_its_own_hash(files: Files) -> None:
    with files.receive(1000) as staged:
        for at in range(0, len(INK), 5):
            staged.write(INK[at:at + 5])
        assert staged.path.read_bytes() == INK
        assert (staged.size, staged.sha256) == (len(INK), NAME)
        assert staged.keep() == NAME
    assert files.path(NAME).read_bytes() == INK
    assert files.path(NAME).relative_to(files.root).parts == (NAME[:2], NAME[2:4], NAME)
    assert files.path(NAME).stat().st_mode & 0o222 == 0
    assert files.verify(NAME)


def test_what_is_not_kept_leaves_nothing(files: Files) -> None:
    with files.receive(1000) as staged:
        staged.write(INK)
    with pytest.raises(RuntimeError), files.receive(1000) as staged:
        staged.write(INK)
        raise RuntimeError
    assert _names(files) == []


def test_the_same_bytes_twice_are_one_file(files: Files) -> None:
    assert files.put(INK) == files.put(INK) == NAME
    assert _names(files) == [NAME]


def test_a_flipped_byte_is_found_and_mended_by_a_good_copy(files: Files) -> None:
    files.put(INK)
    path = files.path(NAME)
    path.chmod(0o640)
    path.write_bytes(INK[:-1] + b"?")
    assert not files.verify(NAME)
    files.put(INK)
    assert files.verify(NAME)


def test_a_file_too_large_is_refused_before_it_is_all_there(files: Files) -> None:
    with files.receive(10) as staged:
        staged.write(b"x" * 10)
        with pytest.raises(TooLarge) as told:
            staged.write(b"x")
    assert told.value.code == "too_many_bytes" and told.value.status == 413
    assert _names(files) == []


def test_a_name_that_is_no_hash_leads_nowhere(files: Files) -> None:
    for name in ("", "../../etc/passwd", "AB" * 32, "ab" * 31 + "/x"):
        with pytest.raises(NotFound):
            files.path(name)
    assert not files.verify("ab" * 32)


@pytest.mark.parametrize("when", ["fsync", "replace"])
def test_a_full_disk_asks_for_room_and_leaves_nothing(files: Files, monkeypatch, when: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full) if when == "fsync" else monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(Stuck) as told:
        files.put(INK)
    assert told.value.code == "disk_full"
    monkeypatch.undo()
    assert _names(files) == []


def test_nothing_is_renamed_before_it_is_durable(files: Files, monkeypatch) -> None:
    order: list[str] = []
    sync, replace = os.fsync, type(files.root).replace
    monkeypatch.setattr(os, "fsync", lambda at: (order.append("sync"), sync(at))[1])
    monkeypatch.setattr("pathlib.Path.replace", lambda a, b: (order.append("rename"), replace(a, b))[1])
    files.put(INK)
    assert order == ["sync", "rename", "sync", "sync", "sync"]      # the bytes; then three folders, two of them new


def test_what_a_sender_never_finished_is_cleared_away(files: Files) -> None:
    staged = files.receive(10)
    staged.write(b"half")
    old = staged.path
    os.utime(old, (1000, 1000))
    young = files.receive(10)
    assert files.forget_unfinished(before=2000) == 1
    assert not old.exists() and young.path.exists()
    staged.discard()
    young.discard()
    files.check()


def test_bytes_that_are_not_to_be_seen_from_here_are_waited_for(files: Files) -> None:
    digest = files.put(b"paper")
    assert files.present(digest).read_bytes() == b"paper"
    with pytest.raises(Stuck) as told:
        files.present("ab" * 32)
    assert told.value.code == "file_missing"
