"""Which fields wait for a person, over all papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tsuzuri.forms import asked_as
from tsuzuri.model import Act, Field, Finding, Severity, Step
from tsuzuri.store import Store

UNSURE = Finding("V54", Severity.W, Act.AMEND, "自信がありません。", "amount")
TOLD = Finding("V53", Severity.I, Act.NONE, "消しました。", "name")
WRONG = Finding("V36", Severity.E, Act.RETURN, "合いません。", "rows.2.points")


@pytest.mark.parametrize(("field", "asked"), [("amount", "amount"), ("patients.12.points", "patients.points")])
def test_a_field_of_a_row_is_asked_for_like_that_of_every_row(field: str, asked: str) -> None:
    assert asked_as(field) == asked


def test_a_field_waits_while_its_finding_stands_and_its_paper_is_in_review(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_document(papers.document(step=Step.REVIEW, findings=(UNSURE, TOLD, WRONG)))
    form = papers.document().form
    with store.read() as look:
        assert look.doubted_kinds(["V54", "V36", "V53"]) == [(form, "amount", 1), (form, "rows.points", 1)]
        waiting = look.doubted(form, "amount", ["V54"], "suzuki", papers.noon)
        assert [(one.document_id, one.field, one.code) for one in waiting] == [("d1", "amount", "V54")]
        assert look.doubted_kinds(["V54"], ward="どこにもない区") == []
    with store.unit() as unit:
        before = unit.document("d1")
        unit.save_document(replace(before, findings=(WRONG,), version=before.version + 1), was_version=before.version)
    with store.read() as look:
        assert look.doubted_kinds(["V54", "V36"]) == [(form, "rows.points", 1)]
    with store.unit() as unit:
        before = unit.document("d1")
        unit.save_document(replace(before, step=Step.CLEAN, version=before.version + 1), was_version=before.version)
    with store.read() as look:
        assert look.doubted_kinds(["V54", "V36"]) == []


def test_a_field_of_a_paper_that_somebody_holds_is_shown_to_nobody_else(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_document(papers.document(step=Step.REVIEW, findings=(UNSURE,)))
        unit.lease("d1", "suzuki", papers.noon + timedelta(minutes=10), papers.noon)
    form = papers.document().form
    with store.read() as look:
        assert look.doubted(form, "amount", ["V54"], "sato", papers.noon) == []
        assert len(look.doubted(form, "amount", ["V54"], "suzuki", papers.noon)) == 1
        assert len(look.doubted(form, "amount", ["V54"], "sato", papers.noon + timedelta(minutes=11))) == 1


def test_a_field_that_somebody_keyed_waits_no_longer_whatever_still_speaks_against_it(store: Store, papers) -> None:
    keyed = {"amount": Field(1, 1.0, "1", "person")}
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_document(papers.document(step=Step.REVIEW, findings=(replace(UNSURE, code="V12"), WRONG), fields=keyed))
    with store.read() as look:
        assert [asked for _, asked, _ in look.doubted_kinds(["V12", "V36"])] == ["rows.points"]


def test_each_field_is_counted_and_shown_once_whatever_speaks_against_it_and_rows_in_their_order(store: Store, papers) -> None:
    rows = tuple(replace(WRONG, field=f"rows.{n}.points", code=code) for n in (10, 2) for code in ("V54", "H06"))
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_document(papers.document(step=Step.REVIEW, findings=rows))
    form = papers.document().form
    with store.read() as look:
        assert look.doubted_kinds(["V54", "H06"]) == [(form, "rows.points", 2)]
        assert set(look.oldest_doubts(["V54", "H06"])) <= {(form, "rows.points")}
        waiting = look.doubted(form, "rows.points", ["V54", "H06"], "sato", papers.noon)
        assert [one.field for one in waiting] == ["rows.2.points", "rows.10.points"]
        behind = (waiting[0].document_n, waiting[0].field)
        rest = look.doubted(form, "rows.points", ["V54", "H06"], "sato", papers.noon, after=behind)
        assert [one.field for one in rest] == ["rows.10.points"]
