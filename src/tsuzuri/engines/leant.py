"""A second look at ink that was read unsurely: leant to both sides, as another hand would have written it. Touches no model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from tsuzuri.engines import Picture
from tsuzuri.engines.ctc import Scores, candidates, likelihood, spell

MOST = 4               # spellings of the first look that the others are asked about


def leant(picture: Picture, by: float) -> Picture:
    """The crop with its strokes leant by so much of their height, to the right where that is more than 0; as wide as it needs."""
    height, width = picture.shape
    beside = int(abs(by) * height) + 2
    wide = np.pad(picture, ((0, 0), (beside, beside)), constant_values=255)
    across = (1, by, -by * height / 2, 0, 1, 0)
    moved = Image.fromarray(wide).transform(
        (width + 2 * beside, height), Image.Transform.AFFINE, across, Image.Resampling.BILINEAR, fillcolor=255,
    )
    return np.asarray(moved)


def weighed(looks: Sequence[Scores]) -> list[tuple[tuple[int, ...], float]]:
    """What the first look holds possible and the others spell, each with what all hold of it on average, the likeliest first."""
    named = dict.fromkeys(labels for labels, _ in candidates(looks[0], MOST))
    named |= dict.fromkeys(tuple(letter.label for letter in spell(scores)) for scores in looks)
    held = [(labels, sum(likelihood(scores, list(labels)) for scores in looks) / len(looks)) for labels in named]
    return sorted(held, key=lambda item: -item[1])
