"""Which font files this machine has, and whether a font can write a text. Touches the font folders only.

Tuning fonts and test fonts are disjoint: what a threshold was set on is never what a figure is quoted from. No reader that
Tsuzuri ships was trained on a test font. What readings are worth is measured on `tuning` fonts and on `measuring` ones, which
training leaves alone. `sample` fonts are what samples/ are set in: our small reader knows most of them.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from fontTools.ttLib import TTFont
from PIL import ImageFont

from tsuzuri.errors import Refused
from tsuzuri.image.letters import font_files

Purpose = Literal["training", "tuning", "measuring", "sample", "test"]

PRINT: dict[Purpose, tuple[str, ...]] = {
    "training": ("ipag.ttf", "ipam.ttf"),
    "tuning": ("ipag.ttf", "ipam.ttf"),
    "measuring": ("VL-Gothic-Regular.ttf", "VL-PGothic-Regular.ttf"),
    "sample": ("VL-Gothic-Regular.ttf", "BIZUDGothic-Regular.ttf"),
    "test": ("BIZUDGothic-Regular.ttf", "BIZUDMincho-Regular.ttf"),
}
HAND: dict[Purpose, tuple[str, ...]] = {
    "training": ("kiloji.ttf",),      # what is tuned on has one hand more than papers that are learnt from
    "tuning": ("kiloji.ttf", "setofont.ttf"),
    "measuring": ("KleeOne-Regular.ttf", "YOzRN_90.ttf"),
    "sample": ("KleeOne-Regular.ttf", "YOzRN_90.ttf"),
    "test": ("Yomogi-Regular.ttf", "ZenKurenaido-Regular.ttf"),
}
SEAL: dict[Purpose, str] = {
    "training": "ipam.ttf",
    "tuning": "ipam.ttf",
    "measuring": "ipam.ttf",
    "sample": "ipam.ttf",
    "test": "ipam.ttf",
}  # a Mincho in a ring passes for a cheap round seal
PACKAGES = (
    "fonts-ipafont-gothic fonts-ipafont-mincho fonts-kiloji fonts-seto fonts-vlgothic "
    "fonts-morisawa-bizud-gothic fonts-morisawa-bizud-mincho fonts-klee fonts-yozvox-yozfont"
)


class FontMissing(Refused):
    """A font that drawing needs is not on this machine."""

    code = "font_missing"


def font_path(name: str) -> Path:
    """The font file of that name; raises FontMissing with the packages that hold all of them."""
    try:
        return font_files()[name]
    except KeyError:
        raise FontMissing(f"font {name} is not installed; install {PACKAGES}, or set TSUZURI_FONTS; "
                          "`make bench` fetches those of tests") from None


def have_fonts(purpose: Purpose) -> bool:
    """Whether all fonts of that purpose are here."""
    return all(name in font_files() for name in (*PRINT[purpose], *HAND[purpose], SEAL[purpose]))


@lru_cache(maxsize=64)
def font(name: str, px: int) -> ImageFont.FreeTypeFont:
    """The font at `px` pixels an em."""
    return ImageFont.truetype(str(font_path(name)), px, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=16)
def _characters(name: str) -> frozenset[int]:
    with TTFont(font_path(name), fontNumber=0, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def can_write(name: str, text: str) -> bool:
    """Whether the font has a glyph for every character of `text`."""
    known = _characters(name)
    return all(ord(character) in known or character == " " for character in text)
