"""One step of learning: the loss of a batch, the weights moved, their running average moved after them. Touches torch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tsuzuri.training.batches import Batch, mixed
from tsuzuri.training.cuttings import Cuts
from tsuzuri.training.degrade import rendered
from tsuzuri.training.dice import Dice
from tsuzuri.training.model import Net, family_masks
from tsuzuri.training.shaken import shaken

# One misprinted strip must not steer the batch: beyond WORST a strip's loss a letter counts a tenth. It must count though:
# a beginner's loss on a single character is 37, and a hard ceiling would leave it nothing to learn from.
WORST, BEYOND = 20.0, 0.1
LONGEST_PULL = 2.0     # norm to which gradients are cut
SLOWEST = 0.9995       # of the average's memory; shorter at first, so that it does not drag the beginning along
DECAY = 0.03           # of weights that are matrices; norms and biases are left alone
# The first stages see strokes and specks, of which a short run has nothing new to tell; they cost half of a step.
HELD = 3


@dataclass(slots=True)
class Learner:
    """The network, its running average (what is exported), the optimiser, and how far they have come.

    `steady`: it began with an exported network, whose norms and first stages stay as they are.
    """

    net: Net
    average: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    step: int = 0
    seen: int = 0
    spent_s: float = 0.0
    steady: bool = False


def beginner(seed: int, device: torch.device) -> Learner:
    """A network that knows nothing; the same seed gives the same one."""
    torch.manual_seed(mixed(seed))
    net = Net().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,unused-ignore]
    groups = [
        {"params": [p for p in net.parameters() if p.dim() > 1], "weight_decay": DECAY},
        {"params": [p for p in net.parameters() if p.dim() <= 1], "weight_decay": 0.0},
    ]
    average = {name: value.detach().clone() for name, value in net.state_dict().items()}
    return Learner(net, average, torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.99)))


def learn(learner: Learner, batch: Batch | Cuts, images: Tensor, seed: int, rate: float) -> float:
    """One step with a batch; its loss a letter. All chance, dropout's too, is drawn from (seed, step)."""
    dice = Dice(seed, learner.step, images.device)
    strips, readable = rendered(images, batch, dice) if isinstance(batch, Batch) else shaken(batch, dice)
    torch.manual_seed(mixed(seed, learner.step, 3))
    for group in learner.optimiser.param_groups:
        group["lr"] = rate
    _readied(learner)
    with torch.autocast(images.device.type, dtype=torch.bfloat16, enabled=images.device.type == "cuda"):
        logits = learner.net(strips.contiguous(memory_format=torch.channels_last))
    found = loss(logits.float(), batch, readable)
    learner.optimiser.zero_grad(set_to_none=True)
    found.backward()  # type: ignore[no-untyped-call,unused-ignore]
    nn.utils.clip_grad_norm_(learner.net.parameters(), LONGEST_PULL)
    learner.optimiser.step()
    learner.step += 1
    learner.seen += len(batch.lengths)
    _follow(learner)
    return float(found.item())


def loss(logits: Tensor, batch: Batch | Cuts, readable: Tensor) -> Tensor:
    """CTC a letter within each strip's own family, unreadable strips left out; blanks always count."""
    device, steps = logits.device, logits.shape[1]
    families = torch.from_numpy(batch.families).to(device)
    scores = functional.log_softmax(logits + family_masks(device)[families][:, None], -1)
    lengths = torch.from_numpy(batch.lengths).clamp(max=steps)
    each = functional.ctc_loss(
        scores.transpose(0, 1), torch.from_numpy(batch.labels).to(device),
        torch.full((len(lengths),), steps, dtype=torch.long), lengths, reduction="none", zero_infinity=True,
    )
    lengths = lengths.to(device)
    weights = torch.where(lengths > 0, readable, torch.ones_like(readable))
    letter = each / lengths.clamp(min=1)
    letter = torch.minimum(letter, WORST + BEYOND * (letter - WORST))
    return (letter * weights).sum() / weights.sum().clamp(min=1)


def _readied(learner: Learner) -> None:
    """The network set to learn; of a steady one a short run on few strips must not shift what it began with."""
    learner.net.train()
    if learner.steady:
        for part in learner.net.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.eval()
        for part in list(learner.net.body)[:HELD]:
            part.requires_grad_(False)


@torch.no_grad()
def _follow(learner: Learner) -> None:
    """The average goes a little towards the weights, norms' statistics included."""
    kept = min(SLOWEST, (1 + learner.step) / (20 + learner.step))
    for name, value in learner.net.state_dict().items():
        if value.dtype.is_floating_point:
            learner.average[name].lerp_(value, 1 - kept)


def averaged(learner: Learner) -> Net:
    """A network of the averaged weights, ready to read."""
    net = Net().to(next(learner.net.parameters()).device)
    net.load_state_dict(learner.average)
    return net.eval()
