from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.synth.draw import painted
from tsuzuri.synth.marks import Shade
from tsuzuri.synth.scan import RECIPES, recipe, scan

DPI = 100
DOTS = [(x, y) for x in (40.0, 170.0) for y in (40.0, 257.0)]
SHEET = painted([Shade((x - 3, y - 3, 6, 6)) for x, y in DOTS], (210, 297), DPI)


def _dots(picture: np.ndarray) -> list[tuple[float, float]]:
    """Where the four squares came to lie, in mm."""
    found = []
    for x, y in DOTS:
        left, top = round((x - 16) * DPI / 25.4), round((y - 16) * DPI / 25.4)
        part = picture[top : top + 126, left : left + 126] < 140
        dark = np.argwhere(part)
        found.append(((dark[:, 1].mean() + left) * 25.4 / DPI, (dark[:, 0].mean() + top) * 25.4 / DPI))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_poor_scan_stays_within_the_bounds_that_its_recipe_states(seed: int) -> None:
    (x1, y1), (_, _), (x2, y2), _ = _dots(scan(SHEET, DPI, seed, "poor"))
    skew = np.rad2deg(np.arctan2(y2 - y1, x2 - x1))
    assert abs(skew) <= RECIPES["poor"].skew + 0.7
    assert 0.96 * 130 <= np.hypot(x2 - x1, y2 - y1) <= 1.045 * 130


def test_every_recipe_gives_a_picture_of_the_same_size_and_its_own_faults() -> None:
    seen = {name: scan(SHEET, DPI, 4, name) for name in RECIPES}
    assert {picture.shape for picture in seen.values()} == {SHEET.shape}
    assert len({picture.tobytes() for picture in seen.values()}) >= 5
    assert (
        set(np.unique(seen["fax"])) == {0, 255}
        and len(np.unique(seen["archive"])) <= recipe("archive").levels
    )


def test_worse_recipes_leave_more_noise_on_white_paper() -> None:
    noise = [
        np.mean([scan(SHEET, DPI, seed, name)[500:700, 300:500].std() for seed in range(4)])
        for name in ("archive", "clean", "office", "poor")
    ]
    assert noise == sorted(noise) and noise[-1] > noise[0] + 3


def test_the_sheet_handed_in_is_not_written_upon() -> None:
    before = SHEET.copy()
    scan(SHEET, DPI, 2, "poor")
    assert np.array_equal(before, SHEET)
