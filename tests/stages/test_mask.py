"""個人番号 on a page: found wherever it stands, told from other numbers, and gone from ink and picture."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tsuzuri.engines import Reader, open_readers
from tsuzuri.forms import Forms, load_forms
from tsuzuri.image import Picture
from tsuzuri.image.pages import blackened, rendition
from tsuzuri.model import Placement, Reading
from tsuzuri.settings import REPO
from tsuzuri.stages.align import align
from tsuzuri.stages.mask import Spot, masked, spots, told
from tsuzuri.synth.digits import have_digits
from tsuzuri.synth.fonts import font
from tsuzuri.synth.my_number import Manner, notice
from tsuzuri.synth.papers import Look, make_like


@pytest.fixture(scope="module")
def readers() -> Mapping[str, Reader]:
    return open_readers(["own", "ppocr", "tesseract"])


@pytest.fixture(scope="module")
def forms() -> Forms:
    return load_forms(REPO / "pipelines", REPO / "schemas")


@pytest.mark.parametrize(("manner", "recipe"), [("boxes", "office"), ("card", "poor"), ("card", "fax"), ("digits", "clean")])
def test_a_number_on_a_paper_of_no_known_form_is_found(manner: Manner, recipe: str, readers: Mapping[str, Reader]) -> None:
    if manner == "digits" and not have_digits():
        pytest.skip("no digit images here")
    paper = notice(203, manner, recipe)
    page = Picture(paper.picture, paper.dpi)
    sure = [spot for spot in spots(page, None, readers) if spot.sure]
    assert sure
    x, y, w, h = paper.box
    assert any(abs(s.box[0] + s.box[2] / 2 - x - w / 2) < 12 and abs(s.box[1] + s.box[3] / 2 - y - h / 2) < 6 for s in sure)


@pytest.mark.parametrize("label", ["個人番号", "マイナンバー", "お客様番号", ""])
def test_a_number_in_fours_is_found_in_the_same_line_as_its_label(label: str, readers: Mapping[str, Reader]) -> None:
    page = Image.new("L", (1654, 1200), 255)
    face = font("ipam.ttf", 30)
    ImageDraw.Draw(page).text((200, 500), f"{label} 1234 5678 9018", font=face, fill=0)
    (spot,) = spots(Picture(np.asarray(page), 200.0), None, readers)
    left = 200 + face.getlength(f"{label} ")
    assert spot.sure and abs(spot.px[0] - left) < 20


@pytest.mark.parametrize("number", ["T1-2345-6789-0183", "T4-1234-5678-9018", "T7 1234 5678 9018", "T1234567890183"])
def test_the_registration_number_of_a_business_is_no_persons(number: str, readers: Mapping[str, Reader]) -> None:
    page = Image.new("L", (1654, 1200), 255)
    ImageDraw.Draw(page).text((200, 500), f"登録番号 {number}", font=font("ipag.ttf", 30), fill=0)
    assert not spots(Picture(np.asarray(page), 200.0), None, readers)


def test_what_is_found_is_black_on_the_page_as_scanned_however_it_lies(readers: Mapping[str, Reader]) -> None:
    paper = notice(200, "card", "clean")
    turned = Picture(np.ascontiguousarray(np.rot90(paper.picture, 1)), paper.dpi)
    placement = Placement(None, quarter_turns=1)
    upright = rendition(turned, placement, None)
    found = spots(upright, None, readers)
    gone = blackened(turned, placement, [spot.px for spot in found if spot.sure], placed=False)
    assert found and not [s for s in spots(rendition(gone, placement, None), None, readers) if s.sure]
    assert (gone.pixels != turned.pixels).mean() < 0.02


def test_a_number_in_the_margin_of_a_known_form_is_found_and_an_ordinary_sheet_shows_none(
    forms: Forms, readers: Mapping[str, Reader],
) -> None:
    form = forms["kodomo_seikyu"]
    for faults in (("my_number",), ()):
        paper = make_like(form, 301, Look("hand", "office", "tuning", faults))
        page = Picture(paper.picture, paper.dpi)
        placement = align(page, {"kodomo_seikyu": form}, readers)
        found = spots(rendition(page, placement, form.paper), form, readers)
        assert bool(found) is bool(faults)
        assert all(spot.sure and spot.box[1] > 280 for spot in found)


def test_ink_loses_a_number_that_is_proven_and_the_digits_that_a_spot_covers() -> None:
    bare = Reading("remarks", "1234 5678 9018", 0.9, "ppocr", (48.0, 264.0, 145.0, 11.0))
    misread = Reading("remarks", "個人番号123456789", 0.9, "ppocr", (48.0, 264.0, 145.0, 11.0))
    other = Reading("inst_tel", "096-123-4567", 0.9, "own", (139.0, 208.0, 54.0, 9.0))
    spot = Spot((0, 0, 1, 1), (80.0, 266.0, 50.0, 6.0), sure=True)
    assert "9018" not in masked([bare], ())[0].ink
    assert masked([misread, other], [spot])[0].ink == "個人番号" + "●" * 9
    assert masked([misread, other], [spot])[1] == other


def test_a_clerk_is_told_what_was_blotted_out_and_what_may_have_to_be() -> None:
    sure, doubtful = told([Spot((0, 0, 1, 1), (1.0, 1.0, 1.0, 1.0), sure=s) for s in (True, False)])
    assert (sure.code, sure.severity) == ("V53", "I") and "消しました" in sure.message
    assert (doubtful.code, doubtful.severity) == ("H40", "W") and doubtful.box
