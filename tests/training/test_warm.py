from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed; `make train-check` installs it")
onnx = pytest.importorskip("onnx", reason="onnx is not installed; `make train-check` installs it")

from tsuzuri.engines.own import MODEL  # noqa: E402
from tsuzuri.training.cuttings import Cutting, together  # noqa: E402
from tsuzuri.training.dice import Dice  # noqa: E402
from tsuzuri.training.export import export, largest_gap  # noqa: E402
from tsuzuri.training.glyphs import Bank  # noqa: E402
from tsuzuri.training.learn import HELD, beginner, learn  # noqa: E402
from tsuzuri.training.model import Net  # noqa: E402
from tsuzuri.training.shaken import shaken  # noqa: E402
from tsuzuri.training.train import Plan, begun_with, resumed, run  # noqa: E402
from tsuzuri.training.warm import OtherNetwork, weights_of  # noqa: E402

CPU = torch.device("cpu")


@pytest.fixture(scope="module", autouse=True)
def one_core() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def cuttings() -> tuple[Cutting, ...]:
    """Upright strokes of one width, as a row of ones."""
    chance, found = Random(3), []
    for _ in range(40):
        seen = np.zeros((48, 64), np.uint8)
        places = sorted(chance.sample(range(8, 56, 12), chance.randint(1, 3)))
        for x in places:
            seen[8:40, x:x + 4] = 255
        found.append(Cutting(seen, 0, (2,) * len(places)))
    return tuple(found)


def test_a_network_begun_from_the_shipped_file_answers_as_the_file_does() -> None:
    net = Net()
    net.load_state_dict(weights_of(MODEL))
    assert largest_gap(net, MODEL) < 1e-4


def test_what_was_begun_and_exported_again_is_the_same_reader(tmp_path: Path) -> None:
    net = Net()
    net.load_state_dict(weights_of(MODEL))
    export(net, tmp_path / "again.onnx")
    assert largest_gap(net, tmp_path / "again.onnx") < 1e-4
    second = weights_of(tmp_path / "again.onnx")
    for name, value in net.state_dict().items():
        assert torch.allclose(second[name], value, atol=1e-6), name


def test_another_network_is_refused(tmp_path: Path) -> None:
    model = onnx.load(MODEL)
    last = [node for node in model.graph.node if node.op_type == "Conv"][-1]
    model.graph.node.remove(last)
    onnx.save(model, tmp_path / "shorter.onnx")
    with pytest.raises(OtherNetwork):
        weights_of(tmp_path / "shorter.onnx")


def test_a_steady_learner_moves_neither_norms_nor_its_first_stages(cuttings: tuple[Cutting, ...]) -> None:
    learner = begun_with(beginner(0, CPU), MODEL)
    before = {name: value.clone() for name, value in learner.net.state_dict().items()}
    learn(learner, together(Random(0), cuttings, 8), torch.zeros(1, 96, 96), 0, 1e-3)
    moved = {name for name, value in learner.net.state_dict().items() if not torch.equal(value, before[name])}
    assert not [name for name in moved if "running" in name or int(name.split(".")[1] if "body" in name else 99) < HELD]
    assert {"head.weight", "body.10.0.weight", "body.12.narrow.weight"} <= moved


def test_a_run_from_the_shipped_file_learns_from_cuttings_and_goes_on_after_a_cut(
    bank: Bank, cuttings: tuple[Cutting, ...], tmp_path: Path,
) -> None:
    full = replace(bank, cuttings=cuttings)
    plan = Plan(seed=1, size=8, rate=1e-3, steps=6, begun="sum", recipe=replace(Plan().recipe, cuttings=1.0))
    learner, losses = begun_with(beginner(1, CPU), MODEL), []
    run(plan, full, learner, tmp_path, lambda who, past, loss: losses.append(loss))
    again = resumed(plan, full, tmp_path, CPU)
    assert (again.step, again.steady) == (6, True)
    assert all(torch.equal(value, learner.net.state_dict()[name]) for name, value in again.net.state_dict().items())
    assert np.mean(losses[-2:]) < losses[0]


def test_cuttings_of_like_width_come_together_and_keep_their_labels(cuttings: tuple[Cutting, ...]) -> None:
    narrow = Cutting(np.full((48, 24), 9, np.uint8), 1, (40,))
    batch = together(Random(1), (narrow, *cuttings), 41)
    assert batch.seen.shape == (41, 48, 64)
    row = batch.families.tolist().index(1)
    assert (batch.seen[row] == 9).sum() == 48 * 24
    assert batch.labels[row, : batch.lengths[row]].tolist() == [40]


def test_shaken_cuttings_differ_but_hold_as_much_ink(cuttings: tuple[Cutting, ...]) -> None:
    batch = together(Random(2), cuttings, 32)
    first, clear = shaken(batch, Dice(0, 0, CPU))
    again, other = (shaken(batch, Dice(0, step, CPU))[0] for step in (0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert clear.tolist() == [1] * 32
    kept = first.sum((1, 2, 3)) / (torch.from_numpy(batch.seen).float() / 255).sum((1, 2))
    assert kept.min() > 0.3 and kept.max() < 1.8
