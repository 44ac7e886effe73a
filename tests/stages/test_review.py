"""A person's hand on a document: correct, approve, give back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.stages.claims import VALUES, judged, little_form, paper
from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.model import Claim, Document, Field, Step
from tsuzuri.stages.review import approve, correct, give_back
from tsuzuri.stages.validate import validate

pytestmark = pytest.mark.usefixtures("at_their_word")
FORM = little_form(export={"columns": {"amount": "amount"}})
AT = datetime(2025, 11, 20, 3, 0, tzinfo=UTC)


def approved(document: Document, *accepted: str) -> tuple[Document, Claim]:
    after, (claim,) = approve(document, "clerk", AT, accepted, "東区", FORM)
    return after, claim


@pytest.mark.parametrize(("name", "ink", "value"), [
    ("claim_date", "R6.4.12", "2024-04-12"), ("claim_date", "６．４．１２", "2024-04-12"),
    ("claim_date", "元.5.1", "2019-05-01"), ("service_ym", "6.4", "2024-04"),
    ("birth", "平成３０年５月１日", "2018-05-01"),
    ("points", "５６１", 561), ("amount", "¥1,234", 1234), ("recipient_no", "０００１２３０", "0001230"),
    ("patient_kana", "かくう はなこ", "カクウ　ハナコ"), ("inout", "入院", "入院"), ("ratio", "２割", "2割"),
    ("tel", "096-000-0000", "0960000000"), ("seal", "0", False), ("seal", "1", True), ("points", None, None),
    ("patient_name", "花" * 200, "花" * 200), ("amount", "  ", None), ("receipts.2.paid", "5", 5),
])
def test_typed_ink_goes_through_the_fields_kind(name: str, ink: str | None, value: object) -> None:
    document, changed = correct(judged(), {name: ink}, FORM)
    field = document.fields[name]
    assert (field.value, field.reader, field.confidence) == (value, "person", 1.0)
    assert changed == {name: [VALUES.get(name), value]}


@pytest.mark.parametrize(("name", "ink"), [
    ("birth", "6.4.13"), ("claim_date", "昨日"), ("points", "x"), ("recipient_no", "12345"),
    ("inout", "往診"),
    ("inout", "外来|入院"), ("patient_name", "花" * 201),
])
def test_ink_of_another_kind_is_refused_and_nothing_changes(name: str, ink: str) -> None:
    with pytest.raises(Refused) as refused:
        correct(judged(), {"amount": "1", name: ink}, FORM)
    assert (refused.value.code, refused.value.details["field"]) == ("not_of_kind", name)
    assert FORM.label(name) in refused.value.message and ink not in refused.value.message


def test_a_field_of_another_form_is_refused() -> None:
    with pytest.raises(Refused, match="この様式にない"):
        correct(judged(), {"colour": "赤"}, FORM)


def test_what_no_printer_prints_is_not_kept_from_a_keyboard() -> None:
    document, _ = correct(judged(), {"patient_name": "架\x00空\ud800 花子\n"}, FORM)
    assert document.fields["patient_name"].value == "架空　花子"


def test_typing_the_same_again_settles_a_doubt() -> None:
    doubtful = judged(days=Field(2, 0.1, "2", "ppocr"))
    assert [f.code for f in doubtful.findings] == ["V54"]
    document, changed = correct(doubtful, {"days": "2"}, FORM)
    assert changed == {"days": [2, 2]}
    assert validate(document, FORM).step is Step.CLEAN


def test_a_returned_paper_may_be_taken_up_again_and_an_approved_one_may_not() -> None:
    document, _ = correct(judged().to(Step.RETURNED), {"amount": "983"}, FORM)
    assert document.step is Step.REVIEW
    with pytest.raises(WrongTurn):
        correct(judged().to(Step.APPROVED), {"amount": "983"}, FORM)


def test_a_clean_paper_becomes_one_claim() -> None:
    document, claim = approved(judged())
    assert document.step is Step.APPROVED
    assert (claim.document_id, claim.batch_id, claim.ward, claim.form) == ("dc_1", "bt_1", "東区", "little")
    assert claim.values == {name: VALUES.get(name) for name in FORM.fields}
    assert (claim.approved_by, claim.approved_at, claim.export_run) == ("clerk", AT, None)


def test_one_document_always_makes_the_same_claim_and_two_never_do() -> None:
    first, again = approved(judged())[1], approved(judged())[1]
    other = approved(replace(judged(), id="dc_2"))[1]
    assert first.id == again.id != other.id
    assert len(first.id) == 20 and first.id.isascii()


def test_a_blocking_finding_makes_approval_impossible_even_if_accepted() -> None:
    with pytest.raises(WrongTurn) as turned:
        approved(judged(amount=1), "V41:amount")
    assert (turned.value.code, turned.value.details["keys"]) == ("blocked", ["V41:amount"])


def test_each_warning_must_be_accepted_by_its_own_name() -> None:
    document = judged(seal=False, days=Field(2, 0.1, "2", "ppocr"))
    for accepted in ((), ("V50:seal",), ("V54", "V50"), ("V54:amount", "V50:seal")):
        with pytest.raises(WrongTurn) as turned:
            approved(document, *accepted)
        assert turned.value.code == "not_accepted"
    assert approved(document, "V54:days", "V50:seal")[0].step is Step.APPROVED


def test_a_paper_of_no_form_makes_no_claim() -> None:
    document = validate(replace(paper(), form=None), None)
    with pytest.raises(WrongTurn) as turned:
        approved(document)
    assert turned.value.code == "no_form"


def test_an_approved_paper_is_not_approved_twice() -> None:
    with pytest.raises(WrongTurn):
        approved(approved(judged())[0])


def test_a_paper_goes_back_with_a_reason_and_not_without() -> None:
    assert give_back(judged(amount=1), "金額が合いません").step is Step.RETURNED
    with pytest.raises(Refused) as refused:
        give_back(judged(), "  ")
    assert refused.value.code == "note_needed"
