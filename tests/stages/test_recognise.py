"""A paper and the rows of 受給者台帳: what it proves, what it chooses among spellings, and what it must leave alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stages.claims import CHECKS, little_form, paper
from tsuzuri.model import CHOSEN, MET, Document, Field
from tsuzuri.rules.known import Recipient
from tsuzuri.rules.person import SAID, near
from tsuzuri.stages.recognise import recognise, sought
from tsuzuri.stages.sure import value

LEDGER_CHECKS = [
    {"check": "entitled", "of": {"recipient_no": "$recipient_no", "month": "$service_ym"}},
    {"check": "person_named", "of": {"recipient_no": "$recipient_no", "month": "$service_ym", "name": "$patient_name",
                                     "kana": "$patient_kana"}},
    {"check": "person_born", "of": {"birth": "$birth", "recipient_no": "$recipient_no", "month": "$service_ym"}},
]
FORM = little_form(checks=[*CHECKS, *LEDGER_CHECKS])
HANAKO = Recipient("01", "0001230", "P1", "架空　花子", "カクウ　ハナコ", "2018-05-01", "2024-12-01")
WORDS = {"recipient_no": "recipient_no", "name": "patient_name", "kana": "patient_kana", "birth": "birth"}


def read(**seen: Field) -> Document:
    """The paper of 架空　花子, surely read but for these fields."""
    document = paper()
    plain = {name: replace(field, confidence=0.95, reader="own", raw=str(field.value or ""))
             for name, field in document.fields.items()}
    return replace(document, fields={**plain, **seen})


def doubted(said: str, *others: str, sure: float = 0.5, **more: Any) -> Field:
    return Field(said, sure, said, "own+ppocr", others=tuple((other, 0.3) for other in others), **more)


def number(document: Document) -> Field:
    return document.fields["recipient_no"]


def test_a_doubted_number_is_told_by_name_and_birth_and_keeps_what_was_read() -> None:
    after = recognise(read(recipient_no=doubted("0001280", "0001230")), FORM, [HANAKO])
    assert (number(after).value, number(after).raw, number(after).reader) == ("0001230", "0001280", "own+ppocr" + CHOSEN)
    assert 0.9 <= number(after).confidence <= 0.995
    best, other = [candidate for candidate in after.candidates if candidate.field == "recipient_no"]
    assert (best.value, best.by) == ("0001230", "ledger") and "台帳と一致" in best.reason
    assert (other.value, other.by) == ("0001280", "readers") and best.p > other.p


def test_what_no_reader_holds_possible_is_shown_but_never_chosen() -> None:
    after = recognise(read(recipient_no=doubted("0001280")), FORM, [HANAKO])
    assert number(after).value == "0001280" and not number(after).reader.endswith(CHOSEN)
    assert "0001230" in [candidate.value for candidate in after.candidates if candidate.by == "ledger"]


def test_fields_that_agree_with_one_row_prove_each_other() -> None:
    before = read(recipient_no=doubted("0001230", sure=0.9))
    after = recognise(before, FORM, [HANAKO])
    assert number(after).confidence > 0.99 and number(after).reader.endswith(MET)
    assert number(after).value == "0001230"


def test_a_letter_in_another_shape_is_not_proven_but_told_by_the_row() -> None:
    miyo = replace(HANAKO, name="髙橋　亜美")
    alone = recognise(read(patient_name=doubted("高橋　亜美", sure=0.8)), FORM, [miyo]).fields["patient_name"]
    assert (alone.value, alone.confidence) == ("高橋　亜美", 0.8), "no row proves a shape that it does not have"
    held = recognise(read(patient_name=doubted("高橋　亜美", "髙橋　亜美", sure=0.6)), FORM, [miyo]).fields["patient_name"]
    assert held.value == "髙橋　亜美" and held.reader.endswith(CHOSEN)


def test_what_cannot_be_a_date_is_told_by_what_a_reader_holds_possible_besides() -> None:
    seen = Field(None, 0.5, "平成30年5月41日", "own+ppocr", others=(("平成30年5月1日", 0.04),))
    assert recognise(read(birth=seen), FORM, [HANAKO]).fields["birth"].value == "2018-05-01"


def test_a_twin_in_the_ledger_leaves_a_twin_who_is_not_as_read() -> None:
    twin = replace(HANAKO, recipient_no="0001248", name="架空　花代", kana="カクウ　ハナヨ")
    seen = read(recipient_no=doubted("0001230", "0001248"), patient_kana=doubted("カクウ　ハナコ", "カクウ　ハナヨ"),
                patient_name=doubted("架空　花子", "架空　花代"))
    after = recognise(seen, FORM, [twin])
    assert after.values == seen.values


def test_a_word_surely_read_that_is_another_persons_stops_all() -> None:
    other = replace(HANAKO, birth="2018-05-07")
    seen = read(recipient_no=doubted("0001280", "0001230"), birth=Field("2018-05-01", 0.999, "平成30年5月1日", "own"))
    assert number(recognise(seen, FORM, [other])).value == "0001280"


def test_a_surely_read_number_is_not_the_ledgers_to_change() -> None:
    seen = read(recipient_no=doubted("0001280", "0001230", sure=0.9999))
    assert number(recognise(seen, FORM, [HANAKO])).value == "0001280"


def test_two_rows_that_may_be_meant_choose_nothing() -> None:
    seen = read(recipient_no=doubted("0001280", "0001230", "0001248"))
    after = recognise(seen, FORM, [HANAKO, replace(HANAKO, recipient_no="0001248", person="P2")])
    assert number(after).value == "0001280"
    assert {"0001230", "0001248"} <= {candidate.value for candidate in after.candidates}


def test_what_a_person_settled_stays_and_a_second_look_changes_nothing() -> None:
    settled = read(recipient_no=Field("0001280", 1.0, "0001280", "person"))
    assert number(recognise(settled, FORM, [HANAKO])) == number(settled)
    once = recognise(read(recipient_no=doubted("0001280", "0001230")), FORM, [HANAKO])
    assert recognise(once, FORM, [HANAKO]) == once


def test_a_blank_field_stays_blank() -> None:
    seen = read(recipient_no=Field(None, 0.9, "", "own"))
    assert number(recognise(seen, FORM, [HANAKO])) == number(seen)


def test_numbers_a_slip_away_are_looked_up_if_their_check_digit_fits() -> None:
    (wanted,) = sought(read(recipient_no=doubted("0001280")), FORM)
    assert "0001230" in wanted.numbers and "0001231" not in wanted.numbers
    assert wanted.births == {"2018-05-01"} and wanted.kanas == {"カクウ　ハナコ"}
    assert {"0002130", "0001230"} & set(near("0001230")) == {"0001230"}, "swapped, its check digit is another"


texts = {
    "recipient_no": st.sampled_from(["0001230", "0001248", "0001280", "0010230", "9999995", "12"]),
    "patient_kana": st.sampled_from(["カクウ　ハナコ", "カクウ　ハナヨ", "カクウ　ハチコ", "ツヅリ　タロウ"]),
    "patient_name": st.sampled_from(["架空　花子", "架空　花代", "綴　太郎"]),
    "birth": st.sampled_from(["平成30年5月1日", "平成30年5月7日", "令和1年5月1日", "平成99年99月1日"]),
}


@st.composite
def papers(draw: st.DrawFn) -> Document:
    seen = {}
    for name, spelling in texts.items():
        first, *others = draw(st.lists(spelling, min_size=1, max_size=4, unique=True))
        p, held = draw(st.floats(0, 1)), tuple((text, draw(st.floats(0, 1))) for text in others)
        seen[name] = Field(value(first, FORM.fields[name]), p, first, "own", others=held)
    return read(**seen)


rows = st.builds(
    Recipient, st.just("01"), texts["recipient_no"], st.sampled_from(["P1", "P2"]), texts["patient_name"], texts["patient_kana"],
    st.sampled_from(["2018-05-01", "2018-05-07", "2019-05-01", ""]), st.just("2024-12-01"))


@given(document=papers(), ledger=st.lists(rows, max_size=6))
def test_a_value_never_becomes_one_that_no_reader_held_possible(document: Document, ledger: list[Recipient]) -> None:
    after = recognise(document, FORM, ledger)
    for name, was in document.fields.items():
        now = after.fields[name]
        possible = [was.value, *(value(text, FORM.fields[name]) for text, _ in was.others)]
        assert now.value in possible and now.raw == was.raw and 0 <= now.confidence <= 1
        assert now.value == was.value or now.reader.endswith(CHOSEN)
        assert now.confidence >= was.confidence or now.reader.endswith(CHOSEN)
    assert all(0 <= candidate.p <= 1.000001 for candidate in after.candidates)


@pytest.mark.parametrize(("word", "a", "b"), [
    ("kana", "チョウ　リヨ", "チヨウリョ"), ("name", "髙橋　花", "高橋花"), ("insurer_no", "01430016", "1430016"),
    ("number", "１２－３", "123")])
def test_what_nobody_means_does_not_tell_people_apart(word: str, a: str, b: str) -> None:
    assert SAID[word](a) == SAID[word](b)
