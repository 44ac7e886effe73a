"""Letters that the receiver's cp932 lacks: said by its own code, by a plain letter, or as 〓; always flagged, never broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsuzuri.rules.outer import fitted, half_width, outer, sayable, size
from tsuzuri.rules.tables import Gaiji

VALID = {"valid_from": "2018-01-01", "source": "illustrative"}
KNOWN = outer([
    Gaiji(letter="𡈽", code="F040", **VALID), Gaiji(letter="𣘺", plain="橋", **VALID),
    Gaiji(letter="辻\U000e0100", code="F041", **VALID)])


@pytest.mark.parametrize(("name", "said", "flags"), [
    ("𡈽屋", "\ue000屋", "G"), ("𣘺本", "橋本", "G"), ("辻\U000e0100", "\ue001", "G"), ("辻\U000e0101", "辻", "G"),
    ("辻", "辻", ""),
    ("𠮷野", "吉野", "G"), ("𠀋夫", "〓夫", "G"), ("髙﨑栁", "髙﨑栁", ""), ("〜−‖—", "～－∥―", ""),
    ("\ue000", "〓", "G"),
    ("\U0002f800", "〓", "G"), ("か\u3099", "が", ""), ("a\r\nb", "a  b", ""), ("葛\ufe00", "葛", "G"),
])
def test_a_letter_is_said_by_the_citys_code_by_a_plain_one_or_not_at_all(name: str, said: str, flags: str) -> None:
    assert sayable(name, KNOWN) == (said, flags)


def test_the_citys_code_stands_in_the_bytes() -> None:
    assert sayable("𡈽", KNOWN)[0].encode("cp932") == b"\xf0\x40"


@given(st.text(max_size=40), st.integers(0, 40))
def test_any_text_is_said_within_its_bytes_and_what_is_taken_is_its_beginning(text: str, width: int) -> None:
    said, flags = fitted(text, width, KNOWN)
    whole, _ = sayable(text, KNOWN)
    assert size(said) <= width and whole.startswith(said) and ("T" in flags) == (said != whole)
    assert not whole[len(said):].startswith(("ﾞ", "ﾟ")) or not said or said == whole or not _bears(said[-1])


def _bears(kana: str) -> bool:
    return "ｱ" <= kana <= "ﾝ"


@given(st.text(max_size=40))
def test_what_needs_no_other_letter_says_itself(text: str) -> None:
    said, flags = sayable(text)
    if not flags:
        again = said.encode("cp932").decode("cp932")
        assert again == said and sayable(said) == (said, "")


def test_half_width_leaves_what_has_no_narrow_form() -> None:
    assert half_width("ガ漢") == "ｶﾞ漢"


@pytest.mark.parametrize("wrong", [{"code": "E000"}, {"code": "F0FD"}, {"code": "F07F"}, {"code": "F040", "plain": "土"}, {}])
def test_a_row_of_the_table_says_one_thing_and_within_the_receivers_own_codes(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Gaiji(letter="𡈽", **wrong, **VALID)
