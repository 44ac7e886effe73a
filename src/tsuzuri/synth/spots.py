"""Things on a sheet that nobody wrote: holes, staples, stains, stamps on anchors, a torn corner. In place, on gray pictures.

Each takes the picture, its pixels a millimetre, and chance. Lengths are millimetres.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from tsuzuri.synth.draw import Picture
from tsuzuri.synth.ink import Chance

ANCHOR_MM = 13.0        # from both edges, where forms have their squares


def _two_holes(picture: Picture, mm: float, chance: Chance) -> None:
    lid = int(chance.integers(20, 235))
    middle = picture.shape[0] / 2 / mm + chance.normal(0, 3)
    for side in (-40, 40):
        _disc(picture, mm, (float(chance.uniform(8, 13)), middle + side), 3.0, lid)


def _thirty_holes(picture: Picture, mm: float, chance: Chance) -> None:
    """Of a ring binder: 30 holes at 9.5 mm along the left edge."""
    lid, across = int(chance.integers(10, 120)), float(chance.uniform(5.5, 7.5))
    first = picture.shape[0] / 2 / mm - 14.5 * 9.5
    for i in range(30):
        _disc(picture, mm, (across, first + 9.5 * i), 2.9, lid)


def _staple(picture: Picture, mm: float, chance: Chance) -> None:
    """A staple in a corner, and the shadow of the turned-up sheet behind it."""
    x, y = chance.uniform(8, 22), chance.uniform(8, 20)
    turn = np.deg2rad(chance.uniform(-60, 60))
    end = np.array([x, y]) + 11 * np.array([np.cos(turn), np.sin(turn)])
    cv2.line(picture, _px((x, y), mm), _px(end, mm), 60, max(1, round(0.6 * mm)), cv2.LINE_AA)
    shadow = np.zeros_like(picture)
    side = chance.uniform(18, 40)
    cv2.fillPoly(shadow, [np.array([_px((0, 0), mm), _px((side, 0), mm), _px((0, side), mm)])], 70)
    soft = cv2.GaussianBlur(shadow, (0, 0), 2.5 * mm)
    picture[:] = cv2.subtract(picture, soft)


def _stamped_anchor(picture: Picture, mm: float, chance: Chance) -> None:
    """A round stamp that fell on an anchor."""
    wide, high = picture.shape[1] / mm, picture.shape[0] / mm
    x = chance.choice((ANCHOR_MM, wide - ANCHOR_MM)) + chance.uniform(-3, 3)
    y = chance.choice((ANCHOR_MM, high - ANCHOR_MM)) + chance.uniform(-3, 3)
    ink, radius = int(chance.integers(60, 130)), chance.uniform(5, 9)
    layer = np.full_like(picture, 255)
    thick = max(1, round(0.8 * mm))
    cv2.circle(layer, _px((x, y), mm), round(radius * mm), ink, thick, cv2.LINE_AA)
    for _ in range(7):
        ends = np.array([x, y]) + chance.uniform(-0.6, 0.6, (2, 2)) * radius
        cv2.line(layer, _px(ends[0], mm), _px(ends[1], mm), ink, thick, cv2.LINE_AA)
    picture[:] = np.minimum(picture, layer)


def _torn(picture: Picture, mm: float, chance: Chance) -> None:
    """A corner is gone, on white or on the black lid."""
    height, width = picture.shape
    corner = np.array([chance.choice((0, width - 1)), chance.choice((0, height - 1))], dtype=np.float64)
    inward = np.where(corner > 0, -1, 1)
    a, b = chance.uniform(18, 42, 2) * mm
    steps = np.linspace(0, 1, 9)[:, None]
    edge = corner + inward * (np.array([a, 0]) * (1 - steps) + np.array([0, b]) * steps)
    edge[1:-1] += chance.normal(0, 0.8 * mm, (7, 2))
    cv2.fillPoly(picture, [np.vstack((corner, edge)).astype(np.int32)], int(chance.choice((255, 235, 25))))


def _coffee(picture: Picture, mm: float, chance: Chance) -> None:
    """A ring of a cup, and a drop."""
    layer = np.zeros_like(picture)
    at = (float(chance.uniform(30, 180)), float(chance.uniform(40, 260)))
    cv2.circle(layer, _px(at, mm), round(chance.uniform(32, 42) * mm), int(chance.integers(25, 70)), round(3 * mm), cv2.LINE_AA)
    _disc(layer, mm, (float(chance.uniform(20, 190)), float(chance.uniform(20, 270))), float(chance.uniform(4, 12)), 40)
    picture[:] = cv2.subtract(picture, cv2.GaussianBlur(layer, (0, 0), 0.5 * mm))


def _creases(picture: Picture, mm: float, chance: Chance) -> None:
    """Crumpled once and smoothed again: short lines, light and dark."""
    layer = np.zeros(picture.shape, dtype=np.int16)
    for _ in range(int(chance.integers(8, 20))):
        start = chance.uniform((0, 0), (picture.shape[1] / mm, picture.shape[0] / mm))
        end = start + chance.normal(0, 35, 2)
        cv2.line(layer, _px(start, mm), _px(end, mm), int(chance.integers(-45, 30)), max(1, round(0.4 * mm)))
    picture[:] = np.clip(picture + cv2.GaussianBlur(layer, (0, 0), 0.15 * mm), 0, 255).astype(np.uint8)


def _disc(picture: Picture, mm: float, at: tuple[float, float], radius: float, gray: int) -> None:
    cv2.circle(picture, _px(at, mm), round(radius * mm), gray, -1, cv2.LINE_AA)


def _px(at: tuple[float, float] | np.ndarray[tuple[int, ...], np.dtype[np.float64]], mm: float) -> tuple[int, int]:
    return round(float(at[0]) * mm), round(float(at[1]) * mm)


SPOTS: dict[str, Callable[[Picture, float, Chance], None]] = {
    "two_holes": _two_holes, "thirty_holes": _thirty_holes, "staple": _staple, "stamped_anchor": _stamped_anchor,
    "torn": _torn, "coffee": _coffee, "creases": _creases,
}
