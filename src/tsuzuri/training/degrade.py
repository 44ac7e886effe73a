"""What paper, printer, scanner and fax do to ink, in the order in which they do it. Touches torch.

In: a batch and the glyph bank's images. Out: strips as the network sees them, with which of them can still be read.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from tsuzuri.training.batches import Batch
from tsuzuri.training.dice import Dice
from tsuzuri.training.draw import GROUPS, TALL, grid, lay, skews, thicken, warp
from tsuzuri.training.legible import legible
from tsuzuri.training.model import HEIGHT
from tsuzuri.training.scanned import scanned

MARGIN = 32            # pixels that a skewed line may reach in from outside the strip


@torch.no_grad()
def rendered(images: Tensor, batch: Batch, dice: Dice) -> tuple[Tensor, Tensor]:
    """Strips (B, 1, 48, W), paper 0 and ink 1, and (B,) whether the ink can be read, 1 or 0."""
    on = dice.device
    traits = torch.from_numpy(batch.traits).to(on)
    wide = 2 * batch.width
    ink = lay(images, torch.from_numpy(batch.glyphs).to(on), wide)
    ink = warp(thicken(ink, dice), traits, dice)
    mask = functional.interpolate(ink[:, None], (HEIGHT, batch.width), mode="area")
    ink = pressed(ink, dice)
    covered = crossed(ink, batch, traits, dice)
    seen = specked(on_paper(covered, dice), traits, dice)
    strips = torch.cat([scanned(part[:, None], batch.width, dice) for part in seen.chunk(GROUPS)])
    return 1 - strips, legible(1 - strips, mask)


def pressed(ink: Tensor, dice: Dice) -> Tensor:
    """Uneven pressure along the strokes, and ink from pencil-pale to black."""
    count, _, wide = ink.shape
    field = functional.interpolate(dice.even(count, 1, 6, max(4, wide // 16)), (TALL, wide), mode="bilinear")[:, 0]
    ink = ink * (1 - dice.per_strip(count, 0, 0.45) * field)
    pale, dark = dice.per_strip(count, 0.35, 0.6), dice.per_strip(count, 0.6, 1.0)
    return ink * torch.where(dice.whether(count, 0.3), pale, dark)


def crossed(ink: Tensor, batch: Batch, traits: Tensor, dice: Dice) -> Tensor:
    """Ink with cell walls, frame lines and a stamp's ring laid over it."""
    count, _, wide = ink.shape
    y, x = grid(wide, ink.device)
    walls = _profiles(torch.from_numpy(batch.walls).to(ink.device), wide)
    levels = _profiles(torch.from_numpy(batch.levels).to(ink.device), TALL)
    lean = dice.per_strip(count, -0.015, 0.015)
    columns = _looked_up(walls, x + lean * (y - TALL / 2))
    rows = _looked_up(levels, y + skews(traits, wide) * (x - wide / 2))
    period = dice.count(5, 16, count, 1, 1)
    dots_down, dots_across = (((at.long() % period) < period * 0.45).float() for at in (y, x))
    lines = torch.maximum(torch.maximum(columns[0], columns[1] * dots_down),
                          torch.maximum(rows[0], rows[1] * dots_across))
    ring = torch.from_numpy(batch.rings).to(ink.device)[:, :, None, None]
    away = ((x - ring[:, 0]) ** 2 + (y - ring[:, 1]) ** 2).sqrt() - ring[:, 2]
    stamp = (away.abs() < ring[:, 3]).float() * ring[:, 4]
    return 1 - (1 - ink) * (1 - lines * dice.per_strip(count, 0.5, 1)) * (1 - stamp)


def _profiles(lines: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """Ink of the solid and of the dotted lines (B, n, 4) along their axis: (B, length + 2 · MARGIN) each."""
    axis = torch.arange(-MARGIN, length + MARGIN, device=lines.device).float()
    away = (axis - lines[:, :, 0, None]).abs()
    ink = (lines[:, :, 1, None] / 2 + 0.5 - away).clamp(0, 1) * lines[:, :, 2, None].clamp(min=0)
    dotted = lines[:, :, 3, None] > 0.5
    return (ink * ~dotted).amax(1), (ink * dotted).amax(1)


def _looked_up(profiles: tuple[Tensor, Tensor], at: Tensor) -> tuple[Tensor, Tensor]:
    """The profiles at places `at` (B, h, w)."""
    count = len(profiles[0])
    place = (at + MARGIN).round().long().clamp(0, profiles[0].shape[1] - 1).reshape(count, -1)
    solid, dotted = (p.gather(1, place).reshape(at.shape) for p in profiles)
    return solid, dotted


def on_paper(covered: Tensor, dice: Dice) -> Tensor:
    """Ink (1) on paper of 0.7–1 brightness, unevenly lit: what light comes back."""
    count, _, wide = covered.shape
    bright, gray = dice.per_strip(count, 0.9, 1.0), dice.per_strip(count, 0.7, 0.93)
    paper = torch.where(dice.whether(count, 0.75), bright, gray)
    shade = functional.interpolate(dice.normal(count, 1, 2, 3), (TALL, wide), mode="bilinear", align_corners=True)[:, 0]
    return (paper + shade * dice.per_strip(count, 0, 0.04)) * (1 - covered) + 0.02 * covered


def specked(seen: Tensor, traits: Tensor, dice: Dice) -> Tensor:
    """Dust, clumps of toner and grain. Strips whose traits say so, blanks above all, get clumps."""
    count, _, wide = seen.shape
    share = (dice.even(count) ** 4 * 0.004)[:, None, None]
    dust = (dice.even(count, TALL, wide) < share).float()
    dust = torch.maximum(dust, _blobs(dice.even(count, TALL, wide) < share * 0.15, 3, 3))
    # So many clumps a strip of 96 wide; blanks get up to 28, for it is there that a reader sees digits in dirt.
    most = 14 + 14 * (traits[:, 4, None, None] > 0.5)
    clumps = (dice.even(count, 1, 1) < traits[:, 4, None, None]) * (0.5 + dice.even(count, 1, 1) * (most - 0.5))
    density = clumps / (TALL * wide) * (wide / TALL) ** 0.6
    patchy = functional.interpolate(dice.even(count, 1, 5, max(4, wide // 24)), (TALL, wide), mode="bilinear")[:, 0] ** 4 * 5
    density = density * torch.where(dice.whether(count, 0.5), patchy, torch.ones_like(patchy))
    tall = _blobs(dice.even(count, TALL, wide) < density, 5, 3)
    round_ = _blobs(dice.even(count, TALL, wide) < density * 0.4, 5, 5)
    specks = torch.maximum(dust, torch.maximum(tall, round_))
    seen = seen * (1 - specks * dice.per_strip(count, 0.3, 1.0))
    grain = dice.normal(count, TALL, wide) * dice.per_strip(count, 0, 0.05)
    return (seen + grain).clamp(0, 1)


def _blobs(points: Tensor, tall: int, wide: int) -> Tensor:
    return functional.max_pool2d(points.float()[:, None], (tall, wide), 1, (tall // 2, wide // 2))[:, 0]
