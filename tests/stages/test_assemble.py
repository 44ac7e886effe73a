"""Readings become the document's fields."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stages.claims import little_form, paper
from tsuzuri.model import Act, Document, Field, Finding, Reading, Severity
from tsuzuri.stages.assemble import assemble

pytestmark = pytest.mark.usefixtures("at_their_word")
BOX = (1.0, 2.0, 3.0, 4.0)
FORM = little_form()
EMPTY = replace(paper(), form=None, form_version=0, fields={})


def first(field: str, ink: str, confidence: float = 0.9) -> Reading:
    return Reading(field, ink, confidence, "ppocr", BOX, page=2)


def second(field: str, ink: str, confidence: float = 0.8) -> Reading:
    return Reading(field, ink, confidence, "tesseract", BOX, page=2, order=2)


def read(*readings: Reading) -> Document:
    return assemble(EMPTY, readings, FORM)


def test_ink_becomes_a_value_and_stays_beside_it() -> None:
    document = read(first("points", "５６１"))
    assert document.fields["points"] == Field(561, 0.9, "５６１", "ppocr", BOX, 2, kind=FORM.fields["points"].kind)
    assert (document.form, document.form_version) == ("little", 3)


def test_every_field_of_the_form_is_there_and_an_unread_one_is_blank_and_unsure() -> None:
    document = read()
    assert set(document.fields) == set(FORM.fields)
    unread = document.fields["points"]
    blank = Field(None, 0.0, "", "none", FORM.fields["points"].area, kind="int")
    assert replace(unread, confidence=0.0) == blank and unread.confidence < 0.001


def test_an_unmarked_seal_is_no_seal_and_a_blank_box_is_no_value() -> None:
    document = read(first("seal", ""), first("points", ""), first("inout", ""))
    assert [document.fields[name].value for name in ("seal", "points", "inout")] == [False, None, None]
    assert read(first("seal", "1")).fields["seal"].value is True


def test_ink_that_cannot_be_understood_is_kept_without_a_value() -> None:
    field = read(first("points", "??")).fields["points"]
    assert (field.value, field.raw) == (None, "??")


def test_two_circles_give_no_choice() -> None:
    field = read(first("inout", "外来|入院")).fields["inout"]
    assert (field.value, field.raw) == (None, "外来|入院")
    assert read(first("inout", "外来")).fields["inout"].value == "外来"
    assert read(first("inout", "往診")).fields["inout"].value is None


@pytest.mark.parametrize(("name", "ink"), [("inout", "?外来"), ("seal", "?1"), ("birth", "?平成7年5月1日")])
def test_a_doubtful_mark_has_no_value_and_is_not_sure(name: str, ink: str) -> None:
    field = read(Reading(name, ink, 0.5, "marks-1", (0, 0, 1, 1))).fields[name]
    assert (field.value, field.raw) == (None, ink)
    assert field.confidence <= 0.5


def test_a_second_reader_that_agrees_makes_it_surer_but_never_certain() -> None:
    assert read(first("points", "561"), second("points", "５６１")).fields["points"].confidence == pytest.approx(0.989, abs=0.001)
    assert read(first("points", "561", 0.99999), second("points", "561", 0.999)).fields["points"].confidence < 1


def test_a_second_reader_that_differs_is_noted_and_lowers_what_it_does_not_replace() -> None:
    document = read(second("amount", "984"), first("amount", "983"))
    assert document.fields["amount"] == Field(983, pytest.approx(0.4737, abs=0.001), "983", "ppocr", BOX, 2, kind="yen")
    assert [(f.code, f.field, f.box) for f in document.noted] == [("H41", "amount", BOX)]
    assert "98" not in document.noted[0].message


@pytest.mark.parametrize(("field", "ink"), [("amount", ""), ("amount", "x"), ("recipient_no", "0001231")])
def test_a_second_reader_says_nothing_by_blanks_scribbles_and_wrong_check_digits(
    field: str, ink: str,
) -> None:
    document = read(first(field, "0001230"), second(field, ink))
    assert document.noted == () and document.fields[field].confidence == 0.9


def test_a_second_reader_with_a_right_check_digit_speaks_against_a_first_with_a_wrong_one() -> None:
    document = read(first("recipient_no", "0001231"), second("recipient_no", "0001230"))
    assert [f.code for f in document.noted] == ["H41"]


def test_a_voice_that_was_weighed_when_the_first_was_read_is_not_counted_again() -> None:
    weighed = replace(first("points", "561", 0.7), reader="own-1+ppocr")
    for other in ("own-1", "own-1/boxes", "ppocr"):
        document = read(weighed, replace(second("points", "567"), reader=other))
        assert document.noted == () and document.fields["points"].confidence == 0.7
    assert [f.code for f in read(weighed, second("points", "567")).noted] == ["H41"]


def test_names_that_differ_in_their_gap_alone_agree() -> None:
    document = read(first("patient_name", "架空　花子"), second("patient_name", "架空花子"))
    assert document.noted == () and document.fields["patient_name"].value == "架空　花子"


def test_what_a_person_settled_outlives_another_reading() -> None:
    settled = Field(7, 1.0, "7", "person")
    document = assemble(replace(EMPTY, fields={"points": settled}), [first("points", "561")], FORM)
    assert document.fields["points"] is settled


def test_reading_again_forgets_old_differences_and_keeps_what_was_noted_of_the_page() -> None:
    twice_sent = Finding("V04", Severity.W, Act.INQUIRE, "…")
    old = replace(EMPTY, noted=(twice_sent, Finding("H41", Severity.E, Act.AMEND, "…", "amount")))
    assert assemble(old, [first("amount", "983")], FORM).noted == (twice_sent,)
