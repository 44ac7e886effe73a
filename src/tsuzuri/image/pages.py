"""Files become pages: what a file is and how many pages it has, one page's pixels, and a page as JPEG.

Everything a stranger sent is suspect: type by its first bytes, sizes from headers before anything is decoded, each fault
with its own code and a sentence for the sender.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image, ImageOps

from tsuzuri.errors import Refused, TooLarge
from tsuzuri.image import Picture, Pixels, as_pixels, pdf
from tsuzuri.image.bend import Bend, where
from tsuzuri.image.clean import PX, laid
from tsuzuri.image.rules import Points
from tsuzuri.model import Box, Placement

Image.MAX_IMAGE_PIXELS = None  # Caps.pixels is asked first, and answers with a code of ours

JPEG, PNG, TIFF, PDF = "image/jpeg", "image/png", "image/tiff", "application/pdf"
MAGIC = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"II*\0", TIFF), (b"MM\0*", TIFF),
         (b"II+\0", TIFF), (b"MM\0+", TIFF), (b"%PDF-", PDF))
QUALITY = 85            # of a JPEG: an A4 of text at 200 dpi has about 300 KB and no visible loss
A4_LONG = 297.0         # mm
HALVED = 50_000_000     # pixels: an A4 at 600 dpi has 35 million; more only costs memory, three bytes each, three times over
FAX_WIDTH = 1728     # px of an A4 by fax
FORMATS = {JPEG: "JPEG", PNG: "PNG", TIFF: "TIFF"}
PDF_WITHIN = 1024   # bytes: readers of PDF forgive that much rubbish before the header, and so do scanners' drivers

# What Pillow raises for broken files, collected by feeding it a hundred of them; OSError alone is not enough.
UNREADABLE = (OSError, ValueError, TypeError, SyntaxError, KeyError, IndexError, EOFError, AttributeError, RuntimeError,
              ArithmeticError, MemoryError, struct.error, zlib.error, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Caps:
    """How much one file may bring: bytes, pages, and pixels a page."""

    bytes: int = 100 * 2**20
    pages: int = 500
    pixels: int = 120_000_000


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file is: its media type and how many pages it has."""

    media: str
    pages: int


def probe(path: Path, caps: Caps) -> Probe:
    """What lies in the file, from its headers alone; raises Refused or TooLarge with a code and advice in Japanese."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("ファイルが空です。もう一度スキャンして送ってください。", code="empty_file")
    if size > caps.bytes:
        raise TooLarge(f"ファイルが大きすぎます（上限 {caps.bytes // 2**20} MiB）。分けて送ってください。",
                       code="too_many_bytes")
    media = media_of(path)
    if media == PDF:
        return Probe(media, pdf.count(path, caps.pages, caps.pixels))
    with path.open("rb") as file, readable():
        picture = opened(file, media)
        return Probe(media, _count(picture, media, caps))


def open_page(path: Path, number: int, caps: Caps = Caps()) -> Picture:  # noqa: B008  frozen, so safe to share
    """Page `number` (from 1), gray where the file has no colours; raises Refused or TooLarge if it cannot be shown."""
    media = media_of(path)
    if media == PDF:
        pixels, dpi = pdf.draw(path, number, caps.pixels)
        return Picture(pixels, dpi)
    with path.open("rb") as file, readable():
        picture = opened(file, media)
        if media == TIFF:
            picture.seek(number - 1)
        _hold_pixels(picture, caps)
        told = resolutions(picture)
        dpi = max(told)
        if picture.width * picture.height > HALVED:
            picture, dpi = _averaged(picture).reduce(2), dpi / 2
        pixels = squared(_pixels(ImageOps.exif_transpose(picture)), told)
        return Picture(pixels, dpi if 50 <= dpi <= 2400 else 0.0)


def _averaged(picture: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be averaged: two-tone as gray, a palette as its colours, 16 bits as 8."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray(_pixels(picture))
    return picture.convert({"1": "L", "P": "RGBA", "PA": "RGBA"}.get(picture.mode, picture.mode))


def resolutions(picture: Image.Image) -> tuple[float, float]:
    """Dots an inch across and down; a fax that does not say has those of its norm."""
    across, down = (float(v) for v in picture.info.get("dpi", (0, 0))[:2])
    if across <= 1 and picture.mode == "1" and picture.width == FAX_WIDTH and picture.height < FAX_WIDTH:
        return 204.0, 98.0
    return across, down


def squared(pixels: Pixels, dpi: tuple[float, float]) -> Pixels:
    """The picture with as many pixels a millimetre down as across; a standard fax has half."""
    across, down = dpi
    if min(dpi) <= 0 or not 1.1 < max(dpi) / min(dpi) < 4:
        return pixels
    height, width = pixels.shape[:2]
    size = (width, round(height * across / down)) if across > down else (round(width * down / across), height)
    if size[0] * size[1] > HALVED:
        return pixels
    return as_pixels(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR))


def encode_jpeg(picture: Picture, quality: int = 80) -> bytes:
    """The page as JPEG; at 80 an A4 of text at 200 dpi has about 300 KB and no visible loss."""
    _, buffer = cv2.imencode(".jpg", picture.pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return buffer.tobytes()


def rendition(picture: Picture, placement: Placement, paper: tuple[float, float] | None) -> Picture:
    """The page for people: laid flat onto the paper at 8 px/mm if its form is known, else turned upright as far as known."""
    if paper is None or placement.form is None:
        turned = np.rot90(picture.pixels, -placement.quarter_turns)
        return Picture(np.ascontiguousarray(turned), picture.dpi)
    matrix = np.array(placement.homography, dtype=np.float64).reshape(3, 3)
    # What lies beside a scan that is smaller than its paper (a receipt) is white, not its edge drawn out.
    edged = as_pixels(cv2.copyMakeBorder(picture.pixels, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255, 255, 255)))
    shifted = np.array([[1, 0, 1], [0, 1, 1], [0, 0, 1.0]]) @ matrix
    return Picture(laid(edged, shifted, (0.0, 0.0, *paper), Bend.of(placement.bend)), PX * 25.4)


def px_per_mm(upright: Picture, paper: tuple[float, float] | None) -> float:
    """Pixels a mm of a rendition: known where the form is, else as if its long side were an A4's."""
    return PX if paper is not None else max(upright.pixels.shape) / A4_LONG


def blackened(picture: Picture, placement: Placement, boxes: Sequence[tuple[int, int, int, int]], *, placed: bool) -> Picture:
    """The page as scanned with those boxes black; they are px of its rendition (x, y, w, h), `placed`: of a known form's."""
    pixels = picture.pixels.copy()
    for box in boxes:
        corners = _as_scanned(box, placement, (pixels.shape[0], pixels.shape[1]), placed=placed)
        cv2.fillConvexPoly(pixels, np.round(corners).astype(np.int32), (0, 0, 0))
    return Picture(pixels, picture.dpi)


def with_black(upright: Picture, paper: tuple[float, float] | None, boxes: Sequence[Box]) -> Picture:
    """A rendition with those boxes (mm) black."""
    scale, pixels = px_per_mm(upright, paper), upright.pixels.copy()
    for x, y, w, h in boxes:
        cv2.rectangle(pixels, (int(x * scale), int(y * scale)), (int((x + w) * scale) + 1, int((y + h) * scale) + 1), (0, 0, 0), -1)
    return Picture(pixels, upright.dpi)


def rewritten(path: Path, pages: int, anew: Mapping[int, Picture], out: BinaryIO) -> None:
    """Writes the file's pages as TIFF to `out`, those in `anew` (page → picture) as given: no layer of text comes along."""
    shown = (anew[n] if n in anew else open_page(path, n) for n in range(1, pages + 1))
    frames = (Image.fromarray(p.pixels if p.pixels.ndim == 2 else p.pixels[:, :, ::-1]) for p in shown)
    next(frames).save(out, "TIFF", compression="jpeg", quality=QUALITY, save_all=True, append_images=frames)


def _as_scanned(
    box: tuple[int, int, int, int], placement: Placement, size: tuple[int, int], *, placed: bool,
) -> Points:
    """A box's corners, from px of the rendition to px of the page as scanned, (4, 2)."""
    x, y, w, h = box
    corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], dtype=np.float64)
    if placed:
        matrix = np.array(placement.homography, dtype=np.float64).reshape(3, 3)
        return where(corners / PX, matrix, Bend.of(placement.bend))
    (high, wide), (across, down) = size, corners.T
    turned = {0: (across, down), 1: (down, high - across), 2: (wide - across, high - down), 3: (wide - down, across)}
    return np.column_stack(turned[placement.quarter_turns % 4])


def media_of(path: Path) -> str:
    """The file's media type, by its first bytes; raises Refused for one that no scan has."""
    with path.open("rb") as file:
        head = file.read(PDF_WITHIN)
    for magic, media in MAGIC:
        if head.startswith(magic) or (media == PDF and magic in head):
            return media
    raise Refused("この種類のファイルは受け取れません。JPEG、PNG、TIFF、PDF のいずれかで送ってください。",
                  code="unknown_type")


@contextmanager
def readable() -> Iterator[None]:
    """Whatever Pillow stumbles over inside becomes one Refused; its warnings about odd tags are nobody's business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except UNREADABLE as error:
            raise Refused("画像が壊れているか、途中で切れています。もう一度スキャンして送ってください。",
                          code="broken_image") from error


def opened(file: BinaryIO, media: str) -> Image.Image:
    """The file, its header read; inside readable()."""
    return Image.open(file, formats=[FORMATS[media]])


def _count(picture: Image.Image, media: str, caps: Caps) -> int:
    """How many pages, each held against the cap on pixels; stops at the cap on pages, so that loops end."""
    pages = 0
    while True:
        _hold_pixels(picture, caps)
        pages += 1
        if media != TIFF:
            return pages
        try:
            picture.seek(pages)
        except EOFError:
            return pages
        if pages >= caps.pages:
            raise too_many_pages(caps.pages)


def too_many_pages(cap: int) -> TooLarge:
    """The refusal for a file with more pages than `cap`."""
    return TooLarge(f"ページが多すぎます（上限 {cap} ページ）。分けて送ってください。", code="too_many_pages")


def _hold_pixels(picture: Image.Image, caps: Caps) -> None:
    width, height = picture.size
    if width < 1 or height < 1:
        raise ValueError("no pixels")
    if width * height > caps.pixels:
        raise pdf.too_many_pixels(caps.pixels)


def _pixels(picture: Image.Image) -> Pixels:
    """Pillow's many modes as gray or BGR of 8 bits; what is transparent is paper."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _scaled(np.asarray(picture))
    if picture.has_transparency_data:
        picture = _on_white(picture)
    if picture.mode in ("1", "L"):
        return np.array(picture.convert("L"), dtype=np.uint8)
    if picture.mode == "P" and _is_gray(picture):
        return np.array(picture.convert("L"), dtype=np.uint8)
    return as_pixels(cv2.cvtColor(np.asarray(picture.convert("RGB")), cv2.COLOR_RGB2BGR))


def _scaled(deep: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Pixels:
    values = deep.astype(np.float32)
    top = 65535.0 if values.max() <= 65535 else float(values.max())
    return as_pixels(np.clip(values / top, 0, 1) * 255)


def _on_white(picture: Image.Image) -> Image.Image:
    rgba = picture.convert("RGBA")
    paper = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(paper, rgba).convert("L" if picture.mode in ("LA", "La") else "RGB")


def _is_gray(picture: Image.Image) -> bool:
    palette = np.array(picture.getpalette("RGB") or [0, 0, 0]).reshape(-1, 3)
    return bool((palette.max(axis=1) == palette.min(axis=1)).all())
