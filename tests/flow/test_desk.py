"""What people do with a document: one holds it, nothing typed is lost, and only what nothing speaks against is approved."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.flow.conftest import Clock, claim_values, declared, lay, read_document, store_document, stored
from tsuzuri import flow
from tsuzuri.errors import Leased, NotFound, Refused, Stale, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.forms import Forms
from tsuzuri.model import Batch, Claim, Document, Review, Severity, Step
from tsuzuri.stages.validate import validate
from tsuzuri.store import Look
from tsuzuri.store.rows import to_claim
from tsuzuri.store.tables import claims


def reviews(line: Line, name: str) -> list[Review]:
    """What people did about a document."""
    with line.store.read() as look:
        return look.reviews(name)


def claim_of(line: Line, name: str) -> Claim | None:
    """The claim made from a document."""
    with line.store.read() as look:
        row = look.connection.execute(select(claims).where(claims.c.document_id == name)).one_or_none()
        return to_claim(row) if row is not None else None


def under_stricter_rules(line: Line) -> Line:
    """The same line after the city said that a person must always see the amount."""
    form = line.forms["kodomo_seikyu"]
    always = form.review.model_copy(update={"always": ("amount",)})
    return replace(line, forms=Forms({"kodomo_seikyu": form.model_copy(update={"review": always})}))


def test_the_sample_claim_is_clean(line: Line, batch: Batch) -> None:
    document = lay(line, "d1", batch)
    assert (document.step, document.findings) == (Step.CLEAN, ())


def test_a_document_is_held_by_one_clerk_until_let_go_or_forgotten(line: Line, batch: Batch, clock: Clock) -> None:
    lay(line, "d1", batch)
    assert flow.lease(line, "d1", "sato").leased_by == "sato"
    flow.lease(line, "d1", "sato")
    with pytest.raises(Leased):
        flow.lease(line, "d1", "ito")
    flow.release(line, "d1", "ito")
    with pytest.raises(Leased):
        flow.lease(line, "d1", "ito")
    clock.on(seconds=line.limits.lease.total_seconds())
    assert flow.lease(line, "d1", "ito").leased_by == "ito"
    flow.release(line, "d1", "ito")
    assert flow.lease(line, "d1", "sato").leased_by == "sato"


@pytest.mark.parametrize("act", ["correct", "approve", "give_back", "name_form"])
def test_what_another_holds_nobody_else_touches(line: Line, batch: Batch, clock: Clock, act: str) -> None:
    document = lay(line, "d1", batch)
    told: dict[str, tuple[Any, ...]] = {
        "correct": ({"amount": "1"}, "ito"), "approve": ("ito",), "give_back": ("ito", "印なし"),
        "name_form": ("kodomo_shinsei", "ito"),
    }
    flow.lease(line, "d1", "sato")
    with pytest.raises(Leased):
        getattr(flow, act)(line, "d1", document.version, *told[act])
    assert reviews(line, "d1") == [] and stored(line, "d1").version == document.version
    clock.on(seconds=line.limits.lease.total_seconds())
    getattr(flow, act)(line, "d1", document.version, *told[act])


def test_a_correction_is_judged_anew_and_written_down(line: Line, batch: Batch) -> None:
    before = lay(line, "d1", batch, amount=1)
    assert before.step is Step.REVIEW
    after = flow.correct(line, "d1", before.version, {"amount": "6,789"}, "sato")
    assert (after.step, after.findings) == (Step.CLEAN, ())
    assert stored(line, "d1") == after
    (review,) = reviews(line, "d1")
    assert (review.by, review.action, review.changes) == ("sato", "correct", {"amount": [1, 6789]})


def test_a_value_that_is_none_of_its_kind_changes_nothing(line: Line, batch: Batch) -> None:
    before = lay(line, "d1", batch)
    with pytest.raises(Refused) as refused:
        flow.correct(line, "d1", before.version, {"number": "77", "amount": "たくさん"}, "sato")
    assert refused.value.code == "not_of_kind" and "たくさん" not in refused.value.message
    assert stored(line, "d1") == before and reviews(line, "d1") == []


def test_a_stale_save_shows_both_values_and_overwrites_nothing(line: Line, batch: Batch) -> None:
    seen = lay(line, "d1", batch)
    flow.correct(line, "d1", seen.version, {"number": "77"}, "sato")
    with pytest.raises(Stale) as stale:
        flow.correct(line, "d1", seen.version, {"number": "88"}, "ito")
    details: Any = stale.value.details
    assert (details["stored"]["number"], details["sent"]) == ("77", {"number": "88"})
    assert stored(line, "d1").values["number"] == "77"
    assert len(reviews(line, "d1")) == 1


def test_two_clerks_who_save_at_once_are_told_apart_and_no_keystroke_is_overwritten(line: Line, batch: Batch) -> None:
    seen, ready, lost = lay(line, "d1", batch), threading.Barrier(2), []

    def save(clerk: str, ink: str) -> None:
        ready.wait()
        try:
            flow.correct(line, "d1", seen.version, {"number": ink}, clerk)
        except Stale:
            lost.append(ink)

    clerks = [threading.Thread(target=save, args=pair) for pair in (("sato", "77"), ("ito", "88"))]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    (kept,) = reviews(line, "d1")
    assert [stored(line, "d1").values["number"], *lost] in (["77", "88"], ["88", "77"])
    assert kept.changes["number"][1] == stored(line, "d1").values["number"]


def test_what_is_stored_while_a_correction_is_weighed_is_not_overwritten(
    line: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen, weigh = lay(line, "d1", batch), flow.desk.weigh

    def beaten(line: Line, look: Look, document: Document) -> flow.judging.Weighed:
        monkeypatch.setattr(flow.desk, "weigh", weigh)
        flow.correct(line, "d1", seen.version, {"number": "77"}, "ito")
        return weigh(line, look, document)

    monkeypatch.setattr(flow.desk, "weigh", beaten)
    with pytest.raises(Stale) as stale:
        flow.correct(line, "d1", seen.version, {"number": "88"}, "sato")
    details: Any = stale.value.details
    assert (details["stored"]["number"], details["sent"]) == ("77", {"number": "88"})
    assert [review.by for review in reviews(line, "d1")] == ["ito"] and stored(line, "d1").values["number"] == "77"


def test_an_approval_beside_a_correction_takes_the_one_or_the_other_whole(line: Line, batch: Batch) -> None:
    seen, ready = lay(line, "d1", batch), threading.Barrier(2)
    outcomes: list[str] = []

    def attempt(what: str) -> None:
        ready.wait()
        try:
            if what == "approve":
                flow.approve(line, "d1", seen.version, "sato")
            else:
                flow.correct(line, "d1", seen.version, {"number": "77"}, "ito")
            outcomes.append(what)
        except WrongTurn:
            pass

    hands = [threading.Thread(target=attempt, args=(what,)) for what in ("approve", "correct")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    (done,) = outcomes
    claim = claim_of(line, "d1")
    assert (claim is not None) == (done == "approve") == (stored(line, "d1").step is Step.APPROVED)
    assert [review.action for review in reviews(line, "d1")] == [done]


def test_an_approved_document_makes_one_claim_and_is_never_touched_again(line: Line, batch: Batch) -> None:
    document = lay(line, "d1", batch)
    flow.lease(line, "d1", "sato")
    (claim,) = flow.approve(line, "d1", document.version, "sato")
    assert claim_of(line, "d1") == claim
    assert claim.values["amount"] == claim_values()["amount"]
    after = stored(line, "d1")
    assert (after.step, after.leased_by) == (Step.APPROVED, None)
    for act in (
        lambda: flow.approve(line, "d1", after.version, "sato"),
        lambda: flow.correct(line, "d1", after.version, {"amount": "1"}, "sato"),
        lambda: flow.give_back(line, "d1", after.version, "sato", "印なし"),
        lambda: flow.name_form(line, "d1", after.version, "kodomo_shinsei", "sato"),
    ):
        with pytest.raises(WrongTurn) as wrong:
            act()
        assert (wrong.value.code, wrong.value.message.isascii()) == ("settled", False)
    assert stored(line, "d1") == after
    assert [review.action for review in reviews(line, "d1")] == ["approve"]


def test_what_blocks_is_never_approved(line: Line, batch: Batch) -> None:
    document = lay(line, "d1", batch, amount=None)
    blocking = [f.code for f in document.findings if f.severity.blocks]
    assert blocking
    accepted = [f"{f.code}:{f.field}" for f in document.findings]
    with pytest.raises(WrongTurn) as wrong:
        flow.approve(line, "d1", document.version, "sato", accepted)
    assert wrong.value.code == "blocked"
    assert claim_of(line, "d1") is None and stored(line, "d1") == document


def test_a_warning_must_have_been_seen(line: Line, batch: Batch) -> None:
    known = read_document(line, "d1", batch, claim_values())
    doubtful = {**known.fields, "number": replace(known.fields["number"], confidence=0.2)}
    document = store_document(line, validate(replace(known, fields=doubtful), line.forms["kodomo_seikyu"]))
    assert [(f.code, f.severity) for f in document.findings] == [("V54", Severity.W)]
    with pytest.raises(WrongTurn) as wrong:
        flow.approve(line, "d1", document.version, "sato")
    assert wrong.value.code == "not_accepted"
    flow.approve(line, "d1", document.version, "sato", ["V54:number"])
    assert reviews(line, "d1")[0].accepted == ("V54:number",)


def test_a_rule_renewed_since_the_sheet_was_read_is_shown_before_it_is_approved(line: Line, batch: Batch) -> None:
    document = lay(line, "d1", batch)
    stricter = under_stricter_rules(line)
    with pytest.raises(Stale):
        flow.approve(stricter, "d1", document.version, "sato")
    now = stored(line, "d1")
    assert now.step is Step.REVIEW and now.findings and now.version > document.version
    assert claim_of(line, "d1") is None
    flow.approve(stricter, "d1", now.version, "sato", [f"{f.code}:{f.field}" for f in now.findings])


def test_what_goes_back_to_its_sender_says_why_and_is_never_approved(line: Line, batch: Batch) -> None:
    document = lay(line, "d1", batch)
    with pytest.raises(Refused):
        flow.give_back(line, "d1", document.version, "sato", "  ")
    returned = flow.give_back(line, "d1", document.version, "sato", "印がありません")
    assert stored(line, "d1").step is returned.step is Step.RETURNED
    assert reviews(line, "d1")[0].note == "印がありません"
    with pytest.raises(WrongTurn):
        flow.approve(line, "d1", returned.version, "sato")
    assert claim_of(line, "d1") is None


def test_a_sheet_of_no_known_form_is_given_one_and_keyed(line: Line, batch: Batch) -> None:
    empty = replace(read_document(line, "d1", batch, {}), form=None, fields={}, findings=())
    document = store_document(line, empty)
    for wrong in (lambda: flow.approve(line, "d1", document.version, "sato"),
                  lambda: flow.correct(line, "d1", document.version, {"amount": "1"}, "sato")):
        with pytest.raises(WrongTurn) as turned:
            wrong()
        assert turned.value.code == "no_form"
    with pytest.raises(NotFound):
        flow.name_form(line, "d1", document.version, "nonsense", "sato")
    named = flow.name_form(line, "d1", document.version, "kodomo_seikyu", "sato")
    assert set(named.fields) == set(line.forms["kodomo_seikyu"].fields)
    assert "V03" not in {f.code for f in named.findings} and named.step is Step.REVIEW
    assert stored(line, "d1") == named


def test_naming_the_form_that_a_sheet_has_keeps_what_was_keyed(line: Line, batch: Batch) -> None:
    document = lay(line, "d1", batch)
    typed = flow.correct(line, "d1", document.version, {"number": "77"}, "sato")
    assert flow.name_form(line, "d1", typed.version, "kodomo_seikyu", "sato") == typed
    assert stored(line, "d1").values["number"] == "77"


def test_a_sheet_whose_form_was_taken_away_says_so_and_stops_no_other(line: Line, batch: Batch) -> None:
    lay(line, "d1", batch)
    shinsei = Forms({"kodomo_shinsei": line.forms["kodomo_shinsei"]})
    fewer = replace(line, forms=shinsei)
    with pytest.raises(WrongTurn) as wrong:
        flow.approve(fewer, "d1", stored(line, "d1").version, "sato")
    assert wrong.value.code == "no_form"
    assert flow.approve_clean(fewer, "sato") == 0
    assert flow.approve_clean(line, "sato") == 1


def test_approving_all_clean_sheets_leaves_those_in_hand_and_those_in_review(line: Line) -> None:
    batch, other = declared(line, 3), declared(line, 1)
    lay(line, "free", batch)
    lay(line, "held", batch)
    lay(line, "doubtful", batch, amount=1)
    lay(line, "elsewhere", other)
    flow.lease(line, "held", "ito")
    assert flow.approve_clean(line, "chief", batch.id) == 1
    steps = {name: stored(line, name).step for name in ("free", "held", "doubtful", "elsewhere")}
    assert steps == {"free": Step.APPROVED, "held": Step.CLEAN, "doubtful": Step.REVIEW, "elsewhere": Step.CLEAN}
    flow.release(line, "held", "ito")
    assert flow.approve_clean(line, "chief") == 2
    assert flow.approve_clean(line, "chief") == 0


def test_approving_all_sends_to_review_what_renewed_rules_speak_against(line: Line, batch: Batch) -> None:
    lay(line, "d1", batch)
    assert flow.approve_clean(under_stricter_rules(line), "chief") == 0
    now = stored(line, "d1")
    assert now.step is Step.REVIEW and now.findings
