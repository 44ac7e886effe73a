"""Laying a page onto paper: which way up, and the homography from millimetres of paper to the scan's pixels.

Nothing but the form's printed geometry is needed. Anchors (solid squares) give the first guess; where fewer than two are
left, the rules themselves are slid over the page. Then the rules pull the guess into place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Picture, Pixels, as_pixels
from tsuzuri.image.rules import PITCH, Layout, Matrix, Points, darkness, lies, mapped, masks, offsets, share, widened

NEAR_MM = 30.0         # an anchor strays so far: 8 mm of shift, 5° of skew over half an A4, 5% of scale
FIT_MM = 3.0           # and lies so near to where the others say it should
ROUGH = 0.35           # share of rules below which a guess is not worth refining
SURE = 0.5             # and above which no other guess is tried
TIGHT_MM = 0.6         # a rule counts as found when it lies this near after refinement
SCALES = np.linspace(0.94, 1.06, 13)


@dataclass(frozen=True, slots=True)
class Fit:
    """A page laid onto one form: `homography` paper mm → pixels of the picture as scanned, `score` the share of rules found."""

    form: str
    score: float
    quarter_turns: int
    homography: Matrix


@dataclass(frozen=True, slots=True)
class _Guess:
    form: str
    score: float
    turns: int
    matrix: Matrix


def fits(picture: Picture, layouts: Mapping[str, Layout]) -> list[Fit]:
    """The page laid onto each form that is at all likely, best first."""
    page, scale = reduced(picture.gray, max(max(form.paper) for form in layouts.values()))
    dark = darkness(page)
    across, down = (widened(mask, 0.8) for mask in masks(dark))
    spots = _solid_squares(dark, min(form.anchor_mm for form in layouts.values()))
    guesses = list(_by_anchors(layouts, spots, page, across, down))
    if max((guess.score for guess in guesses), default=0.0) < SURE:
        guesses += _by_rules(layouts, page, across, down)
    back = _resized(1 / scale)
    found = []
    for guess in _best_of_each(guesses):
        matrix, score = _refined(dark, layouts[guess.form], guess.matrix)
        found.append(Fit(guess.form, score, guess.turns, back @ matrix))
    return sorted(found, key=lambda fit: -fit.score)


def reduced(gray: Pixels, long_mm: float) -> tuple[Pixels, float]:
    """The page at about PITCH px/mm, taking it that its long side is the paper's; and the factor of reduction."""
    scale = long_mm * PITCH / max(gray.shape)
    size = (max(8, round(gray.shape[1] * scale)), max(8, round(gray.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return as_pixels(cv2.resize(gray, size, interpolation=way)), scale


def _resized(scale: float) -> Matrix:
    """Pixels to pixels of a picture `scale` times as large; pixel centres lie at halves."""
    shift = 0.5 * scale - 0.5
    return np.array([[scale, 0, shift], [0, scale, shift], [0, 0, 1.0]])


def _solid_squares(dark: Pixels, side_mm: float) -> Points:
    """Centres (px) of dark blobs as large as an anchor and as full as a square; skewed ones too, punch holes not."""
    core = int(side_mm * PITCH * 0.7)
    opened = cv2.morphologyEx((dark > 60).astype(np.uint8), cv2.MORPH_OPEN, np.ones((core, core), np.uint8))
    count, labels, stats, centres = cv2.connectedComponentsWithStats(opened)
    good = []
    for i in range(1, count):
        x, y, w, h, _ = stats[i]
        if not 0.65 * side_mm * PITCH <= min(w, h) <= max(w, h) <= 1.5 * side_mm * PITCH:
            continue
        ys, xs = np.nonzero(labels[y:y + h, x:x + w] == i)
        (_, (a, b), _) = cv2.minAreaRect(np.column_stack((xs, ys)).astype(np.float32))
        if len(xs) > 0.86 * (a + 1) * (b + 1):
            good.append(centres[i])
    return np.array(good, dtype=np.float64).reshape(-1, 2)


def _filling(paper: tuple[float, float], page: Pixels, turns: int) -> Matrix:
    """Paper mm → px if the sheet, turned, filled the page's middle at PITCH. `turns` quarter turns bring it upright."""
    height, width = page.shape
    sine, cosine = ((0, 1), (-1, 0), (0, -1), (1, 0))[turns]
    turn = np.array([[cosine, -sine], [sine, cosine]], dtype=np.float64) * PITCH
    matrix = np.eye(3)
    matrix[:2, :2] = turn
    matrix[:2, 2] = np.array([width - 1, height - 1]) / 2 - turn @ (np.array(paper) / 2)
    return matrix


def _turns(paper: tuple[float, float], page: Pixels) -> tuple[int, int]:
    upright = (paper[0] <= paper[1]) == (page.shape[1] <= page.shape[0])
    return (0, 2) if upright else (1, 3)


def _by_anchors(layouts: Mapping[str, Layout], spots: Points, page: Pixels,
                across: Pixels, down: Pixels) -> Iterator[_Guess]:
    for name, form in layouts.items():
        for turns in _turns(form.paper, page):
            expected = mapped(np.array(form.anchors, dtype=np.float64).reshape(-1, 2), _filling(form.paper, page, turns))
            for matrix in _matched(form, expected, spots):
                yield _Guess(name, share(form, across, down, matrix), turns, matrix)


def _matched(form: Layout, expected: Points, spots: Points) -> Iterator[Matrix]:
    """Every way to lay the anchors onto spots near them that is no more bent than paper bends."""
    near = [[*np.flatnonzero(np.hypot(*(spots - point).T) < NEAR_MM * PITCH)[:4], -1] if len(spots) else [-1]
            for point in expected]
    anchors = np.array(form.anchors, dtype=np.float64).reshape(-1, 2)
    ways = []
    for chosen in product(*near):
        used = np.array([i for i, spot in enumerate(chosen) if spot >= 0], dtype=int)
        if len(used) >= 2:
            matrix, miss = _laid(anchors[used], spots[[chosen[i] for i in used]])
            if miss < FIT_MM * PITCH:
                ways.append((-len(used), miss, matrix))
    for _, _, matrix in sorted(ways, key=lambda way: way[:2])[:12]:
        yield matrix


def _laid(anchors: Points, spots: Points) -> tuple[Matrix, float]:
    """Anchors onto spots: a similarity, made a homography if four fit; and the similarity's worst miss in px."""
    rough, _ = cv2.estimateAffinePartial2D(anchors, spots, method=cv2.LMEDS)
    if rough is None or not 0.93 < np.hypot(rough[0, 0], rough[1, 0]) / PITCH < 1.07:
        return np.eye(3), np.inf
    matrix = np.vstack((rough, (0, 0, 1)))
    miss = float(np.hypot(*(mapped(anchors, matrix) - spots).T).max())
    if len(anchors) == 3:
        matrix = np.vstack((cv2.getAffineTransform(anchors.astype(np.float32), spots.astype(np.float32)), (0, 0, 1)))
    if len(anchors) >= 4:
        matrix, _ = cv2.findHomography(anchors, spots)
    return np.asarray(matrix, dtype=np.float64), miss


def _by_rules(layouts: Mapping[str, Layout], page: Pixels, across: Pixels, down: Pixels) -> Iterator[_Guess]:
    """Without anchors: the page made straight, and each form's rules slid over it at 1 px/mm."""
    straight = _straightening(across, down)
    shrink = _resized(1 / PITCH) @ straight
    size = (round(page.shape[1] / PITCH) + 1, round(page.shape[0] / PITCH) + 1)
    small = [np.asarray(cv2.warpPerspective(mask, shrink, size, flags=cv2.INTER_LINEAR), dtype=np.float32)
             for mask in (across, down)]
    for name, form in layouts.items():
        for turns in _turns(form.paper, page):
            rough = _resized(1 / PITCH) @ _filling(form.paper, page, turns)
            score, found = max((_slid(form, rough, scale, small) for scale in SCALES), key=lambda way: way[0])
            if score > 0:
                matrix = np.linalg.inv(shrink) @ found
                yield _Guess(name, share(form, across, down, matrix), turns, matrix)


def _slid(form: Layout, rough: Matrix, scale: float, small: list[NDArray[np.float32]]) -> tuple[float, Matrix]:
    """The best place of the form's rules, this much enlarged, on the page at 1 px/mm: its score and its matrix."""
    middle = rough @ np.array([form.paper[0] / 2, form.paper[1] / 2, 1.0])
    zoom = np.array([[scale, 0, middle[0] * (1 - scale)], [0, scale, middle[1] * (1 - scale)], [0, 0, 1.0]]) @ rough
    reach = 14      # mm, the farthest shift looked for
    sums = np.zeros((2 * reach + 1, 2 * reach + 1), dtype=np.float32)
    for looks, mask in zip((form.across, form.down), small[::-1] if lies(rough) else small, strict=True):
        spots = np.rint(mapped(looks, zoom)).astype(int) + reach
        drawn = np.zeros((mask.shape[0] + 2 * reach, mask.shape[1] + 2 * reach), dtype=np.float32)
        keep = (spots >= 0).all(axis=1) & (spots[:, 0] < drawn.shape[1]) & (spots[:, 1] < drawn.shape[0])
        np.add.at(drawn, (spots[keep, 1], spots[keep, 0]), 1.0)
        sums += cv2.matchTemplate(drawn, mask, cv2.TM_CCORR)
    _, score, _, (x, y) = cv2.minMaxLoc(sums)
    return float(score), np.array([[1, 0, reach - x], [0, 1, reach - y], [0, 0, 1.0]]) @ zoom


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


def _best_of_each(guesses: list[_Guess]) -> list[_Guess]:
    """The best guess of each form that is worth refining."""
    best: dict[str, _Guess] = {}
    for guess in guesses:
        if guess.score >= ROUGH and (guess.form not in best or guess.score > best[guess.form].score):
            best[guess.form] = guess
    return list(best.values())


def _refined(dark: Pixels, form: Layout, matrix: Matrix) -> tuple[Matrix, float]:
    """The guess pulled onto the rules in two rounds, and the share of looks that then meet theirs."""
    lay = np.array([[1 / PITCH, 0, 0.5 / PITCH], [0, 1 / PITCH, 0.5 / PITCH], [0, 0, 1.0]])   # px of flat paper → mm
    size = (round(form.paper[0] * PITCH), round(form.paper[1] * PITCH))
    for window_mm in (2.5, 1.2, 0.0):
        flat = as_pixels(cv2.warpPerspective(
            dark, matrix @ lay, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))
        off_y, has_y = offsets(flat, form.across, window_mm or 1.2, flat=True)
        off_x, has_x = offsets(flat, form.down, window_mm or 1.2, flat=False)
        if window_mm:
            matrix = matrix @ _pull(form.down[has_x], off_x[has_x], form.across[has_y], off_y[has_y])
    near = np.concatenate((has_x & (np.abs(off_x) < TIGHT_MM), has_y & (np.abs(off_y) < TIGHT_MM)))
    return matrix, float(near.mean()) if len(near) else 0.0


def _pull(down: Points, off_x: Points, across: Points, off_y: Points) -> Matrix:
    """The small homography (mm → mm) that moves points by these offsets, each known in one direction only.

    Linear in its eight unknowns as long as it is near to none; outliers (text beside a rule) lose their say in five rounds.
    """
    middle, reach = np.array([105.0, 148.5]), 150.0
    u, v = ((down - middle) / reach).T, ((across - middle) / reach).T
    zero_x, zero_y = np.zeros((3, len(down))), np.zeros((3, len(across)))
    rows_x = np.vstack((np.ones(len(down)), u, zero_x, u[0] * u[0], u[0] * u[1]))
    rows_y = np.vstack((zero_y, np.ones(len(across)), v, v[0] * v[1], v[1] * v[1]))
    rows, want = np.hstack((rows_x, rows_y)).T, np.concatenate((off_x, off_y)) / reach
    if len(want) < 16:
        return np.eye(3)
    weight = np.ones(len(want))
    for _ in range(5):
        scaled = rows * weight[:, None]
        solved = np.linalg.solve(scaled.T @ rows + 1e-6 * np.eye(8), scaled.T @ want)
        miss = np.abs(rows @ solved - want)
        spread = max(1.5 * float(np.median(miss)), 0.1 / reach)
        weight = 1 / (1 + (miss / spread) ** 2) ** 2
    a0, a1, a2, b0, b1, b2, p, q = solved
    bend = np.array([[1 + a1, a2, a0], [b1, 1 + b2, b0], [-p, -q, 1.0]])
    normal = np.array([[1 / reach, 0, -middle[0] / reach], [0, 1 / reach, -middle[1] / reach], [0, 0, 1.0]])
    return np.asarray(np.linalg.inv(normal) @ bend @ normal, dtype=np.float64)
