"""In which order papers come to a person: what a supervisor put first, then the rest; only what is assigned to them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tsuzuri.errors import NotFound
from tsuzuri.model import Step
from tsuzuri.store import Store, Unit, work
from tsuzuri.store.orders import (
    Assignment,
    Priority,
    Scope,
    assign,
    assigned,
    end_priority,
    place_named,
    prefer,
    unassign,
)
from tsuzuri.store.questions import Question, Wish
from tsuzuri.store.work import MANY, Turn, Worker

SATO = Worker("sato")


@pytest.fixture
def laid(store: Store, papers: Any) -> Store:
    """Five papers: d1 d2 kodomo, d3 renki, d4 sent in again, d5 of another box and ward."""
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_batch(papers.batch("b2", box="KM-0002", ward="西区"))
        for name, changes in (("d1", {}), ("d2", {}), ("d3", {"form": "kodomo_renki"}), ("d4", {"answers": "d1"})):
            papers.laid_down(unit, name, Step.REVIEW, **changes)
        unit.add_document(papers.document("d5", "b2", step=Step.REVIEW))
    return store


def _order(unit: Unit, papers: Any, worker: Worker = SATO) -> list[str]:
    order = work.turns(unit, worker, papers.day)
    found = work.nobodys(unit, order, papers.noon, (), 9)
    assert work.next_free(unit, order, papers.noon) == next(iter(found), None)
    return found


def _first(unit: Unit, papers: Any, scope: Scope, level: int = 2, **told: Any) -> None:
    prefer(unit, Priority(scope, level, "kanto", papers.noon, **told))


def test_what_is_put_first_comes_first_by_level_and_then_by_its_day(laid: Store, papers) -> None:
    tomorrow = papers.day + timedelta(days=1)
    with laid.unit() as unit:
        assert _order(unit, papers) == ["d1", "d2", "d3", "d4", "d5"]
        _first(unit, papers, Scope(form="kodomo_renki"))
        assert _order(unit, papers) == ["d3", "d1", "d2", "d4", "d5"]
        _first(unit, papers, Scope(again=True), due=tomorrow)
        assert _order(unit, papers) == ["d4", "d3", "d1", "d2", "d5"]
        _first(unit, papers, Scope(box="KM-0002"), level=1)
        assert _order(unit, papers) == ["d5", "d4", "d3", "d1", "d2"]
        taken = work.lease_next(unit, "sato", papers.noon + timedelta(minutes=9), papers.noon, work.turns(unit, SATO, papers.day))
        assert taken is not None and taken.id == "d5"
        assert _order(unit, papers) == ["d4", "d3", "d1", "d2"]


def test_an_order_holds_through_its_last_day_and_may_be_ended_before(laid: Store, papers) -> None:
    with laid.unit() as unit:
        _first(unit, papers, Scope(form="kodomo_renki"), until=papers.day)
        assert _order(unit, papers)[0] == "d3"
        assert len(work.turns(unit, SATO, papers.day + timedelta(days=1))) == 1
        assert end_priority(unit, 1).scope == Scope(form="kodomo_renki")
        assert _order(unit, papers)[0] == "d1"
        with pytest.raises(NotFound):
            end_priority(unit, 1)


def test_a_person_gets_what_is_assigned_to_them_and_who_has_nothing_assigned_gets_all(laid: Store, papers) -> None:
    with laid.unit() as unit:
        assign(unit, Assignment("sato", form="kodomo_renki"))
        assign(unit, Assignment("sato", form="kodomo_renki"))
        assign(unit, Assignment("sato", "sheet", ward="西区"))
        assert len(assigned(unit)) == 2
        assert _order(unit, papers) == ["d3", "d5"]
        assert _order(unit, papers, Worker("sato", mode="run")) == ["d3"]
        assert _order(unit, papers, Worker("sato", ward="東区")) == ["d3"]
        assert _order(unit, papers, Worker("mori")) == ["d1", "d2", "d3", "d4", "d5"]
        _first(unit, papers, Scope(ward="東区"))
        assert _order(unit, papers) == ["d3", "d5"]
        for n in (1, 2):
            unassign(unit, n)
        assign(unit, Assignment("sato", "second"))
        assert _order(unit, papers) == [] == work.turns(unit, SATO, papers.day)


def test_what_a_senior_is_asked_about_goes_to_who_oversees_and_to_nobody_else(laid: Store, papers) -> None:
    with laid.unit() as unit:
        unit.ask(Question("d4", Wish.SENIOR, "sato", papers.noon, "同じ人が二人いる"))
        unit.ask(Question("d3", Wish.RESCAN, "sato", papers.noon, "黒い"))
        assert _order(unit, papers) == ["d1", "d2", "d5"]
        assert _order(unit, papers, Worker("kanto", senior=True)) == ["d4", "d1", "d2", "d5"]
        assert _order(unit, papers, Worker("nishi", ward="西区", senior=True)) == ["d5"]


def test_behind_a_paper_laid_aside_comes_the_next_of_its_turn_and_at_last_the_first_again(laid: Store, papers) -> None:
    with laid.unit() as unit:
        _first(unit, papers, Scope(again=True))
        _first(unit, papers, Scope(form="kodomo_renki"))
        order = work.turns(unit, SATO, papers.day)

        def behind(name: str) -> list[str]:
            """From each to the next one, until one has gone round."""
            found: list[str] = []
            while (after := work.next_free(unit, order, papers.noon, (found or [name])[-1])) not in (None, name, *found):
                found.append(str(after))
            return found

        assert behind("d4") == ["d3", "d1", "d2", "d5"] and behind("d3") == ["d1", "d2", "d5", "d4"]
        assert behind("d1") == ["d2", "d5", "d4", "d3"] and behind("d5") == ["d4", "d3", "d1", "d2"]
        unit.lease("d2", "mori", papers.noon + timedelta(minutes=9), papers.noon)
        assert behind("d1") == ["d5", "d4", "d3"]
        _first(unit, papers, Scope(box="KM-0002"), level=1)
        order = work.turns(unit, SATO, papers.day)
        assert behind("d5") == ["d4", "d3", "d1"] and behind("d1") == ["d5", "d4", "d3"]


def test_what_is_held_is_told_with_since_when_and_can_be_taken_back(laid: Store, papers) -> None:
    later = papers.noon + timedelta(minutes=5)
    with laid.unit() as unit:
        unit.lease("d1", "sato", later, papers.noon)
        unit.lease("d1", "sato", later + timedelta(minutes=5), later - timedelta(minutes=1))
        (held,) = work.all_held(unit, later)
        assert (held.document_id, held.by, held.since, held.box) == ("d1", "sato", papers.noon, "KM-0001")
        assert work.all_held(unit, later, "西区") == [] == work.all_held(unit, later + timedelta(minutes=6))
        assert work.take_back(unit, "d1") == "sato" and work.all_held(unit, later) == []
        unit.lease("d1", "mori", later, papers.noon + timedelta(minutes=2))
        assert work.all_held(unit, papers.noon)[0].since == papers.noon + timedelta(minutes=2)


def test_a_box_or_a_batch_is_found_by_its_number_and_its_papers_are_counted(laid: Store, papers) -> None:
    with laid.unit() as unit:
        assert place_named(unit, "b2", None) == ("b2", "") and place_named(unit, "KM-0002", None) == ("", "KM-0002")
        assert place_named(unit, "b2", "東区") is None is place_named(unit, "どこにもない箱", None)
        counts = [work.count_waiting(unit, one) for one in (Scope(box="KM-0001"), Scope(batch_id="b2"), Scope(again=True), Scope())]
        assert counts == [4, 1, 1, 5] and MANY > 5


@pytest.mark.parametrize(("scope", "index"), [
    (Scope(), "ix_documents_step_n"), (Scope(form="x"), "ix_documents_form_step_n"),
    (Scope(batch_id="b1"), "ix_documents_batch_id_step_n"),
    (Scope(ward="x"), "ix_documents_ward_step_n"), (Scope(ward="x", form="y"), "ix_documents_ward_form_step_n"),
    (Scope(again=True), "ix_documents_again"), (Scope(form="x", again=True), "ix_documents_again"),
])
def test_the_first_paper_of_a_turn_is_read_off_an_index(
    tmp_path: Path, sqlite_model: Path, papers, scope: Scope, index: str,
) -> None:
    (tmp_path / "store.db").write_bytes(sqlite_model.read_bytes())
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    with store.read() as look:
        (asked,) = work._waiting(look, Turn((scope,)), "sato", papers.noon)
        told = asked.limit(1).compile(look.connection.engine, compile_kwargs={"literal_binds": True})
        plan = str(look.connection.execute(text(f"EXPLAIN QUERY PLAN {told}")).all())
    store.close()
    assert f"USING INDEX {index} " in plan and "B-TREE" not in plan
