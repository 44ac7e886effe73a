from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed; `make train-check` installs it")

from tsuzuri.training.alphabet import LABELS  # noqa: E402
from tsuzuri.training.batches import Lessons, stacked  # noqa: E402
from tsuzuri.training.compose import Recipe, Strip, Traits  # noqa: E402
from tsuzuri.training.degrade import crossed, rendered, specked  # noqa: E402
from tsuzuri.training.dice import Dice  # noqa: E402
from tsuzuri.training.draw import lay, warp  # noqa: E402
from tsuzuri.training.glyphs import Bank  # noqa: E402
from tsuzuri.training.legible import legible  # noqa: E402
from tsuzuri.training.marks import NO_RING, Marks  # noqa: E402
from tsuzuri.training.scanned import jpeg  # noqa: E402
from tsuzuri.training.texts import Text  # noqa: E402

CPU = torch.device("cpu")
NONE = np.empty((0, 4), np.float32)


def one(bank: Bank, x: float, y: float, size: float = 1.0) -> Strip:
    row = bank.rows[bank.names.index("ipag"), LABELS["8"]]
    glyphs = np.array([[row, x, y, size, size, 0, 0, 1]], np.float32)
    traits = Traits(hand=False, skew=0, slant=0, elastic=0, specks=0)
    return Strip(glyphs, Marks(NONE, NONE, NO_RING, ()), traits, Text("8", "numeric", "digits"), (LABELS["8"],))


def test_the_same_dice_degrade_alike_and_others_otherwise(bank: Bank) -> None:
    batch, images = Lessons(3, 8, bank, Recipe(), (96,))[0], torch.from_numpy(bank.images)
    first, again, other = (rendered(images, batch, Dice(3, step, CPU))[0] for step in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == (8, 1, 48, 96)
    assert first.min() >= 0
    assert first.max() <= 1


def test_a_glyph_lies_where_it_was_put_and_as_it_is_in_the_bank(bank: Bank) -> None:
    batch = stacked([one(bank, 48, 48), one(bank, 88, 48, 0.5)], 64)
    large, small = lay(torch.from_numpy(bank.images), torch.from_numpy(batch.glyphs), 128)
    source = torch.from_numpy(bank.images[int(batch.glyphs[0, 0, 0])]).float() / 255
    assert (large[:, :96] - source).abs().max() < 0.02
    columns = small.sum(0)
    middle = float((columns * torch.arange(128)).sum() / columns.sum())
    assert abs(middle - 88) < 1
    assert abs(float(small.sum() / large.sum()) - 0.25) < 0.05


def test_without_slant_skew_and_waver_ink_stays_as_it_is(bank: Bank) -> None:
    batch = stacked([one(bank, 60, 48)], 64)
    ink = lay(torch.from_numpy(bank.images), torch.from_numpy(batch.glyphs), 128)
    assert (warp(ink, torch.from_numpy(batch.traits), Dice(0, 0, CPU)) - ink).abs().max() < 1e-3
    slanted = torch.from_numpy(batch.traits).clone()
    slanted[:, 2] = 0.25
    assert (warp(ink, slanted, Dice(0, 0, CPU)) - ink).abs().max() > 0.3


def test_a_wall_crosses_the_strip_from_top_to_bottom(bank: Bank) -> None:
    strip = one(bank, 30, 48)
    walled = Strip(strip.glyphs, Marks(np.array([[100, 4, 1, 0]], np.float32), NONE, NO_RING, ()), strip.traits, strip.text, ())
    batch = stacked([walled], 64)
    covered = crossed(torch.zeros(1, 96, 128), batch, torch.from_numpy(batch.traits), Dice(1, 0, CPU))[0]
    assert (covered[:, 97:104].amax(1) > 0.4).all()
    assert covered[:, :90].max() == 0


def test_specks_fall_thicker_on_strips_that_ask_for_them() -> None:
    traits = torch.zeros(64, 5)
    traits[32:, 4] = 1.0
    paper = specked(torch.ones(64, 96, 320), traits, Dice(2, 0, CPU))
    dirt = (paper < 0.6).float().mean((1, 2))
    assert dirt[32:].mean() > 1.5 * dirt[:32].mean()


def test_jpeg_leaves_flat_paper_and_spoils_fine_strokes() -> None:
    assert (jpeg(torch.full((1, 1, 16, 16), 128 / 255), 1.0) - 128 / 255).abs().max() < 1e-4
    grain = Dice(4, 0, CPU).even(1, 1, 16, 16)
    coarse, fine = ((jpeg(grain, q) - grain).abs().mean() for q in (2.5, 0.1))
    assert coarse > 4 * fine
    assert coarse > 0.02


def test_clear_ink_is_legible_and_faded_or_drowned_ink_is_not() -> None:
    mask = torch.zeros(4, 1, 48, 48)
    mask[:3, :, 10:38, 20:26] = 1
    strips = torch.zeros(4, 1, 48, 48)
    strips[0] = mask[0]                       # clear
    strips[1] = mask[1] * 0.05                # faded
    strips[2] = 1                             # drowned in black
    assert legible(strips, mask).tolist() == [1, 0, 0, 0]      # the last has no ink to read


def test_a_fax_that_lost_most_of_its_ink_is_not_legible() -> None:
    mask = torch.zeros(1, 1, 48, 48)
    mask[:, :, 10:38, 20:26] = 1
    strip = mask.clone()
    strip[:, :, 20:38] = 0                    # two thirds are gone, the rest is black: contrast alone would pass it
    assert legible(strip, mask).tolist() == [0]
