"""Towns of the post: of what an address may spell, the town that there is."""

from __future__ import annotations

import pytest

from tsuzuri.rules.lists import in_town

CITY = "431001"


def test_a_spelling_that_begins_with_a_town_comes_before_one_that_does_not() -> None:
    assert in_town({"熊本市中央区永前寺1-2": 0.6, "熊本市中央区水前寺1-2": 0.1}, CITY) == "熊本市中央区水前寺1-2"


def test_a_town_that_no_reader_held_possible_is_not_put_in() -> None:
    assert in_town({"熊本市南区川迎1-12": 0.8}, CITY) == "熊本市南区川迎1-12"
    assert in_town({"熊本市西区島崎5-9-26": 0.9}, CITY, "860-0047") == "熊本市西区島崎5-9-26"


def test_a_town_whose_name_goes_on_is_another_town() -> None:
    spelled = {"熊本市東区健軍木町6丁目": 0.6, "熊本市東区健軍本町6丁目": 0.2}
    assert in_town(spelled, CITY) == "熊本市東区健軍本町6丁目"


@pytest.mark.parametrize(("read", "meant"), [
    ("熊本市東区健軍本町6工目24番", "熊本市東区健軍本町6丁目24番"), ("工業団地1", "工業団地1"),
])
def test_the_first_letter_of_chome_is_mended_behind_a_number_only(read: str, meant: str) -> None:
    assert in_town({read: 0.9}, CITY) == meant


def test_a_postcode_brings_towns_of_other_cities() -> None:
    spelled = {"福岡市博多区祗園町1": 0.5, "福岡市博多区祇園町1": 0.3}
    assert in_town(spelled, CITY) == "福岡市博多区祗園町1"
    assert in_town(spelled, CITY, "812-0038") == "福岡市博多区祇園町1"


def test_of_spellings_in_a_town_one_with_a_block_comes_first() -> None:
    spelled = {"熊本市南区田迎3--13": 0.5, "熊本市南区田迎3-7-13": 0.1}
    assert in_town(spelled, CITY) == "熊本市南区田迎3-7-13"


def test_spellings_that_mean_the_same_count_together() -> None:
    spelled = {"熊本市東区花立6丁目75番": 0.4, "熊本市東区花立6丁目/5番": 0.3, "熊本市東区花立6丁目15番": 0.2}
    assert in_town(spelled, CITY) == "熊本市東区花立6丁目15番"
