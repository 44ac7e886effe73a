"""PDF pages by pdf2image and poppler, one page a call, with sizes asked before and checked after.

Poppler answers a page of absurd size with a silent picture of 1×1 pixel and exit code 0; it also runs for minutes on a
file made to hurt. So: pdfinfo first, a cap, a time limit, and a look at what came back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from pdf2image import convert_from_path, pdfinfo_from_path
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
)
from PIL import Image, UnidentifiedImageError

from tsuzuri.errors import Refused, Stuck, TooLarge
from tsuzuri.image import Pixels, as_pixels

DPI = 200        # characters of 3 mm come out 24 px high, enough for the readers; 300 dpi costs twice the time
ASK_S = 10       # pdfinfo: 10–40 ms on sound files
DRAW_S = 20      # an A4 page takes 0.1–0.3 s; a request must not hang for 30 s
POINTS = re.compile(r"^([\d.]+) x ([\d.]+) pts")


def count(path: Path, cap: int, pixel_cap: int) -> int:
    """How many pages, all of them small enough to draw; raises Refused or TooLarge."""
    with _poppler():
        pages = int(pdfinfo_from_path(str(path.resolve()), timeout=ASK_S)["Pages"])
        if pages < 1:
            raise _broken()
        if pages > cap:
            raise TooLarge(f"ページが多すぎます（上限 {cap} ページ）。分けて送ってください。", code="too_many_pages")
        for width, height in _sizes(path, 1, pages):
            _hold(width, height, pixel_cap)
    return pages


def draw(path: Path, number: int, pixel_cap: int) -> tuple[Pixels, float]:
    """Page `number` (from 1) and its dpi; gray if it holds no colour."""
    with _poppler():
        sizes = _sizes(path, number, number)
        if not sizes:
            raise _broken()
        width, height = sizes[0]
        _hold(width, height, pixel_cap)
        drawn = _drawn(path, number, strict=False)
        if _fits(drawn, width, height) and drawn.convert("L").getextrema()[0] == 255:
            _drawn(path, number, strict=True)   # a white page may be a scan that poppler could not decode
    if not _fits(drawn, width, height):
        raise _broken()
    return _plain(np.asarray(drawn.convert("RGB"), dtype=np.uint8)), float(DPI)


def too_many_pixels(cap: int) -> TooLarge:
    """The refusal for a page with more pixels than `cap`."""
    return TooLarge(f"画像の画素数が多すぎます（1ページの上限 {cap // 1_000_000} 百万画素）。"
                    "解像度を 300 dpi 程度に下げて送ってください。", code="too_many_pixels")


def _sizes(path: Path, first: int, last: int) -> list[tuple[float, float]]:
    """Width and height in points of the pages from `first` to `last`, as they will be drawn, turned or not."""
    told = pdfinfo_from_path(str(path.resolve()), timeout=ASK_S, first_page=first, last_page=last)
    matches = [POINTS.match(str(value)) for key, value in told.items()
               if re.fullmatch(r"Page +\d+ size", key)]
    return [(float(match[1]), float(match[2])) for match in matches if match]


def _drawn(path: Path, number: int, *, strict: bool) -> Image.Image:
    # pdfinfo tells the crop box, so the crop box is drawn.
    pages: list[Image.Image] = convert_from_path(str(path.resolve()), dpi=DPI, first_page=number, last_page=number,
                                                 use_cropbox=True, strict=strict, timeout=DRAW_S)
    if len(pages) != 1:
        raise _broken()
    return pages[0]


def _hold(width_pt: float, height_pt: float, pixel_cap: int) -> None:
    if width_pt <= 0 or height_pt <= 0:
        raise _broken()
    if width_pt * height_pt * (DPI / 72) ** 2 > pixel_cap:
        raise too_many_pixels(pixel_cap)


def _fits(drawn: Image.Image, width_pt: float, height_pt: float) -> bool:
    """Whether the picture has the size that was told, give or take two pixels; a turned page may be turned."""
    told = sorted((width_pt * DPI / 72, height_pt * DPI / 72))
    return all(abs(side - want) <= 2 for side, want in zip(sorted(drawn.size), told, strict=True))


def _plain(rgb: Pixels) -> Pixels:
    if np.array_equal(rgb[..., 0], rgb[..., 1]) and np.array_equal(rgb[..., 1], rgb[..., 2]):
        return np.ascontiguousarray(rgb[..., 0])
    return as_pixels(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))


def _broken() -> Refused:
    return Refused("PDF が壊れていて開けません。PDF を作り直すか、紙をスキャンし直して送ってください。",
                   code="broken_pdf")


@contextmanager
def _poppler() -> Iterator[None]:
    """Poppler's ways to fail, told in ours."""
    try:
        yield
    except PDFPopplerTimeoutError as error:
        raise Refused("PDF を開くのに時間がかかりすぎます。紙をスキャンし直して、画像で送ってください。",
                      code="slow_pdf") from error
    except PDFInfoNotInstalledError as error:
        raise Stuck("poppler（pdfinfo, pdftoppm）が見つかりません。", code="poppler_missing") from error
    except PDFPageCountError as error:
        if "password" in str(error).lower():
            raise Refused("PDF にパスワードがかかっています。パスワードを外して送ってください。",
                          code="encrypted_pdf") from error
        raise _broken() from error
    except (PDFSyntaxError, UnidentifiedImageError, OSError, ValueError, EOFError) as error:
        raise _broken() from error
