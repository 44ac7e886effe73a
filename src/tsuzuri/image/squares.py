"""The solid squares in a form's corners: found on a page, and what they alone say of how it lies. Lengths in mm unless px."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels
from tsuzuri.image.atlas import Atlas, Family
from tsuzuri.image.overview import Overview
from tsuzuri.image.rules import PITCH, Layout, Matrix, Points, mapped

Complex = NDArray[np.complex128]

FIT_MM = 3.0           # an anchor lies so near to where the others say it should
ZOOM = (0.62, 1.45)    # how much smaller or larger than its picture's long side a sheet may be printed or lie
SKEW = 8.0             # degrees beside a quarter turn
MOST_SPOTS = 16
CROOKED_MM = 1.2       # squares that are off by more beside a sheet turned and scaled tell that it is folded or curled
ASIDE_MM = 12.0        # a square farther away is another, or a blot
FEWEST = 4             # of them tell anything alone
STROKE_MM = 40.0       # no pen's line is longer; a rule is
EDGE_MM = 12.0         # shadows of the sheet's own edges lie in here
MOST_STROKES = 3       # so many rules, and the page has its own, which must fit


def solid_squares(dark: Pixels, side_mm: float) -> Complex:
    """Centres (px, as x + iy) of dark blobs as large as an anchor and as full as a square; skewed ones too, punch holes not."""
    small, large = 0.65 * ZOOM[0] / 0.94 * side_mm * PITCH, 1.9 * side_mm * PITCH
    core = int(0.7 * ZOOM[0] / 0.75 * side_mm * PITCH)
    opened = cv2.morphologyEx((dark > 60).astype(np.uint8), cv2.MORPH_OPEN, np.ones((core, core), np.uint8))
    count, labels, stats, centres = cv2.connectedComponentsWithStats(opened)
    good = []
    for i in range(1, count):
        x, y, w, h, area = stats[i]
        if not small <= min(w, h) <= max(w, h) <= large or area < 0.7 * min(w, h) ** 2:
            continue
        ys, xs = np.nonzero(labels[y:y + h, x:x + w] == i)
        (_, (a, b), _) = cv2.minAreaRect(np.column_stack((xs, ys)).astype(np.float32))
        if len(xs) > 0.86 * (a + 1) * (b + 1):
            good.append((len(xs) / ((a + 1) * (b + 1)), complex(*centres[i])))
    return np.array([spot for _, spot in sorted(good, key=lambda one: -one[0])[:MOST_SPOTS]], dtype=np.complex128)


def by_anchors(family: Family, spots: Complex, pitch: float) -> Iterator[Matrix]:
    """The likeliest ways to lay the family's anchors onto the spots, those that meet most of them first; `pitch` in px/mm."""
    anchors = _anchors(family)
    for met in _ways(anchors * pitch, spots):
        used = [i for i, spot in enumerate(met) if spot >= 0]
        yield _laid(_points(anchors[used]), _points(spots[[met[i] for i in used]]))


def _anchors(family: Family) -> Complex:
    return np.array([complex(x, y) for x, y in family.anchors], dtype=np.complex128)


def _ways(anchors: Complex, spots: Complex) -> list[tuple[int, ...]]:
    """Which spot each anchor meets (-1: none), in the dozen ways that meet most."""
    ways: dict[tuple[int, ...], tuple[int, float]] = {}
    for i, j in combinations(range(len(anchors)), 2):
        for met, miss in _pairs(anchors, spots, i, j):
            if met not in ways:
                ways[met] = (-sum(spot >= 0 for spot in met), miss)
    return sorted(ways, key=lambda met: ways[met])[:12]


def _points(places: Complex) -> Points:
    return np.column_stack((places.real, places.imag))


def _pairs(anchors: Complex, spots: Complex, i: int, j: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Anchors i and j laid onto every two spots: which spot each anchor then meets (-1: none), and the worst miss in px.

    The anchors are in px as they would lie if the sheet filled the picture.
    """
    if len(spots) < 2:
        return
    first, second = (part.reshape(-1) for part in np.meshgrid(spots, spots, indexing="ij"))
    turn = (second - first) / (anchors[j] - anchors[i])
    zoom, skew = np.abs(turn), np.degrees(np.angle(turn))
    beside = np.abs((skew + 45) % 90 - 45)
    for k in np.flatnonzero((zoom > ZOOM[0]) & (zoom < ZOOM[1]) & (beside < SKEW)):
        miss = np.abs((turn[k] * (anchors - anchors[i]) + first[k])[:, None] - spots)
        near, least = miss.argmin(axis=1), miss.min(axis=1)
        met = least < FIT_MM * PITCH
        yield tuple(int(spot) if ok else -1 for spot, ok in zip(near, met, strict=True)), float(least[met].max())


def _laid(anchors: Points, spots: Points) -> Matrix:
    """Anchors onto spots: a similarity of two, an affine way of three, a homography of four."""
    if len(anchors) >= 4:
        bent, _ = cv2.findHomography(anchors, spots)
        if bent is not None:
            return np.asarray(bent, dtype=np.float64)
    if len(anchors) == 3:
        flat = cv2.getAffineTransform(anchors.astype(np.float32), spots.astype(np.float32))
    else:
        flat, _ = cv2.estimateAffinePartial2D(anchors, spots, method=cv2.LMEDS)
    return np.vstack((flat, (0, 0, 1))).astype(np.float64)


def squares_alone(view: Overview, known: Atlas) -> Iterator[tuple[Family, Matrix]]:
    """Each family, and each way up, that the page's squares fit, with all of the family's squares there and the sheet flat."""
    if _rules(view) > MOST_STROKES:
        return
    spots = solid_squares(view.dark, known.anchor_mm)
    for family in known.families:
        anchors, pitch = _anchors(family), view.pitch(family.paper)
        for met in _ways(anchors * pitch, spots):
            if len(anchors) >= FEWEST and min(met) >= 0 and _crooked(anchors, spots[list(met)]) < CROOKED_MM * pitch:
                yield family, _laid(_points(anchors), _points(spots[list(met)]))


def _rules(view: Overview) -> int:
    """How many strokes there are within the sheet that no pen makes."""
    count, edge = 0, round(EDGE_MM * PITCH)
    for mask in view.strokes:
        _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask[edge:-edge, edge:-edge]))
        count += int((stats[1:, 2:4].max(axis=1, initial=0) > STROKE_MM * PITCH).sum())
    return count


def _crooked(anchors: Complex, spots: Complex) -> float:
    """How far (px) the worst spot lies from where the anchors turned, scaled and shifted would."""
    one = np.column_stack((anchors, np.ones(len(anchors))))
    solved, *_ = np.linalg.lstsq(one, spots, rcond=None)
    return float(np.abs(one @ solved - spots).max())


def strayed(view: Overview, form: Layout, places: Points) -> NDArray[np.float64]:
    """How far (mm) the nearest square lies from each place (px as scanned) where the form has one; nan where none is near."""
    spots = solid_squares(view.dark, form.anchor_mm)
    if not len(spots) or not len(places):
        return np.full(len(places), np.nan)
    seen = mapped(places, np.asarray(np.linalg.inv(view.back), dtype=np.float64))
    off = np.abs((seen[:, 0] + 1j * seen[:, 1])[:, None] - spots).min(axis=1) / view.pitch(form.paper)
    return np.where(off < ASIDE_MM, off, np.nan)
