"""Bad scans, by seed: a clean picture in, what a scanner or a fax made of it out. Touches OpenCV only.

Every fault of a recipe is a range; a seed picks a point in each. Lengths are millimetres, angles degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.errors import Refused
from tsuzuri.synth.draw import Picture
from tsuzuri.synth.ink import Chance

Floats = NDArray[np.float32]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How bad it may get. Shares are chances (0–1) that a fault is there at all; ranges are drawn evenly."""

    dpi: tuple[int, ...] = (200, 300)
    colour: float = 0.0
    skew: float = 0.3
    shift: float = 1.0
    scale: float = 0.003
    keystone: float = 0.0  # how far a corner strays, as a share of the page
    noise: Range = (0.0, 2.0)  # standard deviation, of 255
    blur: Range = (0.0, 0.3)  # standard deviation in pixels at 200 dpi
    jpeg: tuple[int, int] = (88, 95)
    shade: Range = (0.0, 0.02)  # how much darker the darkest corner is
    fade: Range = (0.0, 0.0)  # how much of the ink's darkness is lost
    bleed: float = 0.0
    holes: float = 0.0
    strokes: float = 0.0  # leftover pen strokes
    stamps: float = 0.0  # word stamps over the text (laid by papers, while there is still colour)
    dust: float = 0.0  # specks a sheet
    bitonal: bool = False
    levels: int = 256  # grays left after the scanner's own clean-up; with fewer, no JPEG


RECIPES: dict[str, Recipe] = {
    "still": Recipe(dpi=(300,), skew=0, shift=0, scale=0, noise=(0, 0), blur=(0, 0), jpeg=(99, 99), shade=(0, 0)),
    "clean": Recipe(colour=0.2),
    "colour": Recipe(dpi=(200,), colour=1.0),
    "archive": Recipe(dpi=(200,), noise=(0, 0), levels=16),
    "office": Recipe(
        colour=0.1,
        skew=1.2,
        shift=3,
        scale=0.012,
        noise=(2, 6),
        blur=(0.2, 0.6),
        jpeg=(70, 88),
        shade=(0, 0.08),
        fade=(0, 0.12),
        bleed=0.15,
        holes=0.35,
        strokes=0.05,
        stamps=0.1,
        dust=15,
    ),
    "poor": Recipe(
        skew=3,
        shift=5,
        scale=0.03,
        keystone=0.004,
        noise=(5, 13),
        blur=(0.5, 1.0),
        jpeg=(42, 65),
        shade=(0.06, 0.25),
        fade=(0.1, 0.3),
        bleed=0.5,
        holes=0.5,
        strokes=0.35,
        stamps=0.3,
        dust=60,
    ),
    "fax": Recipe(
        dpi=(200,),
        skew=1.5,
        shift=4,
        scale=0.02,
        noise=(4, 12),
        blur=(0.4, 0.8),
        jpeg=(70, 80),
        shade=(0, 0.1),
        fade=(0, 0.1),
        holes=0.2,
        strokes=0.1,
        dust=40,
        bitonal=True,
    ),
}


def recipe(name: str) -> Recipe:
    """The recipe of that name; raises Refused with the names there are."""
    if name not in RECIPES:
        raise Refused(f"no scan recipe {name!r}; there are: {', '.join(RECIPES)}", code="no_such_recipe")
    return RECIPES[name]


def scan(picture: Picture, dpi: int, seed: int, name: str = "office") -> Picture:
    """What the scanner saw: gray (h, w), or BGR where the picture is BGR; fax gives only 0 and 255."""
    faults = recipe(name)
    chance = np.random.default_rng([seed, 71])
    mm = dpi / 25.4
    seen = picture.copy()
    _punch(seen, mm, faults, chance)
    if chance.random() < faults.bleed:
        seen = _bleed(seen, chance)
    return _aged(_move(seen, mm, faults, chance), dpi, faults, chance)


def aged(picture: Picture, dpi: int, seed: int, name: str = "office") -> Picture:
    """The picture, where it lies, in that recipe's light, with its grain, specks and packing."""
    return _aged(picture.copy(), dpi, recipe(name), np.random.default_rng([seed, 73]))


def _aged(seen: Picture, dpi: int, faults: Recipe, chance: Chance) -> Picture:
    seen = _light(seen, faults, chance)
    seen = _soften(seen, dpi, faults, chance)
    _specks(seen, faults, chance)
    if faults.bitonal:
        return _bitonal(seen, chance)
    if faults.levels < 256:
        step = 255 / (faults.levels - 1)
        return (np.round(np.round(seen / step) * step)).astype(np.uint8)
    return _jpeg(seen, int(chance.integers(faults.jpeg[0], faults.jpeg[1] + 1)))


def _punch(picture: Picture, mm: float, faults: Recipe, chance: Chance) -> None:
    """Two holes at the left edge, 80 mm apart, as file binders want them; the scanner's lid shows through."""
    if chance.random() >= faults.holes:
        return
    lid = int(chance.integers(40, 235))
    middle = picture.shape[0] / 2 + chance.normal(0, 3) * mm
    for side in (-40, 40):
        at = (round(chance.uniform(7, 9) * mm), round(middle + side * mm))
        cv2.circle(picture, at, round(3 * mm), (lid, lid, lid), -1, cv2.LINE_AA)


def _bleed(picture: Picture, chance: Chance) -> Picture:
    """The sheet's own print, mirrored, soft and faint: what a back side looks like through thin paper."""
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(np.ascontiguousarray(small[:, ::-1]), (0, 0), float(chance.uniform(1.2, 2.2)))
    soft = np.roll(soft, int(chance.integers(-40, 40)), axis=0)
    behind = cv2.resize(soft, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    share = float(chance.uniform(0.05, 0.16))
    return np.asarray(cv2.addWeighted(picture, 1.0, behind, share, -255 * share), np.uint8)


def _move(picture: Picture, mm: float, faults: Recipe, chance: Chance) -> Picture:
    height, width = picture.shape[:2]
    turn = np.deg2rad(chance.uniform(-faults.skew, faults.skew))
    grow = 1 + chance.uniform(-faults.scale, faults.scale)
    shift = chance.uniform(-faults.shift, faults.shift, 2) * mm
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    middle = np.array([width / 2, height / 2])
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    moved = (corners - middle) @ rotation.T * grow + middle + shift
    moved += chance.uniform(-1, 1, (4, 2)) * faults.keystone * width
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))
    edge = int(chance.choice([255, 250, 235, 60])) if faults.skew > 1 else 255  # what lies round the sheet
    return np.asarray(
        cv2.warpPerspective(
            picture,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(edge, edge, edge),
        ),
        np.uint8,
    )


def _light(picture: Picture, faults: Recipe, chance: Chance) -> Picture:
    """Uneven light and lost ink, as one small map of gain."""
    dark, fade = chance.uniform(*faults.shade), chance.uniform(*faults.fade)
    corners = chance.uniform(0, 1, (2, 2)).astype(np.float32)
    corners = (corners - corners.min()) / max(1e-6, float(corners.max() - corners.min()))
    gain = 1 - dark * cv2.resize(
        corners, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR
    )
    table = np.clip(255 - (255 - np.arange(256)) * (1 - fade), 0, 255).astype(np.uint8)
    lifted = cv2.LUT(picture, table)
    if dark < 0.01:
        return np.asarray(lifted, np.uint8)
    if lifted.ndim == 3:
        gain = np.repeat(gain[:, :, None], 3, axis=2)
    return np.asarray(cv2.multiply(lifted, gain.astype(np.float32), dtype=cv2.CV_8U), np.uint8)


def _soften(picture: Picture, dpi: int, faults: Recipe, chance: Chance) -> Picture:
    sigma, grain = chance.uniform(*faults.blur) * dpi / 200, chance.uniform(*faults.noise)
    if sigma > 0.15:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(sigma)), np.uint8)
    if grain > 0.5:
        noise: NDArray[np.int16] = np.empty(picture.shape, np.int16)
        cv2.setRNGSeed(int(chance.integers(2**31 - 1)))
        cv2.randn(noise.reshape(noise.shape[0], -1), np.zeros(1), np.full(1, grain))
        picture = np.asarray(cv2.add(picture, noise, dtype=cv2.CV_8U), np.uint8)
    return picture


def _specks(picture: Picture, faults: Recipe, chance: Chance) -> None:
    height, width = picture.shape[:2]
    for _ in range(int(chance.poisson(faults.dust))):
        at = (int(chance.integers(width)), int(chance.integers(height)))
        gray = int(chance.integers(60, 200))
        cv2.circle(picture, at, int(chance.integers(0, 2)), (gray, gray, gray), -1, cv2.LINE_AA)


def _bitonal(picture: Picture, chance: Chance) -> Picture:
    """Black and white as a fax sends it: one threshold, a few lost scan lines."""
    gray = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    sent = np.where(gray > chance.integers(150, 195), 255, 0).astype(np.uint8)
    for _ in range(int(chance.poisson(1.5))):
        row = int(chance.integers(1, sent.shape[0]))
        sent[row] = sent[row - 1]
    return sent


def _jpeg(picture: Picture, quality: int) -> Picture:
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED), np.uint8)
