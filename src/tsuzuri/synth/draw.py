"""The blank form set as a vector PDF or painted as a picture. Touches marks and fonts."""

from __future__ import annotations

import io
from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tsuzuri.forms import Form
from tsuzuri.image.letters import FORM_FONT
from tsuzuri.synth.fonts import font, font_path
from tsuzuri.synth.marks import Mark, Ring, Rule, Shade, marks

Picture = NDArray[np.uint8]

OVERSAMPLING = 2  # drawn this much larger, then averaged down, so that thin rules keep their weight


def blank_pdf(form: Form) -> bytes:
    """The blank form as a one-page vector PDF, fonts embedded; the same form gives the same bytes."""
    width, height = form.paper
    pdfmetrics.registerFont(TTFont("form", str(font_path(FORM_FONT))))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width * mm, height * mm), invariant=1)
    canvas.setTitle(form.title)
    for mark in marks(form):
        put(canvas, mark, height)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def put(canvas: Canvas, mark: Mark, height: float) -> None:
    """Set one mark on a page that is `height` millimetres high."""
    if isinstance(mark, Shade):
        x, y, w, h = mark.box
        canvas.setFillGray(mark.gray)
        canvas.rect(x * mm, (height - y - h) * mm, w * mm, h * mm, stroke=0, fill=1)
    elif isinstance(mark, Rule):
        x1, y1, x2, y2 = mark.ends
        canvas.setStrokeGray(mark.gray)
        canvas.setLineWidth(mark.width * mm)
        canvas.setDash(*([0.5 * mm, 0.5 * mm] if mark.dots else []))
        canvas.line(x1 * mm, (height - y1) * mm, x2 * mm, (height - y2) * mm)
    elif isinstance(mark, Ring):
        canvas.setStrokeGray(mark.gray)
        canvas.setLineWidth(mark.width * mm)
        canvas.setDash()
        canvas.circle(mark.centre[0] * mm, (height - mark.centre[1]) * mm, mark.radius * mm, stroke=1, fill=0)
    else:
        canvas.setFillGray(mark.gray)
        canvas.setFont("form", mark.size * mm)
        draw = {
            "left": canvas.drawString,
            "center": canvas.drawCentredString,
            "right": canvas.drawRightString,
        }
        draw[mark.align](mark.at[0] * mm, (height - mark.at[1]) * mm, mark.text)


def blank_picture(form: Form, dpi: int = 200) -> Picture:
    """The blank form as gray (h, w), 255 paper."""
    return painted(marks(form), form.paper, dpi)


def blank_png(form: Form, dpi: int = 200) -> bytes:
    """The blank form as a PNG that knows its dpi."""
    return png(blank_picture(form, dpi), dpi)


def png(picture: Picture, dpi: int) -> bytes:
    """A picture as a PNG that knows its dpi."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG", optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def painted(drawn: Iterable[Mark], paper: tuple[float, float], dpi: int) -> Picture:
    """Marks on white paper of that many millimetres, as gray (h, w)."""
    scale = dpi * OVERSAMPLING / 25.4
    size = (round(paper[0] * dpi / 25.4), round(paper[1] * dpi / 25.4))
    image = Image.new("L", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING), 255)
    brush = ImageDraw.Draw(image)
    for mark in drawn:
        _paint(brush, mark, scale)
    return np.asarray(cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_AREA), np.uint8)


def _paint(brush: ImageDraw.ImageDraw, mark: Mark, scale: float) -> None:
    gray = round(mark.gray * 255)
    if isinstance(mark, Shade):
        x, y, w, h = (v * scale for v in mark.box)
        brush.rectangle((round(x), round(y), round(x + w) - 1, round(y + h) - 1), fill=gray)
    elif isinstance(mark, Rule):
        _paint_rule(brush, mark, scale)
    elif isinstance(mark, Ring):
        x, y, r = mark.centre[0] * scale, mark.centre[1] * scale, mark.radius * scale
        brush.ellipse((x - r, y - r, x + r, y + r), outline=gray, width=max(1, round(mark.width * scale)))
    else:
        anchor = {"left": "ls", "center": "ms", "right": "rs"}[mark.align]
        at = (mark.at[0] * scale, mark.at[1] * scale)
        brush.text(at, mark.text, font=font(FORM_FONT, round(mark.size * scale)), fill=gray, anchor=anchor)


def _paint_rule(brush: ImageDraw.ImageDraw, mark: Rule, scale: float) -> None:
    x1, y1, x2, y2 = (v * scale for v in mark.ends)
    thick = max(1, round(mark.width * scale))
    level = y2 == y1
    first, last, across = (x1, x2, y1) if level else (y1, y2, x1)
    step = 0.5 * scale if mark.dots else last - first
    for start in np.arange(first, last, 2 * step):
        a, b = round(start), max(round(start), round(min(last, start + step)))
        c = round(across - thick / 2)
        box = (a, c, b, c + thick - 1) if level else (c, a, c + thick - 1, b)
        brush.rectangle(box, fill=round(mark.gray * 255))
