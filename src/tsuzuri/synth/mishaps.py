"""What befalls paper before and in the scanner, by seed, with the truth of where everything then lies. Touches OpenCV only.

A flat picture goes in; out comes the page as it was fed (turned, skewed, copied smaller, folded, curled, torn, stapled, on
a black lid, by fax), and the way from millimetres of paper to its pixels. Lengths are millimetres, angles degrees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.errors import Refused
from tsuzuri.synth.draw import Picture
from tsuzuri.synth.ink import Chance
from tsuzuri.synth.scan import Range, aged
from tsuzuri.synth.spots import SPOTS

Points = NDArray[np.float64]
Where = Callable[[Points], Points]
COARSE = 8              # px between two points at which the way back is worked out; between them it is straight
FAX_PX, FAX_LINES = 204 / 25.4, 98 / 25.4       # px/mm of a standard fax: 204 dpi across, 98 down


@dataclass(frozen=True, slots=True)
class Mishap:
    """How bad it may get; ranges are drawn evenly. `spots` are words of spots.SPOTS, `look` names a recipe of scan."""

    dpi: tuple[int, ...] = (200,)
    turns: tuple[int, ...] = (0,)      # quarter turns clockwise
    skew: Range = (-0.5, 0.5)
    scale: Range = (1.0, 1.0)
    shift: float = 1.0
    keystone: float = 0.0              # how far a corner strays, as a share of the page's width
    curl: Range = (0.0, 0.0)           # by how much a bent edge is drawn in
    bow: Range = (0.0, 0.0)            # by how much straight lines are bowed over the width
    folds: tuple[int, ...] = ()        # how many creases
    slip: Range = (0.3, 1.2)           # by how much what lies beyond a crease is shifted
    upright: float = 0.0               # chance that a crease runs down the page
    spots: tuple[str, ...] = ()
    lid: Range = (0.0, 0.0)            # black around the sheet
    fax: bool = False
    cubic: bool = False                # another shape of curl, for tests
    look: str = "office"               # whose light and grain


@dataclass(frozen=True, slots=True)
class Befallen:
    """The page as it came, gray (h, w); `where` leads from paper mm to its pixels; `dpi` across and down; `turns` as above."""

    picture: Picture
    where: Where
    dpi: tuple[int, int]
    turns: int


TUNING: dict[str, Mishap] = {
    "flat": Mishap(),
    "turned": Mishap(turns=(1, 2, 3), skew=(-2, 2)),
    "skewed": Mishap(skew=(-5, 5)),
    "copied": Mishap(scale=(0.9, 1.1), shift=2.0),
    "shifted": Mishap(shift=10.0, skew=(-1, 1)),
    "coarse": Mishap(dpi=(150,), skew=(-2, 2), look="poor"),
    "fine": Mishap(dpi=(600,), skew=(-2, 2)),
    "fax": Mishap(skew=(-1.5, 1.5), shift=3.0, scale=(0.97, 1.02), fax=True, look="fax"),
    "keystone": Mishap(keystone=0.012, skew=(-2, 2)),
    "curled": Mishap(curl=(1.5, 4.0), bow=(-1.5, 1.5), skew=(-1, 1)),
    "folded": Mishap(folds=(1, 2), slip=(0.4, 1.5), skew=(-1.5, 1.5)),
    "holes": Mishap(spots=("two_holes",), skew=(-2, 2)),
    "many_holes": Mishap(spots=("thirty_holes",), skew=(-2, 2)),
    "stapled": Mishap(spots=("staple",), skew=(-2, 2)),
    "stamped": Mishap(spots=("stamped_anchor",), skew=(-2, 2)),
    "torn": Mishap(spots=("torn",), skew=(-2, 2)),
    "coffee": Mishap(spots=("coffee", "creases"), skew=(-2, 2)),
    "lid": Mishap(lid=(3, 15), skew=(-3, 3)),
    "all": Mishap(turns=(0, 2), skew=(-3, 3), scale=(0.95, 1.04), shift=5.0, keystone=0.004, bow=(-1, 1), folds=(0, 1),
                  spots=("two_holes", "torn", "coffee"), look="poor"),
}
# Never tuned on: other mechanisms and other places, as bad or a little worse.
TEST: dict[str, Mishap] = {
    "flat": Mishap(),
    "turned": Mishap(turns=(1, 2, 3), skew=(-3, 3), look="poor"),
    "skewed": Mishap(skew=(-5, 5), shift=4.0),
    "copied": Mishap(scale=(0.9, 1.1), shift=3.0, skew=(-1, 1)),
    "shifted": Mishap(shift=10.0, skew=(-2, 2)),
    "coarse": Mishap(dpi=(150,), skew=(-3, 3), shift=3.0, look="office"),
    "fine": Mishap(dpi=(400, 600), skew=(-3, 3), shift=3.0),
    "fax": Mishap(skew=(-2, 2), shift=4.0, scale=(0.96, 1.03), fax=True, look="fax"),
    "keystone": Mishap(keystone=0.012, skew=(-3, 3), shift=3.0),
    "curled": Mishap(curl=(1.5, 4.0), bow=(-1.8, 1.8), skew=(-2, 2), cubic=True),
    "folded": Mishap(folds=(1, 2, 3), slip=(0.4, 1.5), upright=0.4, skew=(-2, 2)),
    "holes": Mishap(spots=("two_holes", "staple"), skew=(-3, 3), look="poor"),
    "many_holes": Mishap(spots=("thirty_holes",), skew=(-3, 3), look="poor"),
    "stapled": Mishap(spots=("staple", "creases"), skew=(-3, 3)),
    "stamped": Mishap(spots=("stamped_anchor", "stamped_anchor"), skew=(-3, 3)),
    "torn": Mishap(spots=("torn", "torn"), skew=(-3, 3)),
    "coffee": Mishap(spots=("coffee", "coffee", "creases"), skew=(-3, 3), look="poor"),
    "lid": Mishap(lid=(3, 18), skew=(-4, 4), look="poor"),
    "all": Mishap(turns=(0, 1, 2, 3), skew=(-4, 4), scale=(0.94, 1.05), shift=6.0, keystone=0.005, bow=(-1.2, 1.2),
                  folds=(0, 1, 2), spots=("thirty_holes", "torn", "coffee", "stamped_anchor"), look="poor"),
}


def befall(picture: Picture, paper: tuple[float, float], seed: int, mishap: Mishap) -> Befallen:
    """The flat gray picture of a paper of that many millimetres, as it came."""
    chance = np.random.default_rng([seed, 97])
    dpi = int(chance.choice(mishap.dpi))
    seen = picture.copy()
    for spot in mishap.spots:
        if spot not in SPOTS:
            raise Refused(f"no spot {spot!r}; there are: {', '.join(SPOTS)}", code="no_such_spot")
        SPOTS[spot](seen, seen.shape[1] / paper[0], chance)
    bend = _Bend(paper, mishap, chance)
    bend.shade(seen, seen.shape[1] / paper[0])
    flat, size = _lie(paper, dpi, mishap, chance)
    seen = _taken(seen, paper, size, flat, bend, mishap.lid[1] > 0)
    turns = int(chance.choice(mishap.turns))
    turned = np.eye(3)
    for _ in range(turns):
        turned = np.array([[0, -1, seen.shape[0] - 1], [1, 0, 0], [0, 0, 1.0]]) @ turned
        seen = np.ascontiguousarray(np.rot90(seen, -1))
    press = np.eye(3)
    if mishap.fax:
        seen, press = _pressed(seen, dpi)
    seen = aged(seen, dpi, seed, mishap.look)
    matrix = press @ turned @ flat

    def where(points: Points) -> Points:
        return np.asarray(cv2.perspectiveTransform(bend.bent(points)[None], matrix)[0], dtype=np.float64)

    return Befallen(seen, where, (204, 98) if mishap.fax else (dpi, dpi), turns)


def _lie(paper: tuple[float, float], dpi: int, mishap: Mishap, chance: Chance) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """The homography from the sheet's mm to pixels of the picture, and the picture's size (w, h)."""
    mm = dpi / 25.4
    lid = chance.uniform(*mishap.lid, 4) if mishap.lid[1] else np.zeros(4)      # left, top, right, bottom
    size = (round((paper[0] + lid[0] + lid[2]) * mm), round((paper[1] + lid[1] + lid[3]) * mm))
    turn = np.deg2rad(chance.uniform(*mishap.skew))
    grow = chance.uniform(*mishap.scale)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corners = np.array([[0, 0], [paper[0], 0], paper, [0, paper[1]]], dtype=np.float64)
    middle = np.array(paper) / 2
    moved = (corners - middle) @ rotation.T * grow + middle + chance.uniform(-mishap.shift, mishap.shift, 2) + lid[:2]
    moved += chance.uniform(-1, 1, (4, 2)) * mishap.keystone * paper[0]
    px = moved * mm - 0.5
    return np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), px.astype(np.float32)), np.float64), size


class _Bend:
    """How the sheet is bent: `flattened` leads from where a point is seen (mm of a flat sheet) to the paper's own mm."""

    def __init__(self, paper: tuple[float, float], mishap: Mishap, chance: Chance) -> None:
        self._paper, self._cubic = paper, mishap.cubic
        self._curl, self._bow = float(chance.uniform(*mishap.curl)), float(chance.uniform(*mishap.bow))
        self._edge = int(chance.integers(0, 4 if mishap.cubic else 2))       # left, right, top, bottom
        self._reach = float(chance.uniform(60, 110))
        count = int(chance.choice(mishap.folds)) if mishap.folds else 0
        self._folds = [self._crease(mishap, chance) for _ in range(count)]

    def _crease(self, mishap: Mishap, chance: Chance) -> tuple[int, float, float, Points, float]:
        """Along which axis it lies, where, its slope, what lies beyond is shifted by, and how dark it is."""
        axis = int(chance.random() >= mishap.upright)
        at = float(chance.uniform(0.2, 0.8)) * self._paper[axis]
        slip = chance.choice((-1, 1), 2) * chance.uniform(*mishap.slip, 2)
        slip[axis] = -abs(slip[axis])
        return axis, at, float(chance.uniform(-0.04, 0.04)), slip, float(chance.uniform(-90, 60))

    def flattened(self, seen: Points) -> Points:
        """Where on the paper lies what is seen here."""
        return seen + self._moved(seen)

    def bent(self, points: Points) -> Points:
        """Where points of the paper are seen."""
        seen = points.copy()
        for _ in range(40):
            seen = points - self._moved(seen)
        return seen

    def _moved(self, seen: Points) -> Points:
        moved = np.zeros_like(seen)
        along = self._edge // 2
        far = seen[:, along] if self._edge % 2 == 0 else self._paper[along] - seen[:, along]
        near = np.clip(1 - far / self._reach, 0, 1)
        bent = near ** 3 if self._cubic else near ** 2
        moved[:, along] += self._curl * bent * (-1 if self._edge % 2 == 0 else 1)
        x = np.clip(seen[:, 0] / self._paper[0], 0, 1)
        moved[:, 1] += self._bow * (np.sin(2 * np.pi * x) if self._cubic else np.sin(np.pi * x))
        for axis, at, slope, slip, _ in self._folds:
            beyond = seen[:, axis] - at - slope * (seen[:, 1 - axis] - self._paper[1 - axis] / 2)
            moved += slip / (1 + np.exp(-np.clip(beyond / 0.8, -30, 30)))[:, None]
        return moved

    def shade(self, picture: Picture, mm: float) -> None:
        """The creases' light and shadow, in place."""
        height, width = picture.shape
        y, x = (np.arange(n, dtype=np.float32) / np.float32(mm) for n in (height, width))
        for axis, at, slope, _, dark in self._folds:
            off = (x[None] - at - slope * (y[:, None] - self._paper[1] / 2)) if axis == 0 else (
                y[:, None] - at - slope * (x[None] - self._paper[0] / 2))
            line = dark * np.exp(-(off / 0.35) ** 2) - abs(dark) * 0.25 * np.exp(-((off - 2) / 3) ** 2)
            np.clip(picture + line, 0, 255, out=line)
            picture[:] = line.astype(np.uint8)


def _taken(picture: Picture, paper: tuple[float, float], size: tuple[int, int], flat: NDArray[np.float64], bend: _Bend,
           black: bool) -> Picture:
    """The picture as seen through the bend and the homography, on white or on the black lid."""
    width, height = size
    mm = picture.shape[1] / paper[0]
    goal = float(np.sqrt(abs(np.linalg.det(flat[:2, :2]))))
    if goal < 0.8 * mm:      # a coarser scan: averaged first, so that thin rules keep their weight
        picture = np.asarray(cv2.resize(picture, None, fx=goal / mm, fy=goal / mm, interpolation=cv2.INTER_AREA), np.uint8)
        mm = picture.shape[1] / paper[0]
    x, y = np.meshgrid(np.arange(0, width + COARSE, COARSE), np.arange(0, height + COARSE, COARSE))
    spots = np.column_stack((x.reshape(-1), y.reshape(-1))).astype(np.float64)
    sheet = cv2.perspectiveTransform(spots[None], np.linalg.inv(flat))[0]
    source = (bend.flattened(sheet) * mm - 0.5).reshape(*x.shape, 2).astype(np.float32)
    grow = np.array([[COARSE, 0, 0], [0, COARSE, 0]], dtype=np.float32)
    maps = [cv2.warpAffine(np.ascontiguousarray(source[..., i]), grow, size, flags=cv2.INTER_LINEAR) for i in (0, 1)]
    around = 18 if black else 255
    return np.asarray(cv2.remap(picture, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
                                borderValue=(around,)), np.uint8)


def _pressed(picture: Picture, dpi: int) -> tuple[Picture, NDArray[np.float64]]:
    """At a fax's resolution, twice as fine across as down."""
    fx, fy = FAX_PX * 25.4 / dpi, FAX_LINES * 25.4 / dpi
    size = (round(picture.shape[1] * fx), round(picture.shape[0] * fy))
    matrix = np.array([[fx, 0, 0.5 * fx - 0.5], [0, fy, 0.5 * fy - 0.5], [0, 0, 1.0]])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), matrix
