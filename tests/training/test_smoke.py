"""The whole of training in little: a minute on one core."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed; `make train-check` installs it")
onnx = pytest.importorskip("onnx", reason="onnx is not installed; `make train-check` installs it")

from tsuzuri.training.alphabet import LABELS  # noqa: E402
from tsuzuri.training.batches import Lessons  # noqa: E402
from tsuzuri.training.compose import Recipe  # noqa: E402
from tsuzuri.training.exam import QUESTIONS, examine  # noqa: E402
from tsuzuri.training.export import export, opened  # noqa: E402
from tsuzuri.training.glyphs import Bank  # noqa: E402
from tsuzuri.training.learn import WORST, Learner, averaged, beginner, loss  # noqa: E402
from tsuzuri.training.model import Net, parameters  # noqa: E402
from tsuzuri.training.quantise import quantise  # noqa: E402
from tsuzuri.training.train import CHECKPOINT, AnotherRun, Plan, resumed, run, taught_by  # noqa: E402

CPU = torch.device("cpu")
DIGITS = Recipe(numeric=1, kana=0, hand=0, real_digits=0, tight=0, normalised=1)
PLAN = Plan(seed=1, size=16, rate=3e-3, steps=60, warm=0.1, widths=(32,), recipe=DIGITS)


class CutOff(Exception):  # noqa: N818
    """The power went."""


@pytest.fixture(autouse=True)
def one_core() -> None:
    torch.set_num_threads(1)


def learnt(plan: Plan, bank: Bank, out: Path, until: int | None = None) -> tuple[Learner, list[float]]:
    """The learner after the plan, or as a cut-off left it, and each step's loss."""
    losses: list[float] = []

    def told(learner: Learner, past: float, loss: float) -> None:
        losses.append(loss)
        if learner.step == until:
            raise CutOff

    learner = resumed(plan, bank, out, CPU)
    run(plan, bank, learner, out, told)
    return learner, losses


@pytest.fixture(scope="module")
def taught(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> tuple[Learner, list[float]]:
    """A learner after a few dozen steps of single printed digits."""
    torch.set_num_threads(1)
    return learnt(PLAN, bank, tmp_path_factory.mktemp("taught"))


def test_the_network_has_the_size_that_was_timed() -> None:
    assert 0.75e6 < parameters(Net()) < 0.85e6
    assert Net().eval()(torch.zeros(2, 1, 48, 104)).shape == (2, 26, 116)


def test_the_loss_falls(taught: tuple[Learner, list[float]]) -> None:
    _, losses = taught
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])


def test_a_run_that_was_cut_off_gives_the_same_network(bank: Bank, tmp_path: Path) -> None:
    plan = replace(PLAN, steps=6, size=4, save_every_s=-1)
    straight, losses = learnt(plan, bank, tmp_path / "straight")
    with pytest.raises(CutOff):
        learnt(plan, bank, tmp_path / "cut", until=4)
    assert resumed(plan, bank, tmp_path / "cut", CPU).step == 3        # the fourth step was not saved yet
    mended, rest = learnt(plan, bank, tmp_path / "cut")
    assert rest == losses[3:]
    for name, value in straight.net.state_dict().items():
        assert torch.equal(value, mended.net.state_dict()[name]), name
        assert torch.equal(straight.average[name], mended.average[name]), name


def test_another_recipe_does_not_go_on_with_this_run(bank: Bank, tmp_path: Path) -> None:
    plan = replace(PLAN, steps=1, size=2)
    learnt(plan, bank, tmp_path)
    with pytest.raises(AnotherRun):
        resumed(replace(plan, recipe=Recipe()), bank, tmp_path, CPU)
    with pytest.raises(AnotherRun):
        resumed(replace(plan, seed=2), bank, tmp_path, CPU)


def test_the_exported_file_answers_as_the_network_does(bank: Bank, tmp_path: Path, taught: tuple[Learner, list[float]]) -> None:
    net = averaged(taught[0])
    assert export(net, tmp_path / "net.onnx") < 1e-3
    model = onnx.load(tmp_path / "net.onnx")
    assert not [node for node in model.graph.node if node.op_type == "BatchNormalization"]
    assert {prop.key for prop in model.metadata_props} == {"alphabet", "recipe"}

    quantise(tmp_path / "net.onnx", tmp_path / "small.onnx", bank, strips=2)
    assert (tmp_path / "small.onnx").stat().st_size < 0.5 * (tmp_path / "net.onnx").stat().st_size
    x = np.random.default_rng(0).random((2, 1, 48, 160), dtype=np.float32)
    large, small = (opened(tmp_path / name).run(None, {"x": x})[0] for name in ("net.onnx", "small.onnx"))
    assert small.shape == large.shape
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.95


def test_an_exam_asks_as_often_as_it_is_told(bank: Bank) -> None:
    net = averaged(beginner(0, CPU))
    mark = examine(net, bank, "printed digit", 40)
    assert mark.asked >= 40
    assert mark.right < 0.3 * mark.asked
    assert examine(net, bank, "real digit", 10).asked == 0       # this bank has none
    assert examine(net, bank, "blank", 10).asked >= 10
    assert set(QUESTIONS) >= {"printed digit", "number", "date", "kana", "blank"}


def test_a_beginner_learns_from_strips_that_are_beyond_it(bank: Bank) -> None:
    batch = Lessons(1, 8, bank, DIGITS, (48,))[0]
    logits = torch.zeros(8, 12, 116, requires_grad=True)
    found = loss(logits, batch, torch.ones(8))
    assert found > WORST                      # a hard ceiling there would pull nowhere
    found.backward()
    assert all(pull.abs().max() > 0 for pull in logits.grad)


def test_unreadable_strips_teach_nothing_and_blanks_always_do(bank: Bank) -> None:
    batch = Lessons(1, 8, bank, Recipe(), (96,))[3]
    logits = torch.zeros(8, 24, 116, requires_grad=True)
    loss(logits, batch, torch.zeros(8)).backward()
    for pull, length in zip(logits.grad, batch.lengths, strict=True):
        assert (pull.abs().max() == 0) == bool(length)
    assert (batch.lengths == 0).any()


def test_no_class_of_the_other_family_is_pulled_at(bank: Bank) -> None:
    batch = Lessons(1, 4, bank, DIGITS, (96,))[0]
    logits = torch.zeros(4, 24, 116, requires_grad=True)
    loss(logits, batch, torch.ones(4)).backward()
    assert logits.grad[:, :, LABELS["ア"]].abs().max() == 0
    assert logits.grad[:, :, LABELS["1"]].abs().max() > 0


def test_another_lap_begins_with_what_the_last_one_learnt(bank: Bank, tmp_path: Path) -> None:
    plan = replace(PLAN, steps=2, size=2)
    first, _ = learnt(plan, bank, tmp_path)
    second = taught_by(beginner(9, CPU), tmp_path / CHECKPOINT)
    assert second.step == 0
    for name, value in first.average.items():
        assert torch.equal(second.net.state_dict()[name], value), name


def test_the_rate_rises_then_falls_and_never_stops() -> None:
    rates = [PLAN.rate_at(past / 100) for past in range(101)]
    assert max(rates) == pytest.approx(PLAN.rate)
    assert rates.index(max(rates)) == 100 * PLAN.warm
    assert 0 < rates[-1] < 0.01 * PLAN.rate
    assert all(a >= b for a, b in pairwise(rates[10:]))
