"""A separator sheet is known by its code, whichever way up and however badly scanned; no other paper is taken for one."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from tests.conftest import SAMPLES
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, open_page
from tsuzuri.image.separators import batch_sheet, separator
from tsuzuri.model import BatchSheet
from tsuzuri.synth.draw import painted
from tsuzuri.synth.scan import scan
from tsuzuri.synth.separators import CODES, PAPER, separator_pdf, separator_picture, sheet_marks


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize(("recipe", "dpi", "turns"), [("office", 300, 0), ("poor", 150, 1), ("fax", 200, 2), ("poor", 200, 3)])
def test_a_printed_sheet_is_known_after_any_scan(kind: str, recipe: str, dpi: int, turns: int) -> None:
    seen = scan(separator_picture(kind, dpi), dpi, seed=17 + turns, name=recipe)
    assert separator(Picture(np.rot90(seen, turns).copy())) == ""


def test_one_code_is_enough_where_the_other_is_torn_off() -> None:
    seen = separator_picture("document", 150)
    for half in (seen[:len(seen) // 2], seen[len(seen) // 2:]):
        assert separator(Picture(half)) == ""


def test_every_sheet_of_a_printed_pile_separates(tmp_path) -> None:
    path = tmp_path / "pile.pdf"
    path.write_bytes(separator_pdf("batch", 2))
    assert separator_pdf("batch", 2) == path.read_bytes()
    assert all(separator(open_page(path, number, Caps())) == "" for number in (1, 2))


@pytest.mark.parametrize(("text", "kind", "ends"), [
    ("PATCHT", "Code39", True), ("PATCHT", "Code128", True), ("PATCHT", "QRCode", True),
    ("ASN00123", "Code39", False), ("https://hospital.example/pay?tsuzuri:sep:document", "QRCode", False),
    ("tsuzuri:sep:", "QRCode", False), ("PATCH", "Code128", False),
])
def test_another_program_s_sheet_separates_and_a_hospital_s_code_does_not(text: str, kind: str, ends: bool) -> None:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = np.asarray(zxingcpp.write_barcode_to_image(code, scale=3), np.uint8)
    page = np.full((1754, 1240), 255, np.uint8)
    page[300:300 + drawn.shape[0], 200:200 + drawn.shape[1]] = drawn
    assert (separator(Picture(page)) is not None) is ends


@pytest.mark.parametrize(("dpi", "turns"), [(150, 0), (200, 2), (200, 1)])
def test_a_batch_sheet_says_which_batch_it_is_whichever_way_up(dpi: int, turns: int) -> None:
    sheet = BatchSheet("KM-20251107-EAST-B012", 3, "東区", "kodomo")
    seen = scan(painted(sheet_marks(sheet), PAPER, dpi), dpi, seed=31 + turns, name="office")
    assert batch_sheet(separator(Picture(np.rot90(seen, turns).copy())) or "") == sheet


@pytest.mark.parametrize("code", ["", "sep:batch", "batch:a/b/c", "batch:a/x/c/d", "batch:a/1/c/d/e"])
def test_no_other_code_is_a_batch_sheet(code: str) -> None:
    assert batch_sheet(f"tsuzuri:{code}") is None


def test_no_sample_is_taken_for_a_separator() -> None:
    papers = sorted(set(SAMPLES.glob("*/*.png")) - set(SAMPLES.glob("pictures/*"))) + sorted(SAMPLES.glob("batch/*.jpg"))
    assert papers and not [path.name for path in papers if separator(open_page(path, 1, Caps())) is not None]
