"""Printed pages: marks in mm become a vector PDF with its font embedded, and text is broken into lines. For letters and lists."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tsuzuri.image.letters import FORM_FONT
from tsuzuri.synth.draw import put
from tsuzuri.synth.fonts import font_path
from tsuzuri.synth.marks import Mark, Word, text_width
from tsuzuri.synth.separators import PAPER

LEFT, RIGHT = 22.0, 188.0
TOP_MM, BOTTOM_MM = 24.0, 238.0         # of what flows; below it stands the foot
HANGING = "、。，．・）」』】！？ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"     # never at a line's beginning
UNSET = "〓"                             # for a character that the font has not


@dataclass
class Sheets:
    """What has been set so far: marks a page, and how far down the last one is filled."""

    pages: list[list[Mark]] = field(default_factory=lambda: [[]])
    y: float = TOP_MM
    bottom: float = BOTTOM_MM

    def set(self, marks: Iterator[Mark] | Sequence[Mark]) -> None:
        """Put these on the last page."""
        self.pages[-1].extend(marks)

    def room(self, need: float) -> None:
        """At least so many mm are left; if need be on a new page."""
        if self.y + need > self.bottom:
            self.pages.append([])
            self.y = TOP_MM


def printed(title: str, pages: Sequence[Sequence[Mark]]) -> bytes:
    """The pages as a PDF; the same marks give the same bytes. What the font has not is set as 〓."""
    pdfmetrics.registerFont(TTFont("form", str(font_path(FORM_FONT))))
    known = pdfmetrics.getFont("form").face.charToGlyph  # type: ignore[attr-defined]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(PAPER[0] * mm, PAPER[1] * mm), invariant=1)
    canvas.setTitle(title)
    for marks in pages:
        for mark in marks:
            put(canvas, _settable(mark, known) if isinstance(mark, Word) else mark, PAPER[1])
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def wrapped(text: str, wide: float, size: float) -> list[str]:
    """The text in lines of at most so many mm, but that what must not begin a line hangs over the one before."""
    lines: list[str] = [""] if text else []
    for sign in text:
        if text_width(lines[-1] + sign) * size <= wide or (sign in HANGING and lines[-1]):
            lines[-1] += sign
        else:
            lines.append(sign)
    return lines


def _settable(word: Word, known: dict[int, int]) -> Word:
    text = "".join(sign if ord(sign) in known else UNSET for sign in word.text)
    return word if text == word.text else Word(word.at, text, word.size, word.align, word.gray)
