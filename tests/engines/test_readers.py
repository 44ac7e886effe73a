"""The two readers on clean print: what they must never get wrong."""

from __future__ import annotations

import time

import numpy as np
import pytest

import tsuzuri.engines.tesseract as tesseract
from tests.engines.conftest import Draw
from tsuzuri.engines import Crop, Reader
from tsuzuri.engines.ppocr import PPOCR
from tsuzuri.engines.tesseract import Tesseract
from tsuzuri.errors import Stuck

DIGITS = "0123456789"
NOTHING = Crop(np.full((2, 2), 255, np.uint8), DIGITS)


def test_a_sheet_of_crops_comes_back_in_order_however_they_are_batched(readers: dict[str, Reader], draw: Draw) -> None:
    words = ["12345678", "7", "熊本市中央区手取本町1-1", "4310119021", "佐藤花子", "31"]
    inks = readers["ppocr"].read([draw(word) for word in words])
    assert [ink.text for ink in inks] == words
    assert all(0.9 < ink.confidence <= 1 for ink in inks)
    assert all(len(ink.characters) == len(ink.text) for ink in inks)


def test_a_reader_says_only_letters_of_the_fields_alphabet(readers: dict[str, Reader], draw: Draw) -> None:
    (free, held) = readers["ppocr"].read([draw("B0O8I"), draw("B0O8I", DIGITS)])
    assert not free.text.isdigit()
    assert held.text and set(held.text) <= set(DIGITS)
    assert held.confidence < free.confidence


def test_the_gap_between_two_names_is_no_long_vowel_and_no_dot(readers: dict[str, Reader], draw: Draw) -> None:
    katakana = "".join(chr(c) for c in range(0x30A1, 0x30FB)) + "ー・"
    inks = readers["ppocr"].read([draw("サトウ　ハナコ", katakana), draw("オオタ　　ケン", katakana), draw("サトー", katakana)])
    assert [ink.text for ink in inks] == ["サトウハナコ", "オオタケン", "サトー"]


def test_nothing_to_read_reads_as_nothing(readers: dict[str, Reader]) -> None:
    for reader in readers.values():
        assert [ink.text for ink in reader.read([NOTHING])] == [""]
        assert reader.read([]) == []


def test_reading_twice_gives_the_same(readers: dict[str, Reader], draw: Draw) -> None:
    crops = [draw("12,345", DIGITS + ","), draw("山田太郎")]
    for reader in readers.values():
        assert reader.read(crops) == reader.read(crops)


def test_the_second_reader_finds_each_line_of_the_montage_again(readers: dict[str, Reader], draw: Draw) -> None:
    words = ["5630587", "1024", "43101", "880", "12345678"]
    crops = [draw(word, DIGITS) for word in words]
    crops.insert(2, NOTHING)
    words.insert(2, "")
    inks = readers["tesseract"].read(crops)
    assert [ink.text for ink in inks] == words
    assert all(ink.confidence > 0.5 for ink in inks if ink.text)


def test_a_montage_of_many_numbers_and_a_name_costs_two_calls(readers: dict[str, Reader], draw: Draw,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    original = tesseract.pytesseract.image_to_data

    def counted(*args: object, **how: object) -> object:
        calls.append(str(how["lang"]))
        return original(*args, **how)

    monkeypatch.setattr(tesseract.pytesseract, "image_to_data", counted)
    readers["tesseract"].read([draw("123", DIGITS), draw("山田花子"), draw("456", DIGITS)])
    assert calls == ["eng", "jpn"]


def test_a_missing_or_hanging_tesseract_is_nobodys_fault_and_may_be_tried_again(
        readers: dict[str, Reader], draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "TIMEOUT_S", 0.001)
    began = time.monotonic()
    with pytest.raises(Stuck) as slow:
        readers["tesseract"].read([draw("123", DIGITS)])
    assert slow.value.code == "tesseract_failed" and time.monotonic() - began < 10
    monkeypatch.setattr(tesseract.pytesseract.pytesseract, "tesseract_cmd", "/nowhere/tesseract")
    with pytest.raises(Stuck) as gone:
        Tesseract()
    assert gone.value.code == "tesseract_missing"


def test_a_missing_model_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Stuck, match="rapidocr") as gone:
        PPOCR()
    assert gone.value.code == "model_missing"
