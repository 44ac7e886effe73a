"""Laying a page onto paper: which way up, and the homography from millimetres of paper to the scan's pixels.

Nothing but the forms' printed geometry is needed. Anchors (solid squares) give the first guess; where fewer than two are
left, the pattern of the rules does. Then the rules pull the guess into place. What it costs hardly grows with the number
of forms: a guess is held against all forms of a family at once, and only the best few are worked out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels
from tsuzuri.image.atlas import Atlas, Family, Shares
from tsuzuri.image.lie import pulled, tight
from tsuzuri.image.overview import Overview, resized
from tsuzuri.image.rules import PITCH, Layout, Matrix, mapped
from tsuzuri.image.squares import by_anchors, solid_squares, squares_alone

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
    spots = solid_squares(view.dark, known.anchor_mm)
    guesses = [_Guess(family, family.found(view.wide, matrix), matrix)
               for family in known.families for matrix in by_anchors(family, spots, view.pitch(family.paper))]
    if max((guess.best for guess in guesses), default=0.0) < SURE:
        guesses += _by_rules(view, known)
    found: dict[tuple[str, int], Fit] = {}
    for guess in _worth(guesses):
        for fit in _worked_out(view, known, guess):
            place = (fit.form, fit.quarter_turns)
            if place not in found or found[place].score < fit.score:
                found[place] = fit
    return sorted(found.values(), key=lambda fit: -fit.score)


def by_squares(view: Overview, known: Atlas) -> list[Fit]:
    """The page laid onto every form whose corners' squares are all there, by them alone: for a sheet whose rules the scanner
    dropped. None for a page that has other rules. Which of the forms it is, and which way up, is for whoever reads its title.
    """
    return [Fit(name, 0.0, turns(matrix), view.back @ matrix)
            for family, matrix in squares_alone(view, known) for name in family.names]


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
    straight = straightening(*view.strokes)
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


def straightening(across: Pixels, down: Pixels) -> Matrix:
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
