"""Whom a night writes for is data: each target has its run, its files, its days and its cut-off; and every run adds up."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.conftest import DAY, NOW, Clock, approved_batch, balanced, declared, lay, stored
from tests.flow.power import broken_off_everywhere
from tsuzuri import flow
from tsuzuri.errors import WrongTurn
from tsuzuri.flow import Line
from tsuzuri.forms.targets import load_targets
from tsuzuri.model import ExportRun, RunStep, Step
from tsuzuri.rules.csv_reader import read_csv_feed
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.settings import REPO


@pytest.fixture
def many(line: Line) -> Line:
    """The line with all the city's targets."""
    return replace(line, city=line.city.model_copy(update={"targets": load_targets(REPO / "pipelines")}))


def by_target(runs: list[ExportRun]) -> dict[str, ExportRun]:
    """A night's runs."""
    return {run.target: run for run in runs}


def bytes_of(run: ExportRun) -> dict[str, bytes]:
    """A run's files by what they are."""
    folder = Path(run.path).parent
    return {f"{file.word}{i}": (folder / file.name).read_bytes() for i, file in enumerate(run.files)}


def table(body: bytes) -> list[dict[str, str]]:
    """A file for people, by its titles."""
    return list(csv.DictReader(body.decode("utf-8-sig").splitlines()))


def test_one_run_is_written_in_all_its_files_and_each_adds_up_alike(many: Line) -> None:
    batch = declared(many, 2)
    for name, changed in (("d0", {"patient_name": "𠮷野　花子"}), ("d1", {})):
        flow.approve(many, name, lay(many, name, batch, **changed).version, "sato")
    flow.close_batch(many, batch.id)
    runs = by_target(flow.nights(many, DAY))
    files = bytes_of(runs["benefits"])
    fixed, commas, twin = read_feed(files["fixed0"]), read_csv_feed(files["csv1"]), read_csv_feed(files["csv2"])
    assert fixed.totals == commas.totals == twin.totals and fixed.totals.count == 2
    assert [(row["name"], row["error"]) for row in fixed.rows] == [("吉野　花子", "G"), (commas.rows[1]["name"], "")]
    assert twin.rows[0]["name_written"] == "𠮷野　花子"
    counted = table(bytes_of(runs["counts"])["counts0"])
    assert [row["件数"] for row in counted] == ["2", "2"] and counted[0]["制度"] == "こども医療費助成"
    assert int(counted[-1]["金額（円）"]) == runs["benefits"].amount == runs["counts"].amount
    told = json.loads(Path(runs["benefits"].path).with_suffix(".fin").read_text("utf-8"))
    assert [(file["name"], file["count"]) for file in told["files"]] == [(file.name, 2) for file in runs["benefits"].files]
    assert all(run.step is RunStep.SENT for run in runs.values())


def test_what_was_held_is_listed_paper_by_paper(many: Line) -> None:
    approved_batch(many, 1)
    lay(many, "doubtful", declared(many, 1), amount=1)
    run = by_target(flow.nights(many, DAY))["benefits"]
    listed = table((Path(run.path).parent / "benefits_20251107_held.csv").read_bytes())
    assert [(row["理由"], row["書類"], row["区"]) for row in listed] == [("要確認", "doubtful", "東区")]
    assert run.eligible == run.count + len(listed) == run.count + sum(run.held.values())
    assert run.files[-1].word == "held" and run.files[-1].count == 1
    with many.store.read() as look:
        assert not look.unnamed([run.held_list])


def test_what_is_approved_after_the_cut_off_belongs_to_the_next_date(many: Line, clock: Clock) -> None:
    approved_batch(many, 1)
    clock.now = NOW.replace(hour=8, minute=1)       # 17:01 in Japan
    approved_batch(many, 1, prefix="late")
    first = flow.night(many, DAY)
    assert (first.count, first.held) == (1, {"after_cut_off": 1}) and stored(many, "late0").step is Step.APPROVED
    clock.on(days=1)
    second = flow.night(many, DAY + timedelta(days=1))
    assert (second.count, second.held) == (1, {})


def test_the_office_may_end_a_business_date_at_another_moment_and_it_stays_so(many: Line, clock: Clock) -> None:
    clock.now = NOW.replace(hour=8, minute=1)
    approved_batch(many, 1)
    run = flow.night(many, DAY, until=clock.now + timedelta(hours=1))
    assert run.count == 1 and flow.night(many, DAY) == run


def test_a_target_without_a_run_that_day_is_left_out_and_the_next_run_takes_what_was_there(many: Line, clock: Clock) -> None:
    weekdays = {name: target.model_copy(update={"when": "office_days"}) for name, target in many.city.targets.items()}
    office = replace(many, city=many.city.model_copy(update={"targets": weekdays}))
    clock.now = NOW + timedelta(days=1)
    approved_batch(office, 1)
    assert flow.nights(office, DAY + timedelta(days=1)) == []       # a Saturday
    clock.now = NOW + timedelta(days=3)
    assert by_target(flow.nights(office, DAY + timedelta(days=3)))["benefits"].count == 1


def test_what_tells_of_the_claims_waits_for_them(many: Line) -> None:
    with pytest.raises(WrongTurn) as told:
        flow.night(many, DAY, "counts")
    assert told.value.code == "claims_first"


def test_the_power_may_go_before_any_step_of_any_target(many: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approved_batch(many, 2)
    lay(many, "doubtful", declared(many, 1), amount=1)
    steps = broken_off_everywhere(many, tmp_path, monkeypatch, lambda line: flow.nights(line, DAY))
    assert steps > 20


def test_the_books_close_after_a_night_of_many_targets(many: Line) -> None:
    approved_batch(many, 2)
    flow.nights(many, DAY)
    assert balanced(many)


