"""The night's records: a paper that the benefits system does not know leaves as a line of its own form's table."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tests.flow.conftest import DAY, Clock, approved_batch, declared, read_document, store_document, stored
from tests.stages.listed import listed
from tsuzuri import flow
from tsuzuri.errors import Stuck, WrongTurn
from tsuzuri.flow import Line, taking
from tsuzuri.forms import Export
from tsuzuri.model import Batch, ExportRun, Step, Value
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.settings import Settings
from tsuzuri.store import Unit
from tsuzuri.up import Running, _night_if_due

PLAIN, SHEET = "jyudo_seikyu", "kodomo_renki"
FILE = f"records_{PLAIN}_20251107"


@pytest.fixture
def mixed(line: Line) -> Line:
    """A line upon which two forms' claims are records: one a paper, and one a row."""
    targets = {PLAIN: Export(target="records"), SHEET: Export(target="records", each="patients")}
    forms = {name: form.model_copy(update={"export": targets.get(name, form.export)}) for name, form in line.forms.items()}
    return replace(line, forms=type(line.forms)(forms))


def records(line: Line, *names: str, **changed: Value) -> Batch:
    """A closed batch of approved records, a minute apart."""
    batch = declared(line, len(names))
    told = json.loads((SAMPLES / PLAIN / "a.truth.json").read_text("utf-8"))["fields"]
    for name in names:
        document = store_document(line, read_document(line, name, batch, told | changed, PLAIN))
        flow.approve(line, name, document.version, "sato")
        line.clock.on(minutes=1)  # type: ignore[attr-defined]
    return flow.close_batch(line, batch.id)


def table(path: str | Path) -> list[dict[str, str]]:
    """A file of records, by its titles."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def by_target(runs: list[ExportRun]) -> dict[str, ExportRun]:
    """A night's runs."""
    return {run.target: run for run in runs}


def files(line: Line) -> set[str]:
    """What lies in the folder of exports."""
    return {path.name for path in line.exports.iterdir()} if line.exports.exists() else set()


def test_records_leave_in_a_file_of_their_own_and_the_benefits_feed_is_as_ever(mixed: Line) -> None:
    records(mixed, "r1", "r2")
    approved_batch(mixed, 2)
    runs = by_target(flow.nights(mixed, DAY))
    assert list(runs) == [f"records:{PLAIN}", "benefits"]
    assert [(run.count, run.eligible, run.held) for run in runs.values()] == [(2, 2, {}), (2, 2, {})]
    assert len(read_feed(Path(runs["benefits"].path).read_bytes()).rows) == 2
    rows = table(runs[f"records:{PLAIN}"].path)
    told = json.loads((SAMPLES / PLAIN / "a.truth.json").read_text("utf-8"))["fields"]
    assert len(rows) == 2 and rows[0][mixed.forms[PLAIN].label("service_ym")] == told["service_ym"] and rows[0]["区"] == "東区"
    assert {stored(mixed, name).step for name in ("r1", "r2", "d0", "d1")} == {Step.EXPORTED}
    assert files(mixed) == {f"{FILE}.csv", f"{FILE}.fin", "benefits_20251107.dat", "benefits_20251107.fin"}


def test_every_row_of_a_sheet_is_a_line_under_its_columns_titles(mixed: Line, batch: Batch) -> None:
    document = store_document(mixed, listed(mixed.forms[SHEET], batch=batch.id, name="d1"))
    flow.approve(mixed, "d1", document.version, "sato")
    flow.close_batch(mixed, batch.id)
    rows = table(by_target(flow.nights(mixed, DAY))[f"records:{SHEET}"].path)
    assert [row["氏名"] for row in rows] == ["架空　一子", "架空　二子", "架空　三子"]


def test_a_day_without_records_has_no_file_of_records(mixed: Line) -> None:
    approved_batch(mixed, 1)
    assert list(by_target(flow.nights(mixed, DAY))) == ["benefits"]


def test_records_that_stay_are_counted_in_their_own_run_and_in_no_other(mixed: Line) -> None:
    open_batch = declared(mixed, 2)
    told = json.loads((SAMPLES / PLAIN / "a.truth.json").read_text("utf-8"))["fields"]
    for name, values in (("doubtful", told | {"amount": 1}), ("fine", told)):
        document = store_document(mixed, read_document(mixed, name, open_batch, values, PLAIN))
    flow.approve(mixed, "fine", document.version, "sato")
    runs = by_target(flow.nights(mixed, DAY))
    assert runs[f"records:{PLAIN}"].held == {"review": 1, "batch_open": 1} and runs[f"records:{PLAIN}"].eligible == 2
    assert (runs["benefits"].held, runs["benefits"].eligible) == ({}, 0)


def test_the_same_night_again_gives_the_same_records(mixed: Line, clock: Clock) -> None:
    records(mixed, "r1")
    first = flow.nights(mixed, DAY)
    body, told = (Path(first[0].path).with_suffix(kind).read_bytes() for kind in (".csv", ".fin"))
    clock.on(hours=2)
    records(mixed, "later")
    Path(first[0].path).unlink()
    assert flow.nights(mixed, DAY) == first
    assert [Path(first[0].path).with_suffix(kind).read_bytes() for kind in (".csv", ".fin")] == [body, told]
    clock.on(days=1)
    assert flow.nights(mixed, DAY + timedelta(days=1))[0].count == 1


def test_records_that_a_crash_left_behind_are_finished_first_and_keep_no_benefits_in_the_house(
    mixed: Line, monkeypatch: pytest.MonkeyPatch, clock: Clock,
) -> None:
    records(mixed, "r1")
    approved_batch(mixed, 1)
    finish = Unit.finish_run

    def breaks(unit: Unit, run: ExportRun) -> None:
        if run.target != "benefits":
            raise Stuck("the disk is away", code="export_unwritable")
        finish(unit, run)

    with monkeypatch.context() as at:
        at.setattr(Unit, "finish_run", breaks)
        with pytest.raises(Stuck):
            flow.nights(mixed, DAY)
    assert (stored(mixed, "r1").step, stored(mixed, "d0").step) == (Step.APPROVED, Step.EXPORTED)
    clock.on(days=1)
    flow.nights(mixed, DAY + timedelta(days=1))
    assert stored(mixed, "r1").step is Step.EXPORTED and len(table(mixed.exports / f"{FILE}.csv")) == 1


def test_claims_of_a_form_that_is_gone_wait_for_it(mixed: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    records(mixed, "r1")
    with monkeypatch.context() as at:
        at.setattr(Unit, "finish_run", lambda *_: (_ for _ in ()).throw(Stuck("away", code="export_unwritable")))
        with pytest.raises(Stuck):
            flow.nights(mixed, DAY)
    without = replace(mixed, forms=type(mixed.forms)({n: form for n, form in mixed.forms.items() if n != PLAIN}))
    with pytest.raises(WrongTurn) as gone:
        flow.nights(without, DAY)
    assert gone.value.code == "not_exportable" and stored(mixed, "r1").step is Step.APPROVED
    assert flow.nights(mixed, DAY)[0].count == 1


def test_the_clocks_night_comes_again_for_records_that_were_left_behind(
    mixed: Line, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    records(mixed, "r1")
    running = Running("", Settings(home=tmp_path, night_at=time(0, 0), redis_url=""), mixed)
    with monkeypatch.context() as at:
        at.setattr(taking, "records_feed", lambda *_: (_ for _ in ()).throw(Stuck("away", code="export_unwritable")))
        with pytest.raises(Stuck):
            _night_if_due(running)
    assert stored(mixed, "r1").step is Step.APPROVED
    _night_if_due(running)
    assert stored(mixed, "r1").step is Step.EXPORTED


def test_what_an_older_print_claims_leaves_as_the_present_form(line: Line) -> None:
    batch, older = declared(line, 2), "kodomo_seikyu_kyu"
    told = json.loads((SAMPLES / older / "a.truth.json").read_text("utf-8"))["fields"]
    for name in ("old", "waits"):
        store_document(line, read_document(line, name, batch, told, older))
    flow.close_batch(line, batch.id)
    targets = {name: form.model_copy(update={"export": Export(target="records")}) if form.leaves_as == "kodomo_seikyu" else form
               for name, form in line.forms.items()}
    plain = replace(line, forms=type(line.forms)(targets))
    (claim,) = flow.approve(plain, "old", stored(plain, "old").version, "sato")
    assert claim.form == "kodomo_seikyu"
    runs = by_target(flow.nights(plain, DAY))
    assert list(runs) == ["records:kodomo_seikyu", "benefits"] and runs["records:kodomo_seikyu"].count == 1
    assert sum(runs["records:kodomo_seikyu"].held.values()) == 1 and runs["benefits"].held == {}
    assert stored(plain, "old").step is Step.EXPORTED
