"""What claims say, as others are held against it: who came first stands, and every question has an index."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tsuzuri.errors import Stuck
from tsuzuri.model import Step
from tsuzuri.rules import Asked
from tsuzuri.store import Store, Unit
from tsuzuri.store.facts import MONTHS_BEFORE, PRICED, SAME_PEOPLE, SAME_ROWS, SO_FAR
from tsuzuri.store.facts_tables import facts, institution_months, usual_points

DAY = date(2025, 11, 7)


def claim(**changes) -> Asked:
    plain = {"scheme": "01", "recipient_no": "0001230", "inst_code": "4310100013", "month": "2025-10", "care": "外来",
             "channel": "1", "points": 561, "copay": 1683, "paid": 700, "amount": 983, "days": 2}
    return Asked(**(plain | changes))


def lay(unit: Unit, papers, name: str, *said: Asked, step: Step = Step.REVIEW, on: date = DAY) -> None:
    papers.laid_down(unit, name, step)
    unit.keep_facts(name, said, step, on)


def told(unit: Unit, name: str, *said: Asked) -> list[str]:
    return [one.document for one in unit.earlier(name, said)]


def test_a_claim_meets_those_that_came_before_it_and_none_that_came_after(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for name in ("first", "second", "third"):
            lay(unit, papers, name, claim())
        assert (told(unit, "first", claim()), told(unit, "second", claim())) == ([], ["first"])
        assert told(unit, "unheard", claim()) == ["first", "second", "third"]
        assert told(unit, "third", claim(month="2025-09")) == []


def test_what_is_settled_is_met_by_every_claim_that_is_not(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        lay(unit, papers, "mended late", claim())
        lay(unit, papers, "approved first", claim(), step=Step.APPROVED)
        lay(unit, papers, "approved then", claim(), step=Step.EXPORTED)
        assert told(unit, "mended late", claim()) == ["approved first", "approved then"]
        assert told(unit, "approved first", claim()) == ["mended late"]


def test_who_approves_a_claim_of_a_number_waits_for_whoever_approves_another_of_it(store: Store) -> None:
    if store.url.get_backend_name() == "sqlite":
        return      # there every unit of work waits for every other
    with store.unit() as one:
        one.alone_about([claim()])
        with pytest.raises(Stuck), store.unit() as other:
            other.connection.execute(text("SET LOCAL lock_timeout = '1ms'"))
            other.alone_about([claim(recipient_no="0045674")])
            other.alone_about([claim(inst_code="4310100021")])


def test_the_same_points_at_the_same_institution_are_met_under_a_number_that_may_be_the_same_misread(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        lay(unit, papers, "first", claim(inst_code="0100013"))
        assert told(unit, "new", claim(recipient_no="0001231")) == ["first"]
        assert told(unit, "new", claim(recipient_no="0991230")) == ["first"]
        assert told(unit, "new", claim(recipient_no="0991231")) == []
        assert told(unit, "new", claim(recipient_no="0001231", points=562)) == []
        assert [one.document for one in unit.earlier("new", [claim(recipient_no="x", points=1)], ["0001230"])] == ["first"]


def test_what_a_document_says_no_more_is_gone_and_a_row_keeps_its_place(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        lay(unit, papers, "sheet", claim(row=1), claim(row=2, recipient_no="0045674"))
        before = unit.connection.scalar(select(facts.c.n).where(facts.c.row == 1))
        unit.keep_facts("sheet", [claim(row=1, amount=1), claim(row=3, recipient_no="", inst_code="")], Step.REVIEW, DAY)
        rows = unit.connection.execute(select(facts)).all()
        assert [(row.n, row.row, row.amount, row.day_points) for row in rows] == [(before, 1, 1, 280)]


def test_what_is_returned_counts_no_more_until_it_is_taken_back(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        lay(unit, papers, "d1", claim())
        standing = select(facts.c.standing)
        for step in (Step.RETURNED, Step.REVIEW):
            document = unit.document("d1")
            unit.save_document(document.to(step), was_version=document.version)
            assert unit.connection.scalar(standing) is (step is Step.REVIEW)
        assert [(one.said, one.step) for one in unit.earlier("d2", [claim()])] == [(claim(), Step.REVIEW)]


def test_usual_is_told_from_the_months_before_and_the_claims_of_a_care(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for i, amount in enumerate((100, 200, 300)):
            lay(unit, papers, f"m{i}", claim(month=f"2025-0{i + 6}", amount=amount, points=100 + i, days=1))
        lay(unit, papers, "now", claim(amount=40))
        unit.tell_usual(DAY, DAY, share=0.25, least=4)
        (usual,) = unit.usual("next", [claim()]).values()
        assert (usual.month_mean, usual.month_deviation, usual.month_sum, usual.points_a_day) == (200, 100, 40, 102)
        assert unit.usual("now", [claim()])[0].month_sum == 0
        before = unit.connection.execute(select(institution_months)).all()
        unit.tell_usual(DAY + timedelta(days=1), DAY + timedelta(days=1), share=0.001, least=5)
        assert unit.connection.execute(select(institution_months)).all() == before
        assert unit.connection.execute(select(usual_points)).all() == []


def test_every_question_about_a_claim_is_answered_off_an_index(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'plan.db'}")
    store.create()
    with store.read() as look:
        priced = {"inst": "0100013", "month": "2025-10", "points": 561}
        asked = (
            (SAME_PEOPLE, {"mine": "d1", "people": ["0001230", "0045674"], "months": ["2025-10"]}, "ix_facts_recipient_no_month"),
            (SAME_ROWS, {"mine": "d1", "rows": [1, 2]}, "SEARCH facts USING INTEGER PRIMARY KEY"),
            (PRICED, priced, "ix_facts_inst_month_points"), (SO_FAR, {"mine": "d1", **priced}, "ix_facts_inst_month_points"),
            (MONTHS_BEFORE, priced, "sqlite_autoindex_institution_months"),
        )
        for one, given, index in asked:
            given = {name: value for name, value in given.items() if name in one.compile().params}
            told = one.params(given).compile(look.connection.engine, compile_kwargs={"literal_binds": True})
            plan = " ".join(row.detail for row in look.connection.execute(text(f"EXPLAIN QUERY PLAN {told}")))
            assert index in plan
            assert "SCAN" not in plan
    store.close()
