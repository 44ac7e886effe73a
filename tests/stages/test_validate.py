"""A paper and its form become findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stages.claims import CHECKS, judged, little_form, paper
from tsuzuri.errors import WrongTurn
from tsuzuri.model import Act, Document, Field, Finding, Severity, Step
from tsuzuri.rules import key
from tsuzuri.stages.validate import validate

pytestmark = pytest.mark.usefixtures("at_their_word")


def keys(document: Document) -> list[str]:
    return [key(finding) for finding in document.findings]


def test_a_consistent_paper_is_clean() -> None:
    document = judged()
    assert keys(document) == []
    assert document.step is Step.CLEAN


def test_a_paper_of_no_known_form_gets_one_finding() -> None:
    document = validate(replace(paper(), form=None), None)
    assert keys(document) == ["V03"]
    assert document.step is Step.REVIEW and document.blocked


@pytest.mark.parametrize(("name", "ink", "found"), [
    ("recipient_no", "00012", "V12:recipient_no"),
    ("insurer_no", "0143", "V24:insurer_no"),
    ("inst_code", "43", "V29:inst_code"),
    ("service_ym", "令和7年13月", "V06:service_ym"),
    ("claim_date", "令和7年2月30日", "V11:claim_date"),
    ("account_no", "12345678", "V52:account_no"),
    ("points", "あ", "H02:points"),
    ("inout", "外来|入院", "H03:inout"),
    ("inout", "?外来|入院", "H34:inout"),
    ("inout", "?外来", "H34:inout"),
    ("seal", "?1", "H34:seal"),
    ("birth", "?平成|令和7年5月1日", "H34:birth"),
])
def test_ink_that_is_not_of_its_kind_is_found_under_the_domains_number(
    name: str, ink: str, found: str,
) -> None:
    document = judged(**{name: Field(None, 0.99, ink, "ppocr")})
    assert keys(document) == [found]
    assert document.findings[0].box == little_form().fields[name].area
    assert ink not in document.findings[0].message


def test_a_doubtful_mark_forbids_a_claim_only_where_the_claim_needs_it() -> None:
    doubt = Field(None, 0.5, "?1", "marks-1")
    assert judged(seal=doubt).blocked
    optional = little_form()
    schema = {**optional.json_schema, "required": [name for name in optional.json_schema["required"] if name != "seal"]}
    document = validate(paper(seal=doubt), optional.model_copy(update={"json_schema": schema}))
    assert [finding.code for finding in document.findings] == ["H34"]
    assert document.step is Step.REVIEW and not document.blocked


@pytest.mark.parametrize(("name", "found"), [
    ("claim_date", "H01:claim_date"), ("service_ym", "V06:service_ym"), ("points", "V34:points"),
    ("receipts__1__shop", "H01:receipts.1.shop"),
])
def test_a_required_field_left_blank_is_found_once(name: str, found: str) -> None:
    assert keys(judged(**{name: None})) == [found]


def test_a_missing_seal_waits_for_a_clerk_and_an_optional_blank_does_not() -> None:
    assert keys(judged(seal=False)) == ["V50:seal"]
    assert keys(judged(seal=None)) == ["V50:seal"]
    assert keys(judged(tel=None)) == []


def test_a_table_without_any_row_is_found_at_its_first_row() -> None:
    document = judged(receipts__1__shop=None, receipts__1__paid=None)
    assert "H04:receipts.1.shop" in keys(document)


def test_a_fault_in_the_second_row_is_found_there_though_the_first_is_blank() -> None:
    document = judged(receipts__1__shop=None, receipts__1__paid=None, receipts__2__paid=700)
    assert keys(document) == ["H01:receipts.2.shop"]


def test_a_value_outside_the_schema_is_found() -> None:
    assert keys(judged(tel="9960000000")) == ["H04:tel"]


def test_wrong_money_is_found_with_what_it_should_be() -> None:
    document = judged(amount=984)
    assert keys(document) == ["V41:amount"]
    assert "983円" in document.findings[0].message
    assert document.findings[0].act is Act.RETURN and document.findings[0].severity is Severity.E


def test_rows_are_summed() -> None:
    assert keys(judged(receipts__2__shop="架空", receipts__2__paid=1)) == ["V44:patient_paid"]


def test_check_digits_are_looked_at_without_being_named() -> None:
    assert keys(judged(recipient_no="0001231")) == ["V12:recipient_no"]
    assert keys(judged(payer_no="88430013")) == ["H05:payer_no"]


def test_an_institutions_wrong_check_digit_is_a_warning_and_never_a_refusal() -> None:
    document = judged(inst_code="4310100014")
    assert keys(document) == ["V29:inst_code"]
    assert not document.blocked and document.step is Step.REVIEW


def test_a_form_may_soften_a_rule() -> None:
    soft = {"check": "check_digit", "severity": "I", "of": {"number": "$recipient_no"}}
    document = judged(little_form(checks=[*CHECKS, soft]), recipient_no="0001231")
    assert [(f.code, f.severity) for f in document.findings] == [("V12", Severity.I)]
    assert document.step is Step.CLEAN


def test_an_era_that_had_ended_is_read_on_and_warned_of() -> None:
    late = Field("2024-05-01", 0.99, "平成36年5月1日", "ppocr")
    assert keys(judged(birth=late)) == ["V10:birth"]


def test_a_doubtful_reading_waits_until_a_person_has_settled_it() -> None:
    assert keys(judged(days=Field(2, 0.9, "2", "ppocr"))) == []
    doubtful = judged(days=Field(2, 0.899, "2", "ppocr"))
    assert keys(doubtful) == ["V54:days"]
    settled = replace(doubtful, fields={**doubtful.fields, "days": Field(2, 1.0, "2", "person")})
    assert keys(validate(settled, little_form())) == []


def test_a_field_may_ask_for_more_certainty_than_its_form() -> None:
    form = little_form()
    strict = form.fields["days"].model_copy(update={"target": 0.995})
    form = form.model_copy(update={"fields": {**form.fields, "days": strict}})
    assert keys(validate(paper(), form)) == ["V54:days"]


def test_a_field_that_was_never_read_is_doubtful() -> None:
    document = paper()
    fields = {name: field for name, field in document.fields.items() if name != "tel"}
    assert keys(validate(replace(document, fields=fields), little_form())) == ["V54:tel"]


def test_what_is_always_to_be_seen_waits_until_it_was() -> None:
    form = little_form(review={"target": 0.9, "always": ["amount"]})
    assert keys(validate(paper(), form)) == ["H06:amount"]
    seen = paper(amount=Field(983, 1.0, "983", "person"))
    assert keys(validate(seen, form)) == []


def test_readers_that_differ_block_until_a_person_has_decided() -> None:
    noted = Finding("H41", Severity.E, Act.AMEND, "…", "amount")
    doubtful = paper(amount=Field(983, 0.5, "983", "ppocr"), patient_paid=None, receipts__1__paid=None)
    document = validate(replace(doubtful, noted=(noted,)), little_form(checks=[]))
    assert "H41:amount" in keys(document) and "V54:amount" not in keys(document) and document.blocked
    decided = replace(document, fields={**document.fields, "amount": Field(983, 1.0, "983", "person")})
    assert "H41:amount" not in keys(validate(decided, little_form(checks=[])))


def test_readers_that_differ_need_nobody_where_the_sums_have_decided() -> None:
    noted = Finding("H41", Severity.E, Act.AMEND, "…", "amount")
    proven = paper(amount=Field(983, 0.6, "983", "ppocr"))
    assert keys(validate(replace(proven, noted=(noted,)), little_form())) == []


def test_kinds_may_want_other_targets_than_their_form() -> None:
    form = little_form(review={"target": 0.9, "targets": {"phone": 0.995}})
    assert keys(validate(paper(), form)) == ["V54:tel"]


def test_what_was_noted_about_the_whole_page_stays() -> None:
    noted = Finding("V04", Severity.W, Act.INQUIRE, "…")
    document = validate(replace(paper(), noted=(noted,)), little_form())
    assert keys(validate(document, little_form())) == ["V04"]


def test_judging_again_finds_the_same() -> None:
    once = judged(amount=1, days=Field(2, 0.1, "2", "ppocr"), tel="9")
    twice = validate(once, little_form())
    assert twice.findings == once.findings and twice.version == once.version + 1


def test_a_mended_paper_becomes_clean_and_a_spoilt_one_goes_back_to_the_clerk() -> None:
    wrong = judged(amount=1)
    mended = validate(replace(wrong, fields=paper().fields), little_form())
    assert mended.step is Step.CLEAN
    assert validate(replace(mended, fields=wrong.fields), little_form()).step is Step.REVIEW


def test_an_approved_paper_is_not_judged_again() -> None:
    with pytest.raises(WrongTurn):
        validate(judged().to(Step.APPROVED), little_form())


def test_an_amount_read_with_doubt_passes_when_all_its_sums_close() -> None:
    assert keys(judged(amount=Field(983, 0.6, "983", "ppocr"))) == []
    assert keys(judged(recipient_no=Field("0001230", 0.6, "0001230", "ppocr"))) == []


def test_a_number_that_its_check_digit_chose_waits_though_its_check_digit_fits() -> None:
    assert keys(judged(recipient_no=Field("0001230", 0.6, "0001230", "own-1+ppocr+check"))) == ["V54:recipient_no"]


def test_an_amount_read_with_doubt_waits_when_a_part_of_its_sum_is_blank() -> None:
    doubtful = judged(amount=Field(983, 0.6, "983", "ppocr"), patient_paid=None, receipts__1__paid=None)
    assert "V54:amount" in keys(doubtful)


def test_an_amount_that_closes_no_sum_is_told_as_a_wrong_sum_and_its_parts_keep_their_doubts() -> None:
    doubtful = judged(amount=Field(984, 0.6, "984", "ppocr"), copay=Field(1683, 0.3, "1683", "ppocr"))
    assert keys(doubtful) == ["V41:amount"]
    both = judged(fee=Field(5611, 0.99, "5611", "ppocr"), points=Field(561, 0.05, "561", "ppocr"), copay=None)
    assert "V54:points" in keys(both)
