"""Separator sheets to be printed: a code in two corners, bars that show in the pile's edge, and in words what the sheet does."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import numpy as np
import zxingcpp
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tsuzuri.image.letters import FORM_FONT
from tsuzuri.image.separators import BATCH, DOCUMENT, sheet_code
from tsuzuri.model import BatchSheet, Box
from tsuzuri.synth.draw import Picture, painted, png, put
from tsuzuri.synth.fonts import font_path
from tsuzuri.synth.marks import Mark, Rule, Shade, Word

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
SHEET_CODE_MM = 58.0        # a batch sheet says more: 1 mm a module
SEAM = 0.03                 # mm by which boxes overlap, so that no hairline shows between them
BARS: tuple[Box, ...] = ((0, 0, 210, 9), (0, 13, 210, 4), (0, 280, 210, 4), (0, 288, 210, 9))


def separator_pdf(kind: str, count: int = 1) -> bytes:
    """So many sheets of that kind ("document", "batch") as a vector PDF, fonts embedded; the same bytes each time."""
    drawn = list(_marks(kind))
    return _pdf(f"区切り紙（{NAMES[kind]}）", [drawn] * count)


def _pdf(title: str, pages: Sequence[Sequence[Mark]]) -> bytes:
    pdfmetrics.registerFont(TTFont("form", str(font_path(FORM_FONT))))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(PAPER[0] * mm, PAPER[1] * mm), invariant=1)
    canvas.setTitle(title)
    for marks in pages:
        for mark in marks:
            put(canvas, mark, PAPER[1])
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def batch_sheets_pdf(sheets: Sequence[BatchSheet]) -> bytes:
    """Batch sheets, a page each, as a vector PDF, fonts embedded; the same bytes each time."""
    return _pdf("バッチシート", [list(sheet_marks(sheet)) for sheet in sheets])


def sheet_marks(sheet: BatchSheet) -> Iterator[Mark]:
    """One batch sheet: its code in two corners, and in words what it says."""
    yield from (Shade(bar) for bar in BARS)
    for corner in ((22.0, 30.0), (PAPER[0] - 22.0 - SHEET_CODE_MM, PAPER[1] - 30.0 - SHEET_CODE_MM)):
        yield from qr_code(sheet_code(sheet), corner, SHEET_CODE_MM, "Q")
    yield Word((105, 118), "バッチシート", 15, "center")
    yield Word((105, 140), sheet.called, 9.5, "center")
    yield Word((105, 158), f"{sheet.ward}　　{sheet.procedure}", 8, "center")
    yield Word((105, 174), "この束のいちばん上に重ねて、最初にスキャンしてください。100枚までをひと束にします。", 4.0, "center")
    for row, label in enumerate(("枚数", "件数", "金額", "スキャン", "照合")):
        y = 204.0 + 14 * row
        yield Word((22, y), label, 4.4)
        yield Rule((46, y + 1.5, 118, y + 1.5), 0.2)


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
