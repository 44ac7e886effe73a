"""Block numbers: strokes and letters stand for digits only where nothing but a digit can stand."""

from __future__ import annotations

import pytest

from tsuzuri.rules.lists.blocks import as_place, is_block, mended


@pytest.mark.parametrize(("read", "meant"), [
    ("高平3丁目/6番/0号", "高平3丁目16番10号"), ("尾ノ上4丁目//番22号", "尾ノ上4丁目11番22号"),
    ("水前寺ノ丁目1番18号メゾン楠/36号室", "水前寺1丁目1番18号メゾン楠136号室"), ("武蔵ケ丘7-ノ1-24", "武蔵ケ丘7-11-24"),
    ("国府S-1-18", "国府5-1-18"), ("健軍本町6工目24番", "健軍本町6丁目24番"), ("大江2丁且6番", "大江2丁目6番"),
    ("東野2番39号八イツ若葉229号室", "東野2番39号ハイツ若葉229号室"), ("国府６－２４－１７", "国府6-24-17"),
])
def test_what_can_only_be_a_digit_is_one(read: str, meant: str) -> None:
    assert mended(read) == meant


@pytest.mark.parametrize("read", [
    "1丁目2ノ3", "尾ノ上5-5-9", "国府6-24-17 コーポI号館", "上熊本1-2ノ3 メゾンS101号室", "八王子町1-1",
    "工業団地1", "国府 SOHOビル", "",
])
def test_a_sound_address_stays_as_it_is_written(read: str) -> None:
    assert mended(read) == read


@pytest.mark.parametrize("tail", [
    "1丁目19番14号 ハイツ若葉273号室", "3-9-14", "3-9-14コーポ水明141号室", "3丁目9-14", "24番8号", "10番地の3", "3",
])
def test_a_block_may_be_numbered_so(tail: str) -> None:
    assert is_block(tail)


@pytest.mark.parametrize("tail", ["2/番8号", "3--13", "8-24.-16", "丁目2番", "", "05-1-1"])
def test_no_block_is_numbered_so(tail: str) -> None:
    assert not is_block(tail)


def test_two_ways_to_write_one_place_are_one() -> None:
    assert as_place("熊本市東区尾ノ上4丁目11番22号") == as_place("熊本市東区尾ノ上 4-11-22") == "熊本市東区尾ノ上4-11-22"
    assert as_place("熊本市東区花立6丁目15番36号 ハイツ若葉12号室") != as_place("熊本市東区花立6丁目15番36号 ハイツ若葉13号室")
