"""Strips that the line cut, kept in a file, and many of them together as a batch. NumPy only; papers gathers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Cutting:
    """A crop as the network sees it, (48, w) with ink 255; `family` as an index; `labels` () where nothing is written."""

    seen: Bytes
    family: int
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cuts:
    """B cuttings in strips of one width: `seen` (B, 48, w); `families`, `labels`, `lengths` as in Batch."""

    seen: Bytes
    families: NDArray[np.int64]
    labels: NDArray[np.int64]
    lengths: NDArray[np.int64]


def together(chance: Random, cuttings: Sequence[Cutting], size: int) -> Cuts:
    """`size` cuttings of much the same width, somewhere on strips of the widest. `cuttings` go by their widths."""
    first = chance.randrange(len(cuttings))
    # As many again as are needed, so that those of one width do not always meet the same others.
    near = cuttings[max(0, first - size): first + size]
    chosen = chance.sample(near, min(size, len(near)))
    widest = max(c.seen.shape[1] for c in chosen)
    seen = np.zeros((len(chosen), 48, widest), np.uint8)
    labels = np.zeros((len(chosen), max(1, *(len(c.labels) for c in chosen))), np.int64)
    for strip, row, cutting in zip(seen, labels, chosen, strict=True):
        left = chance.randint(0, widest - cutting.seen.shape[1])
        strip[:, left: left + cutting.seen.shape[1]] = cutting.seen
        row[: len(cutting.labels)] = cutting.labels
    return Cuts(seen, np.array([c.family for c in chosen], np.int64), labels, np.array([len(c.labels) for c in chosen], np.int64))


def save(found: Sequence[Cutting], path: Path) -> None:
    """All of them in one compressed file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, seen=np.concatenate([c.seen for c in found], axis=1), widths=[c.seen.shape[1] for c in found],
        families=[c.family for c in found], labels=[label for c in found for label in c.labels],
        lengths=[len(c.labels) for c in found],
    )


def load(paths: Sequence[Path]) -> tuple[Cutting, ...]:
    """What `save` wrote into these files, the narrowest first."""
    return tuple(sorted((c for path in paths for c in _loaded(path)), key=lambda c: c.seen.shape[1]))


def _loaded(path: Path) -> list[Cutting]:
    with np.load(path) as kept:
        seen, labels, families = kept["seen"], kept["labels"].tolist(), kept["families"].tolist()
        places, ends = np.cumsum(kept["widths"]).tolist(), np.cumsum(kept["lengths"]).tolist()
    return [
        Cutting(seen[:, start:end], family, tuple(labels[first:last]))
        for start, end, family, first, last in zip([0, *places], places, families, [0, *ends], ends, strict=False)
    ]
