"""What comes in by post: every kind of file a scanner makes, and a hundred that nobody should."""

from __future__ import annotations

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tsuzuri.errors import Refused, Stuck, TooLarge, TsuzuriError
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page, probe, rendition
from tsuzuri.model import Placement

NASTY = Path(__file__).resolve().parents[3] / "shared" / "data" / "nasty"
CAPS = Caps()


@pytest.fixture
def page() -> Image.Image:
    """A white page with a black block in its top-left quarter."""
    page = Image.new("L", (400, 600), 255)
    page.paste(0, (50, 50, 150, 200))
    return page


def kept(path: Path, image: Image.Image, **how: object) -> Path:
    image.save(path, **how)  # type: ignore[arg-type]
    return path


def refused(path: Path, caps: Caps = CAPS) -> Refused:
    with pytest.raises(Refused) as caught:
        probe(path, caps)
        open_page(path, 1, caps)
    assert any("ぁ" <= c <= "ん" for c in caught.value.message), "a sentence that a sender can read"
    return caught.value


@pytest.mark.parametrize(("name", "media"), [
    ("a.jpg", "image/jpeg"), ("a.png", "image/png"), ("a.tif", "image/tiff"), ("a.pdf", "application/pdf"),
])
def test_a_page_is_known_by_its_first_bytes_not_by_its_name(tmp_path: Path, page: Image.Image,
                                                            name: str, media: str) -> None:
    stored = kept(tmp_path / name, page).rename(tmp_path / "3f9a0c")
    assert (probe(stored, CAPS).media, probe(stored, CAPS).pages) == (media, 1)
    pixels = open_page(stored, 1).pixels
    assert pixels.ndim == 2
    dark = pixels[: pixels.shape[0] // 3, : pixels.shape[1] // 3]
    assert dark.min() < 20 and pixels[-5:].min() > 240


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw", "tiff_adobe_deflate"])
def test_a_fax_of_three_pages_has_three_pages(tmp_path: Path, page: Image.Image, compression: str) -> None:
    sheets = [page.convert("1"), page.rotate(180).convert("1"), page.convert("1")]
    path = kept(tmp_path / "fax.tif", sheets[0], save_all=True, append_images=sheets[1:], compression=compression,
                dpi=(200, 200))
    assert probe(path, CAPS).pages == 3
    assert open_page(path, 1).pixels[100, 100] == 0
    assert open_page(path, 2).pixels[100, 100] == 255
    assert open_page(path, 3).dpi == 200


@pytest.mark.parametrize("how", [{"dpi": (204, 98)}, {}])
def test_a_standard_fax_is_as_high_as_its_paper(tmp_path: Path, how: dict[str, object]) -> None:
    fax = Image.new("1", (1728, 1145), 1)
    picture = open_page(kept(tmp_path / "fax.tif", fax, compression="group3", **how), 1)
    assert picture.pixels.shape[1] == 1728 and abs(picture.pixels.shape[0] - 2383) <= 1
    assert picture.dpi == pytest.approx(204, abs=1)


def test_a_pdf_is_drawn_page_by_page_and_keeps_its_colours(tmp_path: Path) -> None:
    path = tmp_path / "two.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.rect(100, 700, 50, 50, fill=1)
    canvas.showPage()
    canvas.setFillColorRGB(0.9, 0.1, 0.1)
    canvas.rect(100, 700, 50, 50, fill=1, stroke=0)
    canvas.save()
    assert probe(path, CAPS).pages == 2
    first, second = open_page(path, 1), open_page(path, 2)
    assert first.pixels.shape == (2339, 1654) and first.dpi == 200
    assert first.gray[300, 350] == 0
    assert second.pixels.ndim == 3 and second.pixels[300, 350].tolist() == pytest.approx([25, 25, 230], abs=3)


@pytest.mark.parametrize("turned", [{6: 1}, {8: 1}, {3: 1}])
def test_a_photograph_that_says_how_it_was_held_comes_upright(tmp_path: Path, page: Image.Image,
                                                              turned: dict[int, int]) -> None:
    ((orientation, _),) = turned.items()
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270, 3: Image.Transpose.ROTATE_180}[orientation]
    path = kept(tmp_path / "held.jpg", page.transpose(back), exif=exif)
    pixels = open_page(path, 1).pixels
    assert pixels.shape == (600, 400) and pixels[120, 100] < 20 and pixels[500, 300] > 240


def test_what_is_transparent_is_paper(tmp_path: Path, page: Image.Image) -> None:
    glass = page.convert("LA")
    glass.putalpha(page.point(lambda v: 255 - v))
    assert open_page(kept(tmp_path / "glass.png", glass), 1).pixels[500, 300] == 255


def test_sixteen_bits_palettes_and_printing_inks_come_as_eight_bits(tmp_path: Path, page: Image.Image) -> None:
    deep = Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
    for n, image in enumerate((deep, page.convert("P"), page.convert("CMYK"), page.convert("1"))):
        pixels = open_page(kept(tmp_path / f"{n}.tif", image), 1).gray
        assert pixels.dtype == np.uint8 and pixels[100, 100] < 20 and pixels[500, 300] > 240, image.mode


def test_an_empty_file_a_word_document_and_half_a_picture_are_told_apart(tmp_path: Path, page: Image.Image) -> None:
    empty, word, half, pdf = (tmp_path / name for name in ("empty", "word", "half", "pdf"))
    empty.write_bytes(b"")
    word.write_bytes(b"PK\x03\x04" + bytes(2000))
    page.effect_spread(30).save(half, format="JPEG")
    half.write_bytes(half.read_bytes()[:3000])
    pdf.write_bytes(b"%PDF-1.7\nnothing follows")
    assert [refused(path).code for path in (empty, word, half, pdf)] == [
        "empty_file", "unknown_type", "broken_image", "broken_pdf"]


def test_too_many_bytes_pages_or_pixels_are_refused_before_anything_is_decoded(tmp_path: Path,
                                                                               page: Image.Image) -> None:
    tiff = kept(tmp_path / "many.tif", page, save_all=True, append_images=[page] * 4)
    assert refused(tiff, Caps(pages=4)).code == "too_many_pages"
    assert probe(tiff, Caps(pages=5)).pages == 5
    assert refused(tiff, Caps(bytes=1000)).code == "too_many_bytes"
    assert refused(tiff, Caps(pixels=200_000)).code == "too_many_pixels"
    assert isinstance(refused(tiff, Caps(bytes=1000)), TooLarge)
    pdf = kept(tmp_path / "many.pdf", page, save_all=True, append_images=[page] * 4)
    assert refused(pdf, Caps(pages=4)).code == "too_many_pages"


def test_a_small_file_that_unfolds_to_a_huge_page_is_refused_by_its_header(tmp_path: Path) -> None:
    bomb = kept(tmp_path / "bomb.png", Image.new("1", (12_000, 11_000)))
    assert bomb.stat().st_size < 100_000
    assert refused(bomb).code == "too_many_pixels"


def test_a_pdf_page_as_large_as_a_house_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "house.pdf"
    canvas = Canvas(str(path), pagesize=(14_400, 14_400))
    canvas.rect(0, 0, 5, 5)
    canvas.save()
    assert refused(path).code == "too_many_pixels"


def test_a_pdf_with_a_password_says_so(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    canvas = Canvas(str(path), encrypt="secret")
    canvas.drawString(50, 50, "x")
    canvas.save()
    assert refused(path).code == "encrypted_pdf"


def test_a_page_for_people_is_upright_and_laid_flat(page: Image.Image) -> None:
    lying = Picture(np.ascontiguousarray(np.rot90(np.asarray(page))))
    upright = rendition(lying, Placement(form=None, quarter_turns=1), None)
    assert np.array_equal(upright.pixels, np.asarray(page))
    shift = (2.0, 0, 10.0, 0, 2.0, 20.0, 0, 0, 1.0)
    laid = rendition(Picture(np.asarray(page)), Placement(form="x", homography=shift), (50.0, 80.0))
    assert laid.pixels.shape == (640, 400)
    assert laid.pixels[8 * 20, 8 * 25] == 0 and laid.pixels[8 * 10, 8 * 25] == 255
    shown = Image.open(io.BytesIO(encode_jpeg(laid)))
    assert shown.format == "JPEG" and shown.size == (400, 640)


def test_a_pdf_page_that_comes_back_as_one_pixel_is_broken(tmp_path: Path, page: Image.Image,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path / "page.pdf", page)
    monkeypatch.setattr("tsuzuri.image.pdf.convert_from_path", lambda *_, **__: [Image.new("L", (1, 1))])
    assert refused(path).code == "broken_pdf"


def test_a_slow_pdf_and_a_missing_poppler_have_codes_of_their_own(tmp_path: Path, page: Image.Image,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path / "page.pdf", page)
    monkeypatch.setattr("tsuzuri.image.pdf.DRAW_S", 0.001)
    assert refused(path).code == "slow_pdf"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Stuck) as caught:
        probe(path, CAPS)
    assert caught.value.code == "poppler_missing"


def test_a_scanned_pdf_whose_picture_cannot_be_decoded_is_broken_and_not_blank(tmp_path: Path) -> None:
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
             b"<</Type/XObject/Subtype/Image/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceGray"
             b"/Filter/DCTDecode/Length 7>>stream\ngarbage\nendstream",
             b"<</Length 30>>stream\nq 200 0 0 300 0 0 cm /I Do Q  \nendstream"]
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (n, part) for n, part in enumerate(parts, 1))
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.4\n" + body + b"trailer<</Size 6/Root 1 0 R>>\n%%EOF")
    assert probe(path, CAPS).pages == 1
    assert refused(path).code == "broken_pdf"


@pytest.mark.skipif(not NASTY.is_dir(), reason="the collection of broken files is not beside this checkout")
def test_a_hundred_broken_odd_or_hostile_files_each_get_a_code_or_a_picture() -> None:
    files = sorted(path for path in NASTY.rglob("*.*") if path.suffix not in (".csv", ".md", ".txt"))
    assert len(files) >= 100
    codes: dict[str, int] = {}
    for path in files:
        began = time.monotonic()
        try:
            last = probe(path, CAPS).pages
            assert open_page(path, last).pixels.size > 0, path.name
            code = "opened"
        except TsuzuriError as error:
            assert isinstance(error, Refused) and error.message, path.name
            code = error.code
        codes[code] = codes.get(code, 0) + 1
        assert time.monotonic() - began < 30, path.name
    assert codes["encrypted_pdf"] >= 5 and codes["broken_pdf"] >= 3 and codes["unknown_type"] >= 3
    assert codes["opened"] >= 75


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_a_scan_finer_than_anyone_can_use_is_halved(tmp_path: Path, page: Image.Image, mode: str,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    deep = Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
    path = kept(tmp_path / "fine.tif", deep if mode == "I;16" else page.convert(mode), dpi=(1200, 1200))
    monkeypatch.setattr("tsuzuri.image.pages.HALVED", 200_000)
    opened = open_page(path, 1)
    assert opened.pixels.shape[:2] == (300, 200) and opened.dpi == 600
    assert opened.gray[50, 50] == 0 and opened.gray[250, 150] == 255
