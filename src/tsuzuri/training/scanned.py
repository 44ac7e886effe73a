"""The last of the accidents: optics, fax or gray scan, JPEG, contrast, and the reader's own 48 pixels. Touches torch."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from tsuzuri.training.dice import Dice
from tsuzuri.training.draw import TALL
from tsuzuri.training.model import HEIGHT

FAX_HEIGHTS = (24, 28, 32, 40, 48, 64, 72, 96)
GRAY_HEIGHTS = (24, 28, 32, 36, 48, 48, 48, 64, 96, 96)


def scanned(seen: Tensor, width: int, dice: Dice) -> Tensor:
    """(B, 1, 96, 2W) of light → (B, 1, 48, W), as a scanner of one make saw the whole group; 30 % are faxes."""
    draw = dice.plain.random()
    if dice.plain.random() < 0.7:
        seen = blurred(seen, dice.plain.uniform(0.4, 1.6))
    return (_faxed(seen, width, dice) if draw < 0.3 else _gray(seen, width, dice)).clamp(0, 1)


def blurred(x: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of `sigma` pixels, edges repeated."""
    taps = torch.arange(-4, 5, device=x.device).float()
    kernel = torch.exp(-taps * taps / 2 / sigma**2)
    kernel = kernel / kernel.sum()
    x = functional.conv2d(functional.pad(x, (4, 4, 4, 4), mode="replicate"), kernel.view(1, 1, 9, 1))
    return functional.conv2d(x, kernel.view(1, 1, 1, 9))


def _faxed(seen: Tensor, width: int, dice: Dice) -> Tensor:
    """Black and white at the fax's own resolution, threshold 0.60–0.93 of the strip's mean."""
    height = dice.plain.choice(FAX_HEIGHTS)
    wide = max(8, int(seen.shape[3] * height / TALL * dice.plain.uniform(0.9, 1.1)))
    if height < TALL:
        seen = functional.interpolate(seen, (height, wide), mode="area")
    threshold = seen.mean((1, 2, 3), keepdim=True) * dice.even(len(seen), 1, 1, 1, low=0.60, high=0.93)
    return functional.interpolate((seen > threshold).float(), (HEIGHT, width), mode="area" if height >= 72 else "bilinear")


def _gray(seen: Tensor, width: int, dice: Dice) -> Tensor:
    height = dice.plain.choice(GRAY_HEIGHTS)
    if height < TALL:
        seen = functional.interpolate(seen, (height, int(seen.shape[3] * height / TALL)), mode="area")
    if dice.plain.random() < 0.45:
        tall, wide = (side // 8 * 8 for side in seen.shape[2:])
        if tuple(seen.shape[2:]) != (tall, wide):
            seen = functional.interpolate(seen, (tall, wide), mode="bilinear")
        seen = jpeg(seen, dice.plain.uniform(0.4, 2.5))
    mode = "area" if seen.shape[2] > HEIGHT else dice.plain.choice(("bilinear", "bicubic"))
    seen = functional.interpolate(seen, (HEIGHT, width), mode=mode)
    if dice.plain.random() < 0.15:
        seen = (seen - dice.plain.uniform(0.3, 0.5)) * dice.plain.uniform(1.3, 2.5) + 0.5
    return seen


def jpeg(x: Tensor, coarse: float) -> Tensor:
    """What JPEG leaves of (B, 1, h, w), h and w multiples of 8: cosines of 8 × 8 blocks, rounded; `coarse` 1 is quality 50."""
    k = torch.arange(8, device=x.device).float()
    cosines = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) / 2
    cosines[0] /= math.sqrt(2)
    count, _, tall, wide = x.shape
    blocks = (x * 255 - 128).view(count, tall // 8, 8, wide // 8, 8).permute(0, 1, 3, 2, 4)
    steps = (10 + 6 * (k[:, None] + k[None])) * coarse
    rounded = torch.round(cosines @ blocks @ cosines.T / steps) * steps
    back = (cosines.T @ rounded @ cosines).permute(0, 1, 3, 2, 4).reshape(count, 1, tall, wide)
    return ((back + 128) / 255).clamp(0, 1)
