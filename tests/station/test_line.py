"""The line to the office: cut, slow, full, silent for a week, or somebody else at its end. No file is let go of meanwhile."""

from __future__ import annotations

import errno
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.api.conftest import caller
from tests.station.conftest import Cutter, Desk, sha
from tsuzuri.errors import Stuck
from tsuzuri.flow import Line
from tsuzuri.station import client, spool
from tsuzuri.station.client import Pace
from tsuzuri.station.journal import File
from tsuzuri.station.say import look
from tsuzuri.station.work import LONGEST_S
from tsuzuri.store import accounts
from tsuzuri.store.files import Files
from tsuzuri.store.seals import Seal

SILENT = "http://127.0.0.1:9"       # nobody listens there


def in_the_way(desk: Desk, what: str = "office") -> str:
    """The code of what is in the way of the office, or of the folder."""
    return str((desk.opened[-1].journal.noted(what) or {}).get("code", ""))


def kept(desk: Desk) -> list[File]:
    """Where the files stand; of each that is not accepted there is an intact copy."""
    journal = desk.opened[-1].journal
    for file in journal.files(None, File.WAITING, File.REFUSED):
        assert sha((desk.home / "spool" / file.copy).read_bytes()) == file.sha256
    return [file.state for file in journal.files()]


@pytest.mark.parametrize("cuts", ["random", "boundaries"])
def test_cut_fifty_times_the_file_arrives_whole_and_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, cuts: str) -> None:
    """At random bytes of what is said, and just before, at and just behind the end of each piece."""
    monkeypatch.setattr(client, "AT_ONCE", 1_000)
    monkeypatch.setattr(client, "PIECE", 20_000)
    chance, size = random.Random(11), 280_000
    bodies = [desk.scanned(f"KM-1/{n}.png", n, size=size) for n in (1, 2)]
    (desk.root / "KM-1" / "batch.toml").write_text('ward = "東区"\nprocedure = "kodomo"\nsheets = 2\n', "utf-8")
    at = [chance.randrange(1, 60_000) for _ in range(50)] if cuts == "random" else [
        600 + 20_400 * n + by for n in range(1, 15) for by in (-1, 0, 1)]
    cutter = Cutter(desk.url, at)
    desk.url, station = cutter.url, None
    station = desk.station(looks=1)
    for _ in range(400):
        station.turn()
        desk.now += LONGEST_S
        if kept(desk) == [File.DONE] * 2:
            break
    cutter.close()
    ((_, scans),) = desk.stored("KM-1")
    assert [(scan.seq, scan.sha256, scan.size) for scan in scans] == [(n, sha(body), size) for n, body in enumerate(bodies, 1)]


def test_a_week_without_the_office_keeps_collecting_and_then_all_of_it_goes(desk: Desk) -> None:
    there, desk.url, days = desk.url, SILENT, 7
    station = desk.station(looks=1)
    for day in range(days):
        desk.batch(f"DAY-{day}", count=2)
        for _ in range(24):
            station.turn()
            desk.now += 3600.0
    assert in_the_way(desk) == "away" and kept(desk) == [File.WAITING] * 2 * days
    station.journal.close()
    desk.url = there
    desk.work(desk.station(looks=1), 30)
    assert in_the_way(desk) == "" and kept(desk) == [File.DONE] * 2 * days
    for day in range(days):
        ((batch, scans),) = desk.stored(f"DAY-{day}")
        assert len(scans) == 2 and not batch.findings


def test_not_all_stations_come_back_at_once_and_none_waits_beyond_five_minutes(desk: Desk) -> None:
    desk.url = SILENT
    waits = {}
    for luck in (0.0, 1.0):
        station = desk.station()
        station.chance = lambda luck=luck: luck
        waits[luck] = []
        for _ in range(12):
            station.turn()
            waits[luck].append(station.pause_s())
            desk.now += station.pause_s()
    assert waits[1.0][:3] == [2.0, 4.0, 8.0] and waits[1.0][-1] == LONGEST_S
    assert waits[0.0] == [wait / 2 for wait in waits[1.0]]


def test_an_office_that_asks_to_wait_is_left_alone_so_long(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.batch("KM-1")

    def full(*_: object) -> None:
        raise Stuck("full", code="disk_full")

    with monkeypatch.context() as broken:
        broken.setattr(Files, "settle", full)
        desk.work(desk.station(looks=1), 1)
        assert in_the_way(desk) == "away" and desk.opened[0].pause_s() == 5.0 - 2.0
        assert kept(desk) == [File.WAITING] * 3
    desk.work(desk.opened[0], 8)
    assert kept(desk) == [File.DONE] * 3


def test_a_moment_to_come_back_at_is_reckoned_from_the_offices_clock() -> None:
    import httpx

    reply = httpx.Response(503, headers={"Retry-After": "Fri, 07 Nov 2025 03:02:00 GMT", "Date": "Fri, 07 Nov 2025 03:00:00 GMT"})
    with pytest.raises(client.Away) as told:
        client._good(reply)
    assert told.value.wait_s == 120.0


def test_a_revoked_key_is_told_and_nothing_is_lost_until_another_comes(desk: Desk, line: Line, web: object) -> None:
    desk.batch("KM-1")
    with line.unit() as unit:
        accounts.revoke_keys(unit, "EAST-1", line.clock())
    desk.work(desk.station(looks=1))
    assert in_the_way(desk) == "key_refused" and kept(desk) == [File.WAITING] * 3
    assert "管理者" in look(desk.opened[0].journal).troubles["key_refused"]
    desk.opened[0].journal.close()
    desk.key = caller(line, web, "EAST-1", "station").key or ""
    desk.work(desk.station(looks=1), 4)
    assert kept(desk) == [File.DONE] * 3 and in_the_way(desk) == ""


def test_a_receipt_that_another_signed_lets_nothing_go(desk: Desk, app: FastAPI) -> None:
    desk.batch("KM-1")
    station = desk.station(looks=1)
    station._speak()            # the office's key is known
    right = app.state.line
    app.state.line = replace(right, seal=Seal())
    desk.work(station, 2)
    assert in_the_way(desk) == "unknown_key" and kept(desk) == [File.WAITING] * 3
    assert len(list((desk.root / "KM-1").glob("*.png"))) == 3
    app.state.line = right
    desk.work(station, 10)
    assert kept(desk) == [File.DONE] * 3
    ((_, scans),) = desk.stored("KM-1")
    assert len(scans) == 3


@pytest.mark.parametrize(("told", "falsely"), [
    ("pages", 2), ("sha256", "0" * 64), ("seq", 9), ("received_at", "2020-01-01T00:00:00Z")])
def test_a_receipt_of_which_one_word_is_changed_lets_nothing_go(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: str, falsely: object,
) -> None:
    desk.batch("KM-1", count=1)
    station = desk.station(looks=1)
    right = station.office.send
    monkeypatch.setattr(station.office, "send", lambda scan: {**right(scan), told: falsely})
    desk.work(station, 2)
    assert in_the_way(desk) == "doubtful" and kept(desk) == [File.WAITING]


def test_an_office_that_is_not_the_pinned_one_is_sent_nothing(desk: Desk, line: Line) -> None:
    desk.batch("KM-1")
    desk.pin = "0" * 32
    desk.work(desk.station(looks=1))
    assert in_the_way(desk) == "other_key" and desk.stored("KM-1") == []
    desk.opened[0].journal.close()
    desk.pin = line.seal.published()[-1].key
    desk.work(desk.station(looks=1))
    assert kept(desk) == [File.DONE] * 3


def test_a_new_key_that_the_old_one_introduced_is_trusted(desk: Desk, app: FastAPI, tmp_path: Path) -> None:
    app.state.line = replace(app.state.line, seal=Seal(tmp_path / "keys"))
    desk.batch("KM-1")
    station = desk.station(looks=1)
    desk.work(station, 6)
    app.state.line.seal.renew()
    desk.batch("KM-2")
    desk.work(station, 6)
    assert kept(desk) == [File.DONE] * 6 and len(station.journal.noted("keys")) == 2


@pytest.mark.parametrize("where", ["copying", "free"])
def test_a_full_disk_of_the_stations_own_is_told_and_gone_on_with(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: str,
) -> None:
    desk.batch("KM-1")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    station = desk.station(looks=1)
    with monkeypatch.context() as broken:
        if where == "copying":
            broken.setattr(spool.os, "fsync", full)
        else:
            usage = shutil.disk_usage(desk.home)
            broken.setattr(spool.shutil, "disk_usage", lambda _: usage._replace(free=1_000))
        desk.work(station, 2)
        assert in_the_way(desk, "folder") == "no_room" and not list((desk.home / "spool").iterdir())
        assert "空き" in look(station.journal).troubles["no_room"]
    desk.work(station)
    assert kept(desk) == [File.DONE] * 3 and in_the_way(desk, "folder") == ""


def test_a_share_that_is_away_keeps_nothing_from_being_sent(desk: Desk, tmp_path: Path) -> None:
    desk.batch("KM-1", ended=False)
    station = desk.station(looks=1)
    station._tend()
    desk.root.rename(tmp_path / "away")
    desk.work(station, 2)
    assert in_the_way(desk, "folder") == "folder" and kept(desk) == [File.ACCEPTED] * 3
    assert not desk.root.exists()
    (tmp_path / "away").rename(desk.root)
    desk.work(station, 2)
    assert kept(desk) == [File.DONE] * 3 and desk.sent("KM-1") == ["1.png", "2.png", "3.png"]


def test_a_line_is_used_no_faster_than_it_may_be(tmp_path: Path) -> None:
    now, path = [0.0], tmp_path / "scan"
    path.write_bytes(bytes(300 * 1024))

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(100 * 1024, clock=lambda: now[0], sleep=sleep)
    assert b"".join(pace.paced(path, 1024, 300 * 1024)) == bytes(299 * 1024)
    assert now[0] == pytest.approx(2.99)
