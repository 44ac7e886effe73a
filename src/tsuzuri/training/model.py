"""The network: 0.8 M parameters, convolutions alone, any width. Touches torch only."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tsuzuri.training.alphabet import CLASSES, masks

HEIGHT = 48                        # pixels of a strip
STRIDE = 4                         # pixels of width a step of the answer
STAGES = (24, 48, 96, 144, 192)    # channels; the middle one of three sizes timed: 2.2 ms a strip of 160 on one core
DROPOUT = 0.1


def conv(into: int, out: int, kernel: tuple[int, int], stride: tuple[int, int], margin: int = 0) -> nn.Sequential:
    """Convolution, batch norm, ReLU; the norm folds into the convolution on export."""
    return nn.Sequential(
        nn.Conv2d(into, out, kernel, stride, margin, bias=False), nn.BatchNorm2d(out), nn.ReLU()
    )


class Block(nn.Module):
    """x plus what a wide look (depthwise) and two 1 × 1 mixes make of it: (N, channels, h, w) in and out."""

    def __init__(self, channels: int, kernel: tuple[int, int]) -> None:
        super().__init__()
        margin = (kernel[0] // 2, kernel[1] // 2)
        self.look = nn.Conv2d(channels, channels, kernel, padding=margin, groups=channels, bias=False)
        self.look_norm = nn.BatchNorm2d(channels)
        self.widen = nn.Conv2d(channels, 2 * channels, 1, bias=False)
        self.widen_norm = nn.BatchNorm2d(2 * channels)
        self.narrow = nn.Conv2d(2 * channels, channels, 1, bias=False)
        self.narrow_norm = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.narrow_norm.weight)     # begins as x alone: deep stacks learn from the first step

    def forward(self, x: Tensor) -> Tensor:
        y = self.look_norm(self.look(x))
        y = functional.relu(self.widen_norm(self.widen(y)))
        return x + self.narrow_norm(self.narrow(y))


class Net(nn.Module):
    """Strips (N, 1, 48, W), ink 1 on paper 0, W a multiple of 8 → logits (N, W/4, 116)."""

    def __init__(self, classes: int = len(CLASSES)) -> None:
        super().__init__()
        a, b, c, d, e = STAGES
        self.body = nn.Sequential(
            conv(1, a, (3, 3), (2, 2), 1),                                  # 24 high, W/2
            conv(a, b, (3, 3), (2, 2), 1), Block(b, (5, 5)),                # 12, W/4
            conv(b, c, (2, 1), (2, 1)), *(Block(c, (5, 5)) for _ in range(2)),    # 6
            conv(c, d, (2, 1), (2, 1)), *(Block(d, (3, 5)) for _ in range(3)),    # 3
            conv(d, e, (3, 1), (3, 1)), *(Block(e, (1, 9)) for _ in range(2)),    # 1
        )
        self.drop = nn.Dropout(DROPOUT)
        self.head = nn.Conv2d(e, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.drop(self.body(x)))
        return logits.squeeze(2).permute(0, 2, 1)


def parameters(net: nn.Module) -> int:
    """How many numbers are learnt."""
    return sum(p.numel() for p in net.parameters())


def family_masks(device: torch.device) -> Tensor:
    """alphabet.masks() as a tensor (families, classes)."""
    return torch.from_numpy(masks()).to(device)
