"""Separator sheets to be printed: a code in two corners, bars that show in the pile's edge, and in words what the sheet does."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import zxingcpp
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tsuzuri.image.letters import FORM_FONT
from tsuzuri.image.separators import BATCH, DOCUMENT
from tsuzuri.model import Box
from tsuzuri.synth.draw import Picture, painted, png, put
from tsuzuri.synth.fonts import font_path
from tsuzuri.synth.marks import Mark, Shade, Word

PAPER = (210.0, 297.0)
CODES: dict[str, str] = {"document": DOCUMENT, "batch": BATCH}
SAYS: dict[str, tuple[str, ...]] = {
    "document": (
        "この紙の次から、新しい書類が始まります。",
        "申請書と領収書など、ひと組の書類と次の組のあいだに、この紙を1枚はさんでください。",
    ),
    "batch": (
        "この紙で、ひと束が終わります。",
        "箱や束の変わり目に、この紙を1枚はさんでください。前の束の書類に、次の束の紙は綴じられません。",
    ),
}
NAMES = {"document": "書類の区切り", "batch": "束の区切り"}
CODE_MM = 44.0              # 1.5 mm a module: six pixels of a fax's coarse lines
SEAM = 0.03                 # mm by which boxes overlap, so that no hairline shows between them
BARS: tuple[Box, ...] = ((0, 0, 210, 9), (0, 13, 210, 4), (0, 280, 210, 4), (0, 288, 210, 9))


def separator_pdf(kind: str, count: int = 1) -> bytes:
    """So many sheets of that kind ("document", "batch") as a vector PDF, fonts embedded; the same bytes each time."""
    pdfmetrics.registerFont(TTFont("form", str(font_path(FORM_FONT))))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(PAPER[0] * mm, PAPER[1] * mm), invariant=1)
    canvas.setTitle(f"区切り紙（{NAMES[kind]}）")
    drawn = list(_marks(kind))
    for _ in range(count):
        for mark in drawn:
            put(canvas, mark, PAPER[1])
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def separator_picture(kind: str, dpi: int = 200) -> Picture:
    """One sheet as gray (h, w), 255 paper."""
    return painted(_marks(kind), PAPER, dpi)


def separator_png(kind: str, dpi: int = 200) -> bytes:
    """One sheet as a PNG that knows its dpi."""
    return png(separator_picture(kind, dpi), dpi)


def _marks(kind: str) -> Iterator[Mark]:
    yield from (Shade(bar) for bar in BARS)
    for corner in ((22.0, 30.0), (PAPER[0] - 22.0 - CODE_MM, PAPER[1] - 30.0 - CODE_MM)):
        yield from qr_code(CODES[kind], corner, CODE_MM)
    yield Word((105, 128), "区切り紙", 26, "center")
    yield Word((105, 146), NAMES[kind], 11, "center")
    for line, told in enumerate(SAYS[kind]):
        yield Word((105, 168 + 9 * line), told, 4.4, "center")
    yield Word((105, 196), "コピーして使えます。折ったり、書き込んだりしないでください。", 3.6, "center")


def qr_code(text: str, corner: tuple[float, float], side_mm: float, level: str = "H") -> Iterator[Mark]:
    """A QR code as filled boxes, one a run of dark modules in a row; `level` (L, M, Q, H) is how much of it may be lost."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    modules = np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    side = side_mm / len(modules)
    for y, row in enumerate(modules):
        start: int | None = None
        for x, value in enumerate([*(int(v) for v in row), 255]):
            if value == 0 and start is None:
                start = x
            elif value and start is not None:
                yield Shade((corner[0] + start * side, corner[1] + y * side, (x - start) * side + SEAM, side + SEAM))
                start = None
