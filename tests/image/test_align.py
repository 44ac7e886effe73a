"""Laying scans onto paper, however crooked they come."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.image.conftest import Blank, laid_on, layout_of, scanned, turned
from tsuzuri.forms import load_forms
from tsuzuri.image import Picture, Pixels, as_pixels
from tsuzuri.image.align import Fit
from tsuzuri.image.rules import Layout, Matrix, mapped
from tsuzuri.settings import REPO
from tsuzuri.synth.draw import blank_picture

SEIKYU, SHINSEI = "kodomo_seikyu", "kodomo_shinsei"
SPOTS = np.array([[x, y] for x in (20.0, 60, 105, 150, 190) for y in (25.0, 60, 120, 180, 240, 275)])


def miss_mm(fit: Fit, truth: Matrix, dpi: int) -> float:
    return float(np.hypot(*(mapped(SPOTS, fit.homography) - mapped(SPOTS, truth)).T).max()) / dpi * 25.4


def without_anchors(pixels: Pixels, dpi: int, *which: int) -> Pixels:
    torn = pixels.copy()
    for i in which:
        x, y = ((13, 13), (197, 13), (13, 284), (197, 284))[i]
        px = dpi / 25.4
        torn[int((y - 4) * px):int((y + 4) * px), int((x - 4) * px):int((x + 4) * px)] = 255
    return torn


@pytest.mark.parametrize(("dpi", "how"), [
    (150, {"skew": 5.0, "shift": (-3, 4)}),
    (200, {"skew": -5.0, "scale": 0.95}),
    (200, {"shift": (8, -8), "scale": 1.05}),
    (300, {"skew": 2.0, "bend": 0.02}),
    (200, {"skew": -3.0, "shift": (-8, 8), "scale": 0.97, "bend": -0.02}),
    (150, {"skew": 5.0, "shift": (10, -10), "scale": 0.9}),
    (200, {"skew": 2.0, "shift": (-4, 6), "scale": 1.1}),
    (600, {"skew": -1.0, "shift": (2, 2)}),
])
def test_a_crooked_scan_is_laid_within_a_fifth_of_a_millimetre(
        blank: Blank, layouts: dict[str, Layout], dpi: int, how: dict[str, float]) -> None:
    picture, truth = scanned(blank(SEIKYU, dpi), dpi, **how)  # type: ignore[arg-type]
    best = laid_on(picture, layouts)[0]
    assert best.form == SEIKYU and best.score > 0.9
    assert miss_mm(best, truth, dpi) < 0.2


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_sheet_may_lie_on_its_side_or_on_its_head(blank: Blank, layouts: dict[str, Layout], quarters: int) -> None:
    picture, truth = turned(*scanned(blank(SHINSEI, 200), 200, skew=1.5), quarters)
    best = laid_on(picture, layouts)[0]
    assert (best.form, best.quarter_turns) == (SHINSEI, 4 - quarters)
    assert miss_mm(best, truth, 200) < 0.2


@pytest.mark.parametrize("lost", [(0,), (1, 2), (0, 1, 2, 3)])
def test_anchors_may_be_torn_off(blank: Blank, layouts: dict[str, Layout], lost: tuple[int, ...]) -> None:
    picture, truth = scanned(without_anchors(blank(SEIKYU, 200), 200, *lost), 200, skew=-2.5, shift=(3, -2))
    best = laid_on(picture, layouts)[0]
    assert best.form == SEIKYU and miss_mm(best, truth, 200) < 0.2


def test_punch_holes_and_solid_blots_are_no_anchors(blank: Blank, layouts: dict[str, Layout]) -> None:
    pixels = without_anchors(blank(SEIKYU, 200), 200, 0)
    for y in (800, 1440):
        cv2.circle(pixels, (70, y), 24, 30, -1)
    cv2.rectangle(pixels, (150, 60), (190, 100), 20, -1)
    picture, truth = scanned(pixels, 200, skew=1.0)
    best = laid_on(picture, layouts)[0]
    assert best.form == SEIKYU and miss_mm(best, truth, 200) < 0.2


def test_the_black_lid_behind_a_sheet_is_no_part_of_it(blank: Blank, layouts: dict[str, Layout]) -> None:
    pixels = without_anchors(blank(SEIKYU, 200), 200, 0, 1, 2, 3)
    picture, truth = scanned(pixels, 200, skew=2.0)
    seen = np.full((pixels.shape[0] + 260, pixels.shape[1] + 200), 12, np.uint8)
    seen[90:-170, 60:-140] = picture.pixels
    shift = np.array([[1, 0, 60], [0, 1, 90], [0, 0, 1.0]])
    best = laid_on(Picture(seen), layouts)[0]
    assert best.form == SEIKYU and miss_mm(best, shift @ truth, 200) < 0.2


def test_a_fax_of_two_colours_is_laid_as_well(blank: Blank, layouts: dict[str, Layout]) -> None:
    picture, truth = scanned(blank(SHINSEI, 200), 200, skew=-1.0, shift=(2, 2))
    noisy = picture.pixels.astype(int) + np.random.default_rng(3).normal(0, 20, picture.pixels.shape)
    fax = Picture(as_pixels(np.where(noisy > 160, 255, 0)))
    best = laid_on(fax, layouts)[0]
    assert best.form == SHINSEI and miss_mm(best, truth, 200) < 0.2


def test_the_wrong_form_scores_less_than_half(blank: Blank, layouts: dict[str, Layout]) -> None:
    picture, _ = scanned(blank(SEIKYU, 200), 200)
    assert all(fit.score < 0.5 for fit in laid_on(picture, layouts) if fit.form != SEIKYU)
    assert all(fit.score < 0.5 for fit in laid_on(picture, {SHINSEI: layouts[SHINSEI]}))


def test_a_white_page_and_a_page_of_noise_fit_nothing(layouts: dict[str, Layout]) -> None:
    noise = np.random.default_rng(8).integers(0, 256, (1100, 800))
    for pixels in (np.full((1100, 800), 255), noise, np.zeros((900, 1300))):
        assert all(fit.score < 0.5 for fit in laid_on(Picture(as_pixels(pixels)), layouts))


@pytest.mark.parametrize("lost", [(), (0, 1, 2, 3)])
@pytest.mark.parametrize("name", ["kodomo_seikyu", "kodomo_renki", "kodomo_renki20"])
@pytest.mark.parametrize("scale", [0.92, 1.0, 1.06])
def test_papers_of_several_sizes_come_mixed_and_each_is_laid_on_its_own(name: str, scale: float, lost: tuple[int, ...]) -> None:
    known = load_forms(REPO / "pipelines", REPO / "schemas")
    mixed = {one: layout_of(known[one]) for one in ("kodomo_seikyu", "kodomo_shinsei", "kodomo_renki", "kodomo_renki20")}
    form, pixels = known[name], as_pixels(blank_picture(known[name], 200).copy())
    for i in lost:
        x, y = form.anchors[i]
        pixels[int((y - 4) * 200 / 25.4):int((y + 4) * 200 / 25.4), int((x - 4) * 200 / 25.4):int((x + 4) * 200 / 25.4)] = 255
    picture, truth = scanned(pixels, 200, skew=-1.5, scale=scale)
    best = laid_on(picture, mixed)[0]
    assert best.form == name and miss_mm(best, truth, 200) < 0.25
