"""Lines of text: from a map of where text may stand to boxes, whichever way they lie."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tsuzuri.image.lines import Spot, inked, joined, lying, shrunk, skew, spots, strip, turned


def heat(*bars: tuple[float, float, float, float, float], size: tuple[int, int] = (200, 300)) -> np.ndarray:
    """A map with bars of text: x, y of the middle, width, height, angle."""
    drawn = np.zeros(size, np.float32)
    for x, y, w, h, angle in bars:
        cv2.fillPoly(drawn, [cv2.boxPoints(((x, y), (w, h), angle)).astype(np.int32)], 1.0)
    return drawn


def test_every_bar_is_one_line_from_the_top_down_with_its_corners_in_reading_order() -> None:
    high, low = spots(heat((150, 60, 200, 12, 0), (80, 120, 100, 12, 0)), (2.0, 2.0))
    assert high.centre == pytest.approx([300, 120], abs=3) and low.centre == pytest.approx([160, 240], abs=3)
    assert high.width > 390 and 24 < high.height < 70
    assert high.quad[0][0] < high.quad[1][0] and high.quad[0][1] < high.quad[3][1]


def test_specks_and_what_is_only_lukewarm_are_no_lines() -> None:
    pale = heat((150, 60, 200, 12, 0)) * np.float32(0.4)
    assert spots(pale, (1.0, 1.0)) == [] and spots(heat((20, 20, 1, 1, 0)), (1.0, 1.0)) == []


@pytest.mark.parametrize("angle", [-4.0, 0.0, 3.0])
def test_the_lean_of_a_page_is_that_of_its_long_lines(angle: float) -> None:
    found = spots(heat((150, 60, 220, 10, angle), (150, 120, 220, 10, angle), (40, 170, 14, 14, 0)), (1.0, 1.0))
    assert np.degrees(skew(found)) == pytest.approx(angle, abs=0.6)


def test_letters_standing_apart_in_a_row_are_one_word_and_cells_of_a_table_are_not() -> None:
    title = spots(heat((60, 50, 14, 14, 0), (90, 50, 14, 14, 0), (120, 50, 14, 14, 0)), (1.0, 1.0))
    assert len(title) == 3 and len(joined(title)) == 1
    cells = spots(heat((40, 50, 14, 14, 0), (140, 50, 14, 14, 0), (240, 50, 14, 14, 0)), (1.0, 1.0))
    assert len(joined(cells)) == 3


def test_lines_turn_with_their_page() -> None:
    upright = spots(heat((150, 60, 200, 12, 0)), (1.0, 1.0))
    (sideways,) = turned(upright, (200, 300), 1)
    assert lying(upright) and not lying([sideways])
    assert sideways.centre == pytest.approx([199 - 60, 150], abs=2)
    (again,) = turned(upright, (200, 300), 4)
    assert again.centre == pytest.approx(upright[0].centre)


def test_a_strip_is_the_line_made_level_and_a_part_of_it_its_share() -> None:
    page = np.full((200, 300), 255, np.uint8)
    page[55:65, 50:100] = 0
    line = Spot(np.array([[50.0, 50], [250, 50], [250, 70], [50, 70]]))
    assert strip(page, line).shape == (20, 200)
    assert strip(page, line, (0.0, 0.25))[8:12].mean() < 40 and strip(page, line, (0.3, 1.0)).min() == 255


def test_what_is_empty_round_the_ink_is_left_out_and_nothing_is_enlarged() -> None:
    page = np.full((1000, 800), 250, np.uint8)
    page[400:440, 300:500] = 20
    left, top, right, bottom = inked(page)
    assert 260 < left < 300 and 360 < top < 400 and 500 < right < 540 and 440 < bottom < 480
    assert inked(np.full((100, 100), 255, np.uint8)) == (0, 0, 100, 100)
    assert shrunk(page, 2.0)[0].shape == page.shape and shrunk(page, 0.5)[0].shape == (500, 400)
