"""Words as pictures, drawn with a font that prints forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tsuzuri.engines import Crop, Picture, Reader, open_readers
from tsuzuri.image.letters import FORM_FONT
from tsuzuri.synth.fonts import font

Draw = Callable[..., Crop]


@pytest.fixture(scope="session")
def readers() -> dict[str, Reader]:
    """Both readers, opened once."""
    return open_readers()


@pytest.fixture(scope="session")
def draw() -> Draw:
    """draw(text, alphabet, px): the text in black on white, cut close."""

    def drawn(text: str, alphabet: str | None = None, px: int = 32) -> Crop:
        face = font(FORM_FONT, px)
        left, top, right, bottom = face.getbbox(text)
        image = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8), 255)
        ImageDraw.Draw(image).text((4 - left, 4 - top), text, font=face, fill=20)
        picture: Picture = np.asarray(image, dtype=np.uint8)
        return Crop(picture, alphabet)

    return drawn
