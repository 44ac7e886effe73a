"""Files to their receivers, and what those say of them: each once, each attempt a row, and no receiver stops the night."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.flow.conftest import DAY, Clock, approved_batch, stored
from tsuzuri import flow
from tsuzuri.delivery import Told
from tsuzuri.errors import Refused
from tsuzuri.flow import Line, delivering
from tsuzuri.forms.receivers import Directory
from tsuzuri.forms.targets import PLAIN
from tsuzuri.model import ExportRun, Step
from tsuzuri.rules.answers import parse_answer
from tsuzuri.settings import REPO
from tsuzuri.store.deliveries import Answer, Word, answers_of, deliveries_of

FILES = ["benefits_20251107.dat", "benefits_20251107.fin"]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Where the receiver takes its files."""
    folder = tmp_path / "receiver"
    (folder / "answers").mkdir(parents=True)
    return folder


@pytest.fixture
def carrying(line: Line, inbox: Path) -> Line:
    """The line with a folder as receiver, that answers by six."""
    receiver = Directory(to="directory", path=str(inbox), answers=str(inbox / "answers"), answer_by=time(6))
    benefits = PLAIN["benefits"].model_copy(update={"deliver": receiver})
    return replace(line, city=line.city.model_copy(update={"targets": {"benefits": benefits}}))


def names(inbox: Path) -> list[str]:
    """What lies with the receiver."""
    return sorted(path.name for path in inbox.iterdir() if path.is_file())


def said(ours: ExportRun, **more: Any) -> bytes:
    """An answer that agrees, changed."""
    files = [{"name": file.name, "count": file.count, "amount": file.amount, "sha256": file.sha256} for file in ours.files]
    return json.dumps({"tsuzuri_answer": 1, "run": ours.id, "target": ours.target, "files": files, "errors": [], **more}).encode()


def took(line: Line, content: bytes, name: str = "a.answer.json", stamp: str = "1") -> Answer:
    """An answer, as it comes by the channel."""
    return flow.take_answer(line, (content,), Told(name, stamp, len(content)), "benefits")


def test_files_go_first_and_the_control_file_last_and_each_attempt_is_a_row(carrying: Line, inbox: Path) -> None:
    approved_batch(carrying, 2)
    run = flow.night(carrying, DAY)
    assert [(told.file, told.outcome) for told in flow.deliver(carrying)] == [(name, "delivered") for name in FILES]
    assert names(inbox) == FILES and (inbox / FILES[0]).read_bytes() == Path(run.path).read_bytes()
    assert flow.deliver(carrying) == [] and flow.standing(carrying) == [], "delivered once is delivered"
    with carrying.store.read() as look:
        told = deliveries_of(look, run.id)
    assert (told[0].sha256, told[0].size, told[1].word) == (run.sha256, run.files[0].size, "fin")


def test_a_receiver_that_is_away_stops_no_night_and_is_tried_ever_more_rarely(carrying: Line, inbox: Path, clock: Clock) -> None:
    approved_batch(carrying, 1)
    away = inbox.rename(inbox.with_name("unplugged"))
    run = flow.night(carrying, DAY)
    assert run.sha256, "the night is written all the same"
    assert [told.outcome for told in flow.deliver(carrying)] == ["receiver_away"]
    assert flow.deliver(carrying) == [], "it is left alone for a minute"
    pauses = []
    for _ in range(9):
        clock.on(seconds=1)
        before = clock.now
        while not (tried := flow.deliver(carrying)):
            clock.on(minutes=1)
        assert [told.outcome for told in tried] == ["receiver_away"]
        pauses.append(round((clock.now - before) / timedelta(minutes=1)))
    assert pauses == sorted(pauses) and pauses[0] <= 1 and pauses[-1] == 60
    (stands,) = flow.standing(carrying)
    assert (stands.runs, stands.failures, stands.because) == (1, 10, "receiver_away")
    away.rename(inbox)
    assert flow.deliver(carrying) == []
    assert [told.outcome for told in flow.deliver(carrying, force=True)] == ["delivered", "delivered"]
    assert flow.standing(carrying) == []


def test_a_power_cut_between_carrying_and_writing_it_down_carries_nothing_twice(
    carrying: Line, inbox: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    approved_batch(carrying, 1)
    flow.night(carrying, DAY)
    with monkeypatch.context() as cut:
        cut.setattr(delivering, "_note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            flow.deliver(carrying)
    assert names(inbox) == FILES[:1], "no control file before all others are there, and are known to be"
    written = (inbox / FILES[0]).stat().st_mtime_ns
    assert [told.outcome for told in flow.deliver(carrying)] == ["there", "delivered"]
    assert (inbox / FILES[0]).stat().st_mtime_ns == written


def test_other_bytes_at_the_receivers_stay_and_other_days_go_on(carrying: Line, inbox: Path, clock: Clock) -> None:
    approved_batch(carrying, 1)
    (inbox / FILES[0]).write_bytes(b"somebody's")
    flow.night(carrying, DAY)
    clock.on(days=1)
    approved_batch(carrying, 1, "e")
    flow.night(carrying, DAY + timedelta(days=1))
    outcomes = [(told.file, told.outcome) for told in flow.deliver(carrying)]
    assert outcomes == [(FILES[0], "delivery_differs"), ("benefits_20251108.dat", "delivered"),
                        ("benefits_20251108.fin", "delivered")]
    assert (inbox / FILES[0]).read_bytes() == b"somebody's" and FILES[1] not in names(inbox)


def test_files_that_somebody_removed_are_written_again_before_they_are_carried(carrying: Line, inbox: Path) -> None:
    approved_batch(carrying, 1)
    run = flow.night(carrying, DAY)
    Path(run.path).unlink()
    flow.deliver(carrying)
    assert hashlib.sha256((inbox / FILES[0]).read_bytes()).hexdigest() == run.sha256


def test_runs_from_before_a_target_was_delivered_stay(carrying: Line, inbox: Path) -> None:
    approved_batch(carrying, 1)
    flow.night(carrying, DAY)
    benefits = carrying.city.targets["benefits"]
    assert benefits.deliver is not None
    later = benefits.model_copy(update={"deliver": benefits.deliver.model_copy(update={"since": date(2025, 11, 8)})})
    new = replace(carrying, city=carrying.city.model_copy(update={"targets": {"benefits": later}}))
    assert flow.deliver(new) == [] and names(inbox) == []


def test_an_answer_that_agrees_is_read_from_the_channel_once(carrying: Line, inbox: Path) -> None:
    approved_batch(carrying, 2)
    run = flow.night(carrying, DAY)
    flow.deliver(carrying)
    (inbox / "answers" / "benefits_20251107.answer.json").write_bytes(said(run))
    ((answer,), troubles) = flow.take_answers(carrying)
    assert (answer.outcome, answer.run_id, troubles) == (Word.AGREES, run.id, [])
    assert flow.take_answers(carrying) == ([], []) and flow.odd_answers(carrying) == []
    assert carrying.files.path(answer.sha256).read_bytes() == said(run), "what it said is kept as it came"
    again = took(carrying, said(run), "by hand")
    assert again.outcome is Word.AGREES
    with carrying.store.read() as look:
        assert [one.outcome for one in answers_of(look, run.id)] == [Word.AGREES, Word.AGAIN]


def test_counts_that_differ_are_told_file_by_file_until_an_answer_agrees(carrying: Line) -> None:
    approved_batch(carrying, 2)
    run = flow.night(carrying, DAY)
    files = [{"name": run.files[0].name, "count": run.count - 1, "amount": run.amount - 5}, {"name": "other.dat", "count": 1}]
    told = took(carrying, said(run, files=files))
    assert told.outcome is Word.DIFFERS
    assert told.told["differences"] == [
        f"benefits_20251107.dat：件数が違います（送付 {run.count} 件、受領 {run.count - 1} 件）。",
        f"benefits_20251107.dat：金額が違います（送付 {run.amount:,} 円、受領 {run.amount - 5:,} 円）。",
        "other.dat：送っていないファイルです。"]
    (odd,) = flow.odd_answers(carrying)
    assert odd.run.id == run.id
    took(carrying, said(run), stamp="2")
    assert flow.odd_answers(carrying) == []


def test_a_claim_that_was_not_taken_stands_in_review_with_the_reason(carrying: Line) -> None:
    approved_batch(carrying, 2)
    run = flow.night(carrying, DAY)
    with carrying.store.read() as look:
        claim, other = look.claims_of_run(run.id)
    content = said(run, errors=[{"claim": claim.id, "code": "E12", "message": "受給者番号なし"}])
    told = took(carrying, content)
    assert told.outcome is Word.ERRORS and told.told["rows"][0]["reopened"]
    document = stored(carrying, claim.document_id)
    assert document.step is Step.REVIEW and stored(carrying, other.document_id).step is Step.EXPORTED
    (finding,) = [finding for finding in document.findings if finding.code == "H61"]
    assert finding.message == "連携先が受け付けませんでした（E12: 受給者番号なし）。" and not finding.severity.blocks
    took(carrying, content, stamp="2")
    assert stored(carrying, claim.document_id) == document, "answered twice is answered once"


def test_what_is_about_no_run_of_ours_is_told_and_kept(carrying: Line) -> None:
    approved_batch(carrying, 1)
    run = flow.night(carrying, DAY)
    unknown = took(carrying, said(run, run="xr_nobodys"))
    torn = took(carrying, said(run)[:-9], "b.answer.json")
    assert (unknown.outcome, torn.outcome) == (Word.UNKNOWN, Word.UNREADABLE)
    assert all(carrying.files.verify(one.sha256) for one in (unknown, torn))
    assert "架空" not in str(torn.told)
    whole = took(carrying, said(run), "b.answer.json", "2")
    assert whole.outcome is Word.AGREES, "a file read while it was being written is read anew once it is whole"


def test_no_answer_by_six_of_the_next_office_day_is_told(carrying: Line, clock: Clock) -> None:
    approved_batch(carrying, 1)
    run = flow.night(carrying, DAY)                     # a Friday; Monday the 10th is the next day of office
    assert flow.late_answers(carrying) == []
    clock.on(days=2, hours=17)                          # Monday, some minutes past five in Japan
    assert flow.late_answers(carrying) == []
    clock.on(hours=1)
    (late,) = flow.late_answers(carrying)
    assert late.run.id == run.id and f"{late.due:%Y-%m-%d %H:%M %Z}" == "2025-11-10 06:00 JST"
    took(carrying, said(run))
    assert flow.late_answers(carrying) == []


GOOD: dict[str, Any] = {"tsuzuri_answer": 1, "run": "xr_1", "files": [{"name": "a.dat", "count": 1}]}


@pytest.mark.parametrize(("changed", "fits"), [
    ({}, True), ({"target": "benefits", "business_date": "2025-11-07"}, True), ({"more": 1}, True),
    ({"errors": [{"claim": "c", "code": "E1"}]}, True), ({"tsuzuri_answer": 2}, False), ({"run": ""}, False),
    ({"files": []}, False),
    ({"files": [{"name": "a.dat", "count": -1}]}, False), ({"files": [{"name": "a.dat", "count": "1"}]}, False),
    ({"files": [{"name": "a.dat", "count": 1, "sha256": "X"}]}, False), ({"errors": [{"claim": "c"}]}, False),
    ({"business_date": "7.11.2025"}, False), ({"files": [{"name": "a.dat", "count": 1, "amount": 1.5}]}, False),
])
def test_the_schema_for_receivers_says_what_the_program_takes(changed: dict[str, Any], fits: bool) -> None:
    schema = json.loads((REPO / "schemas" / "_answer.json").read_text("utf-8"))
    told = GOOD | changed
    assert Draft202012Validator(schema).is_valid(told) is fits
    if fits:
        assert parse_answer(json.dumps(told).encode()).run == "xr_1"
    else:
        with pytest.raises(Refused):
            parse_answer(json.dumps(told).encode())
