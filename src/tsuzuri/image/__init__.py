"""Seeing: bytes become pictures, pictures are laid onto paper, cleaned, and looked at for marks.

Touches OpenCV, Pillow and poppler; knows nothing of forms, readers or rows: whoever calls hands in millimetres.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

# OpenCV reads this once, when it is first imported: a 106 KB PNG has been seen to take 1.8 GB without it.
# 120 million pixels hold an A3 at 600 dpi (70 million) with room to spare.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(120_000_000))

import cv2
import numpy as np
from numpy.typing import NDArray

cv2.setNumThreads(1)  # one process a core reads sheets; more threads only quarrel

Pixels = NDArray[np.uint8]


def as_pixels(found: Any) -> Pixels:
    """What OpenCV gave back, as the type it is: its stubs promise less than its functions hold."""
    return np.asarray(found, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Picture:
    """One page's pixels: gray (h, w) or BGR (h, w, 3), paper light. `dpi` is what the file claims, 0 when it is silent."""

    pixels: Pixels
    dpi: float = 0.0

    @property
    def gray(self) -> Pixels:
        """The page without its colours, (h, w)."""
        if self.pixels.ndim == 2:
            return self.pixels
        return as_pixels(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY))
