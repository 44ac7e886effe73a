"""Scans that nobody should have sent, by the word that the quality gate has for them. Gray pictures at any resolution."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from tsuzuri.synth.draw import Picture
from tsuzuri.synth.ink import Chance


def _dark(picture: Picture, chance: Chance) -> Picture:
    return (picture * chance.uniform(0.12, 0.34)).astype(np.uint8)


def _washed(picture: Picture, chance: Chance) -> Picture:
    return (255 - (255 - picture.astype(np.float32)) * chance.uniform(0.03, 0.1)).astype(np.uint8)


def _coarse(picture: Picture, chance: Chance) -> Picture:
    share = chance.uniform(55, 100) * 11.69 / max(picture.shape)
    return np.asarray(cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)


def _blurred(picture: Picture, chance: Chance) -> Picture:
    """Out of focus, or the sheet moved while it was read."""
    mm = max(picture.shape) / 297
    if chance.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), chance.uniform(0.36, 0.8) * mm), np.uint8)
    long = max(3, round(chance.uniform(1.3, 3) * mm))
    kernel = np.zeros((long, long), dtype=np.float32)
    cv2.line(kernel, (0, 0), (long - 1, long - 1), 1)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def _cut(picture: Picture, chance: Chance) -> Picture:
    """A side of the sheet lay beside the glass."""
    height, width = picture.shape
    part = chance.uniform(0.12, 0.3)
    side = int(chance.integers(3))
    if side == 0:
        return np.ascontiguousarray(picture[:, round(part * width):])
    if side == 1:
        return np.ascontiguousarray(picture[:, :round((1 - part) * width)])
    return np.ascontiguousarray(picture[:round((1 - part) * height)])


def _long(picture: Picture, chance: Chance) -> Picture:
    """Two sheets at once, the second some way behind the first and over or under it."""
    height, width = picture.shape
    behind = round(chance.uniform(0.12, 0.9) * height)
    seen = np.full((height + behind, width), 250, dtype=np.uint8)
    first, second = (0, behind) if chance.random() < 0.5 else (behind, 0)
    seen[first:first + height] = picture
    seen[second:second + height] = picture
    return seen


UNFIT: dict[str, Callable[[Picture, Chance], Picture]] = {
    "dark": _dark, "washed": _washed, "coarse": _coarse, "blurred": _blurred, "cut": _cut, "long": _long,
}


def unfit(picture: Picture, fault: str, seed: int) -> Picture:
    """The picture with that fault."""
    return UNFIT[fault](picture, np.random.default_rng([seed, 83]))
