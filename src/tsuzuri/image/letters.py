"""What a form's own printing looks like: its words, set in the font that forms are drawn in. Touches the font folders only."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tsuzuri.image import Pixels, as_pixels

FORM_FONT = "ipag.ttf"  # what every form's own printing is set in
FETCHED = Path(__file__).parents[3] / ".cache/fonts"    # what synth/fontsource.py puts there; no Debian package has them
MIDDLE = 0.38       # of an ideograph's em, from baseline to its optical middle
FINER = 4           # set so much larger, then averaged down


@lru_cache(maxsize=1)
def font_files() -> dict[str, Path]:
    """The fonts that this machine has, by the names of their files."""
    folders = [Path("/usr/share/fonts"), Path(__file__).parents[3] / ".cache/root/usr/share/fonts", FETCHED]
    if named := os.environ.get("TSUZURI_FONTS"):
        folders.insert(0, Path(named))
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.tt[fc]")) if folder.is_dir() else ():
            found.setdefault(path.name, path)
    return found


@lru_cache(maxsize=256)
def lettered(text: str, em: float, size: tuple[int, int]) -> Pixels | None:
    """The text in the middle of a picture of that size (w, h), `em` px large: 255 ink, 0 paper, as soft as
    a scan. None without the font, or text."""
    path = font_files().get(FORM_FONT)
    if path is None or not text:
        return None
    wide, high = size
    image = Image.new("L", (wide * FINER, high * FINER))
    face = ImageFont.truetype(str(path), round(em * FINER), layout_engine=ImageFont.Layout.BASIC)
    at = (image.width / 2, image.height / 2 + MIDDLE * em * FINER)
    ImageDraw.Draw(image).text(at, text, font=face, fill=255, anchor="ms")
    return as_pixels(cv2.GaussianBlur(cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_AREA), (5, 5), 0))
