"""Lines through rows and values, correction fluid, 訂正印 and 〃, on drawn paper; and the letters that look like them."""

from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.image import Picture
from tsuzuri.image.alterations import crossed, ditto, stamped, struck, whitened
from tsuzuri.image.clean import Sheet as Page
from tsuzuri.image.clean import cut, sheet
from tsuzuri.synth import stamps, strikes
from tsuzuri.synth.ink import BLACK, Pen, Sheet, Writer, stroke, write

DPI = 200
PEN = Pen(BLACK, 0.45)
BOX = (10.0, 10.0, 40.0, 8.0)
ROW = (5.0, 10.0, 180.0, 10.0)
HANDS = [Writer("ipag.ttf", BLACK, 4.0), Writer("kiloji.ttf", BLACK, 5.2, jitter=1.0)]



def paper(seed: int = 1) -> Sheet:
    return Sheet(np.full((round(30 / 25.4 * DPI), round(200 / 25.4 * DPI)), 255, np.uint8), DPI, np.random.default_rng(seed))


def seen(drawn: Sheet, *, colour: bool = False) -> Page:
    scale = DPI / 25.4
    pixels = drawn.picture[:, :, ::-1] if colour else drawn.picture.min(axis=2)
    return sheet(Picture(np.ascontiguousarray(pixels), DPI), (scale, 0, 0, 0, scale, 0, 0, 0, 1), np.zeros((0, 5)))


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("text", ["12,345", "架空　花子", "カクウ　ハナコ", "4310100013"])
def test_a_line_through_a_value_is_told_from_its_letters(hand: Writer, text: str) -> None:
    for seed in range(4):
        drawn = paper(seed)
        write(drawn, hand, text, BOX)
        assert struck(seen(drawn), BOX) < 0.93, "letters alone"
        inked = np.flatnonzero((drawn.picture.min(axis=2) < 150).any(axis=0)) * 25.4 / DPI
        strikes.strike(drawn, (inked[0] - 1, BOX[1], np.ptp(inked) + 2, BOX[3]), PEN, 1 + seed % 2)
        assert struck(seen(drawn), BOX) > 0.93


@pytest.mark.parametrize("text", ["927", "5,511"])
def test_two_lines_through_a_short_number_are_seen_below_the_right_one_written_small_above_it(text: str) -> None:
    for seed in range(4):
        drawn = paper(seed)
        write(drawn, HANDS[1], text, BOX, "right")
        inked = np.flatnonzero((drawn.picture.min(axis=2) < 150).any(axis=0)) * 25.4 / DPI
        strikes.strike(drawn, (inked[0] - 1, BOX[1], np.ptp(inked) + 2, BOX[3]), PEN, 2)
        write(drawn, Writer("kiloji.ttf", BLACK, 3.2, jitter=1.0), text, (10.0, 7.8, 32.0, 4.2), "right")
        assert struck(seen(drawn), BOX) > 0.93


def test_a_wide_zero_with_a_heavy_pen_is_not_crossed_out() -> None:
    drawn, turn = paper(), np.linspace(0, 2 * np.pi, 40)
    stroke(drawn, np.column_stack([2.1 * np.cos(turn) + 25, 1.3 * np.sin(turn) + 14]), Pen(BLACK, 0.6))
    assert struck(seen(drawn), BOX) < 0.93


def test_a_lone_dash_crosses_nothing_out() -> None:
    dash = paper()
    strikes.strike(dash, (12, 10, 20, 8), PEN, 1)
    assert struck(seen(dash), BOX) < 0.93


def test_a_row_is_crossed_out_by_a_line_and_not_by_what_is_written_in_it() -> None:
    for seed in range(3):
        drawn = paper(seed)
        for x, text in ((6, "0001230"), (45, "架空　花子"), (90, "01430016"), (130, "1,234"), (160, "一二三")):
            write(drawn, HANDS[seed % 2], text, (x, 11, 30, 8))
        assert crossed(seen(drawn), ROW) < 0.2
        strikes.strike_row(drawn, ROW, PEN)
        assert crossed(seen(drawn), ROW) > 0.7


@pytest.mark.parametrize("colour", [True, False])
def test_a_correction_seal_is_seen_in_red_and_in_gray(colour: bool) -> None:
    drawn = paper(3)
    write(drawn, HANDS[0], "12,345", BOX)
    assert not stamped(seen(drawn, colour=colour), BOX)
    strikes.correction_seal(drawn, (40, 14), "架空", stamps.VERMILION)
    assert stamped(seen(drawn, colour=colour), BOX)


def test_correction_fluid_is_whiter_than_the_paper_round_it() -> None:
    drawn = paper(4)
    strikes.toned(drawn)
    write(drawn, HANDS[1], "12,345", BOX)
    assert not whitened(seen(drawn), BOX)
    strikes.white_out(drawn, (12, 11, 20, 6))
    assert whitened(seen(drawn), BOX)


def test_on_bleached_paper_nothing_is_whiter() -> None:
    drawn = paper()
    strikes.white_out(drawn, (12, 11, 20, 6))
    assert not whitened(seen(drawn), BOX)


@pytest.mark.parametrize("hand", HANDS)
def test_ditto_is_told_from_eleven_and_from_other_pairs_of_strokes(hand: Writer) -> None:
    for seed in range(6):
        drawn = paper(seed)
        strikes.ditto(drawn, hand, BOX)
        assert ditto(cut(seen(drawn), BOX).picture)
    for text in ("11", "1", "8", "0", "22", "二", "リ"):
        drawn = paper()
        write(drawn, hand, text, BOX)
        assert not ditto(cut(seen(drawn), BOX).picture), text
