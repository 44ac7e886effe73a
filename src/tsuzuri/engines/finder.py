"""Finds where text stands on a page: PP-OCRv6's small detector, which the `rapidocr` wheel ships, run on one thread.

It gives a map of how surely each spot lies within a line of text; what is made of it (boxes) is image's matter. Asked
only for papers without boxes of their own: a map of an A4 costs over a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsuzuri.engines import Picture
from tsuzuri.engines.ppocr import shipped
from tsuzuri.engines.session import opened

LONGEST = 1280         # px of the page's long side as the net sees it: an A4's small print (2.5 mm) has 11 px there
STEP = 32              # sides are multiples of this
MEAN, SPREAD = 0.5, 0.5

Heat = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TextMap:
    """How surely (0–1) each spot lies within a line of text, and by what to multiply its x and y to get the picture's px."""

    heat: Heat
    scale: tuple[float, float]


class Finder(Protocol):
    """Anything that sees where text stands; `picture` is gray (h, w), paper light."""

    def find(self, picture: Picture) -> TextMap: ...


class PPFinder:
    """The detector; one a process."""

    def __init__(self) -> None:
        self._session = opened(shipped("PP-OCRv6_det_small"))

    def find(self, picture: Picture) -> TextMap:
        """The map of one page, at most LONGEST px along its long side."""
        height, width = picture.shape
        shrink = min(1.0, LONGEST / max(height, width))
        high, wide = (max(STEP, round(side * shrink / STEP) * STEP) for side in (height, width))
        small = Image.fromarray(picture).resize((wide, high), Image.Resampling.BOX if shrink < 1 else Image.Resampling.BILINEAR)
        x = (np.asarray(small, dtype=np.float32) / np.float32(255) - np.float32(MEAN)) / np.float32(SPREAD)
        (answer,) = self._session.run(None, {"x": np.repeat(x[None, None], 3, axis=1)})
        return TextMap(np.asarray(answer[0, 0], dtype=np.float32), (width / wide, height / high))


@cache
def open_finder() -> Finder:
    """The finder of this process, its model loaded on the first call."""
    return PPFinder()
