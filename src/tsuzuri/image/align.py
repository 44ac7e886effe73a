"""Laying a page onto paper: which way up, and the homography from millimetres of paper to the scan's pixels.

Nothing but the forms' printed geometry is needed. Anchors (solid squares) give the first guess; where fewer than two are
left, the pattern of the rules does. Then the rules pull the guess into place. What it costs hardly grows with the number
of forms: a guess is held against all forms of a family at once, and only the best few are worked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels
from tsuzuri.image.atlas import Atlas, Family, Shares
from tsuzuri.image.lie import pulled, tight
from tsuzuri.image.overview import Overview, resized
from tsuzuri.image.rules import PITCH, Layout, Matrix, Points, mapped

Complex = NDArray[np.complex128]

FIT_MM = 3.0           # an anchor lies so near to where the others say it should
ZOOM = (0.62, 1.45)    # how much smaller or larger than its picture's long side a sheet may be printed or lie
SKEW = 8.0             # degrees beside a quarter turn
MOST_SPOTS = 16
ROUGH = 0.35           # share of rules below which a guess is not worth refining
SURE = 0.5             # and above which no other guess is tried
RIVAL = 0.2            # a form this much behind the best one is none of the page's
SCALES = np.linspace(0.86, 1.14, 29)
REACH_MM = 20          # the farthest shift looked for where there are no anchors
TURNS = ((1, 0), (0, -1), (-1, 0), (0, 1))      # where paper's x points to in the picture, by quarter turns back


@dataclass(frozen=True, slots=True)
class Fit:
    """A page laid onto one form: `homography` paper mm → pixels of the picture as scanned, `score` the share of rules found."""

    form: str
    score: float
    quarter_turns: int
    homography: Matrix


@dataclass(frozen=True, slots=True)
class _Guess:
    family: Family
    shares: Shares
    matrix: Matrix

    @property
    def best(self) -> float:
        return float(self.shares.max())


def fits(view: Overview, known: Atlas) -> list[Fit]:
    """The page laid onto each form that is at all likely, either way up where both are, best first."""
    spots = _solid_squares(view.dark, known.anchor_mm)
    guesses = [_Guess(family, family.found(view.wide, matrix), matrix)
               for family in known.families for matrix in _by_anchors(family, spots, view.pitch(family.paper))]
    if max((guess.best for guess in guesses), default=0.0) < SURE:
        guesses += _by_rules(view, known)
    found: dict[tuple[str, int], Fit] = {}
    for guess in _worth(guesses):
        for fit in _worked_out(view, known, guess):
            place = (fit.form, fit.quarter_turns)
            if place not in found or found[place].score < fit.score:
                found[place] = fit
    return sorted(found.values(), key=lambda fit: -fit.score)


def _worth(guesses: list[_Guess]) -> list[_Guess]:
    """The best guess of each family and each way up, if it comes near the best of all."""
    best: dict[tuple[int, int], _Guess] = {}
    for guess in guesses:
        place = (id(guess.family), turns(guess.matrix))
        if guess.best >= ROUGH and (place not in best or guess.best > best[place].best):
            best[place] = guess
    top = max((guess.best for guess in best.values()), default=0.0)
    return [guess for guess in best.values() if guess.best > top - RIVAL]


def _worked_out(view: Overview, known: Atlas, guess: _Guess) -> Iterator[Fit]:
    """The guess refined on its likeliest form, and with that the score of each of the family that is not far behind."""
    names = guess.family.names
    best = int(guess.shares.argmax())
    matrix, flat = pulled(view.dark, known.layouts[names[best]], guess.matrix)
    scores = guess.family.shares(tight(flat, guess.family.across, guess.family.down))
    for i, score in enumerate(scores):
        if guess.shares[i] > guess.best - RIVAL:
            yield Fit(names[i], float(score), turns(matrix), view.back @ matrix)


def turns(matrix: Matrix) -> int:
    """How many quarter turns clockwise bring a picture upright on which paper lies like this."""
    return int(np.argmax([matrix[:2, 0] @ np.array(way) for way in TURNS]))


def _solid_squares(dark: Pixels, side_mm: float) -> Complex:
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


def _by_anchors(family: Family, spots: Complex, pitch: float) -> Iterator[Matrix]:
    """The likeliest ways to lay the family's anchors onto the spots, those that meet most of them first; `pitch` in px/mm."""
    anchors = np.array([complex(x, y) for x, y in family.anchors], dtype=np.complex128)
    ways: dict[tuple[int, ...], tuple[int, float]] = {}
    for i, j in combinations(range(len(anchors)), 2):
        for met, miss in _pairs(anchors * pitch, spots, i, j):
            if met not in ways:
                ways[met] = (-sum(spot >= 0 for spot in met), miss)
    for met in sorted(ways, key=lambda met: ways[met])[:12]:
        used = [i for i, spot in enumerate(met) if spot >= 0]
        yield _laid(_points(anchors[used]), _points(spots[[met[i] for i in used]]))


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


def _filling(paper: tuple[float, float], view: Overview, quarters: int) -> Matrix:
    """Paper mm → px if the sheet, turned, lay in the middle of the outline and filled it."""
    cosine, sine = TURNS[quarters]
    turn = np.array([[cosine, -sine], [sine, cosine]], dtype=np.float64) * view.pitch(paper)
    matrix = np.eye(3)
    matrix[:2, :2] = turn
    matrix[:2, 2] = np.array(view.sheet[:2]) - turn @ (np.array(paper) / 2)
    return matrix


def _by_rules(view: Overview, known: Atlas) -> list[_Guess]:
    """Without anchors: the page made straight, and the pattern of each form's rules sought along and across it."""
    straight = _straightening(*view.strokes)
    height, width = view.gray.shape
    shrink = resized(1 / PITCH) @ straight
    size = (round(width / PITCH) + 1, round(height / PITCH) + 1)
    level, upright = (np.asarray(cv2.warpPerspective(mask, shrink, size, flags=cv2.INTER_LINEAR), dtype=np.float32)
                      for mask in view.strokes)
    profiles = (_profile(upright.sum(axis=0)), _profile(level.sum(axis=1)))
    back = np.linalg.inv(shrink)
    likely: list[tuple[float, Family, Matrix]] = []
    for family in known.families:
        for name in _distinct(family, known):
            likely += [(score, family, back @ matrix)
                       for score, matrix in _slid(known.layouts[name], view, profiles)]
    likely.sort(key=lambda one: -one[0])
    return [_Guess(family, family.found(view.wide, matrix), matrix) for _, family, matrix in likely[:60]]


def _distinct(family: Family, known: Atlas) -> Iterator[str]:
    """The family's forms, of those whose rules are nearly the same only the first."""
    taken: list[NDArray[np.bool_]] = []
    for name, row in zip(family.names, family.has > 0, strict=True):
        if all((row & other).sum() < 0.8 * max(1, min(row.sum(), other.sum())) for other in taken):
            taken.append(row)
            yield name


def _profile(sums: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much stroke there is at each millimetre, no place counting for more than a rule of 60 mm."""
    near = np.convolve(np.minimum(sums, 60.0), (0.6, 1.0, 0.6), mode="same")
    return np.asarray(near - near.mean(), dtype=np.float64)


def _slid(form: Layout, view: Overview, profiles: tuple[NDArray[np.float64], NDArray[np.float64]],
          ) -> Iterator[tuple[float, Matrix]]:
    """The best few places of the form's rules on the page at 1 px/mm: how well each fits, and paper mm → mm of the page."""
    for quarters in range(4):
        rough = resized(1 / PITCH) @ _filling(form.paper, view, quarters)
        if quarters % 2 != (form.paper[0] <= form.paper[1]) ^ (view.sheet[2] <= view.sheet[3]):
            continue
        middle = rough @ np.array([form.paper[0] / 2, form.paper[1] / 2, 1.0])
        ways = []
        for scale in SCALES:
            zoom = np.array([[scale, 0, middle[0] * (1 - scale)], [0, scale, middle[1] * (1 - scale)], [0, 0, 1.0]]) @ rough
            across, down = (form.across, form.down) if quarters % 2 == 0 else (form.down, form.across)
            x, y = (_shifts(mapped(looks, zoom)[:, axis], profiles[axis]) for axis, looks in ((0, down), (1, across)))
            ways += [(a + b, np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1.0]]) @ zoom)
                     for (a, dx), (b, dy) in product(x, y)]
        yield from sorted(ways, key=lambda way: -way[0])[:6]


def _shifts(places: NDArray[np.float64], profile: NDArray[np.float64]) -> list[tuple[float, int]]:
    """The two best shifts (mm) of looks along one direction of the page, each with its score."""
    counts = np.bincount(np.clip(np.rint(places).astype(int) + REACH_MM, 0, len(profile) + 2 * REACH_MM - 1),
                         minlength=len(profile) + 2 * REACH_MM)[:len(profile) + 2 * REACH_MM]
    sums = np.correlate(counts.astype(np.float64), profile, mode="valid")      # of shifting the page, so minus
    return [(float(sums[i]), REACH_MM - int(i)) for i in np.argsort(-sums)[:2]]


def _straightening(across: Pixels, down: Pixels) -> Matrix:
    """The turn about the page's middle that makes its long strokes level; none if there are too few to tell."""
    tilts, weights = [], []
    for mask, level in ((across, True), (down, False)):
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        for i in range(1, count):
            x, y, w, h, _ = stats[i]
            long, thick = (w, h) if level else (h, w)
            if long < 25 * PITCH or thick > 0.12 * long + 4 * PITCH:
                continue
            ys, xs = np.nonzero(labels[y:y + h, x:x + w] == i)
            slope = np.polyfit(xs, ys, 1)[0] if level else -np.polyfit(ys, xs, 1)[0]
            tilts.append(np.degrees(np.arctan(slope)))
            weights.append(float(long))
    angle = float(np.median(np.repeat(tilts, np.array(weights).astype(int)))) if tilts else 0.0
    height, width = across.shape
    return np.vstack((cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), (0, 0, 1)))
