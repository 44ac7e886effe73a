"""A sheet fed is a sheet stored: whatever is cut off, away, full or in the way, once and in order."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.station.conftest import WORDS, Desk, sha
from tsuzuri import flow
from tsuzuri.model import Step
from tsuzuri.station import client, spool
from tsuzuri.station.client import Office, Scan
from tsuzuri.station.journal import Batch, File, Journal
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


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.slow)])
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


def test_a_file_that_still_grows_is_not_taken_and_holds_back_those_behind_it(desk: Desk) -> None:
    bodies = desk.batch("KM-1", count=2)
    station = desk.station(looks=3)
    first = desk.root / "KM-1" / "1.png"
    for size in range(10, len(bodies[0]), 10):
        first.write_bytes(bodies[0][:size])
        station.turn()
        assert station.journal.files() == [] and station.journal.noted("growing")[0] == "1.png"
    first.write_bytes(bodies[0])
    desk.work(station)
    ((batch, scans),) = desk.stored("KM-1")
    assert [scan.sha256 for scan in scans] == [sha(body) for body in bodies] and not batch.findings


@pytest.mark.parametrize("name", [
    "a.png.tmp", "b.part", "~c.png", "$d.png", ".e.png", "Thumbs.db", "f.PNG~", "g.filepart", "desktop.ini", "h.xml"])
def test_what_a_scanner_writes_on_the_way_is_no_scan(desk: Desk, name: str) -> None:
    desk.scanned(f"KM-1/{name}", 9)
    desk.scanned(name, 9)
    station = desk.station(looks=1)
    desk.work(station, 2)
    assert station.journal.files() == [] and station.journal.batches() == []


def test_an_empty_file_is_waited_for_and_named(desk: Desk) -> None:
    desk.batch("KM-1", count=1)
    (desk.root / "KM-1" / "2.png").touch()
    station = desk.station(looks=1)
    desk.work(station)
    assert station.journal.noted("growing") == ["2.png"] and desk.stored("KM-1")[0][0].step is Step.OPEN


def test_a_file_written_anew_under_its_old_name_is_another_scan(desk: Desk) -> None:
    desk.batch("KM-1", count=1, ended=False)
    station = desk.station(looks=1)
    station.leave = True
    desk.work(station, 2)
    again = desk.scanned("KM-1/1.png", 200)
    desk.work(station, 2)
    ((_, scans),) = desk.stored("KM-1")
    assert len(scans) == 2 and scans[1].sha256 == sha(again)


def test_the_same_bytes_written_again_under_their_name_are_not_sent_twice(desk: Desk) -> None:
    desk.batch("KM-1", count=1, ended=False)
    station = desk.station(looks=1)
    station._tend()
    path = desk.root / "KM-1" / "1.png"
    os.utime(path, ns=(1, 1))
    desk.work(station, 4)
    ((_, scans),) = desk.stored("KM-1")
    assert len(scans) == 1 and not path.exists() and desk.sent("KM-1") == ["1.png"]


@pytest.mark.parametrize("name", ["領収書１.png", os.fsdecode("領収書１.png".encode("cp932"))])
def test_a_name_in_any_encoding_arrives_as_people_read_it(desk: Desk, name: str) -> None:
    desk.scanned(f"KM-1_東区_kodomo_1/{name}", 9)
    desk.work(desk.station(looks=1), 4)
    ((_, (scan,)),) = desk.stored("KM-1")
    assert scan.name == "領収書１.png" and [path.name for path in (desk.root / "sent" / "KM-1").iterdir()] == [name]


def test_what_lies_in_the_folder_itself_is_a_batch_once_its_words_are_said(desk: Desk) -> None:
    bodies = [desk.scanned(f"{n}.png", n) for n in (1, 2)]
    station = desk.station(looks=1)
    station.defaults = {"ward": "東区", "procedure": "kodomo"}
    desk.work(station, 2)
    (batch,) = station.journal.batches()
    assert [file.state for file in station.journal.files()] == [File.WAITING] * 2
    assert "箱番号、枚数" in look(station.journal).lines[0].todo
    station.journal.by_hand(batch.n, {"box": "KM-9", "sheets": 2})
    desk.work(station, 3)
    station.journal.move_on(batch.n, Batch.ENDING)
    desk.work(station, 3)
    ((kept, scans),) = desk.stored("KM-9")
    assert [scan.sha256 for scan in scans] == [sha(body) for body in bodies] and kept.step is Step.CLOSED and not kept.findings


def test_a_folders_name_may_say_it_all_and_its_words_pass_as_they_are(desk: Desk) -> None:
    desk.scanned("KM-3_東区_kodomo_1/a.png", 9)
    (desk.root / "KM-3_東区_kodomo_1" / "batch.toml").write_text("business_date = 2025-11-06\n", "utf-8")
    station = desk.station(looks=1)
    desk.work(station, 3)
    ((batch, scans),) = desk.stored("KM-3")
    assert batch.declared_sheets == 1 and len(scans) == 1 and batch.business_date.isoformat() == "2025-11-06"


def test_words_that_the_office_does_not_take_are_told_and_mended(desk: Desk) -> None:
    desk.batch("KM-1", count=1)
    words = desk.root / "KM-1" / "batch.toml"
    words.write_text('ward = "北北区"\nprocedure = "kodomo"\nsheets = 1\n', "utf-8")
    station = desk.station(looks=1)
    desk.work(station, 3)
    assert "区の名前" in look(station.journal).lines[0].todo and look(station.journal).calls
    words.write_text("ward = ", "utf-8")
    desk.work(station, 2)
    assert "batch.toml" in look(station.journal).lines[0].todo
    words.write_text(f"{WORDS}sheets = 1\n", "utf-8")
    desk.work(station, 4)
    assert desk.stored("KM-1")[0][0].step is Step.CLOSED and not look(station.journal).calls


def test_what_the_office_refuses_is_kept_shown_and_not_sent_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.batch("KM-1", count=2)
    (desk.root / "KM-1" / "1.png").write_bytes(b"no scan")
    station, sent = desk.station(looks=1), []
    right = station.office.send
    monkeypatch.setattr(station.office, "send", lambda scan: (sent.append(scan), right(scan))[1])
    desk.work(station)
    assert len(sent) == 2 and [file.state for file in station.journal.files()] == [File.REFUSED, File.DONE]
    seen = look(station.journal)
    assert [(one.box, one.name) for one in seen.refused] == [("KM-1", "1.png")] and "受け付けられなかった" in seen.lines[0].todo
    assert desk.stored("KM-1")[0][0].step is Step.OPEN and (desk.root / "KM-1" / "1.png").exists()
    mended = desk.scanned("KM-1/1.png", 77)
    desk.work(station)
    ((batch, scans),) = desk.stored("KM-1")
    assert [scan.seq for scan in scans] == [1, 2] and scans[1].sha256 == sha(mended)
    assert batch.step is Step.CLOSED and not batch.findings and not look(station.journal).calls


def test_what_is_not_to_be_sent_is_laid_aside_and_its_batch_closes(desk: Desk) -> None:
    desk.batch("KM-1", count=2)
    (desk.root / "KM-1" / "1.png").write_bytes(b"no scan")
    station = desk.station(looks=1)
    desk.work(station, 4)
    station.journal.settle(look(station.journal).refused[0].n, File.DROPPED)
    desk.work(station, 4)
    assert (desk.root / "refused" / "KM-1" / "1.png").read_bytes() == b"no scan" and not list((desk.home / "spool").iterdir())
    batch = desk.stored("KM-1")[0][0]
    assert batch.step is Step.CLOSED and "数え直し" in look(station.journal).lines[0].todo
    flow.recount(desk.line, batch.id, flow.Counted(1), "supervisor")
    desk.work(station, 40)
    assert not look(station.journal).calls


def test_a_number_that_another_took_is_left_for_the_next(desk: Desk) -> None:
    desk.batch("KM-1", count=2)
    station = desk.station(looks=1)
    station._tend()
    station._learn({})
    station._speak()
    (batch,) = station.journal.batches()
    other = desk.home / "other.png"
    other.write_bytes(desk.scanned("other.tmp", 99))
    station.office.send(Scan(batch.office_id or "", 1, "x.png", other, other.stat().st_size, sha(other.read_bytes())))
    desk.work(station)
    ((_, scans),) = desk.stored("KM-1")
    assert [scan.seq for scan in scans] == [1, 2, 3]


def test_what_is_left_of_a_batch_that_the_office_closed_goes_into_another(desk: Desk) -> None:
    desk.batch("KM-1", count=2)
    station = desk.station(looks=1)
    station._tend()
    station._learn({})
    station._speak()
    (batch,) = station.journal.batches()
    flow.close_batch(desk.line, batch.office_id or "")
    desk.work(station, 3)
    (batch,) = station.journal.batches()
    assert batch.state is Batch.STOPPED and "新しいバッチへ移す" in look(station.journal).lines[0].todo
    station.journal.carry_over(batch)
    desk.work(station)
    _, (closed, scans) = desk.stored("KM-1")
    assert closed.step is Step.CLOSED and len(scans) == 2


def test_a_copy_that_rotted_is_told_and_never_sent_for_what_it_was(desk: Desk) -> None:
    desk.batch("KM-1", count=1)
    station = desk.station(looks=1)
    station._tend()
    (file,) = station.journal.files()
    copy = desk.home / "spool" / file.copy
    copy.write_bytes(copy.read_bytes()[::-1])
    desk.work(station, 3)
    assert [one.name for one in look(station.journal).refused] == ["1.png"]
    assert "もう一度スキャン" in look(station.journal).refused[0].why and desk.stored("KM-1")[0][1] == []


@pytest.mark.parametrize("at_once", [10**6, 10])
def test_what_the_scanner_knew_of_a_sheet_goes_with_it(desk: Desk, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(client, "AT_ONCE", at_once)
    desk.batch("KM-1", count=2)
    (desk.root / "KM-1" / "2.png.toml").write_text('imprint = "A0007"\ndouble_feed = [1]\n', "utf-8")
    desk.work(desk.station(looks=1), 5)
    ((_, scans),) = desk.stored("KM-1")
    assert [(scan.imprint, scan.double_fed) for scan in scans] == [("", ()), ("A0007", (1,))]
    assert (desk.root / "sent" / "KM-1" / "2.png.toml").exists() and not (desk.root / "KM-1").exists()


def test_papers_to_be_scanned_again_are_told_by_the_names_they_came_under(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.batch("KM-1", count=2)
    station = desk.station(looks=1)
    monkeypatch.setattr(station.office, "rescans", lambda batch: [
        {"document": "d1", "files": [2], "why": "切れています", "asked_at": "2025-11-07T03:00:00Z"}])
    desk.work(station, 40)
    (one,) = look(station.journal).rescans
    assert (one["box"], one["names"], one["why"]) == ("KM-1", ["2.png"], "切れています")
