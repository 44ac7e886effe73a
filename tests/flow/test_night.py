"""The night: each claim leaves once, whatever breaks in between, and what stays is counted with its reason."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.flow.conftest import DAY, NOW, Clock, approved_batch, declared, lay, stored
from tsuzuri import flow
from tsuzuri.errors import Refused, Stuck
from tsuzuri.flow import Line, outlet
from tsuzuri.model import Claim, ExportRun, Step
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.settings import Settings
from tsuzuri.store import Store, Unit
from tsuzuri.up import Running, _night_if_due

NIGHT = sys.modules["tsuzuri.flow.night"]     # the package's own name `night` is the function


class Crash(BaseException):
    """The power goes: nothing after this line runs."""


def power_cut(*_: object, **__: object) -> None:
    """In place of a step that the night never came to."""
    raise Crash


def control(run: ExportRun) -> dict[str, Any]:
    """The control file beside a run's file."""
    told: dict[str, Any] = json.loads(Path(run.path).with_suffix(".fin").read_text("utf-8"))
    return told


def claims(line: Line, run: ExportRun) -> list[Claim]:
    """The claims that a run took, in order."""
    with line.store.read() as look:
        return list(look.claims_of_run(run.id))


def steps(line: Line, *names: str) -> set[Step]:
    """Where documents stand."""
    return {stored(line, name).step for name in names}


def files(line: Line) -> set[str]:
    """What lies in the folder of exports."""
    return {path.name for path in line.exports.iterdir()} if line.exports.exists() else set()


def test_the_night_writes_every_approved_claim_once_and_marks_it_as_sent(line: Line) -> None:
    approved_batch(line, 3)
    run = flow.night(line, DAY)
    feed = read_feed(Path(run.path).read_bytes())
    assert [row["claim_id"] for row in feed.rows] == [claim.id for claim in claims(line, run)]
    assert (run.count, run.eligible, run.held) == (3, 3, {})
    assert (feed.totals.count, feed.totals.amount, feed.totals.points) == (run.count, run.amount, run.points)
    assert steps(line, "d0", "d1", "d2") == {Step.EXPORTED}
    assert files(line) == {"benefits_20251107.dat", "benefits_20251107.fin"}
    told = control(run)
    assert (told["sha256"], told["count"], told["amount"]) == (run.sha256, run.count, run.amount)
    assert told["bytes"] == Path(run.path).stat().st_size
    with line.store.read() as look:
        assert look.run_for(DAY, "benefits") == run


def test_whatever_is_held_is_counted_by_its_reason(line: Line) -> None:
    settled = approved_batch(line, 1)
    for name, ward in (("open", "東区"), ("short", "東区"), ("strange", "北区")):
        batch = flow.declare_batch(line, "EAST-1", flow.intake.Declaration("KM-1", ward, "kodomo", 2 if name == "short" else 1))
        document = lay(line, name, batch)
        flow.approve(line, name, document.version, "sato")
        if name != "open":
            flow.close_batch(line, batch.id)
    rest = declared(line, 4)
    lay(line, "clean", rest)
    lay(line, "doubtful", rest, amount=1)
    back = lay(line, "back", rest)
    flow.give_back(line, "back", back.version, "sato", "印なし")
    # The city has done away with a ward between approval and the night.
    wards = {ward: code for ward, code in line.city.wards.items() if ward != "北区"}
    run = flow.night(replace(line, city=line.city.model_copy(update={"wards": wards})), DAY)
    assert run.held == {"clean": 1, "review": 1, "batch_open": 1, "batch_unbalanced": 1, "unfit:ward": 1}
    assert run.eligible == run.count + sum(run.held.values()) == 6
    assert [claim.batch_id for claim in claims(line, run)] == [settled.id]
    assert steps(line, "open", "short", "strange") == {Step.APPROVED}


def test_what_was_held_goes_as_soon_as_nothing_holds_it(line: Line, clock: Clock) -> None:
    batch = declared(line, 2)
    flow.approve(line, "d1", lay(line, "d1", batch).version, "sato")
    flow.close_batch(line, batch.id)
    assert flow.night(line, DAY).held == {"batch_unbalanced": 1}
    flow.recount(line, batch.id, flow.Counted(1), "kanto")
    clock.on(days=1)
    later = flow.night(line, DAY + timedelta(days=1))
    assert (later.count, later.held) == (1, {})


def test_the_same_night_again_gives_the_same_file(line: Line, clock: Clock) -> None:
    approved_batch(line, 2)
    first = flow.night(line, DAY)
    path, fin = Path(first.path), Path(first.path).with_suffix(".fin")
    body, told = path.read_bytes(), fin.read_bytes()
    clock.on(hours=3)
    assert flow.night(line, DAY) == first
    for gone in ([path], [fin], [path, fin]):
        for one in gone:
            one.unlink()
        assert flow.night(line, DAY) == first
        assert (path.read_bytes(), fin.read_bytes()) == (body, told)
    path.write_bytes(b"somebody opened it in an editor")
    assert flow.night(line, DAY) == first
    assert path.read_bytes() == body


CRASHES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "before the file": lambda at: at.setattr(NIGHT, "_write", power_cut),
    "in the midst of the file": lambda at: at.setattr(outlet.Piece, "write", power_cut),
    "before the rename": lambda at: at.setattr(Path, "replace", power_cut),
    "after the rename": lambda at: at.setattr(outlet, "sync_folder", power_cut),
    "before the control file": lambda at: at.setattr(outlet, "write_control", power_cut),
    "before the marks": lambda at: at.setattr(Unit, "finish_run", power_cut),
}


@pytest.mark.parametrize("crash", CRASHES)
def test_a_night_that_breaks_off_anywhere_is_taken_up_with_the_same_bytes(
    line: Line, clock: Clock, monkeypatch: pytest.MonkeyPatch, crash: str, tmp_path: Path,
) -> None:
    approved_batch(line, 3)
    expected = bytes_of_an_undisturbed_night(line, tmp_path)
    with monkeypatch.context() as at:
        CRASHES[crash](at)
        with pytest.raises(Crash):
            flow.night(line, DAY)
    assert steps(line, "d0", "d1", "d2") == {Step.APPROVED}
    approved_batch(line, 1, prefix="late")
    clock.on(minutes=5)
    run = flow.night(line, DAY)
    assert Path(run.path).read_bytes() == expected
    assert steps(line, "d0", "d1", "d2") == {Step.EXPORTED}
    assert steps(line, "late0") == {Step.APPROVED}
    assert flow.night(line, DAY) == run
    assert files(line) == {"benefits_20251107.dat", "benefits_20251107.fin"}


def bytes_of_an_undisturbed_night(line: Line, tmp_path: Path) -> bytes:
    """What the night would write now, on a copy of the rows."""
    line.store.close()      # the last connection to go writes everything into the one file
    shutil.copy(tmp_path / "store.db", tmp_path / "copy.db")
    copy = replace(line, store=Store(f"sqlite:///{tmp_path / 'copy.db'}"), exports=tmp_path / "elsewhere")
    run = flow.night(copy, DAY)
    copy.store.close()
    return Path(run.path).read_bytes()


def test_a_claim_approved_after_the_freeze_waits_for_the_next_date(line: Line, clock: Clock) -> None:
    approved_batch(line, 1)
    first = flow.night(line, DAY)
    approved_batch(line, 1, prefix="late")
    assert flow.night(line, DAY) == first
    clock.on(days=1)
    second = flow.night(line, DAY + timedelta(days=1))
    assert [claim.document_id for claim in claims(line, second)] == ["late0"]


def test_a_night_that_broke_off_is_finished_by_the_next_one(line: Line, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its claims belong to it: no later run would take them, and nobody would ask for yesterday again."""
    approved_batch(line, 2)
    with monkeypatch.context() as at:
        CRASHES["before the rename"](at)
        with pytest.raises(Crash):
            flow.night(line, DAY)
    clock.on(days=1)
    approved_batch(line, 1, prefix="next")
    run = flow.night(line, DAY + timedelta(days=1))
    assert [claim.document_id for claim in claims(line, run)] == ["next0"]
    assert steps(line, "d0", "d1", "next0") == {Step.EXPORTED}
    assert files(line) == {f"benefits_2025110{d}.{kind}" for d in (7, 8) for kind in ("dat", "fin")}
    assert len(read_feed((line.exports / "benefits_20251107.dat").read_bytes()).rows) == 2


def test_a_folder_that_cannot_be_written_marks_nothing_and_is_taken_up_elsewhere(line: Line) -> None:
    approved_batch(line, 1)
    line.exports.write_text("a file stands where the folder should be")
    with pytest.raises(Stuck) as stuck:
        flow.night(line, DAY)
    assert stuck.value.code == "export_unwritable"
    assert steps(line, "d0") == {Step.APPROVED}
    moved = replace(line, exports=line.exports.with_name("exports2"))
    run = flow.night(moved, DAY)
    assert run.count == 1 and Path(run.path).parent.name == "exports2" and Path(run.path).exists()
    assert steps(line, "d0") == {Step.EXPORTED}


def test_a_disk_that_fills_at_the_control_file_marks_nothing(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    approved_batch(line, 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as at:
        at.setattr(outlet.json, "dump", full)
        with pytest.raises(Stuck):
            flow.night(line, DAY)
    assert steps(line, "d0") == {Step.APPROVED} and files(line) == {"benefits_20251107.dat"}
    assert flow.night(line, DAY).count == 1


def test_a_night_that_would_write_other_bytes_than_were_sent_leaves_the_sent_file_alone(line: Line) -> None:
    approved_batch(line, 1)
    run = flow.night(line, DAY)
    path = Path(run.path)
    path.with_suffix(".fin").unlink()
    before = path.read_bytes()
    with pytest.raises(Stuck) as stuck:
        flow.night(replace(line, city=line.city.model_copy(update={"code": "432024"})), DAY)
    assert stuck.value.code == "export_differs"
    assert path.read_bytes() == before and files(line) == {path.name}


def test_two_nights_at_once_write_one_file_and_mark_each_claim_once(line: Line) -> None:
    approved_batch(line, 4)
    ready, runs = threading.Barrier(3), []

    def go() -> None:
        ready.wait()
        runs.append(flow.night(line, DAY))

    nights = [threading.Thread(target=go) for _ in range(3)]
    for night in nights:
        night.start()
    for night in nights:
        night.join()
    assert len(runs) == 3 and all(run == runs[0] for run in runs)
    body = Path(runs[0].path).read_bytes()
    assert len(read_feed(body).rows) == 4 and outlet.sha256_of(Path(runs[0].path)) == runs[0].sha256 == control(runs[0])["sha256"]
    assert files(line) == {"benefits_20251107.dat", "benefits_20251107.fin"}


def test_a_night_overtaken_in_its_work_answers_with_the_run_that_was_faster(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    approved_batch(line, 1)
    write, faster = outlet.write_control, []

    def overtaken(*told: Any) -> None:
        monkeypatch.setattr(outlet, "write_control", write)
        faster.append(flow.night(line, DAY))
        write(*told)

    monkeypatch.setattr(outlet, "write_control", overtaken)
    assert flow.night(line, DAY) == faster[0]


def test_an_approval_in_the_midst_of_a_night_goes_with_this_one_or_the_next_but_never_with_both(line: Line, clock: Clock) -> None:
    batch = declared(line, 6)
    documents = [lay(line, f"d{i}", batch) for i in range(6)]
    flow.close_batch(line, batch.id)
    ready = threading.Barrier(2)

    def approve_all() -> None:
        ready.wait()
        for document in documents:
            flow.approve(line, document.id, document.version, "sato")

    clerk = threading.Thread(target=approve_all)
    clerk.start()
    ready.wait()
    first = flow.night(line, DAY)
    clerk.join()
    assert first.eligible == first.count + sum(first.held.values()) == 6
    clock.on(days=1)
    second = flow.night(line, DAY + timedelta(days=1))
    sent = [claim.document_id for run in (first, second) for claim in claims(line, run)]
    assert sorted(sent) == [document.id for document in documents]
    assert steps(line, *sent) == {Step.EXPORTED}


def test_a_date_that_has_not_come_has_no_night(line: Line, clock: Clock) -> None:
    approved_batch(line, 1)
    with pytest.raises(Refused) as refused:
        flow.night(line, DAY + timedelta(days=1))
    assert refused.value.code == "date_not_come"
    assert not files(line)
    clock.now = NOW + timedelta(hours=12, minutes=1)      # past midnight in Japan, not yet in Greenwich
    assert flow.night(line, DAY + timedelta(days=1)).count == 1


def test_what_a_crash_left_half_written_is_cleared_away_once_it_is_old(line: Line) -> None:
    line.exports.mkdir()
    old, fresh = line.exports / "benefits_20251105.aa.part", line.exports / "benefits_20251107.bb.part"
    for path, hours in ((old, 2), (fresh, 0)):
        path.write_text("half")
        at = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(path, (at, at))
    flow.night(line, DAY)
    assert files(line) == {"benefits_20251107.dat", "benefits_20251107.fin", fresh.name}


def test_the_night_runs_by_itself_when_its_hour_has_come_and_only_once(line: Line, clock: Clock, tmp_path: Path) -> None:
    approved_batch(line, 1)
    running = Running("", Settings(home=tmp_path, night_at=time(19, 0), redis_url=""), line)
    clock.now = NOW.replace(hour=9, minute=59)      # 18:59 in Japan
    _night_if_due(running)
    assert not files(line)
    clock.on(minutes=1)
    _night_if_due(running)
    path = line.exports / "benefits_20251107.dat"
    path.unlink()      # the receiver has fetched it
    clock.on(minutes=30)
    _night_if_due(running)
    assert not path.exists(), "what was fetched must not come again by itself"
