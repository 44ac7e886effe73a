"""What leaves: every approved claim once, and what stays is counted by reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tsuzuri.errors import WrongTurn
from tsuzuri.model import Step
from tsuzuri.store import Store


def _approved(unit, papers, name: str, seconds: int = 0, **changes) -> None:
    papers.laid_down(unit, name, Step.APPROVED, **changes)
    unit.add_claim(papers.claim(f"c-{name}", name, approved_at=papers.noon + timedelta(seconds=seconds)))


def test_a_night_takes_what_is_due_in_order_of_approval(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        _approved(unit, papers, "late", seconds=9)
        _approved(unit, papers, "early", seconds=1)
        _approved(unit, papers, "tomorrow", business_date=papers.day + timedelta(days=1))
        papers.laid_down(unit, "doubtful", Step.REVIEW)
        papers.laid_down(unit, "clean", Step.CLEAN)
        papers.laid_down(unit, "returned", Step.RETURNED)
        assert [claim.id for claim in unit.claims_due(papers.day)] == ["c-early", "c-late"]
        assert [(one.id, one.step) for one in unit.staying(papers.day)] == [("doubtful", "review"), ("clean", "clean")]


def test_a_claim_leaves_with_one_run_only(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        _approved(unit, papers, "d1")
        unit.add_run(papers.run())
        unit.assign("x1", ["c-d1"])
        assert [claim.id for claim in unit.claims_of_run("x1")] == ["c-d1"]
        assert list(unit.claims_due(papers.day)) == []
        unit.add_run(papers.run("x2", business_date=papers.day + timedelta(days=1)))
    with pytest.raises(WrongTurn) as told, store.unit() as unit:
        unit.assign("x2", ["c-d1"])
    assert told.value.code == "already_exported"


def test_a_finished_run_moves_its_papers_away_and_is_never_finished_again(store: Store, papers) -> None:
    done = papers.run(sha256="ef" * 32, count=1, amount=1200, points=400, eligible=3)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        _approved(unit, papers, "d1")
        _approved(unit, papers, "d2")
        unit.add_run(papers.run())
        unit.assign("x1", ["c-d1"])
        unit.finish_run(done)
        assert unit.document("d1").step is Step.EXPORTED
        assert unit.document("d1").version == 2
        assert unit.document("d2").step is Step.APPROVED
        assert unit.run_for(papers.day, "benefits") == done
        assert unit.runs() == [done]
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.finish_run(replace(done, sha256="00" * 32))
    with store.read() as look:
        assert look.run_for(papers.day, "benefits") == done


def test_a_run_whose_paper_is_not_approved_does_not_finish(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        papers.laid_down(unit, "d1", Step.REVIEW)
        unit.add_claim(papers.claim())
        unit.add_run(papers.run())
        unit.assign("x1", ["c1"])
    with pytest.raises(WrongTurn) as told, store.unit() as unit:
        unit.finish_run(papers.run(sha256="ef" * 32))
    assert told.value.code == "not_approved"
    with store.read() as look:
        run = look.run_for(papers.day, "benefits")
        assert run is not None and run.sha256 == ""


def test_a_night_has_one_run_a_target(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_run(papers.run())
        unit.add_run(papers.run("x2", target="zengin"))
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.add_run(papers.run("x3"))


def test_more_claims_than_one_statement_takes_leave_in_order(store: Store, papers, monkeypatch) -> None:
    monkeypatch.setattr("tsuzuri.store.leaving.MANY", 3)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for number in range(10):
            _approved(unit, papers, f"d{number}", seconds=10 - number)
        unit.add_run(papers.run())
        chosen = [claim.id for claim in unit.claims_due(papers.day)]
        unit.assign("x1", iter(chosen))
        assert [claim.id for claim in unit.claims_of_run("x1")] == chosen == [f"c-d{n}" for n in range(9, -1, -1)]
        unit.finish_run(papers.run(sha256="ef" * 32))
        assert {unit.document(f"d{n}").step for n in range(10)} == {Step.EXPORTED}


def test_a_row_of_a_sheet_is_claimed_once_and_the_sheet_moves_when_its_rows_leave(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        papers.laid_down(unit, "d1", Step.APPROVED)
        for row in (1, 2):
            unit.add_claim(papers.claim(f"c{row}", row=row))
        unit.add_run(papers.run())
        unit.assign("x1", ["c1", "c2"])
        unit.finish_run(papers.run(sha256="ef" * 32, count=2))
        assert unit.document("d1").step is Step.EXPORTED and unit.document("d1").version == 2
        assert [claim.row for claim in unit.claims_of_run("x1")] == [1, 2]
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.add_claim(papers.claim("c3", row=2))
