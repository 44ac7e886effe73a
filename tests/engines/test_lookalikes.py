"""One shape, two letters: the neighbours decide."""

from __future__ import annotations

import pytest

from tsuzuri.engines.lookalikes import by_neighbours, japanese, likely


@pytest.mark.parametrize(("seen", "meant"), [
    ("コ一ポ水明316号室", "コーポ水明316号室"),
    ("4丁日29番38号", "4丁目29番38号"),
    ("7ー25－2", "7-25-2"),
    ("干葉", "千葉"),
    ("ニ宮ニ郎", "二宮二郎"),
    ("八ナコ", "ハナコ"),
    ("ことリ薬局", "ことり薬局"),
    ("マツィソウタ", "マツイソウタ"),
    ("マッイソウタ", "マツイソウタ"),
    ("サッカー", "サッカー"),
    ("キョウコ", "キョウコ"),
    ("一丁目二番", "一丁目二番"),
    ("虎ノ門ニ丁目", "虎ノ門二丁目"),
    ("山田太郎", "山田太郎"),
    ("", ""),
])
def test_a_letter_takes_the_script_of_its_neighbours(seen: str, meant: str) -> None:
    assert by_neighbours(seen) == meant
    assert len(by_neighbours(seen)) == len(seen)


def test_chinese_forms_are_not_japanese_but_a_citizens_old_form_is() -> None:
    assert all(japanese(c) for c in "増髙惠々ヶー熊本市12aA-")
    assert not any(japanese(c) for c in "增审队獠한я")
    assert likely("恵") == likely("あ") == 1 > likely("颯") > likely("惠") > 0
