"""Sheets that no homography describes: folded, curled, torn; and how surely each box lies."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.image.conftest import layout_of
from tsuzuri.forms import Form, Forms
from tsuzuri.image import Picture, Pixels
from tsuzuri.image.align import fits
from tsuzuri.image.atlas import atlas
from tsuzuri.image.bend import Bend, where
from tsuzuri.image.clean import laid, sheet
from tsuzuri.image.lie import Lie, settled
from tsuzuri.image.overview import overview
from tsuzuri.image.pages import rendition, squared
from tsuzuri.image.rules import printed
from tsuzuri.model import Placement
from tsuzuri.synth.draw import blank_picture
from tsuzuri.synth.mishaps import TUNING, Befallen, Mishap, befall

SEIKYU = "kodomo_seikyu"
PAPER = (210.0, 297.0)


@pytest.fixture(scope="module")
def form(forms: Forms) -> Form:
    return forms[SEIKYU]


@cache
def _drawn(name: str) -> Pixels:
    from tsuzuri.forms import load_forms
    from tsuzuri.settings import REPO

    return blank_picture(load_forms(REPO / "pipelines", REPO / "schemas")[name], 200)


def came(how: str, seed: int) -> Befallen:
    return befall(_drawn(SEIKYU), PAPER, seed, TUNING[how])


def lying(form: Form, pixels: Pixels) -> Lie:
    known = atlas({SEIKYU: layout_of(form)})
    view = overview(pixels)
    return settled(view, known.layouts[SEIKYU], fits(view, known)[0].homography)


def misses_mm(form: Form, lie: Lie, seen: Befallen) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How far each box's worst corner lies from where it is."""
    x, y, w, h = np.array([spec.area for spec in form.fields.values()]).T
    corners = np.stack(([x, y], [x + w, y], [x + w, y + h], [x, y + h]), axis=1).reshape(2, -1).T
    px = max(seen.picture.shape) / 297
    return (np.hypot(*(lie.where(corners) - seen.where(corners)).T) / px).reshape(4, -1).max(axis=0)


@pytest.mark.parametrize(("how", "seed"), [("folded", 3), ("folded", 8), ("curled", 2), ("curled", 5), ("all", 4)])
def test_the_boxes_of_a_folded_or_curled_sheet_lie_within_a_millimetre(form: Form, how: str, seed: int) -> None:
    seen = came(how, seed)
    lie = lying(form, seen.picture)
    straight = replace(lie, bend=None)
    bent = misses_mm(form, lie, seen)
    assert (bent < 1.0).mean() > 0.95 and np.median(bent) < 0.3
    assert bent.mean() <= misses_mm(form, straight, seen).mean()


@pytest.mark.parametrize("how", ["flat", "skewed", "copied", "shifted", "many_holes", "stamped", "torn", "lid", "keystone"])
def test_what_befalls_a_flat_sheet_does_not_move_its_boxes(form: Form, how: str) -> None:
    seen = came(how, 6)
    lie = lying(form, seen.picture)
    assert lie.bend is None and misses_mm(form, lie, seen).max() < 0.3
    assert min(lie.sure(spec.area) for spec in form.fields.values()) > 0.4


def test_a_fax_of_half_the_lines_is_made_square_and_lies_as_well(form: Form) -> None:
    seen = came("fax", 1)
    pixels = squared(seen.picture, (204, 98))
    assert pixels.shape[0] == pytest.approx(seen.picture.shape[0] * 204 / 98, abs=1)
    assert lying(form, pixels).score > 0.85


def test_a_region_that_is_gone_is_not_sure_and_the_rest_is(form: Form) -> None:
    pixels = _drawn(SEIKYU).copy()
    pixels[1020:1420] = 250         # 130 to 180 mm from the top
    lie = lying(form, pixels)
    assert lie.sure(form.fields["points"].area) < 0.2
    assert lie.sure(form.fields["patient_kana"].area) > 0.6 and lie.sure(form.fields["amount"].area) > 0.5


@pytest.mark.parametrize("bad", [Mishap(curl=(12.0, 12.0)), Mishap(curl=(9.0, 9.0), skew=(2, 2)), Mishap(keystone=0.05)])
def test_rules_of_a_neighbour_do_not_make_a_box_sure(form: Form, bad: Mishap) -> None:
    seen = befall(_drawn(SEIKYU), PAPER, 2, bad)
    lie = lying(form, seen.picture)
    far = misses_mm(form, lie, seen) > 2.0
    astray = np.array([lie.sure(spec.area) for spec in form.fields.values()]) < 0.3
    assert far.any() and (astray.mean() > 0.34 or not (far & ~astray).any())      # so many, and the sheet lies nowhere


def test_a_square_that_is_not_where_the_rules_say_makes_its_corner_unsure(form: Form) -> None:
    pixels = _drawn(SEIKYU).copy()
    px = 200 / 25.4
    pixels[round(280 * px):round(288 * px), round(193 * px):round(201 * px)] = 255
    moved = (slice(round(276.5 * px), round(281.5 * px)), slice(round(194.5 * px), round(199.5 * px)))
    pixels[moved] = 0
    lie = lying(form, pixels)
    assert lie.sure(form.fields["rep_name"].area) > 0.3 > lie.sure((150.0, 250.0, 30.0, 10.0)) == 0


def test_a_bent_crop_and_the_page_for_people_show_what_the_flat_sheet_had(form: Form) -> None:
    seen = came("folded", 8)
    lie = lying(form, seen.picture)
    assert lie.bend is not None
    placement = Placement(SEIKYU, homography=tuple(lie.homography.ravel()), bend=lie.bend.plain)
    page = rendition(Picture(seen.picture), placement, PAPER).pixels
    box = (16.0, 190.0, 178.0, 14.5)
    crop = laid(seen.picture, lie.homography, box, lie.bend)
    assert np.abs(page[1520:1636, 128:1552].astype(int) - crop).mean() < 6
    rules = printed(form.print.frames, form.print.lines)
    assert sheet(Picture(seen.picture), placement.homography, rules, Bend.of(placement.bend)).bend is not None


def test_a_bend_survives_being_written_down(form: Form) -> None:
    seen = came("curled", 2)
    lie = lying(form, seen.picture)
    assert lie.bend is not None
    again = Bend.of(lie.bend.plain)
    spots = np.array([[20.0, 30.0], [150.0, 250.0]])
    assert np.abs(where(spots, lie.homography, again) - lie.where(spots)).max() < 0.2
    assert Bend.of(()) is None
