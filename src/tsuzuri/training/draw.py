"""A batch's ink on the strip: glyphs laid, strokes made thick or thin, all of it warped. Touches torch.

Ink is (B, 96, 2W), 0 paper to 1 ink.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from tsuzuri.training.dice import Dice
from tsuzuri.training.glyphs import SIDE

TALL = 96
GROUPS = 8             # parts of a batch that share one whole-group accident: one kernel each instead of one a strip
BEYOND = 80            # how far outside the strip a glyph may stand and still be laid


def lay(images: Tensor, glyphs: Tensor, wide: int) -> Tensor:
    """Glyphs (B, n, 8) of the bank's `images` (rows, 96, 96) on empty strips (B, 96, wide), darkest ink winning."""
    canvas = torch.zeros(len(glyphs), TALL, wide + 2 * SIDE, device=images.device)
    columns = torch.arange(SIDE, device=images.device)
    most = int((glyphs[:, :, 0] >= 0).sum(1).max().item())
    for nth in range(most):
        glyph = glyphs[:, nth]
        there = glyph[:, 0] >= 0
        x = glyph[:, 1].clamp(-BEYOND, wide + BEYOND)
        left = torch.floor(x - SIDE / 2)
        patch = _patch(images, glyph, x - left) * (glyph[:, 7] * there)[:, None, None]
        place = (left.long() + SIDE).clamp(0, wide + SIDE)[:, None] + columns
        place = place[:, None, :].expand(-1, TALL, -1)
        canvas.scatter_(2, place, torch.maximum(canvas.gather(2, place), patch))
    return canvas[:, :, SIDE : SIDE + wide]


def _patch(images: Tensor, glyph: Tensor, x: Tensor) -> Tensor:
    """One glyph a strip, scaled, turned and leant: (B, 96, 96), its centre at column `x` and at the glyph's own y."""
    across = torch.arange(SIDE, device=images.device).float()[None, None, :] + 0.5 - x[:, None, None]
    down = torch.arange(TALL, device=images.device).float()[None, :, None] + 0.5 - glyph[:, 2, None, None]
    turn = glyph[:, 5, None, None] * math.pi / 180
    u, v = turn.cos() * across + turn.sin() * down, turn.cos() * down - turn.sin() * across
    u = u + glyph[:, 6, None, None] * v
    half = SIDE / 2
    widened, heightened = (glyph[:, i, None, None].clamp(min=0.05) * half for i in (3, 4))
    at = torch.stack([u / widened, v / heightened], -1)
    source = images[glyph[:, 0].long().clamp(min=0)][:, None].float() / 255
    return functional.grid_sample(source, at, mode="bilinear", align_corners=False)[:, 0]


def widest(x: Tensor, size: int) -> Tensor:
    """The darkest within `size` pixels: strokes grow by half of that on each side."""
    return functional.max_pool2d(x[:, None], size, 1, size // 2)[:, 0]


def thicken(ink: Tensor, dice: Dice) -> Tensor:
    """Pens: 38 % as drawn, else thicker by 1–4 px a side, thinner, or swollen by blur and threshold."""
    return torch.cat([_pen(part, dice) for part in ink.chunk(GROUPS)])


def _pen(ink: Tensor, dice: Dice) -> Tensor:
    draw = dice.plain.random()
    if draw < 0.38:
        return ink
    if draw < 0.55:
        return widest(ink, 3)
    if draw < 0.65:
        return widest(ink, 5)
    if draw < 0.72:
        return widest(ink, 7)
    if draw < 0.75 and ink.shape[2] <= 2 * SIDE:
        return widest(ink, 9)       # only large letters survive that
    if draw < 0.90:
        thin = -widest(-ink, 3)
        return ((thin * 0.7 + ink * 0.3) * dice.plain.uniform(1, 1.7)).clamp(0, 1)
    soft = functional.avg_pool2d(ink[:, None], 5, 1, 2)[:, 0]
    return ((soft - dice.plain.uniform(0.15, 0.5)) * 3).clamp(0, 1)


def warp(ink: Tensor, traits: Tensor, dice: Dice) -> Tensor:
    """Slant, skew and the waver of a hand. `traits` (B, 5) as in Batch."""
    count, _, wide = ink.shape
    y, x = grid(wide, ink.device)
    waver = functional.interpolate(
        dice.normal(count, 2, 7, max(4, wide // 14)), (TALL, wide), mode="bilinear", align_corners=True
    ) * traits[:, 3, None, None, None] * 0.6
    u = x + traits[:, 2, None, None] * (y - TALL / 2) + waver[:, 0]
    v = y + skews(traits, wide) * (x - wide / 2) + waver[:, 1]
    at = torch.stack([(u + 0.5) / wide * 2 - 1, (v + 0.5) / TALL * 2 - 1], -1)
    return functional.grid_sample(ink[:, None], at, mode="bilinear", align_corners=False)[:, 0]


def skews(traits: Tensor, wide: int) -> Tensor:
    """(B, 1, 1): how much a strip climbs a pixel; less on long strips, whose ends would leave the paper."""
    return torch.tan(traits[:, 1, None, None] * math.pi / 180) * min(1.0, 320 / wide)


def grid(wide: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Row and column of each pixel, (96, wide) each."""
    rows, columns = torch.arange(TALL, device=device).float(), torch.arange(wide, device=device).float()
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    return y, x
