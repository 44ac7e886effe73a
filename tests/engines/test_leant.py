"""A second look: ink leant as another hand would have written it, and what all looks hold possible."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.conftest import Draw
from tsuzuri.engines import Crop
from tsuzuri.engines.leant import leant, weighed
from tsuzuri.engines.own import Own

DIGITS = "0123456789"


def test_leant_strokes_keep_their_ink_and_none_leaves_the_crop() -> None:
    upright = np.full((40, 20), 255, np.uint8)
    upright[4:36, 8:12] = 0
    for by in (0.25, -0.25):
        moved = leant(upright, by)
        dark = moved < 128
        assert dark[:, [0, -1]].sum() == 0
        assert dark.sum() == pytest.approx(32 * 4, rel=0.1)
        top, bottom = (np.flatnonzero(dark[row]).mean() for row in (5, 34))
        assert (top - bottom) * np.sign(by) == pytest.approx(29 * 0.25, abs=1)


def test_what_two_looks_share_beats_what_one_is_surer_of() -> None:
    straight = np.array([[0.05, 0.55, 0.4]], np.float32)      # the first of two letters, hardly
    others = [np.array([[0.05, 0.15, 0.8]], np.float32)] * 2
    held = weighed([straight, *others])
    assert held[0][0] == (2,)
    assert held[0][1] == pytest.approx((0.4 + 0.8 + 0.8) / 3)
    assert dict(held)[1,] == pytest.approx((0.55 + 0.15 + 0.15) / 3)
    assert sum(p for _, p in held) <= 1.001


def test_only_what_is_doubted_is_looked_at_again(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    own, shown = Own(), []
    clear = draw("1234", DIGITS)
    torn = clear.picture.copy()
    torn[torn.shape[0] // 3:, :] = 255
    looked = own._looked
    monkeypatch.setattr(own, "_looked", lambda crops: shown.append(sorted(crops)) or looked(crops))
    sure, unsure = own.read([clear, Crop(torn, DIGITS)])
    assert shown == [[0, 1], [1], [1]]
    assert sure.text == "1234" and len(sure.characters) == 4
    assert len(unsure.characters) == len(unsure.text)
    assert unsure.confidence + sum(p for _, p in unsure.others) <= 1.001


def test_a_card_that_names_no_leans_has_one_look(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    own, shown = Own(), []
    own.card = own.card.model_copy(update={"takes": own.card.takes.model_copy(update={"leans": ()})})
    torn = draw("1234", DIGITS).picture.copy()
    torn[torn.shape[0] // 3:, :] = 255
    looked = own._looked
    monkeypatch.setattr(own, "_looked", lambda crops: shown.append(sorted(crops)) or looked(crops))
    own.read([Crop(torn, DIGITS)])
    assert shown == [[0]]
