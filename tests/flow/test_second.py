"""Two key a field from its picture alone; where they differ, a third judges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.flow.conftest import claim_values, lay, number_of, read_document, store_document, stored
from tsuzuri import flow
from tsuzuri.errors import Refused, Stale, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.flow.second import Came, Field, Verdict
from tsuzuri.forms import Forms
from tsuzuri.model import Batch, Document, Severity, Step
from tsuzuri.stages.validate import validate
from tsuzuri.store.entries import Desk


def under(line: Line, **review: Any) -> Line:
    """The same line under another policy."""
    form = line.forms["kodomo_seikyu"]
    changed = form.model_copy(update={"review": form.review.model_copy(update={"twice_if_doubtful": (), **review})})
    return replace(line, forms=Forms({"kodomo_seikyu": changed}))


def doubted(line: Line, batch: Batch, *names: str, **changed: Any) -> Document:
    """The sample claim, read unsurely in these fields."""
    document = read_document(line, "d1", batch, claim_values() | {"recipient_no": number_of("d1")} | changed)
    fields = {n: replace(f, confidence=0.4) if n in names else f for n, f in document.fields.items()}
    return store_document(line, validate(replace(document, fields=fields), line.forms["kodomo_seikyu"]))


def codes(document: Document, field: str = "amount") -> list[str]:
    """What is found on a field."""
    return [finding.code for finding in document.findings if finding.field == field]


def at(line: Line, field: str = "amount") -> Field:
    """The field as it is on everybody's screen."""
    return Field("d1", stored(line, "d1").version, field)


def asked(line: Line, by: str) -> list[tuple[str, int]]:
    """Fields that wait for this account, and how many keyed each."""
    with line.store.read() as look:
        return [(one.field, one.keyed) for one in look.to_key(Desk(by, line.clock()))]


def test_a_doubtful_amount_is_keyed_by_two_who_agree(line: Line, batch: Batch) -> None:
    read = doubted(line, batch, "amount", amount=1)
    assert codes(read) == ["H42"] and read.blocked and read.blind == {"amount"}      # what it misreads is told by no other finding
    assert asked(line, "sato") == [("amount", 0)]
    right = str(claim_values()["amount"])
    before, came = flow.key_blind(line, at(line), right, "sato")
    assert came is Came.FIRST and before == read
    assert (asked(line, "sato"), asked(line, "ito")) == ([], [("amount", 1)])
    after, came = flow.key_blind(line, at(line), f"{int(right):,}円", "ito")
    assert came is Came.AGREED and after.step is Step.CLEAN
    assert (after.fields["amount"].value, after.fields["amount"].reader) == (int(right), "person")
    with line.store.read() as look:
        (act,) = look.reviews("d1")
        (ito, sato) = look.agreements(line.clock())
    assert (act.action, act.by, act.note, act.changes) == ("agreed", "ito", "sato・ito", {"amount": [1, int(right)]})
    assert [(one.form, one.asked, one.by, one.share) for one in (ito, sato)] == [
        ("kodomo_seikyu", "amount", "ito", 1.0), ("kodomo_seikyu", "amount", "sato", 1.0)]


def test_what_is_surely_read_is_nobodys_to_key_twice(line: Line, batch: Batch) -> None:
    assert lay(line, "d1", batch).step is Step.CLEAN
    with pytest.raises(WrongTurn, match="待っていません"):
        flow.key_blind(line, at(line), "1", "sato")


def test_one_account_is_never_both(line: Line, batch: Batch) -> None:
    doubted(line, batch, "amount")
    flow.key_blind(line, at(line), "500", "sato")
    with pytest.raises(WrongTurn) as told:
        flow.key_blind(line, at(line), "500", "sato")
    assert told.value.code == "keyed_already" and stored(line, "d1").blind == {"amount"}


def test_nobody_corrects_past_the_two(line: Line, batch: Batch) -> None:
    read = doubted(line, batch, "amount", "days")
    with pytest.raises(WrongTurn) as told:
        flow.correct(line, "d1", read.version, {"days": "3", "amount": "1"}, "sato")
    assert told.value.code == "keyed_blind" and stored(line, "d1") == read
    assert flow.correct(line, "d1", read.version, {"days": "3"}, "sato").blind == {"amount"}


def test_what_is_not_of_its_kind_is_refused_and_an_older_screen_is_told(line: Line, batch: Batch) -> None:
    doubted(line, batch, "amount")
    with pytest.raises(Refused) as told:
        flow.key_blind(line, at(line), "千円", "sato")
    assert told.value.code == "not_of_kind"
    with pytest.raises(Stale):
        flow.key_blind(line, replace(at(line), version=99), "1", "sato")
    assert asked(line, "sato") == [("amount", 0)]


def differing(line: Line, batch: Batch) -> Document:
    """The amount, keyed differently by sato and ito."""
    doubted(line, batch, "amount")
    flow.key_blind(line, at(line), "500", "sato")
    after, came = flow.key_blind(line, at(line), "800", "ito")
    assert came is Came.DIFFERED and codes(after) == ["V55"] and after.blind == {"amount"} and after.blocked
    return after


def test_a_third_judges_where_two_differ(line: Line, batch: Batch) -> None:
    differing(line, batch)
    with line.store.read() as look:
        assert [one.field for one in look.to_judge(Desk("kanto", line.clock()))] == ["amount"]
        assert look.to_judge(Desk("ito", line.clock())) == []
        assert [one.share for one in look.agreements(line.clock())] == [0.0, 0.0]
    assert asked(line, "kanto") == []
    with pytest.raises(WrongTurn) as told:
        flow.adjudicate(line, at(line), Verdict.RIGHT, "800", "ito")
    assert told.value.code == "own_entry"
    right = str(claim_values()["amount"])
    after = flow.adjudicate(line, at(line), Verdict.RIGHT, right, "kanto")
    assert after.step is Step.CLEAN and after.fields["amount"].value == int(right)


def test_where_none_is_right_two_others_than_the_judge_key_again(line: Line, batch: Batch) -> None:
    differing(line, batch)
    after = flow.adjudicate(line, at(line), Verdict.AGAIN, "", "kanto")
    assert codes(after) == ["H42"]
    assert [asked(line, name) for name in ("sato", "ito", "kanto")] == [[("amount", 0)], [("amount", 0)], []]
    with pytest.raises(WrongTurn) as told:
        flow.key_blind(line, at(line), "1", "kanto")
    assert told.value.code == "judged_already"
    flow.key_blind(line, at(line), "1", "sato")
    assert flow.key_blind(line, at(line), "1", "ono")[1] is Came.AGREED


def test_what_nobody_can_read_is_left_to_whoever_asks_the_sender(line: Line, batch: Batch) -> None:
    doubted(line, batch, "amount")
    flow.key_blind(line, at(line), None, "sato")
    after, came = flow.key_blind(line, at(line), None, "ito")
    assert came is Came.ILLEGIBLE and codes(after) == ["H43"] and after.blocked and not after.blind
    keyed = flow.correct(line, "d1", after.version, {"amount": str(claim_values()["amount"])}, "kanto")
    assert keyed.step is Step.CLEAN


def test_a_judge_who_cannot_read_it_either_says_so(line: Line, batch: Batch) -> None:
    differing(line, batch)
    assert codes(flow.adjudicate(line, at(line), Verdict.ILLEGIBLE, "", "kanto")) == ["H43"]


def test_ones_own_entry_is_taken_back_until_another_has_keyed(line: Line, batch: Batch) -> None:
    doubted(line, batch, "amount")
    flow.key_blind(line, at(line), "500", "sato")
    flow.take_back_blind(line, at(line), "sato")
    assert asked(line, "sato") == [("amount", 0)]
    flow.key_blind(line, at(line), "800", "sato")
    assert flow.key_blind(line, at(line), "800", "ito")[1] is Came.AGREED
    with pytest.raises(WrongTurn) as told:
        flow.take_back_blind(line, at(line), "ito")
    assert told.value.code == "nothing_to_undo"


@pytest.mark.parametrize(("read", "came"), [(500, Came.AGREED), (800, Came.FIRST)])
def test_the_reader_counts_as_one_only_where_the_form_says_so(line: Line, batch: Batch, read: int, came: Came) -> None:
    line = under(line, twice=("amount",), with_reader=True)
    doubted(line, batch, amount=read)
    assert flow.key_blind(line, at(line), "500", "sato")[1] is came
    if came is Came.FIRST:
        assert flow.key_blind(line, at(line), "800", "ito")[1] is Came.AGREED


def test_policy_says_which_field_gets_which_treatment(line: Line, batch: Batch) -> None:
    line = under(line, never=("days",), always=("sex",), twice=("points",))
    read = doubted(line, batch, "days", "amount")
    assert {f.field: (f.code, f.severity) for f in read.findings} == {
        "sex": ("H06", Severity.W), "amount": ("V54", Severity.W), "points": ("H42", Severity.E)}


def test_a_paper_that_is_another_form_after_all_forgets_what_was_keyed(line: Line, batch: Batch) -> None:
    doubted(line, batch, "amount")
    flow.key_blind(line, at(line), "500", "sato")
    flow.name_form(line, "d1", at(line).version, "hitorioya_seikyu", "kanto")
    with line.store.read() as look:
        assert look.entries("d1", "amount") == []
