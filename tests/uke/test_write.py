"""What is written is a file that nothing is wrong with, and read again it says the same."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.uke.files import MEDICAL, REAL, SAMPLE, packed, sample, told
from tsuzuri.forms import load_forms
from tsuzuri.model import Value
from tsuzuri.rules.digits import check_digit
from tsuzuri.settings import REPO
from tsuzuri.uke import Examined, Payers, examined
from tsuzuri.uke.dates import month_of
from tsuzuri.uke.facts import Told, own_programme
from tsuzuri.uke.told import fields
from tsuzuri.uke.write import Sender, made, writable, written

FORMS = load_forms(REPO / "pipelines", REPO / "schemas")
PAYERS = Payers.of(FORMS)


def checked(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Numbers with their check digit."""
    return body.map(lambda number: number + str(check_digit(number)))


DIGITS = "0123456789"
KANJI = st.text("架空花子太郎山田髙﨑①Ⅲ", min_size=1, max_size=8)
CLAIMS = st.fixed_dictionaries({
    "payer_no": st.sampled_from(["88430012", "81430019", "80430010"]),
    "recipient_no": checked(st.text(DIGITS, min_size=6, max_size=6)),
    "insurer_no": st.one_of(checked(st.text(DIGITS, min_size=5, max_size=5)), st.sampled_from(["01430016", "06431001"])),
    "symbol": st.one_of(st.none(), st.text(DIGITS, min_size=1, max_size=8)),
    "number": st.text(DIGITS, min_size=1, max_size=8),
    "branch": st.one_of(st.none(), st.sampled_from(["00", "01"])),
    "service_ym": st.sampled_from(["2025-01", "2025-09", "2025-10"]),
    "patient_name": KANJI,
    "patient_kana": st.text("アイウカガパンー", min_size=1, max_size=10).filter(lambda kana: kana.strip("ー") != ""),
    "sex": st.sampled_from(["男", "女", None]),
    "birth": st.dates(date(1930, 1, 1), date(2024, 12, 31)).map(date.isoformat),
    "relation": st.sampled_from(["本人", "未就学者", "家族", "高齢受給者"]),
    "ratio": st.sampled_from(["1割", "2割", "3割"]),
    "days": st.integers(1, 28),
    "points": st.integers(1, 9_999_999),
    "patient_paid": st.integers(0, 99_999),
    "kougaku_cls": st.sampled_from([None, "ア", "オ"]),
})


def read(content: bytes) -> list[dict[str, Value]]:
    """What its receipts tell, by field; nothing must be wrong with the file."""
    found = []
    for item in examined([io.BytesIO(content)], PAYERS):
        assert isinstance(item, Examined) and not item.faults, item
        own = own_programme(item.receipt, PAYERS, month_of(item.receipt.told("RE", "month")))
        assert own is not None
        said = fields(Told(item.receipt, own[0]), FORMS[own[1]])
        found.append({name: field.value for name, field in said.items()})
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(CLAIMS, min_size=1, max_size=3), st.sampled_from([("1", "外来"), ("1", "入院"), ("3", "歯科"), ("4", "調剤")]))
def test_what_is_written_has_no_fault_and_says_the_same_when_read(claims: list[dict[str, Value]], care: tuple[str, str]) -> None:
    code = f"43{care[0]}010001"
    code += str(check_digit(code))
    sender = Sender(code, "架空医院", "2025-11", "096-000-0000")
    sent = [{**claim, "inout": care[1], "inst_code": code} for claim in claims]
    assert not any(writable(claim) for claim in sent)
    again = read(b"".join(written(sender, [made(claim, sender) for claim in sent])))
    for claim, found in zip(sent, again, strict=True):
        assert {name: found[name] for name in claim} == claim
        assert found["amount"] == found["copay"] - found["patient_paid"]  # type: ignore[operator]


def test_a_letter_that_shift_jis_has_not_is_a_question_mark() -> None:
    sender = Sender("4310100013", "架空医院", "2025-11")
    (record,) = [piece for piece in written(sender, [["RE,1,1124,202510,𠮷田"]]) if piece.startswith(b"RE")]
    assert record.decode("cp932") == "RE,1,1124,202510,？田\r\n"


def test_what_other_payers_bear_cannot_be_told_by_one_record() -> None:
    assert writable({"other_public": 300}) == [
        "service_ym", "payer_no", "recipient_no", "patient_name", "birth", "points", "days", "inst_code", "other_public"]


def _again(content: bytes, sender: Sender) -> bytes:
    receipts = [item.receipt.text.split("\n") for item in examined([io.BytesIO(content)], PAYERS) if isinstance(item, Examined)]
    return b"".join(written(sender, receipts))


def test_receipts_that_came_as_records_leave_as_they_came() -> None:
    assert _again(packed(MEDICAL), Sender("4310100013", "架空中央こどもクリニック", "2025-11", "096-000-0000")) == packed(MEDICAL)


def test_the_real_file_leaves_as_it_came_with_the_byte_that_it_lacked() -> None:
    if not REAL.is_file():
        pytest.skip(f"{REAL} is not here: material that the project did not write")
    content = REAL.read_bytes()
    again = _again(content, Sender("1210000000", "", "2021-11", "05012345678")).split(b"\r\n")
    was = content.split(b"\r\n")
    assert again[0] == was[0] and again[-1] == b"\x1a" and was[-1] == b""
    assert again[-2] == was[-2]
    assert [line for line in again if line[:3] != b"RE,"][:-1] == [line for line in was if line[:3] != b"RE,"][:-1]


def test_the_sample_is_what_the_writer_makes_and_nothing_is_wrong_with_it() -> None:
    assert SAMPLE.read_bytes() == sample() and told(sample(), payers=PAYERS) == []
