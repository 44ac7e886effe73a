"""The bank's file, byte for byte, and read back by a reader that counts its columns off by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsuzuri.rules.kinds import KATAKANA
from tsuzuri.rules.zengin import CORPORATE, MOST_YEN, Unsayable, abbreviated, cut, holder, named, parts, said, written
from tsuzuri.rules.zengin_reader import read_transfers

DAY = date(2025, 12, 25)


@dataclass(frozen=True)
class Account:
    """A payer or a payee."""

    bank: str = "0182"
    branch: str = "101"
    kind: str = "1"
    number: str = "1234567"
    code: str = "4300000001"
    name: str = "ｸﾏﾓﾄｼ"
    holder: str = "ｲ)ｶｸｳｺﾄﾞﾓｸﾘﾆﾂｸ"
    customer: str = "4310110001"
    amount: int = 422


CITY, CLINIC = Account(), Account(bank="9900", branch="238", number="7654321")


def content(*paid: Account, crlf: bool = True) -> bytes:
    """One file."""
    (part,) = parts(paid)
    return b"".join(written(CITY, DAY, part, crlf))


def test_a_file_is_exactly_these_bytes() -> None:
    parent = replace(CLINIC, holder="ｶｸｳ ﾊﾅｺ", customer="123", amount=75000)
    head, first, second, tail, end, rest = content(CLINIC, parent).split(b"\r\n")
    text = ["1210" "4300000001" + "ｸﾏﾓﾄｼ".ljust(40) + "1225" "0182" + "ﾋｺﾞ".ljust(15) + "101" + "ﾎﾝﾃﾝ".ljust(15)
            + "1" "1234567" + " " * 17,
            "29900" + "ﾕｳﾁﾖ".ljust(15) + "238" + "ﾆｻﾝﾊﾁ".ljust(15) + "0000" "1" "7654321" + "ｲ)ｶｸｳｺﾄﾞﾓｸﾘﾆﾂｸ".ljust(30)
            + "0000000422" "0" "4310110001" "0000000000" "0" + " " * 8]
    assert (head, first) == tuple(line.encode("shift_jis") for line in text)
    assert b"0000075000" + b"0" + b"0000000123" in second
    assert tail == b"8000002000000075422" + b" " * 101 and end == b"9" + b" " * 119 and rest == b""
    assert {len(line) for line in (head, first, second, tail, end)} == {120}
    assert content(CLINIC, crlf=False) == content(CLINIC).replace(b"\r\n", b"")


@pytest.mark.parametrize(("name", "spelt"), [
    ("イリョウホウジンコウヨウカイ", "ｲ)ｺｳﾖｳｶｲ"), ("イリョウホウジンシャダン　ケンコウカイ", "ｲ)ｹﾝｺｳｶｲ"),
    ("クスノキ　イリョウホウジン", "ｸｽﾉｷ(ｲ"),
    ("アオバ　カブシキガイシャ　クマモト", "ｱｵﾊﾞ(ｶ)ｸﾏﾓﾄ"), ("パーティー　ヲ", "ﾊﾟ-ﾃｲ- ｵ"), ("シャカイフクシホウジン　ア", "ﾌｸ)ｱ"),
    ("ｶﾌﾞｼｷｶﾞｲｼｬ ｱ", "ｶ)ｱ"),
    ("ガッコウホウジンア", "ｶﾞｸ)ｱ"), ("abc－１", "ABC-1"), ("イ）コウヨウカイ", "ｲ)ｺｳﾖｳｶｲ"),
])
def test_a_body_corporate_is_abbreviated_where_it_stands(name: str, spelt: str) -> None:
    assert holder(name) == spelt


def test_every_abbreviation_is_itself_to_be_said() -> None:
    assert all(abbreviated(f"{word}ア") == f"{short})ｱ" and said(short) == short for word, short in CORPORATE.items())


@pytest.mark.parametrize("name", ["綴　花子", "ア・イ", "", "　"])
def test_what_banks_cannot_say_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(Unsayable) as refused:
        holder(name)
    assert not name.strip() or name not in str(refused.value)


@given(st.text(alphabet=KATAKANA + "　ABC12().-", max_size=60), st.integers(1, 40))
def test_no_name_is_longer_than_its_column_and_no_kana_cut_from_its_mark(name: str, width: int) -> None:
    whole = said(name)
    taken = cut(whole, width)
    assert len(taken.encode("cp932")) <= width and whole.startswith(taken)
    assert not whole[len(taken):].startswith(("ﾞ", "ﾟ")) or not taken or taken[-1] in "ﾞﾟ" or taken[-1] < "ｱ"
    assert not set(taken) & set("ｦｧｨｩｪｫｬｭｮｯｰ")


PAID = st.builds(Account, st.sampled_from(["0182", "9900"]), st.just("101"), st.sampled_from("1249"),
                 st.from_regex("[0-9]{7}", fullmatch=True), amount=st.integers(1, 10**12),
                 holder=st.text(alphabet=KATAKANA, min_size=1, max_size=50).map(holder))


@given(st.lists(PAID, max_size=5), st.booleans())
def test_whatever_is_paid_every_record_has_120_bytes_and_a_reader_of_its_own_adds_up_the_same(
    paid: list[Account], crlf: bool,
) -> None:
    files = [b"".join(written(CITY, DAY, part, crlf)) for part in parts(paid)]
    found = [read_transfers(file) for file in files]
    assert sum(one.total for one in found) == sum(account.amount for account in paid)
    assert all(one.day == "1225" and one.code == CITY.code and one.payer == CITY.name for one in found)
    assert len(files) == 1 or sum(account.amount for account in paid) > 10**12 - 1


def test_more_than_a_file_holds_goes_in_several_and_nothing_of_0_yen_goes() -> None:
    accounts = [replace(CLINIC, amount=yen) for yen in (5, 0, 7, 11)]
    assert [part.total for part in parts(accounts, most=2)] == [12, 11]
    assert [yen for _, yen in next(parts([replace(CLINIC, amount=MOST_YEN + 3)])).records] == [MOST_YEN, 3]
    assert [part.records for part in parts([])] == [()]


@pytest.mark.slow
def test_a_million_payees_go_in_two_files_that_both_add_up() -> None:
    files = []
    for part in parts(replace(CLINIC, amount=1 + n % 7) for n in range(1_000_001)):
        count = total = 0
        for record in written(CITY, DAY, part, crlf=False):
            if record[:1] == b"2":
                count, total = count + 1, total + int(record[80:90])
            elif record[:1] == b"8":
                files.append((count, total))
                assert (int(record[1:7]), int(record[7:19])) == (count, total)
    assert [count for count, _ in files] == [999_999, 2]
    assert sum(total for _, total in files) == sum(1 + n % 7 for n in range(1_000_001))


def test_a_branch_is_called_by_the_list_of_the_network() -> None:
    assert named("0182", "101") == ("ﾋｺﾞ", "ﾎﾝﾃﾝ")
    assert named("0182", "999") is None and named("9999", "101") is None and named("x", "1") is None


@pytest.mark.parametrize("spoil", [
    lambda told: told[:-1], lambda told: told.replace(b"0000000422", b"0000000423", 1),
    lambda told: told.replace(b"8000001", b"8000002"),
    lambda told: told.replace("ｸﾏﾓﾄｼ".encode("cp932"), "ｸﾏﾓﾄｦ".encode("cp932")), lambda told: told.replace(b"1210", b"1110"),
    lambda told: told[122:], lambda told: b"",
])
def test_a_spoilt_file_of_transfers_is_not_believed(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(ValueError):  # noqa: PT011  any reason will do
        read_transfers(spoil(content(CLINIC)))


@pytest.mark.parametrize("odd", [{"holder": "綴"}, {"number": "12345678"}, {"customer": "x"}, {"holder": "ｱ" * 31}])
def test_what_has_no_room_is_not_written(odd: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        content(replace(CLINIC, **odd))  # type: ignore[arg-type]
