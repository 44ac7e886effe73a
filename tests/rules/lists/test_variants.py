"""異体字: one person under two shapes of a letter; two people under two letters that only read alike."""

from __future__ import annotations

import pytest

from tsuzuri.rules.lists import as_person
from tsuzuri.rules.lists.variants import LIVING, RARE


@pytest.mark.parametrize(("one", "other"), [
    ("髙橋　恵", "高橋 惠"), ("渡邊", "渡辺"), ("渡邉", "渡邊"), ("齋藤", "斎藤"), ("冨田", "富田"),
    ("𠮷田", "吉田"), ("神田", "神田"),
])
def test_a_name_in_another_shape_is_the_same_person(one: str, other: str) -> None:
    assert as_person(one) == as_person(other)


@pytest.mark.parametrize(("one", "other"), [("裕子", "祐子"), ("古川", "吉川"), ("太田", "大田"), ("ひろ子", "ヒロ子")])
def test_names_that_only_sound_or_look_alike_stay_two(one: str, other: str) -> None:
    assert as_person(one) != as_person(other)


def test_no_letter_stands_in_two_groups() -> None:
    letters = "".join((*LIVING, *RARE))
    assert len(letters) == len(set(letters))
