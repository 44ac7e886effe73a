"""Fields sampled from what passed, and how people worked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tsuzuri.errors import NotFound, WrongTurn
from tsuzuri.model import Step
from tsuzuri.store import Store, samples
from tsuzuri.store.decisions import Decision, decide, decided
from tsuzuri.store.samples import Sample, Tally
from tsuzuri.store.strokes import Flagged, Stroke, flag_precision, last_flags, lures, note_strokes, paces

FORM = "kodomo_seikyu"


def _drawn(field: str = "amount", operator: str | None = None, **changes) -> Sample:
    told = {"value": 1200, "reader": "own", "flagged": ""} | changes
    return Sample("2025-11", "d1", field, FORM, field, "東区", told["value"], told["reader"], operator, told["flagged"])


def _stroke(by: str = "sato", took_ms: int = 800, at=None, **changes) -> Stroke:
    told = {"field": "amount", "mode": "sheet", "keys": 2, "changed": False, **changes}
    return Stroke("d1", told.pop("field"), told.pop("mode"), by, at, took_ms, told.pop("keys"), told.pop("changed"), **told)


@pytest.fixture
def laid(store: Store, papers) -> Store:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        papers.laid_down(unit, "d1", Step.APPROVED)
    return store


def test_only_what_passed_of_the_asked_days_and_ward_is_drawn_from(laid: Store, papers) -> None:
    with laid.unit() as unit:
        papers.laid_down(unit, "d2", Step.REVIEW)
        papers.laid_down(unit, "d3", Step.EXPORTED, business_date=date(2025, 12, 1))
    with laid.read() as look:
        november = date(2025, 11, 1), date(2025, 12, 1)
        assert [name for _, name in samples.passed(look, FORM, *november, None)] == ["d1"]
        assert samples.passed(look, FORM, *november, "西区") == []


def test_a_field_waits_for_everybody_but_who_settled_it(laid: Store) -> None:
    with laid.unit() as unit:
        samples.add_samples(unit, [_drawn(), _drawn("seal", "sato", value=True)])
    with laid.read() as look:
        assert [one.field for one in samples.waiting_samples(look, "sato", None)] == ["amount"]
        assert [one.value for one in samples.waiting_samples(look, "suzuki", "東区")] == [1200, True]
        assert samples.waiting_samples(look, "suzuki", "西区") == []
        assert samples.sampled(look, "d1") == {"amount", "seal"}
        own = samples.waiting_samples(look, "suzuki", None)[1]
    with laid.unit() as unit, pytest.raises(WrongTurn):
        samples.judge_sample(unit, own.n, "right", "sato", own.at)


def test_a_field_is_judged_once_and_its_judge_may_take_it_back(laid: Store, papers) -> None:
    with laid.unit() as unit:
        samples.add_samples(unit, [_drawn()])
        n = samples.waiting_samples(unit, "suzuki", None)[0].n
        samples.judge_sample(unit, n, "wrong", "suzuki", papers.noon)
    with laid.unit() as unit, pytest.raises(WrongTurn) as told:
        samples.judge_sample(unit, n, "right", "tanaka", papers.noon)
    assert told.value.code == "already_judged"
    with laid.unit() as unit, pytest.raises(WrongTurn):
        samples.unjudge_sample(unit, n, "tanaka")
    with laid.unit() as unit:
        samples.unjudge_sample(unit, n, "suzuki")
        assert samples.count_waiting(unit, "suzuki", None) == 1
    with laid.read() as look, pytest.raises(NotFound):
        samples.sample(look, 999)


def test_verdicts_are_counted_by_field_reader_and_operator(laid: Store, papers) -> None:
    with laid.unit() as unit:
        samples.add_samples(unit, [_drawn(), _drawn("seal", "sato", flagged="V54"), _drawn("remarks")])
        for one, verdict in zip(samples.waiting_samples(unit, "suzuki", None), ("right", "wrong", "illegible"), strict=True):
            samples.judge_sample(unit, one.n, verdict, "suzuki", papers.noon)
    with laid.read() as look:
        assert samples.tallies(look, "2025-11") == [
            Tally(FORM, "amount", "own", None, "", 1, 1, 0, 0),
            Tally(FORM, "remarks", "own", None, "", 1, 0, 0, 1),
            Tally(FORM, "seal", "own", "sato", "V54", 1, 0, 1, 0)]
        assert samples.tallies(look, "2025-10") == [] == samples.tallies(look, "2025-11", "西区")
        assert samples.judged_of(look, "sato") == (1, 1) and samples.judged_of(look, "suzuki") == (0, 0)
        assert samples.to_correct(look, None) == []       # approved: it goes back, and is no correction


def test_a_wrong_field_of_a_paper_that_has_left_is_for_a_correction(laid: Store, papers) -> None:
    with laid.unit() as unit:
        papers.laid_down(unit, "d9", Step.EXPORTED)
        samples.add_samples(unit, [Sample("2025-11", "d9", "amount", FORM, "amount", "東区", 1200, "own", None, "")])
        samples.judge_sample(unit, samples.waiting_samples(unit, "suzuki", None)[0].n, "wrong", "suzuki", papers.noon)
    with laid.read() as look:
        assert [one.document_id for one in samples.to_correct(look, "東区")] == ["d9"]
        assert samples.to_correct(look, "西区") == []


def test_speed_is_a_median_by_person_and_mode_without_lures(laid: Store, papers) -> None:
    took = [100, 200, 900, 5_000]
    with laid.unit() as unit:
        note_strokes(unit, [_stroke(took_ms=ms, at=papers.noon, changed=ms == 900) for ms in took])
        note_strokes(unit, [
            _stroke(took_ms=9, at=papers.noon, lure="1,300", caught=False), _stroke("suzuki", at=papers.noon, mode="run"),
            _stroke(at=papers.noon, lure="", caught=True), _stroke(at=papers.noon, lure="7", caught=True)])
    after = papers.noon + timedelta(minutes=1)
    with laid.read() as look:
        sato, suzuki = paces(look, papers.noon, after)
        assert (sato.by, sato.mode, sato.many, sato.changed, sato.keys, sato.median_ms) == ("sato", "sheet", 4, 1, 8, 250)
        assert (suzuki.by, suzuki.mode, suzuki.many) == ("suzuki", "run", 1)
        assert paces(look, after, after + timedelta(days=1)) == [] == paces(look, papers.noon, after, "kanto")
        assert lures(look, papers.noon, after) == {"sato": (2, 1)}       # an empty field is no wrong value


def test_of_what_a_finding_put_before_people_it_is_counted_what_changed(laid: Store, papers) -> None:
    with laid.unit() as unit:
        note_strokes(unit, [_stroke(at=papers.noon, flagged="V54", changed=changed) for changed in (True, False, False)])
        note_strokes(unit, [_stroke(at=papers.noon)])
    after = papers.noon + timedelta(minutes=1)
    with laid.read() as look:
        assert flag_precision(look, papers.noon, after) == [Flagged(FORM, "amount", "V54", 3, 1)]
        assert flag_precision(look, papers.noon, after, "西区") == []
        assert last_flags(look, "d1") == {"amount": ""}


def test_decisions_are_told_newest_first(store: Store, papers) -> None:
    with store.unit() as unit:
        for seed in (1, 2):
            decide(unit, Decision(papers.noon, "kanto", "draw", "2025-11 kodomo_seikyu", told={"seed": seed}))
        decide(unit, Decision(papers.noon, "kanto", "stop_user", "sato", "異動"))
    with store.read() as look:
        assert [one.told["seed"] for one in decided(look, ("draw",))] == [2, 1]
        assert [(one.about, one.why) for one in decided(look, ("stop_user",))] == [("sato", "異動")]
