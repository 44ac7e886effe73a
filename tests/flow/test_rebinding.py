"""A person binds papers together and takes them apart; what was keyed goes with its page, and every act is written down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.flow.conftest import balanced, documents, fed, read_all, shape
from tsuzuri import flow
from tsuzuri.errors import Leased, Stale, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.model import Batch, Cut, Document, Step


@pytest.fixture
def astray(sighted: Line) -> tuple[Line, Batch]:
    """An application, a paper that nobody knows, a receipt that came behind that, and another application's receipt."""
    batch, pages = fed(sighted, "A?rAr")
    read_all(sighted, pages)
    return sighted, batch


def _now(line: Line, batch: Batch) -> list[Document]:
    return [d for d in documents(line, batch) if d.step is not Step.MERGED]


def test_a_receipt_gone_astray_is_bound_behind_its_application_and_the_sum_closes(astray: tuple[Line, Batch]) -> None:
    line, batch = astray
    application, stranger, receipt, *_ = documents(line, batch)
    receipt = flow.correct(line, receipt.id, receipt.version, {"total": "1,500"}, "sato")
    bound = flow.join_previous(line, stranger.id, stranger.version, "sato")
    assert (bound.id, bound.page_count, {f.code for f in bound.findings}) == (application.id, 2, {"H21", "H22"})
    bound = flow.join_previous(line, receipt.id, receipt.version, "sato")
    assert (bound.id, bound.page_count) == (application.id, 3)
    assert (bound.fields["evidence.1.total"].reader, bound.fields["evidence.1.total"].page) == ("person", 3)
    assert {f.code for f in bound.findings} == {"H21", "H22"}      # 1,500 of 1,500 yen, one receipt of two
    with line.store.read() as look:
        assert len(look.pages_of_document(application.id)) == 3
        assert [r.action for r in look.reviews(application.id)] == ["join", "join"]
        assert [(r.action, r.note, r.by) for r in look.reviews(receipt.id)][-1] == ("merged", application.id, "sato")
        assert look.document(receipt.id).step is Step.MERGED
    assert balanced(line)


def test_what_was_bound_by_mistake_is_taken_apart_as_it_was(astray: tuple[Line, Batch]) -> None:
    line, batch = astray
    *_, last = documents(line, batch)
    assert (last.form, last.page_count) == ("application", 2)
    last = flow.correct(line, last.id, last.version, {"evidence.1.clinic": "架空薬局"}, "sato")
    new = flow.split(line, last.id, last.version, 2, "sato")
    assert (new.form, new.page_count, {f.code for f in new.findings}) == ("receipt", 1, {"H20"})
    assert (new.fields["clinic"].value, new.fields["clinic"].reader, new.fields["clinic"].page) == ("架空薬局", "person", 1)
    (left,) = [d for d in documents(line, batch) if d.id == last.id]
    assert left.page_count == 1 and not [name for name in left.fields if name.startswith("evidence")]
    with line.store.read() as look:
        assert [r.action for r in look.reviews(last.id)] == ["correct", "split"]
        assert [(r.action, r.note) for r in look.reviews(new.id)] == [("split_off", last.id)]
    again = flow.join_previous(line, new.id, new.version, "sato")
    assert (again.id, again.values["evidence.1.clinic"]) == (last.id, "架空薬局")
    assert balanced(line)


def test_only_what_one_has_seen_and_holds_is_bound_anew(astray: tuple[Line, Batch]) -> None:
    line, batch = astray
    application, stranger, *_, last = documents(line, batch)
    with pytest.raises(Stale):
        flow.join_previous(line, stranger.id, stranger.version - 1, "sato")
    flow.lease(line, application.id, "suzuki")
    with pytest.raises(Leased):
        flow.join_previous(line, stranger.id, stranger.version, "sato")
    for refused, code in ((lambda: flow.join_previous(line, application.id, application.version, "suzuki"), "no_previous"),
                          (lambda: flow.split(line, last.id, last.version, 1, "sato"), "no_such_page"),
                          (lambda: flow.split(line, last.id, last.version, 3, "sato"), "no_such_page")):
        with pytest.raises(WrongTurn) as told:
            refused()
        assert told.value.code == code
    assert shape(line, batch) == [
        ("application", 1, ("H22",)), (None, 1, ("V03",)), ("receipt", 1, ("H20",)), ("application", 2, ("H22", "H23"))]


def test_nothing_is_bound_behind_what_is_settled_or_not_read_yet(sighted: Line) -> None:
    batch, (first, _, last) = fed(sighted, "CAC")
    read_all(sighted, [first, last])
    claim, other = documents(sighted, batch)
    with pytest.raises(WrongTurn) as told:
        flow.join_previous(sighted, other.id, other.version, "sato")
    assert told.value.code == "still_waiting"
    batch, pages = fed(sighted, "CC")
    read_all(sighted, pages)
    claim, other = documents(sighted, batch)
    flow.approve(sighted, claim.id, claim.version, "sato", ["V04"])
    with pytest.raises(WrongTurn) as told:
        flow.join_previous(sighted, other.id, other.version, "sato")
    assert told.value.code == "settled"


def test_a_person_who_names_the_first_page_has_the_pages_behind_it_read_into_it(sighted: Line) -> None:
    batch, pages = fed(sighted, "?rr", Cut.SEPARATED)
    read_all(sighted, pages)
    (unknown,) = documents(sighted, batch)
    assert (unknown.form, unknown.page_count, unknown.fields) == (None, 3, {})
    named = flow.name_form(sighted, unknown.id, unknown.version, "application", "sato")
    assert [named.values[f"evidence.{i}.total"] for i in (1, 2)] == [750, 750]
    keyed = flow.correct(
        sighted, named.id, named.version, {"applicant": "架空 花子", "paid_total": "1500", "receipts_count": "2"}, "sato")
    (claim,) = flow.approve(sighted, keyed.id, keyed.version, "sato", ["V04"])
    assert claim.values["evidence.2.total"] == 750


def test_what_was_keyed_comes_back_when_a_paper_bound_by_mistake_is_taken_off_again(sighted: Line) -> None:
    batch, pages = fed(sighted, "AC")
    read_all(sighted, pages)
    _, claim = documents(sighted, batch)
    claim = flow.correct(sighted, claim.id, claim.version, {"amount": "1,200"}, "sato")
    bound = flow.join_previous(sighted, claim.id, claim.version, "sato")
    assert "amount" not in bound.fields
    apart = flow.split(sighted, bound.id, bound.version, 2, "sato")
    assert (apart.values["amount"], apart.fields["amount"].reader) == (1200, "person")


def test_papers_are_bound_in_the_order_in_which_they_were_fed_whoever_came_late(astray: tuple[Line, Batch]) -> None:
    line, batch = astray
    application, stranger, receipt, *_ = documents(line, batch)
    with line.store.unit() as unit:       # the stranger comes late: the receipt is bound while it is not there
        (late,) = unit.pages_of_document(stranger.id)
        unit.save_page(replace(late, document_id=None, step=Step.BLANK), was=Step.BOUND)
    bound = flow.join_previous(line, receipt.id, receipt.version, "sato")
    assert bound.fields["evidence.1.total"].page == 2
    with line.store.unit() as unit:
        unit.save_page(late, was=Step.BLANK)
    bound = flow.join_previous(line, stranger.id, stranger.version, "sato")
    with line.store.read() as look:
        forms = [page.form for page in look.pages_of_document(application.id)]
    assert forms == ["application", None, "receipt"] and bound.fields["evidence.1.total"].page == 3
