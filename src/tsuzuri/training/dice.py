"""All chance of the tensors, from one seed: torch's generator on the device, and a plain one for whole groups of strips."""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor

from tsuzuri.training.batches import mixed


class Dice:
    """Throws by (seed, step). `plain` decides for groups; the methods give tensors on the device."""

    def __init__(self, seed: int, step: int, device: torch.device) -> None:
        self.device = device
        self.plain = Random(mixed(seed, step, 1))
        self._torch = torch.Generator(device)
        self._torch.manual_seed(mixed(seed, step, 2))

    def even(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Evenly between low and high."""
        return torch.rand(shape, generator=self._torch, device=self.device) * (high - low) + low

    def normal(self, *shape: int) -> Tensor:
        """Mean 0, deviation 1."""
        return torch.randn(shape, generator=self._torch, device=self.device)

    def per_strip(self, count: int, low: float, high: float) -> Tensor:
        """(count, 1, 1): one number a strip."""
        return self.even(count, 1, 1, low=low, high=high)

    def whether(self, count: int, share: float) -> Tensor:
        """(count, 1, 1) of booleans, true in `share`."""
        return self.even(count, 1, 1) < share

    def count(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers, low to high − 1."""
        return torch.randint(low, high, shape, generator=self._torch, device=self.device)
