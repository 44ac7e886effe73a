"""Figures of the office: who agreed with whom, what was returned and why, how fast papers are settled, how long they lie."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from tsuzuri.model import Step
from tsuzuri.model.letters import Post, Reason, Wording
from tsuzuri.store import Store, figures
from tsuzuri.store.entries import Entry
from tsuzuri.store.facts_tables import facts
from tsuzuri.store.figures import Pair
from tsuzuri.store.past import count_of, newest

DAY = timedelta(days=1)


@pytest.fixture
def laid(store: Store, papers: Any) -> Store:
    """d1 … d4 in review, of business dates a day apart, d4 the newest."""
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for i in range(1, 5):
            papers.laid_down(unit, f"d{i}", Step.REVIEW, business_date=papers.day - (4 - i) * DAY)
    return store


def test_pairs_that_keyed_the_same_field_are_counted_by_both_names_whoever_was_first(laid: Store, papers) -> None:
    with laid.unit() as unit:
        for name, one, other, agreed in (("d1", "sato", "ito", True), ("d2", "ito", "sato", False), ("d3", "ito", "ono", True)):
            document = unit.document(name)
            unit.add_entry(document, "amount", Entry(0, one, "1", 1, True), papers.noon, None)
            unit.add_entry(document, "amount", Entry(0, other, "1", 1, True), papers.noon, agreed)
        later = papers.noon + timedelta(seconds=1)
        form = papers.document().form
        assert figures.pairs(unit, papers.noon, later) == [
            Pair(form, "amount", "ito", "ono", 1, 1), Pair(form, "amount", "ito", "sato", 2, 1)]
        assert figures.pairs(unit, papers.noon, later, "西区") == [] == figures.pairs(unit, later, later + DAY)


def test_papers_an_hour_are_of_the_time_in_which_somebody_settled_any(laid: Store, papers) -> None:
    with laid.unit() as unit:
        for i, (name, minutes, action) in enumerate((("d1", 0, "approve"), ("d2", 3, "give_back"), ("d3", 45, "approve"),
                                                     ("d3", 46, "correct"))):
            unit.add_review(papers.review(f"r{i}", name, at=papers.noon + timedelta(minutes=minutes), action=action))
        (pace,) = figures.paces_of_papers(unit, papers.noon, papers.noon + DAY)
        assert (pace.by, pace.papers, round(pace.hours, 3)) == ("sato", 3, round(20 / 60, 3))
        assert figures.paces_of_papers(unit, papers.noon + DAY, papers.noon + 2 * DAY) == []


def test_what_lies_longest_is_told_by_the_share_that_has_not_lain_longer(laid: Store, papers) -> None:
    with laid.read() as look:
        assert figures.lying(look, papers.day, (0.0, 0.5, 0.95)) == (4, [0, 2, 3])
        assert figures.lying(look, papers.day, (0.5,), "西区") == (0, [])


def test_returns_are_counted_by_institution_and_by_the_reasons_of_their_letters(laid: Store, papers) -> None:
    plain = {"row": 0, "scheme": "01", "recipient_no": "", "payer_no": "", "inst_code": "", "month": "2025-10", "care": "",
             "channel": "1", "standing": True, "judged_on": papers.day}
    with laid.unit() as unit:
        for name, inst in (("d1", "1111111"), ("d2", "1111111"), ("d3", "2222222")):
            unit.connection.execute(insert(facts), {**plain, "document_id": name, "inst": inst})
        document = unit.document("d1")
        unit.save_document(document.to(Step.RETURNED), was_version=document.version)
        n = unit.add_letter("d1", Post.RETURN, (papers.day, papers.day + DAY), "sato", papers.noon)
        wording = Wording("返戻", "1", "", (), (), (), (), (Reason("V41", "x"), Reason("", "y")), ("", ""), (), ())
        unit.word_letter(n, replace(wording))
        assert figures.returns_by_institution(unit, papers.day, papers.day + DAY) == [("1111111", 2, 1)]
        assert figures.returns_by_institution(unit, papers.day, papers.day + DAY, "西区") == []
        assert figures.returns_by_reason(unit, papers.day, papers.day + DAY) == (Counter({"V41": 1, "": 1}), 1)
        assert figures.returns_by_reason(unit, papers.day + DAY, papers.day + 2 * DAY) == (Counter(), 0)


def test_the_newest_papers_of_a_form_and_how_many_came_since_a_day(laid: Store, papers) -> None:
    form = papers.document().form
    with laid.read() as look:
        assert [one.id for one in newest(look, form, 2, (Step.REVIEW,))] == ["d4", "d3"] and newest(look, form, 2) == []
        assert [count_of(look, form, papers.day - back * DAY) for back in (0, 1, 3, 9)] == [1, 2, 4, 4]
        assert count_of(look, "nothing") == 0 == count_of(look, form, papers.day + DAY)
