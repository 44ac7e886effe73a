"""The finder: a map that is warm where text stands."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from tsuzuri.engines.finder import LONGEST, STEP, open_finder
from tsuzuri.synth.fonts import font


def test_the_map_is_warm_on_a_line_of_text_and_cold_on_paper() -> None:
    page = Image.new("L", (600, 300), 255)
    ImageDraw.Draw(page).text((60, 120), "領収金額 12,340円", font=font("ipag.ttf", 32), fill=0)
    seen = open_finder().find(np.asarray(page))
    across, down = seen.scale
    assert seen.heat[round(136 / down), round(200 / across)] > 0.6
    assert seen.heat[round(40 / down)].max() < 0.2


def test_a_large_page_is_seen_smaller_and_a_small_one_as_it_is() -> None:
    seen = open_finder().find(np.full((3000, 200), 255, np.uint8))
    assert seen.heat.shape[0] == LONGEST and seen.heat.shape[1] % STEP == 0
    assert open_finder().find(np.full((64, 64), 255, np.uint8)).scale == (1.0, 1.0)
