from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from tsuzuri.training import texts
from tsuzuri.training.alphabet import FAMILIES, SPELLS, text_of
from tsuzuri.training.batches import NO_GLYPH, Lessons
from tsuzuri.training.compose import WIDTHS, Recipe, strip
from tsuzuri.training.glyphs import Bank

ALL_KANA = Recipe(numeric=0, kana=1)


def test_the_same_seed_and_step_give_the_same_batch_and_another_step_another(bank: Bank) -> None:
    lessons = Lessons(5, 8, bank, Recipe())
    first, again, other = lessons[3], lessons[3], lessons[4]
    for name in ("glyphs", "walls", "levels", "rings", "traits", "families", "labels", "lengths"):
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    assert first.glyphs.shape != other.glyphs.shape or not np.array_equal(first.glyphs, other.glyphs)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_strip_reads_as_what_its_glyphs_spell(bank: Bank, width: int) -> None:
    chance, spelt = Random(width), {row: label for (_, label), row in bank.rows.items()}
    for _ in range(60):
        drawn = strip(chance, bank, Recipe(), width)
        family = drawn.text.family
        assert set(text_of(list(drawn.labels))) <= SPELLS[family]
        glyphs = [spelt[int(row)] for row in drawn.glyphs[: len(drawn.glyphs) - len(drawn.marks.glyphs), 0]]
        assert text_of(glyphs) == text_of(list(drawn.labels)).replace(" ", "")


def test_a_recipe_of_blanks_shows_cells_and_specks_but_no_text(bank: Bank) -> None:
    chance = Random(2)
    blanks = [strip(chance, bank, Recipe(numeric=0, kana=0), 240) for _ in range(80)]
    assert all(not b.labels and b.text.kind == "blank" for b in blanks)
    assert sum(len(b.marks.walls) > 2 for b in blanks) > 30
    assert {b.traits.specks for b in blanks} == {Recipe().specked_blanks}
    assert {b.text.family for b in blanks} == set(FAMILIES)


def test_shares_of_the_recipe_are_kept(bank: Bank) -> None:
    chance = Random(3)
    kinds = Counter(strip(chance, bank, Recipe(), 240).text.kind for _ in range(800))
    numeric = sum(kinds[k] for k in ("digits", "amount", "date", "phone", "mixture")) / 800
    assert abs(numeric - 0.54) < 0.07
    assert abs(kinds["kana"] / 800 - 0.36) < 0.07


def test_normalised_ink_leaves_paper_all_round(bank: Bank) -> None:
    chance = Random(4)
    recipe = replace(Recipe(numeric=1, kana=0, hand=0), normalised=1.0, tight=0.0)
    for drawn in (strip(chance, bank, recipe, 240) for _ in range(60)):
        if drawn.labels:
            ems = drawn.glyphs[: len(drawn.labels), 4] * 64 * 0.72 / 96
            assert ems.max() <= 0.7501
            assert (drawn.glyphs[: len(drawn.labels), 1].min(), drawn.glyphs[: len(drawn.labels), 1].max()) > (0, 0)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_letter_of_the_text_stands_half_outside(bank: Bank, width: int) -> None:
    chance = Random(width + 1)
    for drawn in (strip(chance, bank, Recipe(), width) for _ in range(400)):
        for row, x, y, wide, *_ in drawn.glyphs[: len(drawn.glyphs) - len(drawn.marks.glyphs)]:
            quarter = wide * bank.advances[int(row)] / 8
            assert quarter < x + 0.01
            assert x - 0.01 < 2 * width - quarter
            assert 8 < y < 88


def test_lookalikes_stand_together_when_they_are_asked_for(bank: Bank) -> None:
    chance = Random(5)
    together = sum(any(set(pair) <= set(ink) for pair in texts.LOOKALIKES)
                   for ink in (texts.kana(chance, 240, 1.0).ink for _ in range(200)))
    apart = sum(any(set(pair) <= set(ink) for pair in texts.LOOKALIKES)
                for ink in (texts.kana(chance, 240, 0.0).ink for _ in range(200)))
    assert together > 1.5 * apart


def test_kana_never_begin_small_and_spaces_stand_alone() -> None:
    chance = Random(6)
    for _ in range(300):
        row = texts.kana(chance, 240, 0.0).ink.strip()
        assert row[0] not in "ァィゥェォッャュョー・ "
        assert set(row) <= SPELLS["kana"]


def test_names_are_read_from_the_invented_citizens() -> None:
    assert "サトウ" in texts.names().surnames
    assert all(set(name) <= SPELLS["kana"] for name in texts.names().given)


def test_padding_is_no_glyph(bank: Bank) -> None:
    batch = Lessons(1, 16, bank, ALL_KANA, (240,))[0]
    for glyphs, length in zip(batch.glyphs, batch.lengths, strict=True):
        assert (glyphs[:, 0] != NO_GLYPH).sum() >= min(1, length)
    assert batch.labels.shape[1] == batch.lengths.max()
