"""Seals wherever they stand: by their ink in colour, by their shape in gray; frames and titles are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tsuzuri.image import Picture, Pixels
from tsuzuri.image.seals import IN_COLOUR, IN_GRAY, seals
from tsuzuri.synth import stamps
from tsuzuri.synth.ink import Sheet

PX = 8.0


def stamped(colour: tuple[int, int, int]) -> Pixels:
    sheet = Sheet(np.full((800, 800), 255, np.uint8), round(PX * 25.4), np.random.default_rng(4))
    stamps.seal(sheet, (40, 40, 14, 14), "山田", colour)
    return np.asarray(cv2.cvtColor(sheet.picture, cv2.COLOR_RGB2BGR), np.uint8)


@pytest.mark.parametrize("colour", [stamps.VERMILION, stamps.VIOLET])
def test_a_seal_in_stamp_ink_is_found_where_it_stands(colour: tuple[int, int, int]) -> None:
    (box, sure), *_ = seals(Picture(stamped(colour)), PX)
    assert sure == IN_COLOUR and box[0] / PX + box[2] / PX / 2 == pytest.approx(47, abs=3)
    assert 7 < box[2] / PX < 15


def test_the_same_seal_in_a_gray_scan_is_less_sure() -> None:
    found = seals(Picture(Picture(stamped(stamps.VERMILION)).gray), PX)
    assert [sure for _, sure in found] == [IN_GRAY]


def test_an_empty_frame_a_full_square_and_a_line_of_text_are_no_seals() -> None:
    page = np.full((800, 800), 255, np.uint8)
    cv2.rectangle(page, (100, 100), (260, 260), 0, 3)
    page[400:500, 100:200] = 0
    cv2.putText(page, "0123456789", (300, 600), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 3)
    assert seals(Picture(page), PX) == []
