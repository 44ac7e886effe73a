"""Power that goes at any step of a night, and what must hold when it is back: a line laid down once, tried at every step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tsuzuri.flow import Line, outlet
from tsuzuri.store import Files, Store, Unit

# All that a night does to the disk and to its rows.
STEPS = ((os, "fsync"), (Path, "replace"), (outlet, "sync_folder"), (outlet.Piece, "write"), (outlet, "write_control"),
         (Unit, "add_run"), (Unit, "assign"), (Unit, "finish_run"), (Unit, "move_run"))


class Crash(BaseException):
    """The power goes: nothing after this line runs."""


@contextmanager
def power_until(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The power goes before that step, counted from 0; the list tells how many were taken."""
    taken = [0]

    def counted(act: Callable[..., object]) -> Callable[..., object]:
        def go(*told: object, **more: object) -> object:
            if taken[0] == step:
                raise Crash
            taken[0] += 1
            return act(*told, **more)

        return go

    with monkeypatch.context() as at:
        for owner, name in STEPS:
            at.setattr(owner, name, counted(getattr(owner, name)))
        yield taken


def copied(line: Line, tmp_path: Path, name: str) -> Line:
    """The line as it stands, its rows and files on copies, its exports elsewhere."""
    line.store.close()      # the last connection to go writes everything into the one file
    shutil.copy(tmp_path / "store.db", tmp_path / f"{name}.db")
    shutil.copytree(line.files.root, tmp_path / f"{name}-files")
    return replace(line, store=Store(f"sqlite:///{tmp_path / f'{name}.db'}"), files=Files(tmp_path / f"{name}-files"),
                   exports=tmp_path / name)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in the folder and below."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def broken_off_everywhere(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Line], object],
) -> int:
    """Let `act` break off before each of its steps and be done again: every file must be what it is undisturbed, but for ids and
    times in control files; and nothing half may lie about. Returns how many steps there were."""
    whole = copied(line, tmp_path, "whole")
    with power_until(-1, monkeypatch) as taken:
        act(whole)
    expected = {name: body for name, body in contents(whole.exports).items() if not name.endswith(".fin")}
    assert expected
    for step in range(taken[0]):
        once = copied(line, tmp_path, f"step{step}")
        with power_until(step, monkeypatch), pytest.raises(Crash):
            act(once)
        assert not any(name.endswith(".part") for name in contents(once.exports)) if once.exports.exists() else True
        act(once)
        found = contents(once.exports)
        assert {name: body for name, body in found.items() if not name.endswith(".fin")} == expected, f"before step {step}"
        assert {name for name in found if name.endswith(".fin")} == {n for n in contents(whole.exports) if n.endswith(".fin")}
        once.store.close()
    whole.store.close()
    return taken[0]
