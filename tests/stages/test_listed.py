"""A sheet that lists many patients: 〃, rows crossed out, sums, and one claim a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.stages.listed import listed, patient
from tsuzuri.errors import WrongTurn
from tsuzuri.forms import Form, load_forms
from tsuzuri.model import STAMPED, STRUCK, Act, Claim, Document, Field, Finding, Reading, Severity, Step
from tsuzuri.settings import REPO
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.review import approve, correct
from tsuzuri.stages.validate import validate

FORM: Form = load_forms(REPO / "pipelines", REPO / "schemas")["kodomo_renki"]
AT = datetime(2025, 11, 7, 3, tzinfo=UTC)
CROSSED = Field(True, 0.999, "1", "marks-1", marks=(STRUCK, STAMPED))


def claims(document: Document, *accepted: str) -> tuple[Claim, ...]:
    return approve(document, "sato", AT, accepted, "東区", FORM)[1]


def told(document: Document) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.field) for finding in document.findings]


def test_every_filled_row_is_a_claim_with_what_the_head_says() -> None:
    sheet = listed(FORM)
    assert (sheet.step, sheet.findings) == (Step.CLEAN, ())
    made = claims(sheet)
    assert [claim.row for claim in made] == [1, 2, 3]
    assert len({claim.id for claim in made}) == 3 and all(len(claim.id) == 20 for claim in made)
    assert [claim.id for claim in claims(sheet)] == [claim.id for claim in made]
    second = made[1].values
    assert (second["recipient_no"], second["amount"]) == (patient(2)["recipient_no"], 2300)
    assert (second["service_ym"], second["inst_code"], second["table"]) == ("2025-09", "4310100013", "医科")


def test_a_row_between_that_is_left_blank_is_no_claim_and_the_others_keep_their_numbers() -> None:
    sheet = listed(FORM, patient(1), {}, patient(3), total_count=2, total_points=2000, total_amount=4600)
    assert sheet.findings == ()
    assert [claim.row for claim in claims(sheet)] == [1, 3]


def test_a_row_crossed_out_with_its_seal_is_told_and_neither_summed_nor_claimed() -> None:
    rows = (patient(1), patient(2, amount=99), patient(3))
    sheet = listed(FORM, *rows, patients__2__void=CROSSED, total_count=2, total_points=2000, total_amount=4600)
    assert told(sheet) == [("H30", "patients.2.void")] and sheet.step is Step.CLEAN
    assert [claim.row for claim in claims(sheet)] == [1, 3]


def test_a_row_crossed_out_without_a_seal_waits_for_a_clerk() -> None:
    bare = replace(CROSSED, marks=(STRUCK,))
    sheet = listed(FORM, patients__2__void=bare, total_count=2, total_points=2000, total_amount=4600)
    assert told(sheet) == [("H30", "patients.2.void"), ("V51", "patients.2.void")] and sheet.step is Step.REVIEW
    with pytest.raises(WrongTurn):
        claims(sheet)
    assert len(claims(sheet, "V51:patients.2.void")) == 2


def test_sums_that_still_count_a_row_crossed_out_are_wrong() -> None:
    sheet = listed(FORM, patients__2__void=CROSSED)
    assert {code for code, _ in told(sheet)} == {"H30", "V44", "V45"}


def test_a_clerk_crosses_a_row_out_and_takes_it_back() -> None:
    out, changed = correct(listed(FORM), {"patients.3.void": "1", "total_count": "2", "total_points": "2000",
                                          "total_amount": "4600"}, FORM)
    assert changed["patients.3.void"] == [None, True]
    assert told(validate(out, FORM)) == [("H30", "patients.3.void")]
    back, _ = correct(out, {"patients.3.void": "0", "total_count": "3", "total_points": "3000", "total_amount": "6900"}, FORM)
    assert [claim.row for claim in claims(validate(back, FORM))] == [1, 2, 3]


def test_a_faulty_row_is_told_by_its_own_number_and_blank_rows_by_none() -> None:
    sheet = listed(FORM, patient(1), patient(2, amount=2400), patient(3, copay=None), total_amount=7000)
    assert told(sheet) == [("V41", "patients.2.amount"), ("H01", "patients.3.copay")]
    assert "2行目" in sheet.findings[0].message


def test_all_rows_crossed_out_leave_nothing_to_claim() -> None:
    only = listed(FORM, patient(1), patients__1__void=CROSSED, total_count=0, total_points=0, total_amount=0)
    assert only.blocked


def test_ditto_takes_the_value_above_in_a_chain_and_keeps_its_ink() -> None:
    sheet = listed(FORM, patient(1), patient(2, insurer_no="〃", days="〃"), patient(3, insurer_no="〃"))
    assert [sheet.fields[f"patients.{i}.insurer_no"].value for i in (1, 2, 3)] == ["01430016"] * 3
    assert sheet.fields["patients.3.insurer_no"].raw == "〃" and sheet.fields["patients.2.days"].value == 2
    assert sheet.findings == ()


def test_ditto_with_nothing_above_is_found() -> None:
    sheet = listed(FORM, patient(1, insurer_no="〃"), patient(2), patient(3))
    assert told(sheet) == [("H31", "patients.1.insurer_no")]
    assert sheet.blocked


def test_ditto_is_no_surer_than_what_it_repeats() -> None:
    doubtful = Field(2, 0.4, "2", "own-1")
    sheet = listed(FORM, patient(1), patient(2, days="〃"), patient(3, days="〃"), patients__1__days=doubtful)
    assert {field for code, field in told(sheet) if code == "V54"} == {f"patients.{i}.days" for i in (1, 2, 3)}


def test_what_repeats_a_mended_value_follows_it() -> None:
    sheet = listed(FORM, patient(1), patient(2, days="〃"), patient(3))
    mended, changed = correct(sheet, {"patients.1.days": "4"}, FORM)
    assert mended.fields["patients.2.days"].value == 4
    assert changed == {"patients.1.days": [2, 4], "patients.2.days": [2, 4]}


def test_a_clerk_may_type_ditto_in_a_row_and_nowhere_else() -> None:
    typed, _ = correct(listed(FORM, patient(1), patient(2, days=9), patient(3)), {"patients.2.days": "〃"}, FORM)
    assert (typed.fields["patients.2.days"].value, typed.fields["patients.2.days"].reader) == (2, "person")


def test_readings_of_ditto_become_values_and_marks_stay_with_their_field() -> None:
    box = (0.0, 0.0, 1.0, 1.0)
    readings = [Reading("patients.1.days", "3", 0.99, "own-1", box), Reading("patients.2.days", "〃", 0.98, "marks-1", box),
                Reading("patients.3.void", "1", 0.99, "marks-1", box, marks=(STRUCK,))]
    document = assemble(listed(FORM), readings, FORM)
    assert (document.fields["patients.2.days"].value, document.fields["patients.2.days"].raw) == (3, "〃")
    assert document.fields["patients.3.void"].marks == (STRUCK,)


def test_what_a_sum_proves_it_proves_of_every_row() -> None:
    unsure = Field(1000, 0.93, "1,000", "own-1")
    sheet = listed(FORM, patients__2__points=unsure)
    assert sheet.findings == ()
    alone = listed(FORM, patients__2__points=unsure, total_points=None)
    assert Severity.E in {finding.severity for finding in alone.findings}


def lying_ill(*names: str) -> tuple[Finding, ...]:
    return tuple(Finding("V02", Severity.E, Act.RESCAN, "位置が合いません。", name) for name in names)


def test_a_box_out_of_place_in_a_row_that_is_empty_otherwise_keeps_nobody_waiting() -> None:
    sheet = replace(listed(FORM), noted=lying_ill("patients.7.recipient_no"))
    assert told(validate(sheet, FORM)) == []


def test_a_box_out_of_place_beside_writing_and_a_row_out_of_place_as_a_whole_are_told() -> None:
    beside = replace(listed(FORM), noted=lying_ill("patients.2.days"))
    assert told(validate(beside, FORM)) == [("V02", "patients.2.days")]
    names = [f"patients.7.{column}" for column in FORM.rows["patients"].fields]
    whole = replace(listed(FORM), noted=lying_ill(*names))
    assert len(told(validate(whole, FORM))) == len(names)
