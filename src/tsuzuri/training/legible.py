"""Whether the ink can still be read after all that was done to it. Touches torch.

What nobody could read must not be learnt: without this a network learns to see digits in specks, and paper in digits.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

INK, PAPER = 0.4, 0.08     # of the clean ink's mask: surely ink above, surely none below
LEAST_PIXELS = 10          # of ink in a strip
LEAST_CONTRAST = 0.07      # between the ink and what is just round it
# In black and white a mean hides what is lost: half of the ink must be there, and not all round it be black.
LEAST_KEPT, MOST_ROUND = 0.5, 0.6
BITONAL = 0.12             # a strip with fewer gray pixels than this share is black and white


def legible(strips: Tensor, mask: Tensor) -> Tensor:
    """(B,) 1 where strips (B, 1, 48, W), ink 1, still show the clean ink of `mask` (same shape), else 0. Blanks are 0."""
    near = functional.max_pool2d(mask, 5, 1, 2)
    ink, around = (mask > INK).float(), ((near > 0.1) & (mask < PAPER)).float()
    inside, outside = _mean(strips, ink), _mean(strips, around)
    kept = _mean((strips > 0.5).float(), ink)
    bitonal = ((strips > 0.05) & (strips < 0.95)).float().mean((1, 2, 3)) < BITONAL
    clear = (kept > LEAST_KEPT) & (outside < MOST_ROUND)
    seen = (inside - outside > LEAST_CONTRAST) & (~bitonal | clear)
    return (seen & (ink.sum((1, 2, 3)) > LEAST_PIXELS)).float()


def _mean(x: Tensor, where: Tensor) -> Tensor:
    return (x * where).sum((1, 2, 3)) / torch.clamp(where.sum((1, 2, 3)), min=1)
