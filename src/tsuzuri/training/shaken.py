"""Cuttings a little otherwise each time: as another hand, pen or scan might have left the same strokes. Touches torch."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from tsuzuri.training.cuttings import Cuts
from tsuzuri.training.dice import Dice
from tsuzuri.training.scanned import blurred

SMALLER, LARGER = 0.85, 1.12      # of the height: the reader's 0.66 share of ink becomes 0.56–0.74


@torch.no_grad()
def shaken(cuts: Cuts, dice: Dice) -> tuple[Tensor, Tensor]:
    """Strips (B, 1, 48, W), and (B,) ones: each of them can be read."""
    strips = torch.from_numpy(cuts.seen).to(dice.device)[:, None].float() / 255
    strips = _penned(_moved(strips, dice), dice)
    ink = torch.where(dice.whether(len(strips), 0.4), dice.per_strip(len(strips), 0.6, 1.25), 1.0)[:, None]
    noise = dice.normal(*strips.shape) * dice.per_strip(len(strips), 0, 0.03)[:, None]
    return (strips * ink + noise * (strips > 0.02)).clamp(0, 1), torch.ones(len(strips), device=dice.device)


def _moved(strips: Tensor, dice: Dice) -> Tensor:
    """Each strip scaled, leant, turned and shifted, and its strokes bent a little."""
    count, _, tall, wide = strips.shape
    heightened, widened, lean = (dice.even(count, low=a, high=b) for a, b in ((SMALLER, LARGER), (0.90, 1.0), (-0.15, 0.15)))
    turn = dice.even(count, low=-1.5, high=1.5) * math.pi / 180 * min(1.0, 160 / wide)
    down = dice.even(count, low=-0.08, high=0.08)
    none = torch.zeros_like(down)
    # Rows of the inverse map, in units where the strip is 2 high and 2 wide: turns and leans are stretched by its shape.
    across = torch.stack([1 / widened, (lean + turn) * tall / wide, none], -1)
    up = torch.stack([-turn * wide / tall, 1 / heightened, down], -1)
    at = functional.affine_grid(torch.stack([across, up], 1), list(strips.shape), align_corners=False)
    bends = functional.interpolate(dice.normal(count, 2, 5, max(4, wide // 10)), (tall, wide), mode="bicubic")
    pull = dice.per_strip(count, 0, 0.7) * dice.whether(count, 0.6)
    at = at + (bends * pull[:, None]).permute(0, 2, 3, 1) * torch.tensor([2 / wide, 2 / tall], device=strips.device)
    return functional.grid_sample(strips, at, mode="bilinear", align_corners=False)


def _penned(strips: Tensor, dice: Dice) -> Tensor:
    """Thicker, thinner or softer strokes, the same for the whole batch; half of the batches stay as they are."""
    draw, share = dice.plain.random(), dice.plain.uniform(0.2, 0.7)
    if draw < 0.15:
        return strips * (1 - share) + functional.max_pool2d(strips, 3, 1, 1) * share
    if draw < 0.30:
        return strips * (1 - share) - functional.max_pool2d(-strips, 3, 1, 1) * share
    if draw < 0.50:
        return blurred(strips, dice.plain.uniform(0.4, 0.9))
    return strips
