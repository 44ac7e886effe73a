"""Seals anywhere on a page: a ring or a square of 7 to 30 mm with letters in it, in stamp ink if the scan has colours."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from tsuzuri.image import Picture, Pixels, as_pixels
from tsuzuri.image.rules import darkness
from tsuzuri.model import Box

PITCH = 4.0                        # px/mm at which seals are looked for
SMALLEST, LARGEST = 7.0, 30.0      # mm, either side
SQUARE = 1.5                       # the longer side is no longer than so many times the shorter
CHROMA = 38                        # levels between a pixel's strongest and weakest channel: stamp ink, not JPEG's noise
JOIN = 0.6                         # mm: gaps in a worn ring
INK = 22                           # gray levels under its surroundings: worn vermilion in a gray scan has no more
FULL = (0.05, 0.55)                # share of a seal's inside that is inked: an empty frame has less, a QR code more
IN_COLOUR, IN_GRAY = 0.96, 0.8     # how sure such a find is


def seals(picture: Picture, per_mm: float) -> list[tuple[Box, float]]:
    """The boxes (px of the picture) of what looks like a seal, each with how sure (0–1), the surest first."""
    scale = PITCH / per_mm
    size = (max(8, round(picture.pixels.shape[1] * scale)), max(8, round(picture.pixels.shape[0] * scale)))
    small = as_pixels(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA))
    found: list[tuple[Box, float]] = []
    if small.ndim == 3:
        found = [(box, IN_COLOUR) for box in _rings(_stamp_ink(small), join_mm=1.2)]
    if not found:
        gray = Picture(small).gray
        found = [(box, IN_GRAY) for box in _rings(as_pixels((darkness(gray) > INK).astype(np.uint8)), join_mm=JOIN)]
    return [((x / scale, y / scale, w / scale, h / scale), sure) for (x, y, w, h), sure in found]


def _stamp_ink(small: Pixels) -> Pixels:
    """Vermilion, red and violet: red is well above green."""
    channels = small.astype(np.int16)
    chroma = channels.max(axis=2) - channels.min(axis=2)
    return as_pixels(((chroma > CHROMA) & (channels[:, :, 2] > channels[:, :, 1] + CHROMA // 2)).astype(np.uint8))


def _rings(mask: Pixels, join_mm: float) -> Iterator[Box]:
    """Boxes of components as large, as square and as full as seals."""
    join = max(1, round(join_mm * PITCH))
    closed = as_pixels(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((join, join), np.uint8)))
    count, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    for i in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[i])
        if not SMALLEST * PITCH <= min(w, h) <= max(w, h) <= min(LARGEST * PITCH, SQUARE * min(w, h)):
            continue
        edge = max(1, round(0.14 * min(w, h)))
        inside = mask[y + edge:y + h - edge, x + edge:x + w - edge]
        if FULL[0] < float(inside.mean()) < FULL[1]:
            yield (float(x), float(y), float(w), float(h))
