"""What crosses a strip beside its text: cell walls, remains of frames, neighbours' strokes, a stamp. Touches NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

TALL = 96.0
MOST_WALLS = 18
NO_RING = (0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Marks:
    """`walls` and `levels` (n, 4): place, thickness, ink, 1 where dotted. `ring`: x, y, radius, thickness, ink.

    `glyphs`: letters that are none of the text, as in Strip.glyphs.
    """

    walls: Floats
    levels: Floats
    ring: tuple[float, float, float, float, float]
    glyphs: tuple[Sequence[float], ...]


def marks(chance: Random, wide: float, cells: Sequence[float], bank_rows: int) -> Marks:
    """What crosses a strip of `wide` pixels; `cells` are where its cells' walls stand."""
    ring, stamped = _stamp(chance, wide, bank_rows)
    return Marks(
        np.array(_walls(chance, wide, cells), np.float32).reshape(-1, 4),
        np.array(_levels(chance, bool(cells)), np.float32).reshape(-1, 4),
        ring,
        (*_neighbours(chance, wide, bank_rows), *stamped),
    )


def _walls(chance: Random, wide: float, cells: Sequence[float]) -> list[Sequence[float]]:
    out: list[Sequence[float]] = []
    if cells and chance.random() < 0.8:
        dotted, thick, ink = chance.random() < 0.4, chance.choice((1.5, 2, 3, 4)), chance.uniform(0.2, 0.95)
        last = len(cells) - 1
        out = [(x, thick, ink, dotted and 0 < i < last) for i, x in enumerate(cells[:MOST_WALLS])]
    if chance.random() < 0.3:        # remains of the frame
        out.append((chance.uniform(-2, 10), chance.choice((2, 3, 4, 6, 8)), chance.uniform(0.3, 1), chance.random() < 0.4))
    if chance.random() < 0.2:
        out.append((wide - chance.uniform(-2, 10), chance.choice((2, 3, 4, 6)), chance.uniform(0.3, 1), chance.random() < 0.4))
    return out


def _levels(chance: Random, in_cells: bool) -> list[Sequence[float]]:
    out: list[Sequence[float]] = []
    for share, place in ((0.28, chance.uniform(-3, 12)), (0.32, TALL - chance.uniform(-3, 14))):
        if chance.random() < (0.6 if in_cells else share):
            out.append((place, chance.choice((1.5, 2, 3, 4)), chance.uniform(0.2, 1), chance.random() < 0.15))
    return out


def _neighbours(chance: Random, wide: float, bank_rows: int) -> list[Sequence[float]]:
    """Strokes of the lines above and below, or of the fields beside, that peek in."""
    out: list[Sequence[float]] = []
    if chance.random() >= 0.15:
        return out
    for _ in range(chance.randint(1, 3)):
        size = chance.uniform(0.5, 1.1)
        if chance.random() < 0.7:
            at = (chance.uniform(0, wide), TALL / 2 + chance.choice((-1, 1)) * (TALL / 2 + chance.uniform(24, 34) * size))
        else:
            away = chance.uniform(18, 34) * size
            at = (chance.choice((-away, wide + away)), chance.uniform(20, 76))
        out.append((chance.randrange(bank_rows), *at, size, size, chance.uniform(-5, 5), 0.0, 1.0))
    return out


def _stamp(
    chance: Random, wide: float, bank_rows: int
) -> tuple[tuple[float, float, float, float, float], list[Sequence[float]]]:
    """A seal's ring with some letters in it, fainter than ink."""
    if wide <= 2 * 72 or chance.random() >= 0.07:
        return NO_RING, []
    radius, ink = chance.uniform(20, 48), chance.uniform(0.2, 0.55)
    x, y = chance.uniform(0, wide), chance.uniform(10, 86)
    letters: list[Sequence[float]] = [
        (chance.randrange(bank_rows), x + chance.uniform(-0.4, 0.4) * radius, y + chance.uniform(-0.5, 0.5) * radius,
         radius / 90, radius / 90, chance.uniform(-20, 20), 0.0, ink)
        for _ in range(chance.randint(1, 3))
    ]
    return (x, y, radius, chance.uniform(1.5, 4), ink), letters
