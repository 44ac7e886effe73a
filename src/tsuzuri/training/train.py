"""A run of training: batches composed beside, rates by the share of it that is past, saved so that it can go on. Touches torch.

On a CPU a run that was cut off gives bit for bit what an uncut one gives; a GPU adds its sums in any order.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

from tsuzuri.errors import Refused
from tsuzuri.training.batches import Batch, Lessons
from tsuzuri.training.card import recipe_version
from tsuzuri.training.compose import WIDTHS, Recipe
from tsuzuri.training.cuttings import Cuts
from tsuzuri.training.glyphs import Bank
from tsuzuri.training.learn import Learner, beginner, learn
from tsuzuri.training.texts import names

CHECKPOINT = "run.pt"
RATE = 3e-3
STEADY_RATE = 2e-4     # of a run that begins with an exported network: ten times more undoes what millions of strips taught


class AnotherRun(Refused):
    """What lies in the folder was learnt otherwise; going on with it would be neither."""

    code = "another_run"


@dataclass(frozen=True, slots=True)
class Plan:
    """A run. It ends after `steps` where they are given, else after `minutes` of learning; the rate's curve goes by the same."""

    seed: int = 0
    size: int = 512            # strips a step
    rate: float = RATE
    minutes: float = 25.0
    steps: int | None = None
    warm: float = 0.05         # share of the run in which the rate rises
    widths: tuple[int, ...] = WIDTHS
    recipe: Recipe = field(default_factory=Recipe)
    begun: str = ""            # sum of the exported file that the run began with
    workers: int = 0           # processes that compose; 0 composes in between
    save_every_s: float = 60.0

    def past(self, learner: Learner) -> float:
        """The share (0–1) of the run that is over."""
        return min(1.0, learner.step / self.steps if self.steps else learner.spent_s / (60 * self.minutes))

    def rate_at(self, past: float) -> float:
        """Rises evenly, then falls as half a cosine to 0.5 %."""
        if past < self.warm:
            return self.rate * max(past / self.warm, 1e-3)
        fallen = 0.5 * (1 + math.cos(math.pi * (past - self.warm) / (1 - self.warm)))
        return self.rate * (0.995 * fallen + 0.005)

    def identity(self, bank: Bank) -> dict[str, object]:
        """What must not change while a run goes on, what it learns from included; the card tells it."""
        return {
            "version": recipe_version(), "seed": self.seed, "size": self.size, "widths": list(self.widths),
            "recipe": asdict(self.recipe), "faces": list(bank.names), "real_digits": sum(map(len, bank.digits)),
            "names": len(names().surnames) + len(names().given), "cuttings": len(bank.cuttings), "begun": self.begun,
        }


def device_of(name: str) -> torch.device:
    """"auto" takes the GPU where there is one."""
    return torch.device(name if name != "auto" else "cuda" if torch.cuda.is_available() else "cpu")


def run(plan: Plan, bank: Bank, learner: Learner, out: Path, told: Callable[[Learner, float, float], None]) -> None:
    """Learns until the plan is over, saving to `out` now and then and at the end; `told(learner, past, loss)` each step."""
    device = next(learner.net.parameters()).device
    images = torch.from_numpy(bank.images).to(device)
    saved = time.monotonic()
    batches = _batches(plan, bank, learner.step)
    while (past := plan.past(learner)) < 1:
        batch = next(batches)
        began = time.monotonic()
        found = learn(learner, batch, images, plan.seed, plan.rate_at(past))
        learner.spent_s += time.monotonic() - began
        told(learner, past, found)
        if time.monotonic() - saved > plan.save_every_s:
            save(plan, bank, learner, out)
            saved = time.monotonic()
    save(plan, bank, learner, out)


def _batches(plan: Plan, bank: Bank, first: int) -> Iterator[Batch | Cuts]:
    lessons = Lessons(plan.seed, plan.size, bank, plan.recipe, plan.widths)
    steps = range(first, plan.steps or 1_000_000_000)
    if not plan.workers:
        return (lessons[step] for step in steps)
    return iter(DataLoader(lessons, batch_size=None, sampler=steps, num_workers=plan.workers,  # type: ignore[arg-type,unused-ignore]
                           prefetch_factor=4, collate_fn=_as_it_is))


def _as_it_is(batch: Any) -> Any:
    return batch


def save(plan: Plan, bank: Bank, learner: Learner, out: Path) -> Path:
    """Everything that going on needs, in one file that is always whole."""
    out.mkdir(parents=True, exist_ok=True)
    part = out / f"{CHECKPOINT}.part"
    kept = {
        "plan": plan.identity(bank), "net": learner.net.state_dict(), "average": learner.average,
        "optimiser": learner.optimiser.state_dict(), "step": learner.step, "seen": learner.seen, "spent_s": learner.spent_s,
        "steady": learner.steady,
    }
    torch.save(kept, part)
    return part.rename(out / CHECKPOINT)


def resumed(plan: Plan, bank: Bank, out: Path, device: torch.device) -> Learner:
    """The learner as it was saved in `out`, or a beginner; raises AnotherRun where the saved one was learning otherwise."""
    learner = beginner(plan.seed, device)
    path = out / CHECKPOINT
    if not path.is_file():
        return learner
    kept = torch.load(path, map_location=device, weights_only=True)
    if kept["plan"] != plan.identity(bank):
        raise AnotherRun(f"{path} comes from another seed, recipe or set of fonts; name another folder, or move it away")
    learner.net.load_state_dict(kept["net"])
    learner.average = {name: value.clone() for name, value in kept["average"].items()}
    learner.optimiser.load_state_dict(kept["optimiser"])
    learner.step, learner.seen, learner.spent_s = kept["step"], kept["seen"], kept["spent_s"]
    learner.steady = kept["steady"]
    return learner


def taught_by(learner: Learner, path: Path) -> Learner:
    """The learner with the averaged weights of an earlier run to begin from: the second and third lap of a longer training."""
    average = torch.load(path, map_location=next(learner.net.parameters()).device, weights_only=True)["average"]
    learner.net.load_state_dict(average)
    learner.average = {name: value.clone() for name, value in average.items()}
    return learner


def begun_with(learner: Learner, path: Path) -> Learner:
    """The learner with an exported network to go on from, its norms folded and so held still."""
    from tsuzuri.training.warm import weights_of  # the one part of learning that needs onnx

    weights = weights_of(path)
    learner.net.load_state_dict(weights)
    learner.average = {name: value.clone() for name, value in learner.net.state_dict().items()}
    learner.steady = True
    return learner
