"""Ink to value, value to what a person reads."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsuzuri.model import Value
from tsuzuri.rules import KINDS, Unreadable, mean, plausible, same, show
from tsuzuri.rules.kinds import KATAKANA


@pytest.mark.parametrize(("kind", "ink", "value"), [
    ("recipient_no", "0001230", "0001230"), ("recipient_no", "０００１２３０", "0001230"),
    ("recipient_no", "OO0①23〇", "0001230"), ("recipient_no", "000 12-30", "0001230"),
    ("payer_no", "88430012", "88430012"), ("insurer_no", "138057", "138057"),
    ("insurer_no", "  138057", "138057"),
    ("insurer_no", "00138057", "138057"), ("insurer_no", "01430016", "01430016"),
    ("inst_code", "4310100013", "4310100013"), ("inst_code", "43-1-0100013", "4310100013"),
    ("inst_code", "0100013", "0100013"), ("account_no", "123", "0000123"),
    ("account_no", "1234567", "1234567"),
    ("digits", "0l2", "012"), ("postal", "〒860-0001", "860-0001"), ("postal", "８６００００１", "860-0001"),
    ("phone", "096-000-0000", "0960000000"), ("phone", "０９６（０００）００００", "0960000000"),
    ("phone", "090 1234 5678", "09012345678"), ("int", "１２", 12), ("int", "①②", 12), ("int", "1,234", 1234),
    ("decimal", "1,234.5", "1234.50"), ("decimal", "９８０㎡", "980.00"), ("decimal", "0.05", "0.05"),
    ("int", "O", 0), ("yen", "¥12,345", 12345), ("yen", "￥12,345-", 12345), ("yen", "12.345円", 12345),
    ("yen", "金1,000円也", 1000), ("yen", "\\500", 500), ("yen", "△500", -500), ("yen", "-¥1,500", -1500),
    ("yen", "¥-500", -500), ("yen", "0", 0), ("yen", "1、234", 1234),
    ("kana", "ｶｸｳ ﾊﾅｺ", "カクウ　ハナコ"), ("kana", "かくう　はなこ", "カクウ　ハナコ"),
    ("kana", "ﾀﾞｲｺﾞ", "ダイゴ"),
    ("kana", "コ一ヒ－", "コーヒー"), ("kana", "力ト工", "カトエ"),
    ("kana", "カクウ・ハナコ", "カクウ　ハナコ"),
    ("account_kana", "カ）ﾔﾏﾀﾞ", "カ)ヤマダ"), ("account_kana", "ABC1-2", "ABC1-2"),
    ("account_kana", "セ-ト", "セート"),
    ("name", " 架空   花子 ", "架空　花子"), ("name", "架空花子", "架空花子"),
    ("name", "髙﨑　神子", "髙﨑　神子"),
    ("name", "ｶｸｳ　ﾊﾅｺ", "カクウ　ハナコ"), ("text", "ｸﾏﾓﾄ　１２３", "クマモト 123"),
    ("address", "熊本市中央区架空１－２ー３", "熊本市中央区架空1-2-3"),
    ("address", "アパート101", "アパート101"),
    ("wareki", "R6.4.12", "2024-04-12"), ("ym", "令和6年4月分", "2024-04"), ("seal", "1", True),
    ("tick", "0", False),
])
def test_ink_becomes_a_value(kind: str, ink: str, value: Value) -> None:
    assert KINDS[kind].parse(ink) == value


@pytest.mark.parametrize(("kind", "ink"), [
    ("recipient_no", "000123"), ("recipient_no", "00012345"), ("recipient_no", "00012x0"),
    ("payer_no", "8843001"),
    ("insurer_no", "1234567"), ("inst_code", "12345678"), ("account_no", "12345678"), ("postal", "860001"),
    ("phone", "96-000-0000"), ("phone", "096-000-000"), ("phone", "01012345678"), ("int", "1.5"),
    ("decimal", "1.234"), ("decimal", "12,34"),
    ("decimal", "-1"),
    ("int", "12a"),
    ("yen", "1,23"), ("yen", "¥"), ("yen", "12,3456"), ("yen", "千円"), ("kana", "花子"),
    ("kana", "Hanako"), ("account_kana", "架空"), ("wareki", "6.4.13"), ("wareki", "令和6年2月30日"),
    ("ym", "令和8年"),
    ("choice", "外来|入院"), ("seal", "2"), ("digits", "一"),
])
def test_ink_of_another_kind_is_refused_in_words_that_do_not_repeat_it(kind: str, ink: str) -> None:
    with pytest.raises(Unreadable) as refused:
        KINDS[kind].parse(ink)
    assert ink not in str(refused.value) and str(refused.value)


def test_every_kind_that_readers_are_confined_by_can_read_its_own_alphabet() -> None:
    for kind in KINDS.values():
        assert kind.alphabet is None or len(set(kind.alphabet)) == len(kind.alphabet), kind.name
    assert KINDS["kana"].parse(KATAKANA) == KATAKANA
    assert "".join(KINDS["digits"].alphabet or "") == "0123456789"


@pytest.mark.parametrize(("kind", "value", "shown"), [
    ("yen", 12345, "12,345"), ("int", 12345, "12345"), ("wareki", "2024-04-12", "令和6年4月12日"),
    ("ym", "2019-05", "令和元年5月"),
    ("phone", "0960000000", "096-000-0000"), ("phone", "09012345678", "090-1234-5678"),
    ("phone", "0312345678", "03-1234-5678"),
    ("phone", "0120000000", "0120-000-000"), ("seal", True, "○"), ("seal", False, ""), ("name", None, ""),
    ("recipient_no", "0001230", "0001230"),
])
def test_a_value_is_shown_as_people_write_it(kind: str, value: Value, shown: str) -> None:
    assert show(kind, value) == shown


DIGITS = st.text("0123456789", min_size=1)
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "yen": st.integers(-9_999_999, 99_999_999), "int": st.integers(0, 9_999_999),
    "wareki": st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat),
    "ym": st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(lambda day: day.isoformat()[:7]),
    "phone": st.from_regex(r"0[1-9][0-9]{8}|0[5-9]0[0-9]{8}", fullmatch=True),
    "postal": st.from_regex(r"[0-9]{3}-[0-9]{4}", fullmatch=True),
    "recipient_no": st.text("0123456789", min_size=7, max_size=7),
    "kana": st.text(KATAKANA, min_size=1, max_size=20),
}


@pytest.mark.parametrize("kind", VALUES)
def test_what_is_shown_means_the_same_value(kind: str) -> None:
    @given(VALUES[kind])
    def round_trip(value: Value) -> None:
        assert mean(kind, show(kind, value)) == value

    round_trip()


@given(kind=st.sampled_from(sorted(KINDS)), ink=st.text(max_size=30))
def test_no_ink_breaks_a_kind(kind: str, ink: str) -> None:
    try:
        value = mean(kind, ink, ("男", "女"))
    except Unreadable:
        return
    assert value is None or isinstance(value, str | int | bool)
    assert same(kind, mean(kind, show(kind, value), ("男", "女")), value) or kind == "account_kana"


@pytest.mark.parametrize(("kind", "a", "b", "alike"), [
    ("name", "架空　花子", "架空花子", True), ("name", "架空花子", "架空華子", False),
    ("kana", "カクウ　ハナコ", "カクウハナコ", True),
    ("address", "架空 1-2", "架空1-2", True), ("yen", 1, 1, True), ("yen", 1, None, False),
    ("seal", False, None, True),
    ("seal", True, None, False), ("recipient_no", "0001230", "1230", False), ("name", None, None, True),
])
def test_values_are_alike_whatever_their_gaps(kind: str, a: Value, b: Value, alike: bool) -> None:
    assert same(kind, a, b) is alike


def test_a_printed_era_completes_a_bare_year_and_no_other() -> None:
    assert mean("wareki", "6.4.12", era="令和") == "2024-04-12"
    assert mean("wareki", "６年４月１２日", era="平成") == "1994-04-12"
    assert mean("wareki", "H6.4.12", era="令和") == "1994-04-12"
    assert mean("wareki", "2024-04-12", era="令和") == "2024-04-12"
    with pytest.raises(Unreadable):
        mean("wareki", "6.4.12")


def test_a_choice_is_one_of_the_printed_words() -> None:
    assert mean("choice", "３割", ("2割", "3割")) == "3割"
    with pytest.raises(Unreadable, match="2割・3割"):
        mean("choice", "1割", ("2割", "3割"))


def test_blank_ink_is_no_value_and_an_unset_mark() -> None:
    assert mean("yen", " 　") is None and mean("choice", "") is None
    assert mean("seal", "") is False and mean("tick", "") is False


@pytest.mark.parametrize(("kind", "value", "stands"), [
    ("recipient_no", "0001230", True), ("recipient_no", "0001231", False), ("insurer_no", "138057", True),
    ("inst_code", "4310100014", False), ("yen", 0, True), ("yen", None, False), ("seal", False, False),
    ("name", "架空", True),
])
def test_only_what_can_be_right_stands_against_another_reader(kind: str, value: Value, stands: bool) -> None:
    assert plausible(kind, value) is stands
