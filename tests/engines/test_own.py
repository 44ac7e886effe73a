"""Our own small reader: what it must never get wrong on clean print, and what its card promises."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from tests.engines.conftest import Draw
from tsuzuri.engines import Crop, Reader
from tsuzuri.engines.own import MODEL, Own
from tsuzuri.errors import Stuck

DIGITS = "0123456789"
KATAKANA = "".join(chr(c) for c in range(0x30A1, 0x30F5)) + "ー "


def test_numbers_dates_and_katakana_come_back_in_order_however_they_are_batched(readers: dict[str, Reader], draw: Draw) -> None:
    asked = [("12345678", DIGITS), ("7", DIGITS), ("¥12,340", DIGITS + ",¥円"), ("サトウハナコ", KATAKANA),
             ("090-1234-5678", DIGITS + "-()"), ("令和6年4月12日", DIGITS + "年月日令和元"), ("31", DIGITS)]
    inks = readers["own"].read([draw(text, alphabet) for text, alphabet in asked])
    assert [ink.text for ink in inks] == [text for text, _ in asked]
    assert all(0.8 < ink.confidence <= 1 for ink in inks)
    assert all(len(ink.characters) == len(ink.text) for ink in inks)


def test_a_crop_reads_the_same_alone_as_among_others(readers: dict[str, Reader], draw: Draw) -> None:
    crops = [draw(text, DIGITS) for text in ("11111", "20", "3456", "0987")]
    alone = [readers["own"].read([crop])[0] for crop in crops]
    for ink, other in zip(readers["own"].read(crops), alone, strict=True):
        assert ink.text == other.text and ink.confidence == pytest.approx(other.confidence, abs=1e-4)


def test_ink_at_the_very_edge_of_its_crop_is_read_as_well_as_ink_with_paper_around(readers: dict[str, Reader], draw: Draw) -> None:
    crop = draw("40381", DIGITS)
    dark = crop.picture < 160
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    tight = crop.picture[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    wide = np.pad(crop.picture, 20, constant_values=255)
    assert [ink.text for ink in readers["own"].read([Crop(tight, DIGITS), Crop(wide, DIGITS)])] == ["40381", "40381"]


def test_an_alphabet_it_does_not_know_is_not_guessed_at(readers: dict[str, Reader], draw: Draw) -> None:
    free, kanji = readers["own"].read([draw("12"), draw("12", "山川")])
    assert (free.text, free.confidence) == ("", 0.0) and kanji.text == ""


def test_of_two_families_in_one_alphabet_the_larger_is_read(readers: dict[str, Reader], draw: Draw) -> None:
    (ink,) = readers["own"].read([draw("ヤマダタロウ", KATAKANA + DIGITS + "ABC()")])
    assert ink.text == "ヤマダタロウ"


def test_where_it_is_not_sure_it_says_what_else_it_might_be(readers: dict[str, Reader], draw: Draw) -> None:
    clear = draw("1234", DIGITS)
    torn = clear.picture.copy()
    torn[torn.shape[0] // 3:, :] = 255
    sure, unsure = readers["own"].read([clear, Crop(torn, DIGITS)])
    assert sure.others == ()
    assert unsure.confidence < 0.98 and unsure.others
    assert unsure.text not in [text for text, _ in unsure.others]
    chances = [p for _, p in unsure.others]
    assert chances == sorted(chances, reverse=True) and unsure.confidence + sum(chances) < 1.01


def test_white_paper_reads_as_nothing(readers: dict[str, Reader]) -> None:
    nothing = [Crop(np.full(shape, 255, np.uint8), DIGITS) for shape in ((2, 2), (30, 30), (30, 300))]
    assert [ink.text for ink in readers["own"].read(nothing)] == ["", "", ""]


def test_the_model_is_the_one_its_card_speaks_of_and_small_enough_to_ship() -> None:
    card = json.loads(MODEL.with_suffix(".json").read_text("utf-8"))
    assert hashlib.sha256(MODEL.read_bytes()).hexdigest() == card["sha256"]
    assert MODEL.stat().st_size < 5 << 20
    assert {"takes", "gives", "trained", "never_trained_on"} <= set(card)
    assert all(set(family) <= set(card["characters"]) for family in card["families"].values())


def test_a_model_that_is_missing_or_not_its_cards_says_so(tmp_path: Path) -> None:
    with pytest.raises(Stuck) as gone:
        Own(tmp_path / "own.onnx")
    assert gone.value.code == "model_missing"
    (tmp_path / "own.onnx").write_bytes(b"else")
    (tmp_path / "own.json").write_bytes(MODEL.with_suffix(".json").read_bytes())
    with pytest.raises(Stuck) as other:
        Own(tmp_path / "own.onnx")
    assert other.value.code == "model_broken"
