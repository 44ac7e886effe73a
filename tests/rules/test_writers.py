"""The benefits feed, byte for byte, and read back by a reader that adds everything up again."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsuzuri.model import Value
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.rules.kinds import KATAKANA
from tsuzuri.rules.outer import half_width
from tsuzuri.rules.sheets import Out, pour
from tsuzuri.rules.writers import (
    DATA,
    FEED_COLUMNS,
    HEADER,
    SIGNED,
    TRAILER,
    Fixed,
    Row,
    Totals,
    Unfit,
    fits,
    reversal,
)

HEAD: Row = {
    "city": "431001", "business": "IRY", "business_date": "20251120", "sequence": 1,
    "made_at": "20251120190000",
    "version": 1}
ROW: dict[str, Value] = {
    "claim_id": "CL0123456789ABCDEF01", "channel": "1", "scheme": "01", "ward": "02",
    "recipient_no": "0001230",
    "payer_no": "88430012", "inst_code": "4310100013", "service_ym": "202510", "inout": "2", "table": "1",
    "days": 2,
    "points": 561, "copay": 1683, "kougaku": 0, "other_public": 0, "fuka": 0, "patient_paid": 700,
    "amount": 983,
    "method": "1", "account": "", "kana": "カクウ　ハナコ", "name": "架空　花子"}
# The interface's own table, typed apart from the code: 1+9+1+20+1+2+2+7+8+10+6+1+1+2+8+9×6+1+20+40+40+3.
AGREED_WIDTHS = {1: 37, 2: 237, 8: 98}


def written(*rows: Row) -> bytes:
    content = bytearray()
    pour(HEAD, rows, [Out(Fixed(), content.extend)])
    return bytes(content)


def row_of(**changed: Value) -> dict[str, str]:
    return read_feed(written(ROW | changed)).rows[0]


def test_the_records_have_the_agreed_widths() -> None:
    assert [sum(c.width for c in columns) for columns in (HEADER, DATA,
        TRAILER)] == list(AGREED_WIDTHS.values())


def test_a_feed_is_exactly_these_bytes() -> None:
    content = written(ROW)
    head = b"1431001IRY202511200012025112019000001\r\n"
    data = (
        b"2" b"000000001" b"1" b"CL0123456789ABCDEF01" b"1" b"01" b"02" b"0001230" b"88430012" b"4310100013"
        b"202510" b"2" b"1" b"02" b"00000561" b"000001683" b"000000000" b"000000000" b"000000000" b"000000700"
        b"000000983" b"1" + b" " * 20 + "ｶｸｳ ﾊﾅｺ".encode("cp932") + b" " * 33
        + "架空　花子".encode("cp932") + b" " * 30 + b"   \r\n")
    sha = hashlib.sha256(head + data).hexdigest().encode()
    assert content == head + data + b"8" b"000000001" b"000000000983" b"000000000561" + sha + b"\r\n"


def test_no_claims_still_give_a_header_and_a_trailer() -> None:
    assert read_feed(written()).totals == Totals(0, 0, 0)


def test_what_was_poured_out_is_added_up() -> None:
    assert pour(HEAD, [ROW, ROW], [Out(Fixed(), len)]) == Totals(2, 1966, 1122)


def test_a_reversal_takes_back_what_was_sent() -> None:
    back = reversal(ROW)
    sent = read_feed(written(ROW, back))
    assert sent.totals == Totals(2, 0, 0)
    assert sent.rows[1]["action"] == "3"
    assert (sent.rows[1]["amount"], sent.rows[1]["points"]) == ("-00000983", "-0000561")
    assert [int(sent.rows[1][name]) for name in SIGNED] == [-int(sent.rows[0][name]) for name in SIGNED]


@pytest.mark.parametrize(("column", "value"), [
    ("amount", 1_000_000_000), ("amount", -100_000_000), ("days", 100), ("recipient_no", "12345678"),
    ("recipient_no", "12x"), ("claim_id", "C" * 21), ("claim_id", "請求"), ("claim_id", "a\nb"),
    ("ward", "EAST"),
])
def test_what_has_no_room_is_refused_by_its_column_and_not_repeated(column: str, value: Value) -> None:
    with pytest.raises(Unfit) as unfit:
        fits(ROW | {column: value})
    assert unfit.value.column == column and str(value) not in str(unfit.value)


@pytest.mark.parametrize(("column", "value", "cell"), [
    ("amount", 999_999_999, "999999999"), ("amount", -99_999_999, "-99999999"), ("amount", None, "000000000"),
    ("recipient_no", None, "0000000"), ("days", 31, "31"), ("account", None, ""),
])
def test_what_just_fits_is_written(column: str, value: Value, cell: str) -> None:
    assert row_of(**{column: value})[column] == cell


@pytest.mark.parametrize(("kana", "cell"), [
    ("ガギグ", "ｶﾞｷﾞｸﾞ"), ("パーティー", "ﾊﾟｰﾃｨｰ"), ("ヴァ", "ｳﾞｧ"), ("カクウ　ハナコ", "ｶｸｳ ﾊﾅｺ"),
    ("ヮヵヶ", "ﾜｶｹ"), ("Ａ１", "A1"),
    ("カ\u3099", "ｶﾞ"),
])
def test_kana_is_written_in_half_width(kana: str, cell: str) -> None:
    assert row_of(kana=kana)["kana"] == cell and row_of(kana=kana)["error"] == ""


def test_no_kana_is_cut_from_its_voiced_mark() -> None:
    assert row_of(kana="ア" + "ガ" * 20)["kana"] == "ｱ" + "ｶﾞ" * 19
    assert row_of(kana="ア" + "ガ" * 20)["error"] == "T"
    assert row_of(kana="ガ" * 20)["kana"] == "ｶﾞ" * 20
    assert row_of(kana="ガ" * 20)["error"] == ""


def test_no_kanji_is_cut_in_two() -> None:
    assert row_of(name="a" + "架" * 20)["name"] == "a" + "架" * 19
    assert row_of(name="架" * 20)["name"] == "架" * 20


@pytest.mark.parametrize(("name", "cell", "error"), [
    ("髙﨑　花子", "髙﨑　花子", ""), ("𠮷野　花子", "吉野　花子", "G"), ("𠀋野　花子", "〓野　花子", "G"),
    ("辻\U000e0100　花子", "辻　花子", "G"),
    ("\ue000野", "〓野", "G"), ("〜−‖—", "～－∥―", ""), ("花\r\n子", "花  子", ""),
    ("𠀋" * 21, "〓" * 20, "GT"),
    ("か\u3099", "が", ""),
])
def test_what_the_receiver_cannot_spell_is_replaced_and_flagged(name: str, cell: str, error: str) -> None:
    row = row_of(name=name)
    assert (row["name"], row["error"]) == (cell, error)


SUMS = st.integers(-99_999_999, 999_999_999)
ROWS = st.fixed_dictionaries({
    "claim_id": st.from_regex("[A-Z0-9]{1,20}", fullmatch=True),
    "recipient_no": st.from_regex("[0-9]{7}", fullmatch=True),
    "points": st.integers(-9_999_999, 99_999_999), "amount": SUMS, "copay": SUMS,
    "kana": st.text(max_size=50),
    "name": st.text(max_size=50), "days": st.integers(0, 31)})


@given(st.lists(ROWS, max_size=4))
def test_whatever_stands_in_the_rows_the_feed_has_its_widths_and_adds_up(
    rows: list[dict[str, Value]],
) -> None:
    content = written(*rows)
    *lines, rest = content.split(b"\r\n")
    assert rest == b""
    assert [len(line) for line in lines] == [AGREED_WIDTHS[int(line[:1])] for line in lines]
    assert [line[:1] for line in lines] == [b"1", *[b"2"] * len(rows), b"8"]
    found = read_feed(content)
    assert found.totals == Totals(
        len(rows), sum(int(r["amount"] or 0) for r in rows), sum(int(r["points"] or 0) for r in rows))
    assert [int(r["amount"]) for r in found.rows] == [r["amount"] for r in rows]


@given(st.text(alphabet=KATAKANA + "　", max_size=60))
def test_no_katakana_begins_a_cell_with_a_lone_mark(kana: str) -> None:
    cell = row_of(kana=kana)["kana"]
    assert len(cell.encode("cp932")) <= 40
    whole = half_width(kana).rstrip()
    assert whole.startswith(cell)
    assert not whole[len(cell):].startswith(("ﾞ", "ﾟ"))


@pytest.mark.parametrize("spoil", [
    lambda content: content[:-1], lambda content: content.replace(b"000000983", b"000000984", 1),
    lambda content: content.replace(b"0001230", b"0001231"), lambda content: content.replace(b"IRY", b"IR"),
    lambda content: content + b"9\r\n", lambda content: b"",
    lambda content: content.replace(b"2000000001", b"2000000002"),
])
def test_a_spoilt_feed_is_not_believed(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(ValueError):  # noqa: PT011  any reason will do
        read_feed(spoil(written(ROW)))


def test_a_form_may_name_only_what_it_can_fill() -> None:
    assert {"recipient_no", "amount", "account_kind", "scheme"} <= FEED_COLUMNS
    assert not {"record", "line", "claim_id", "error", "ward"} & FEED_COLUMNS
