"""Scans that are fit to be read, and scans that are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.image.conftest import Blank
from tsuzuri.image import Pixels, as_pixels
from tsuzuri.image.glance import glance
from tsuzuri.image.overview import overview
from tsuzuri.image.quality import FAULTS, fault, hints
from tsuzuri.synth.draw import painted
from tsuzuri.synth.marks import Word
from tsuzuri.synth.mishaps import TUNING, befall
from tsuzuri.synth.scan import scan
from tsuzuri.synth.unfit import unfit

A4 = (210.0, 297.0)


def told(pixels: Pixels, dpi: float = 200.0, paper: tuple[float, float] | None = None) -> str:
    size = (pixels.shape[1] / dpi * 25.4, pixels.shape[0] / dpi * 25.4)
    return fault(pixels, overview(pixels), size, paper)


@pytest.mark.parametrize("recipe", ["clean", "office", "poor", "fax"])
@pytest.mark.parametrize("paper", [None, A4])
def test_a_scan_that_can_be_read_is_not_complained_of(blank: Blank, recipe: str, paper: tuple[float, float] | None) -> None:
    for seed in range(4):
        assert told(as_pixels(scan(blank("kodomo_seikyu", 200), 200, seed, recipe)), paper=paper) == ""


@pytest.mark.parametrize("how", ["coarse", "copied", "lid", "coffee", "many_holes", "torn"])
def test_what_befalls_paper_is_no_fault_of_the_scan(blank: Blank, how: str) -> None:
    seen = befall(blank("kodomo_shinsei", 200), A4, 5, TUNING[how])
    assert told(seen.picture, seen.dpi[0], A4) == ""


@pytest.mark.parametrize("word", ["dark", "washed", "blurred", "coarse", "long"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_unfit_scan_is_told_with_its_reason(blank: Blank, word: str, seed: int) -> None:
    page = as_pixels(scan(blank("kodomo_seikyu", 200), 200, seed, "office"))
    assert told(unfit(page, word, seed)) == word
    assert FAULTS[word].endswith("ください。")


def test_a_table_that_runs_off_the_glass_is_cut_off(blank: Blank) -> None:
    page = blank("kodomo_seikyu", 200)
    assert told(np.ascontiguousarray(page[:, 300:])) == "cut"
    assert told(np.ascontiguousarray(page[:, :-300])) == "cut"
    assert told(page) == ""


def test_letters_that_run_off_the_glass_are_cut_off_too() -> None:
    lines = [Word((15, 30 + 9 * i), "医療法人社団の領収書と明細のとおり領収いたしました。", 4.0) for i in range(12)]
    page = painted(lines, A4, 200)
    assert told(page) == ""
    assert told(np.ascontiguousarray(page[:, 250:])) == "cut"


def test_a_slip_with_little_print_is_not_washed_out() -> None:
    page = painted([Word((20, 30 + 10 * i), "領収書　合計　１，２３０円", 4.0) for i in range(5)], A4, 200)
    assert told(page) == "" and told(255 - (255 - page) // 14) == "washed"


def test_at_a_glance_only_what_is_sure_is_told() -> None:
    white = np.full((150, 106), 250, np.uint8)
    assert hints(white, (1654, 2339), 200) == []
    assert hints(white, (1654, 2339), 0) == []
    assert hints(white // 6, (1654, 2339), 200) == ["dark"]
    assert hints(white, (620, 877), 75) == ["coarse"]
    assert hints(white, (1654, 3400), 200) == ["long"]
    assert hints(white, (640, 1900), 200) == []       # a till receipt is narrow, not long
    assert hints(white, (480, 1100), 150) == []       # and small


def test_a_file_is_glanced_at_page_by_page_and_a_broken_one_tells_nothing(tmp_path: Path, blank: Blank) -> None:
    fit, dark = (Image.fromarray(page) for page in (blank("kodomo_seikyu", 200), np.full((2339, 1654), 9, np.uint8)))
    fit.save(tmp_path / "fit.jpg", dpi=(200, 200))
    dark.save(tmp_path / "dark.jpg", dpi=(200, 200))
    dark.save(tmp_path / "dark.png", dpi=(200, 200))
    pages = [fit.convert("1"), Image.new("1", (1654, 2339), 0)]
    pages[0].save(tmp_path / "two.tif", save_all=True, append_images=pages[1:], compression="group4", dpi=(200, 200))
    fit.resize((1728, 1145)).convert("1").save(tmp_path / "fax.tif", compression="group3", dpi=(204, 98))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff rubbish")
    assert glance(tmp_path / "fit.jpg") == glance(tmp_path / "fax.tif") == glance(tmp_path / "broken.jpg") == ()
    assert glance(tmp_path / "dark.jpg") == glance(tmp_path / "dark.png") == (FAULTS["dark"],)
    assert glance(tmp_path / "two.tif") == ("2ページ目: " + FAULTS["dark"],)


def test_a_small_file_that_unfolds_to_a_huge_page_is_not_unfolded_for_a_glance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    Image.new("1", (8000, 7000)).save(tmp_path / "huge.png")
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("it was unfolded"))
    assert glance(tmp_path / "huge.png") == ()
