"""What a network can read, kind by kind, on strips of seeds that learning never takes. Touches torch.

The faces are those that were learnt: these figures show that learning works, not how well citizens' hands are read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import torch
from torch import nn

from tsuzuri.engines.ctc import spell
from tsuzuri.training.alphabet import masks
from tsuzuri.training.batches import Batch, mixed, stacked
from tsuzuri.training.compose import Recipe, strip
from tsuzuri.training.degrade import rendered
from tsuzuri.training.dice import Dice
from tsuzuri.training.glyphs import Bank

SEED = 900_001         # far from any run's
TOGETHER = 64          # strips rendered at once

_NUMERIC = Recipe(numeric=1, kana=0, real_digits=0)
_KANA = Recipe(numeric=0, kana=1, pairs=0)
# What is asked, at which width, of which kind of text.
QUESTIONS: dict[str, tuple[Recipe, int, str]] = {
    "printed digit": (replace(_NUMERIC, hand=0), 48, "digits"),
    "digit": (_NUMERIC, 48, "digits"),
    "real digit": (replace(_NUMERIC, real_digits=1), 48, "digits"),
    "number": (_NUMERIC, 240, "digits"),
    "real number": (replace(_NUMERIC, real_digits=1), 240, "digits"),
    "amount": (_NUMERIC, 240, "amount"),
    "date": (_NUMERIC, 320, "date"),
    "phone": (_NUMERIC, 320, "phone"),
    "kana": (_KANA, 320, "kana"),
    "look-alike kana": (replace(_KANA, pairs=1), 160, "kana"),
    "blank": (Recipe(numeric=0, kana=0), 240, "blank"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """So many right of so many asked."""

    right: int
    asked: int


def examine(net: nn.Module, bank: Bank, question: str, count: int) -> Mark:
    """At least `count` readable strips of one question, whole strings right or wrong; none where the bank cannot ask it."""
    recipe, width, kind = QUESTIONS[question]
    if question.startswith("real") and not any(bank.digits):
        return Mark(0, 0)
    device = next(net.parameters()).device
    images = torch.from_numpy(bank.images).to(device)
    chance, right, asked = Random(mixed(SEED)), 0, 0
    for step in range(3 * (count // TOGETHER + 1)):      # a third of the strips readable would still do
        strips = [s for s in (strip(chance, bank, recipe, width) for _ in range(8 * TOGETHER)) if s.text.kind == kind]
        batch = stacked(strips[:TOGETHER], width)
        marked = _marked(net, images, batch, Dice(SEED, step, device))
        right, asked = right + sum(marked), asked + len(marked)
        if asked >= count:
            break
    return Mark(right, asked)


@torch.no_grad()
def _marked(net: nn.Module, images: torch.Tensor, batch: Batch, dice: Dice) -> list[bool]:
    """Of each readable strip, whether its text came out whole."""
    shown, readable = rendered(images, batch, dice)
    net.eval()
    logits = net(shown).float() + torch.from_numpy(masks()[batch.families]).to(images.device)[:, None]
    scores = logits.softmax(-1).cpu().numpy()
    return [
        [letter.label for letter in spell(found)] == labels[:length].tolist()
        for found, labels, length, clear in zip(scores, batch.labels, batch.lengths, readable.tolist(), strict=True)
        if clear or not length
    ]
