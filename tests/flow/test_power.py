"""Power cuts: what a disk has after any step of taking a sheet. A row that outlives the cut has its bytes under their name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from sqlalchemy import event, text

from tests.api.conftest import picture
from tests.flow.conftest import declared
from tsuzuri import flow
from tsuzuri.flow import Line

Step = tuple[str, Path, Path]


class Disk:
    """Keeps what was asked of the system, in order: a file's bytes, a new name, a new folder, a name's durability, a commit."""

    def __init__(self, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: list[Step] = []
        sync, replace, mkdir = os.fsync, Path.replace, Path.mkdir

        def noted_sync(at: int) -> None:
            sync(at)
            self.note("sync", Path(f"/proc/self/fd/{at}").readlink())

        def noted_replace(old: Path, new: Path) -> Path:
            moved = replace(old, new)
            self.note("move", old, new)
            return moved

        def noted_mkdir(folder: Path, *told: object, **more: bool) -> None:
            new = not folder.exists()
            mkdir(folder, *told, **more)        # which asks for those above by itself
            if new and ("folder", folder, Path()) not in self.steps:
                self.note("folder", folder)

        monkeypatch.setattr(os, "fsync", noted_sync)
        monkeypatch.setattr(Path, "replace", noted_replace)
        monkeypatch.setattr(Path, "mkdir", noted_mkdir)
        event.listen(line.store._engine("write"), "commit", lambda _: self.note("commit", Path()))

    def note(self, what: str, path: Path, to: Path = Path()) -> None:
        """One more step."""
        self.steps.append((what, path, to))

    @staticmethod
    def holds(steps: list[Step], path: Path, root: Path) -> bool:
        """Whether a power cut after these steps leaves the whole file under that name, and every folder above it, in `root`."""
        synced: set[Path] = set()           # files whose bytes, folders whose names are durable
        doubtful: dict[Path, Path] = {}     # names that are not yet: of what, in which folder
        there = False
        for what, one, to in steps:
            if what == "sync":
                synced.add(one)
                doubtful = {name: folder for name, folder in doubtful.items() if folder != one}
            elif what == "folder":
                doubtful[one] = one.parent
            elif what == "move" and to == path:
                there = one in synced
                doubtful[to] = to.parent
        return there and not any(name in doubtful for name in (path, *path.parents) if name.is_relative_to(root))


@pytest.mark.parametrize("beside", [0, 1, 2])
def test_after_any_step_a_row_that_stands_has_its_bytes(line: Line, monkeypatch: pytest.MonkeyPatch, beside: int) -> None:
    batch, body = declared(line, sheets=1), picture()
    disk, path = Disk(line, monkeypatch), line.files.path(hashlib.sha256(body).hexdigest())
    for folder in (path.parent.parent, path.parent)[:beside]:       # just made for another sheet, and not durable yet
        folder.mkdir()
    with line.files.receive(10_000) as staged:
        staged.write(body)
        flow.take_scan(line, batch.id, 1, flow.Told("1.png"), staged)
    disk.note("receipt", Path())
    assert [what for what, *_ in disk.steps if what != "folder"] == ["sync", "move", "sync", "sync", "sync", "commit", "receipt"]
    for many in range(len(disk.steps) + 1):
        done = disk.steps[:many]
        if any(what == "commit" for what, *_ in done):
            assert disk.holds(done, path, line.files.root), f"cut after step {many}: {done[-1]}"
    assert not disk.holds(disk.steps[:-3], path, line.files.root), "the model sees no difference: it proves nothing"


def test_a_commit_is_on_the_disk_before_it_is_answered(line: Line) -> None:
    with line.unit() as unit:
        asked = {word: unit.connection.scalar(text(f"PRAGMA {word}")) for word in ("synchronous", "journal_mode")}
    assert asked == {"synchronous": 2, "journal_mode": "wal"}       # 2: FULL, the log is synced at every commit
