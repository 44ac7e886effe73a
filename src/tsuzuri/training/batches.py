"""Many strips of one width as padded arrays, a pure function of (seed, step). Touches compose; NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tsuzuri.training.alphabet import FAMILIES
from tsuzuri.training.compose import WIDTH_SHARES, WIDTHS, Recipe, Strip, strip
from tsuzuri.training.cuttings import Cuts, together
from tsuzuri.training.glyphs import Bank

Floats = NDArray[np.float32]
NOWHERE = -99.0        # where padding lines stand: outside every strip
NO_GLYPH = -1.0


@dataclass(frozen=True, slots=True)
class Batch:
    """B strips of `width` (at 48 high). `glyphs` (B, n, 8), row −1 is padding; `walls`, `levels` (B, n, 4); `rings` (B, 5);

    `traits` (B, 5): hand, skew, slant, elastic, specks; `families` (B,); `labels` (B, longest) padded with 0; `lengths` (B,).
    """

    width: int
    glyphs: Floats
    walls: Floats
    levels: Floats
    rings: Floats
    traits: Floats
    families: NDArray[np.int64]
    labels: NDArray[np.int64]
    lengths: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Batches by step, for a DataLoader: the same (seed, step) gives the same batch, in whichever worker."""

    seed: int
    size: int
    bank: Bank
    recipe: Recipe
    widths: tuple[int, ...] = WIDTHS

    def __getitem__(self, step: int) -> Batch | Cuts:
        chance = Random(mixed(self.seed, step, 4))
        if self.bank.cuttings and chance.random() < self.recipe.cuttings:
            return together(chance, self.bank.cuttings, self.size)
        return self.composed(step)

    def composed(self, step: int) -> Batch:
        """The step's batch of composed strips, whether or not it is this step's turn."""
        chance = Random(mixed(self.seed, step))
        shares = [WIDTH_SHARES[WIDTHS.index(w)] for w in self.widths]
        width = chance.choices(self.widths, shares)[0]
        return stacked([strip(chance, self.bank, self.recipe, width) for _ in range(self.size)], width)


def mixed(*numbers: int) -> int:
    """One seed of several, so that neighbouring steps share nothing."""
    return int(np.random.SeedSequence(numbers).generate_state(2, np.uint32).astype(np.uint64) @ np.array([1, 2**31], np.uint64))


def stacked(strips: Sequence[Strip], width: int) -> Batch:
    """Strips of one width as one batch."""
    return Batch(
        width,
        _padded([s.glyphs for s in strips], NO_GLYPH),
        _padded([s.marks.walls for s in strips], NOWHERE),
        _padded([s.marks.levels for s in strips], NOWHERE),
        np.array([s.marks.ring for s in strips], np.float32),
        np.array([(s.traits.hand, s.traits.skew, s.traits.slant, s.traits.elastic, s.traits.specks) for s in strips], np.float32),
        np.array([FAMILIES.index(s.text.family) for s in strips], np.int64),
        _padded([np.array(s.labels, np.int64) for s in strips], 0),
        np.array([len(s.labels) for s in strips], np.int64),
    )


def _padded(rows: Sequence[NDArray[Any]], value: float) -> NDArray[Any]:
    """(rows, longest, ...), at least one long."""
    longest = max(1, *(len(row) for row in rows))
    out = np.full((len(rows), longest, *rows[0].shape[1:]), value, rows[0].dtype)
    for to, row in zip(out, rows, strict=True):
        to[: len(row)] = row
    return out
