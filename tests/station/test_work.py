"""A sheet fed is a sheet stored: whatever is cut off, away, full or in the way, once and in order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.station.conftest import WORDS, Desk, sha
from tsuzuri.model import Step
from tsuzuri.station import spool
from tsuzuri.station.client import Office
from tsuzuri.station.journal import File, Journal
from tsuzuri.station.say import look


class PowerCut(BaseException):
    """The plug is pulled."""


class Fuse:
    """Blows at the nth step that reaches a disk or the office."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.left, self.blown = after, False
        for owner, names in ((Journal, ("_write",)), (spool, ("copy", "move")), (Office, ("declare", "send", "close")),
                             (Path, ("unlink", "rmdir", "replace"))):
            for name in names:
                monkeypatch.setattr(owner, name, self._wired(getattr(owner, name)))

    def _wired(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def wired(*given: Any, **more: Any) -> Any:
            self._burn()
            done = act(*given, **more)
            self._burn()
            return done
        return wired

    def _burn(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return      # the office's own steps: it stays up
        self.left -= 1
        if self.left < 0 and not self.blown:
            self.blown = True
            raise PowerCut


def troubled(desk: Desk) -> str:
    """The code of what is in the way of the office."""
    return str((desk.opened[-1].journal.noted("office") or {}).get("code", ""))


def test_a_folder_becomes_a_batch_in_the_order_of_the_paper_and_is_put_away(desk: Desk) -> None:
    bodies = [desk.scanned(f"KM-7/{n}.png", 20 * n) for n in (1, 2, 10)]
    (desk.root / "KM-7" / "batch.toml").write_text(f"{WORDS}sheets = 3\n", "utf-8")
    (desk.root / "KM-7" / ".end").touch()
    desk.work(desk.station())
    ((batch, scans),) = desk.stored("KM-7")
    assert [(scan.seq, scan.sha256, scan.name) for scan in scans] == [
        (n, sha(body), name) for n, body, name in zip((1, 2, 3), bodies, ("1.png", "2.png", "10.png"), strict=True)]
    assert batch.step is Step.CLOSED and not batch.findings
    assert desk.sent("KM-7") == ["1.png", "10.png", "2.png"] and not (desk.root / "KM-7").exists()
    journal = desk.opened[0].journal
    assert [file.state for file in journal.files()] == [File.DONE] * 3 and not list((desk.home / "spool").iterdir())
    assert journal.pages(1) == 3 and journal.batch(1).balance["balanced"] and not look(journal).calls


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_whatever_step_the_plug_is_pulled_at_nothing_is_lost_and_nothing_doubled(desk: Desk, every: int) -> None:
    for after in count(step=every):
        box = f"CUT-{after}"
        bodies = desk.batch(box, count=2)
        with pytest.MonkeyPatch.context() as broken:
            fuse = Fuse(broken, after)
            try:
                station = desk.station(looks=1)
                desk.work(station, 3)
            except PowerCut:
                pass
            station.journal.close()
        desk.work(desk.station(looks=1), 3)
        ((batch, scans),) = desk.stored(box)
        assert [(scan.seq, scan.sha256) for scan in scans] == [(1, sha(bodies[0])), (2, sha(bodies[1]))], after
        assert batch.step is Step.CLOSED and not batch.findings, after
        assert desk.sent(box) == ["1.png", "2.png"] and not (desk.root / box).exists(), after
        assert not list((desk.home / "spool").iterdir()), after
        if not fuse.blown:
            break
    assert after > 40
