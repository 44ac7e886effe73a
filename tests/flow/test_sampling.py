"""What passed is drawn blind, judged, and what was wrong comes back before it leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.flow.conftest import lay, picture
from tsuzuri import flow
from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.flow import Line, Plan, Way
from tsuzuri.model import Batch, Step
from tsuzuri.store import samples
from tsuzuri.store.decisions import decided
from tsuzuri.store.samples import Sample
from tsuzuri.store.tables import pages

FORM = "kodomo_seikyu"


def _passed(line: Line, batch: Batch, *names: str, by_hand: str | None = None) -> None:
    """Approved papers with a picture; `by_hand` is a field that sato has confirmed on each."""
    shown = line.files.put(picture())
    for name in names:
        document = lay(line, name, batch)
        if by_hand:
            value = document.values[by_hand]
            how = {by_hand: Way("sheet", 900, 1)}
            document = flow.correct(line, name, document.version, {by_hand: str(value)}, "sato", how=how)
        flow.approve(line, name, document.version, "sato")
    with line.unit() as unit:
        unit.connection.execute(pages.update().values(picture=shown))


def _plan(line: Line, asked: str = "", many: int = 4) -> Plan:
    return Plan(f"{line.today():%Y-%m}", FORM, asked, many)


def _waiting(line: Line, by: str = "suzuki") -> list[Sample]:
    with line.store.read() as look:
        return samples.waiting_samples(look, by, None, limit=500)


def test_the_same_seed_draws_the_same_fields_and_is_written_down(line: Line, batch: Batch) -> None:
    _passed(line, batch, *(f"d{n}" for n in range(6)))
    assert flow.draw_sample(line, _plan(line, "amount", 3), "kanto", seed=7) == 3
    first = {one.document_id for one in _waiting(line)}
    with line.unit() as unit:
        unit.connection.execute(samples.samples.delete())
    flow.draw_sample(line, _plan(line, "amount", 3), "kanto", seed=7)
    assert {one.document_id for one in _waiting(line)} == first
    with line.store.read() as look:
        told = decided(look, ("draw",))[0]
    assert told.by == "kanto" and told.told["seed"] == 7 and (told.told["of"], told.told["drawn"]) == (6, 3)


def test_half_of_a_sample_is_what_people_settled_and_no_field_is_drawn_twice(line: Line, batch: Batch) -> None:
    _passed(line, batch, "d1", "d2", "d3", by_hand="days")
    _passed(line, batch, "e1", "e2", "e3")
    assert flow.draw_sample(line, _plan(line, "days", 4), "kanto", seed=1) == 4
    found = _waiting(line)
    assert sorted(str(one.operator) for one in found) == ["None", "None", "sato", "sato"]
    assert {one.reader for one in found if one.operator is None} == {"ppocr"}
    assert flow.draw_sample(line, _plan(line, "days", 4), "kanto", seed=1) == 2      # what is left
    assert flow.draw_sample(line, _plan(line, "days", 4), "kanto", seed=1) == 0


def test_of_every_field_of_a_form_so_many_are_drawn(line: Line, batch: Batch) -> None:
    _passed(line, batch, "d1", "d2", "d3")
    drawn = flow.draw_sample(line, _plan(line, many=2), "kanto")
    assert drawn == 2 * len(line.forms[FORM].fields)


def test_papers_without_a_picture_and_of_other_months_are_not_drawn(line: Line, batch: Batch) -> None:
    document = lay(line, "d1", batch)
    flow.approve(line, "d1", document.version, "sato")
    assert flow.draw_sample(line, _plan(line), "kanto") == 0
    with pytest.raises(Refused):
        flow.draw_sample(line, replace(_plan(line), month="2026-13"), "kanto")
    with pytest.raises(Refused):
        flow.draw_sample(line, replace(_plan(line), form="none"), "kanto")


def test_a_wrong_field_opens_its_paper_again_before_it_leaves(line: Line, batch: Batch) -> None:
    _passed(line, batch, "d1", by_hand="days")
    flow.draw_sample(line, _plan(line, "days", 1), "kanto")
    (one,) = _waiting(line)
    assert flow.judge_sample(line, one.n, "wrong", "suzuki") == "review"
    with line.store.read() as look:
        document, acts = look.document("d1"), look.reviews("d1")
        assert list(look.claims_due(document.business_date)) == []
    assert document.step is Step.REVIEW and [f.field for f in document.findings if f.code == "H60"] == ["days"]
    assert acts[-1].action == "found_wrong" and acts[-1].by == "suzuki"
    mended = flow.correct(line, "d1", document.version, {"days": "9"}, "ito")
    assert mended.values["days"] == 9 and not [f for f in mended.findings if f.code == "H60"]


def test_a_wrong_field_of_a_paper_that_was_mended_since_is_only_noted(line: Line, batch: Batch) -> None:
    _passed(line, batch, "d1", by_hand="days")
    flow.draw_sample(line, _plan(line, many=1), "kanto")
    found = {one.field: one for one in _waiting(line)}
    assert flow.judge_sample(line, found["days"].n, "wrong", "suzuki") == "review"
    with line.store.read() as look:
        document = look.document("d1")
    flow.correct(line, "d1", document.version, {"points": "1"}, "ito")
    assert flow.judge_sample(line, found["points"].n, "wrong", "suzuki") == "noted"
    assert flow.judge_sample(line, found["fee"].n, "right", "suzuki") == ""


def test_nobody_judges_what_they_settled_themselves(line: Line, batch: Batch) -> None:
    _passed(line, batch, "d1", by_hand="days")
    flow.draw_sample(line, _plan(line, "days", 1), "kanto")
    assert _waiting(line, "sato") == []
    with pytest.raises(WrongTurn):
        flow.judge_sample(line, _waiting(line)[0].n, "right", "sato")
    with pytest.raises(Refused):
        flow.judge_sample(line, _waiting(line)[0].n, "perhaps", "suzuki")


def test_a_paper_whose_claim_has_left_does_not_come_back(line: Line, batch: Batch) -> None:
    _passed(line, batch, "d1")
    flow.draw_sample(line, _plan(line, "days", 1), "kanto")
    flow.close_batch(line, batch.id)
    flow.night(line, line.today())
    (one,) = _waiting(line)
    with line.store.read() as look:
        assert look.document("d1").step is Step.EXPORTED
    assert flow.judge_sample(line, one.n, "wrong", "suzuki") == "noted"
    with line.store.read() as look:
        assert look.document("d1").step is Step.EXPORTED and [s.field for s in samples.to_correct(look, None)] == ["days"]
    flow.unjudge_sample(line, one.n, "suzuki")
    assert len(_waiting(line)) == 1
