"""The target dial: what stored papers say of other targets, and a proposal that is a draft for somebody else to review."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk import papers
from tests.flow.conftest import declared
from tsuzuri.flow import Line, dial, studio
from tsuzuri.forms.drafted import Folders, drafted_from
from tsuzuri.model import Page, Reading, Scan, Step
from tsuzuri.settings import REPO
from tsuzuri.stages.labour import aims_of
from tsuzuri.store.decisions import decided

FORM = papers.FORMS["kodomo_seikyu"]
SURE, UNSURE = 0.99999, 0.3


def _settled(line: Line, name: str, days: int | None = None) -> None:
    """A paper whose days were read unsurely; a person said `days` there, if anything."""
    batch = declared(line)
    read = papers.read(FORM, papers.CLAIM, id=name, batch_id=batch.id)
    seen = [Reading(field, one.raw, UNSURE if field == "days" else SURE, "own", one.box or (1, 1, 1, 1))
            for field, one in read.fields.items()]
    fields = dict(read.fields)
    if days is not None:
        fields["days"] = replace(fields["days"], value=days, confidence=1.0, reader="person")
    with line.unit() as unit:
        unit.add_scan(Scan(f"sc-{name}", batch.id, 1, "a.tif", "0" * 64, 1, "image/tiff", 1, line.clock(), step=Step.OPENED))
        unit.add_document(replace(read, fields=fields, step=Step.APPROVED, business_date=line.today()))
        unit.add_page(Page(f"pg-{name}", f"sc-{name}", batch.id, 1, line.clock(), Step.BOUND, 0, None, name, FORM.name))
        unit.add_readings(f"pg-{name}", seen)


@pytest.fixture
def at_their_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading is as sure as it says of itself, and passes if that is its target."""
    monkeypatch.setattr("tsuzuri.stages.assemble.sureness", lambda spec, found: found.score)
    monkeypatch.setattr("tsuzuri.stages.sure.demanded", lambda group, target: target)


def test_stored_papers_tell_what_a_looser_target_would_have_let_through(line: Line, at_their_word: None) -> None:
    for name, days in (("d1", None), ("d2", papers.CLAIM["days"]), ("d3", 9)):
        _settled(line, name, days)
    now = aims_of(FORM)
    today, loose = dial.replay(line, FORM.name, [now, replace(now, whole=0.2)], 10)
    assert (today.documents, today.corrected, today.checked) == (3, 0, 0)
    assert (loose.corrected, loose.checked) == (1, 2) and today.shown - loose.shown == 3 == loose.passed - today.passed
    assert dial.replay(line, FORM.name, [now], 2)[0].documents == 2


def test_the_office_tells_how_often_a_field_is_filled_and_how_many_papers_come(line: Line) -> None:
    assert dial.office(line, FORM.name).documents == 0 and dial.office(line, FORM.name).seconds == dial.SECONDS
    _settled(line, "d1")
    found = dial.office(line, FORM.name)
    assert (found.documents, found.waiting, found.month) == (1, 0, 1)
    assert found.filled["amount"] == 1 and found.filled["rx_inst"] == 0


def test_a_proposal_is_a_draft_with_only_its_targets_changed_and_the_reason_is_kept(line: Line, tmp_path: Path) -> None:
    city = Folders(tmp_path / "pipelines", tmp_path / "schemas")
    shutil.copytree(REPO / "pipelines", city.pipelines)
    shutil.copytree(REPO / "schemas", city.schemas)
    line = replace(line, folders=city)
    renki = papers.FORMS["kodomo_renki"]
    aims = aims_of(renki).moved({"kind yen": 0.999, "field inst_name": 0.9, "field patients.remarks": 0.8})
    kept = dial.propose(line, "kodomo_renki", aims, "kanto", "手が足りない")
    diff = studio.diffs(line, studio.hold_draft(line, studio.Draft(kept.form, kept.tree, kept.schema))[0])
    added = [one for one in diff.splitlines() if one.startswith("+ ")]
    assert {one.removeprefix("+").strip() for one in added} == {
        "inst_name: {target: 0.9}", "patients:", "fields:", "remarks: {target: 0.8}", "targets: {yen: 0.999}"}
    with line.store.read() as look:
        (told,) = decided(look, ("propose_target",))
    assert (told.about, told.why, told.told["draft"]) == ("kodomo_renki", "手が足りない", kept.n)
    assert told.told["moved"]["kind yen"] == [0.9995, 0.999] and len(told.told["moved"]) == 3
    before = drafted_from("kodomo_renki", city)
    assert dial.retold(before, aims_of(renki)) == before
