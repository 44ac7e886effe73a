"""What a row of per-step class probabilities spells, and how likely that spelling is. Touches only NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]     # (steps, classes), rows sum to at most 1; class 0 is the blank


@dataclass(frozen=True, slots=True)
class Letter:
    """One spelled class, how sure it is (0–1), and the middle of the steps that spell it."""

    label: int
    sure: float
    step: float = 0.0


def spell(scores: Scores) -> list[Letter]:
    """The best class of each step, runs joined, blanks left out."""
    best = scores.argmax(axis=1)
    starts = np.flatnonzero(np.r_[True, best[1:] != best[:-1]])
    ends = np.r_[starts[1:], len(best)]
    return [
        Letter(int(best[a]), float(scores[a:b, best[a]].max()), (int(a) + int(b) - 1) / 2)
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


def candidates(scores: Scores, most: int = 6) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest spellings and their probabilities, best first: a beam over prefixes, a few classes a step.

    A spelling's probability is a lower bound: ways that left the beam are not counted.
    """
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}     # prefix → ends in a blank, ends in its last letter
    for step in scores:
        if step[0] > 0.9999:
            beam = {prefix: (sum(ends), 0.0) for prefix, ends in beam.items()}
            continue
        classes = [int(c) for c in np.argsort(-step)[:4]]
        grown: dict[tuple[int, ...], tuple[float, float]] = {}
        for prefix, (after_blank, after_letter) in beam.items():
            for c in {0, *prefix[-1:], *classes}:
                p = float(step[c])
                if c == 0:
                    _add(grown, prefix, ((after_blank + after_letter) * p, 0.0))
                elif prefix[-1:] == (c,):
                    _add(grown, prefix, (0.0, after_letter * p))
                    _add(grown, (*prefix, c), (0.0, after_blank * p))
                else:
                    _add(grown, (*prefix, c), (0.0, (after_blank + after_letter) * p))
        beam = dict(sorted(grown.items(), key=lambda item: -sum(item[1]))[:2 * most])
    return [(prefix, sum(ends)) for prefix, ends in beam.items()][:most]


def substituted(scores: Scores, letters: Sequence[Letter], most: int = 8) -> list[tuple[tuple[int, ...], float]]:
    """The likeliest spellings that differ in one letter, and how likely each is beside the best one (0–1), best first.

    What `candidates` finds in a small alphabet; of thousands of classes a beam would cost more than the reading.
    """
    labels, found = [letter.label for letter in letters], []
    for i, letter in enumerate(letters):
        step = scores[int(letter.step)]
        for c in np.argpartition(-step, 5)[:5]:
            if c not in (0, letter.label):
                found.append(((*labels[:i], int(c), *labels[i + 1:]), float(step[c] / max(step[letter.label], 1e-9))))
    return sorted(found, key=lambda item: -item[1])[:most]


def _add(grown: dict[tuple[int, ...], tuple[float, float]], prefix: tuple[int, ...], ends: tuple[float, float]) -> None:
    known = grown.get(prefix, (0.0, 0.0))
    grown[prefix] = (known[0] + ends[0], known[1] + ends[1])
