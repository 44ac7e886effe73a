"""Strokes over printed words, told by what the blank form prints there."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tsuzuri.image import Picture, Pixels, letters, over
from tsuzuri.image.clean import sheet
from tsuzuri.image.letters import lettered
from tsuzuri.image.marks import Ring, circled
from tsuzuri.image.over import Word
from tsuzuri.image.rules import printed

FLAT = (10.0, 0, -0.5, 0, 10.0, -0.5, 0, 0, 1.0)
WORDS = [Word((30.0, 10.0, 15.0, 9.0), (6.8, 3.4), "入院"), Word((47.0, 10.0, 15.0, 9.0), (6.8, 3.4), "調剤")]
SMALL_CHECK = [(360, 146), (366, 155), (384, 134)]
HOOK = [(368, 134), (366, 154), (386, 146)]
SLASH = [(365, 157), (388, 133)]


@pytest.fixture
def paper() -> Pixels:
    """Ten pixels a millimetre; both words where the form has them."""
    paper = np.full((300, 800), 250, dtype=np.uint8)
    for word in WORDS:
        drawn = lettered(word.text, word.size[1] * 10, (140, 80))
        assert drawn is not None
        left, top = round(word.box[0] * 10) + 5, round(word.box[1] * 10) + 5
        paper[top:top + 80, left:left + 140] -= (drawn * 0.86).astype(np.uint8)
    return paper


def seen(paper: Pixels) -> list[Ring]:
    return circled(sheet(Picture(paper), FLAT, printed([])), WORDS)


@pytest.mark.parametrize("line", [SMALL_CHECK, HOOK, SLASH])
def test_a_small_stroke_that_stays_within_its_word_is_told_of_that_word_alone(paper: Pixels, line: list[tuple[int, int]]) -> None:
    assert [word.over for word in seen(paper)] == [False, False]
    cv2.polylines(paper, [np.array(line)], False, (60,), 4)
    assert [word.over for word in seen(paper)] == [True, False]


def test_a_ring_along_the_edge_of_its_word_is_no_stroke_over_it_and_a_small_check_in_a_ring_is(paper: Pixels) -> None:
    cv2.ellipse(paper, (375, 145), (37, 24), 2, 0, 360, (60,), 4)
    assert not seen(paper)[0].over
    cv2.polylines(paper, [np.array(SMALL_CHECK)], False, (60,), 4)
    assert seen(paper)[0].over


def test_words_printed_fat_and_a_little_beside_their_place_have_nothing_over_them(paper: Pixels) -> None:
    fat = cv2.erode(paper, np.ones((3, 3), np.uint8))
    assert not any(word.over for word in seen(np.roll(fat, (2, -3), axis=(0, 1))))


def test_by_fax_strokes_of_a_word_grow_together_and_are_no_stroke_over_it(paper: Pixels) -> None:
    faxed = np.where(paper < 212, 0, 255).astype(np.uint8)
    assert [word.over for word in seen(faxed)] == [False, False]
    cv2.polylines(faxed, [np.array(SLASH)], False, (0,), 5)
    assert [word.over for word in seen(faxed)] == [True, False]


def test_where_nobody_knows_the_print_long_strokes_are_told_and_words_alone_are_not(
    paper: Pixels, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "font_files", dict[str, Path])
    over.lettered.cache_clear()
    try:
        assert not any(word.over for word in seen(paper))
        cv2.line(paper, (352, 122), (398, 168), (60,), 5)
        assert [word.over for word in seen(paper)] == [True, False]
    finally:
        over.lettered.cache_clear()
