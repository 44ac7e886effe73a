"""What a row of per-step class probabilities spells, and how likely that spelling is. Touches only NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]     # (steps, classes), rows sum to at most 1; class 0 is the blank


@dataclass(frozen=True, slots=True)
class Letter:
    """One spelled class, and how sure it is (0–1)."""

    label: int
    sure: float


def spell(scores: Scores) -> list[Letter]:
    """The best class of each step, runs joined, blanks left out."""
    best = scores.argmax(axis=1)
    starts = np.flatnonzero(np.r_[True, best[1:] != best[:-1]])
    ends = np.r_[starts[1:], len(best)]
    return [
        Letter(int(best[a]), float(scores[a:b, best[a]].max()))
        for a, b in zip(starts, ends, strict=True) if best[a] != 0
    ]


def within(scores: Scores, classes: NDArray[np.intp], weights: NDArray[np.float32]) -> Scores:
    """The scores of some classes alone, weighted, each step's sum made 1 again. `classes` must begin with the blank, 0."""
    kept = scores[:, classes] * weights + np.float32(1e-7)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True), dtype=np.float32)


def likelihood(scores: Scores, labels: list[int]) -> float:
    """The probability (0–1) that the steps spell exactly `labels`, summed over all ways to do so."""
    if not len(scores):
        return 1.0 if not labels else 0.0
    states = np.zeros(2 * len(labels) + 1, dtype=np.intp)
    states[1::2] = labels
    # A letter may follow the one before without a blank between, unless they are alike.
    leaps = np.zeros(len(states), dtype=bool)
    leaps[3::2] = states[3::2] != states[1:-2:2]
    reached = np.zeros(len(states))
    reached[:2] = scores[0, states[:2]]
    for step in scores[1:, states]:
        stayed = reached.copy()
        stayed[1:] += reached[:-1]
        stayed[2:] += np.where(leaps[2:], reached[:-2], 0.0)
        reached = stayed * step
    return float(min(1.0, reached[-2:].sum()))
