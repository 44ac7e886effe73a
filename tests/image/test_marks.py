"""Circles, ticks, seals, and sheets with nothing on them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.image.conftest import Blank
from tsuzuri.image import Picture, Pixels, as_pixels
from tsuzuri.image.clean import Sheet, sheet
from tsuzuri.image.marks import blank as is_blank
from tsuzuri.image.marks import circled, sealed, ticked
from tsuzuri.image.over import Word
from tsuzuri.image.overview import overview
from tsuzuri.image.rules import printed
from tsuzuri.model import Box

FLAT = (10.0, 0, -0.5, 0, 10.0, -0.5, 0, 0, 1.0)
BOX: Box = (30.0, 10.0, 15.0, 9.0)
WORD = Word(BOX, (6.8, 3.4))
BESIDE = Word((47.0, 10.0, 15.0, 9.0), (6.8, 3.4))


@pytest.fixture
def paper() -> Pixels:
    """Ten pixels a millimetre; a printed word in the middle of BOX."""
    paper = np.full((300, 800), 250, dtype=np.uint8)
    cv2.rectangle(paper, (342, 128), (408, 162), (30,), 3)
    return paper


def page(pixels: Pixels) -> Sheet:
    return sheet(Picture(pixels), FLAT, printed([]))


def ring(pixels: Pixels, x: float, y: float = 14.5, wide: float = 6.5, high: float = 4.0, turn: int = 360) -> None:
    cv2.ellipse(pixels, (int(x * 10), int(y * 10)), (int(wide * 10), int(high * 10)), 4, 0, turn, (60,), 5)


def share(pixels: Pixels) -> float:
    return circled(page(pixels), [WORD])[0].share


def test_a_word_alone_has_no_ring_and_a_circled_one_has_nearly_all_of_it(paper: Pixels) -> None:
    assert share(paper) < 0.1
    ring(paper, 37.5)
    assert share(paper) > 0.9


def test_a_circle_not_quite_closed_or_off_its_middle_still_counts(paper: Pixels) -> None:
    ring(paper, 38.3, 15.1, turn=300)
    assert share(paper) > 0.7


def test_half_a_circle_is_neither_none_nor_one(paper: Pixels) -> None:
    ring(paper, 37.5, turn=175)
    assert 0.42 < share(paper) < 0.72


def test_the_circle_round_a_neighbour_does_not_count(paper: Pixels) -> None:
    ring(paper, 54.0, wide=9.5, high=5.0)
    assert share(paper) < 0.35


def test_a_ring_in_the_row_below_does_not_count(paper: Pixels) -> None:
    ring(paper, 37.5, 24.0, wide=7.0, high=4.5)
    assert share(paper) == 0.0


def test_one_ring_round_two_words_is_told_of_both_and_two_rings_of_none(paper: Pixels) -> None:
    words = [WORD, BESIDE]
    cv2.rectangle(paper, (512, 128), (578, 162), (30,), 3)
    each = paper.copy()
    ring(paper, 46.0, wide=13.5, high=4.2)
    assert [seen.shared for seen in circled(page(paper), words)] == [True, True]
    ring(each, 37.5)
    ring(each, 54.5)
    assert [seen.shared for seen in circled(page(each), words)] == [False, False]


@pytest.mark.parametrize("line", [
    [(340, 140), (360, 162), (402, 122)], [(352, 122), (398, 168)], [(330, 143), (418, 147)],
])
def test_a_tick_a_slanted_stroke_and_a_line_over_a_word_are_told_with_a_ring_and_without(
    paper: Pixels, line: list[tuple[int, int]],
) -> None:
    for ringed in (False, True):
        drawn = paper.copy()
        if ringed:
            ring(drawn, 37.5)
        assert not circled(page(drawn), [WORD])[0].over
        cv2.polylines(drawn, [np.array(line)], False, (60,), 5)
        assert circled(page(drawn), [WORD])[0].over


def test_a_ring_that_cuts_through_a_neighbours_word_is_no_stroke_over_it(paper: Pixels) -> None:
    ring(paper, 50.5, wide=11.0)
    assert not circled(page(paper), [WORD, BESIDE])[0].over


TICK: Box = (60.0, 10.0, 8.0, 8.0)


@pytest.fixture
def boxed(paper: Pixels) -> Pixels:
    """The paper with a printed tick box in the middle of TICK."""
    cv2.rectangle(paper, (617, 117), (663, 163), (40,), 2)
    return paper


def test_a_tick_a_cross_and_a_filled_box_count_and_an_empty_box_does_not(boxed: Pixels) -> None:
    empty = ticked(page(boxed), TICK)
    assert empty.inside < 0.01
    assert (empty.around, empty.quarters, empty.beside) == (0.0, 0, 0.0)
    tick, cross, full = boxed.copy(), boxed.copy(), boxed.copy()
    cv2.polylines(tick, [np.array([[623, 138], [636, 156], [662, 116]])], False, (60,), 4)
    cv2.line(cross, (622, 122), (658, 158), (60,), 4)
    cv2.rectangle(full, (620, 120), (660, 160), (50,), -1)
    assert all(ticked(page(marked), TICK).inside > 0.06 for marked in (tick, cross, full))


def test_a_circle_round_a_tick_box_is_seen_around_it_even_where_a_printed_word_hides_some_of_it(boxed: Pixels) -> None:
    cv2.circle(boxed, (640, 140), 40, (60,), 4)
    for words in ((), [(67.0, 11.5, 8.0, 5.0)]):
        seen = ticked(page(boxed), TICK, words)
        assert seen.inside < 0.02
        assert seen.around > 0.9 and seen.quarters == 4


@pytest.mark.parametrize("across", [22, 24, 26, 28, 30])
def test_a_circle_that_runs_along_a_tick_boxs_frame_is_never_taken_for_an_empty_box(boxed: Pixels, across: int) -> None:
    cv2.circle(boxed, (642, 139), across, (60,), 4)
    seen = ticked(page(boxed), TICK)
    assert seen.inside > 0.01 or seen.around > 0.1


def test_a_tick_boxs_frame_a_little_beside_its_place_is_no_mark(paper: Pixels) -> None:
    cv2.rectangle(paper, (624, 111), (670, 157), (40,), 2)
    seen = ticked(page(paper), TICK)
    assert (seen.inside, seen.around) == (0.0, 0.0)


def test_a_stroke_beside_a_tick_box_is_told_apart_and_what_the_form_prints_there_is_not(boxed: Pixels) -> None:
    cv2.line(boxed, (585, 125), (605, 152), (60,), 4)
    assert ticked(page(boxed), TICK).beside > 2.0
    assert ticked(page(boxed), TICK, [(57.0, 11.0, 4.2, 6.0)]).beside == 0.0


def test_a_seal_counts_in_any_colour_and_the_printed_sign_for_it_does_not(paper: Pixels) -> None:
    box: Box = (5.0, 8.0, 16.0, 13.0)
    cv2.circle(paper, (130, 145), 22, (184,), 2)
    cv2.putText(paper, "x", (121, 152), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (184,), 2)
    assert sealed(page(paper), box) < 0.004
    gray, red = paper.copy(), np.repeat(paper[:, :, None], 3, axis=2)
    cv2.circle(gray, (128, 143), 52, (150,), 4)
    cv2.circle(red, (128, 143), 52, (60, 70, 215), 4)
    assert sealed(page(gray), box) > 0.03
    assert sealed(page(red), box) > 0.03
    assert sealed(page(np.repeat(paper[:, :, None], 3, axis=2)), box) < 0.004


@pytest.fixture
def white() -> Pixels:
    return np.full((2339, 1654), 248, dtype=np.uint8)


def test_a_white_sheet_with_specks_holes_and_a_dark_edge_is_blank(white: Pixels) -> None:
    for x, y in np.random.default_rng(4).integers((80, 80), (1570, 2250), (60, 2)):
        cv2.circle(white, (int(x), int(y)), 3, (40,), -1)
    for y in (850, 1490):
        cv2.circle(white, (64, y), 24, (30,), -1)
    white[:, :14] = 20
    white[-9:] = 90
    assert is_blank(overview(white))
    assert is_blank(overview(as_pixels(white * np.linspace(0.6, 1.0, 1654))))


def test_the_back_of_a_printed_sheet_is_blank_when_its_front_shines_through(blank: Blank) -> None:
    front = cv2.GaussianBlur(blank("kodomo_seikyu", 200)[:, ::-1], (0, 0), 2.5)
    assert is_blank(overview(as_pixels(255 - 0.16 * (255 - front.astype(float)))))


def test_one_pencilled_digit_or_a_single_stroke_makes_a_sheet_not_blank(white: Pixels) -> None:
    digit, stroke = white.copy(), white.copy()
    cv2.putText(digit, "7", (800, 1200), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (130,), 3)
    cv2.line(stroke, (700, 1500), (740, 1504), (110,), 3)
    assert not is_blank(overview(digit))
    assert not is_blank(overview(stroke))


def test_a_blank_form_is_no_blank_sheet(blank: Blank) -> None:
    assert not is_blank(overview(blank("kodomo_shinsei", 200)))


def test_a_black_page_a_strip_and_a_ruled_page_are_not_blank(white: Pixels) -> None:
    ruled = white.copy()
    ruled[::60] = 40
    strip = np.full((400, 6000), 250, dtype=np.uint8)
    for pixels in (np.zeros_like(white), strip, ruled):
        assert not is_blank(overview(pixels))
