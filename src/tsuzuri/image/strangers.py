"""Ink in a field that nobody wrote there: a word stamp's frame and letters, a clerk's underline, what is left of a rule.

No letter of a form has a straight stroke of 7 mm; such a stroke, tilted or not, is a stranger. With a side to it, it is a
stamp's frame, and what is no darker within it is the stamp.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from tsuzuri.image import Pixels, as_pixels

LONG_MM = 7.0          # a straight run of this length is no letter's
SIDE_MM = 5.0          # and one of this, standing on such a run, is a frame's side
TILTS = range(-12, 13, 3)      # degrees
THICK_PX = 9           # a run is thinner than this
DARKER = 1.6           # writing under a stamp stays if its contrast is that much its frame's, whose lines are thin
JOIN_MM = 3.0          # runs so near to each other are one frame, worn here and there
MOSTLY = 0.5           # what consists of a run by this share is gone with it


def strangers(soft: Pixels, ink: int, px: float) -> Pixels | None:
    """A mask (0 or 1) of ink to look past, or None if there is none. `soft` is gray with paper 255, at `px` per mm."""
    mask = as_pixels(cv2.morphologyEx((soft < ink).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    large = np.r_[False, stats[1:, 2:4].max(axis=1, initial=0) > LONG_MM * px]
    if count == 1 or not large.any():
        return None
    mask = large[labels].astype(np.uint8)
    across = _runs(mask, round(LONG_MM * px), upright=False)
    if not across.any():
        return None
    found = as_pixels(cv2.dilate(across, np.ones((5, 5), np.uint8)))
    mostly = np.bincount(labels[found > 0], minlength=count) > MOSTLY * stats[:, 4]
    found |= (mostly & (np.arange(count) > 0))[labels].astype(np.uint8)
    _add_stamps(found, (across, _runs(mask, round(SIDE_MM * px), upright=True)), soft, round(JOIN_MM * px))
    return found


def _runs(mask: Pixels, long: int, *, upright: bool) -> Pixels:
    """The pixels on thin straight runs of that length, level or upright give or take 12°."""
    if upright:
        return np.ascontiguousarray(_runs(np.ascontiguousarray(mask.T), long, upright=False).T)
    # What is a stroke of its own across the run is no part of it: the tops of a row of digits are no line.
    thin = mask & ~as_pixels(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((THICK_PX, 1), np.uint8)))
    thick = cv2.dilate(cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8)), np.ones((3, 1), np.uint8))
    found = np.zeros_like(mask)
    for tilt in TILTS:
        found |= as_pixels(cv2.morphologyEx(thick, cv2.MORPH_OPEN, _line(long, tilt)))
    return found


@lru_cache(maxsize=64)
def _line(long: int, tilt: int) -> Pixels:
    reach = round(abs(float(np.tan(np.deg2rad(tilt)))) * long)
    kernel = np.zeros((reach + 1, long), dtype=np.uint8)
    start, end = (0, reach) if tilt > 0 else (reach, 0)
    cv2.line(kernel, (0, start), (long - 1, end), 1)
    return kernel


def _add_stamps(found: Pixels, runs: tuple[Pixels, Pixels], soft: Pixels, join_px: int) -> None:
    """Adds, in place, each stamp: its sides, and all within them that is no darker than the frame."""
    across, sides = runs
    joined = cv2.dilate(across | sides, np.ones((join_px, join_px), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    for i in range(1, count):
        x, y, w, h, _ = stats[i]
        here = labels[y:y + h, x:x + w] == i
        line, side = across[y:y + h, x:x + w] * here, sides[y:y + h, x:x + w] * here
        if not line.any() or not side.any():
            continue
        crop = soft[y:y + h, x:x + w]
        contrast = 255.0 - float(np.percentile(crop[line > 0], 20))
        found[y:y + h, x:x + w] |= (crop > 255 - DARKER * contrast).astype(np.uint8)
