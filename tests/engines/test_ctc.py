"""What a row of probabilities spells."""

from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.engines.ctc import candidates, likelihood, spell, within


def row(*best: int, classes: int = 4, sure: float = 0.9) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    scores = np.full((len(best), classes), (1 - sure) / (classes - 1), dtype=np.float32)
    scores[np.arange(len(best)), best] = sure
    return scores


def test_runs_are_one_letter_and_a_blank_parts_two_alike() -> None:
    letters = spell(row(0, 1, 1, 0, 1, 2, 0))
    assert [letter.label for letter in letters] == [1, 1, 2]
    assert all(letter.sure == pytest.approx(0.9) for letter in letters)


def test_only_letters_of_the_alphabet_come_out_and_each_step_sums_to_one() -> None:
    scores = np.array([[0.1, 0.2, 0.6, 0.1]], dtype=np.float32)
    masked = within(scores, np.array([0, 1, 3]), np.ones(3, dtype=np.float32))
    assert masked.shape == (1, 3) and masked.sum() == pytest.approx(1)
    assert [letter.label for letter in spell(masked)] == [1]


def test_the_likelihoods_of_all_spellings_sum_to_one() -> None:
    scores = np.random.default_rng(5).dirichlet(np.ones(3), 3).astype(np.float32)
    spellings = [[], [1], [2], [1, 1], [1, 2], [2, 1], [2, 2], [1, 2, 1], [2, 1, 2]]
    assert sum(likelihood(scores, labels) for labels in spellings) == pytest.approx(1, abs=1e-5)


def test_a_letter_that_might_be_another_makes_the_whole_word_unsure() -> None:
    clear, torn = row(0, 1, 0, 2, 0, sure=0.98), row(0, 1, 0, 2, 0, sure=0.98)
    torn[3] = (0.02, 0.02, 0.5, 0.46)
    assert likelihood(clear, [1, 2]) > 0.9 > 0.55 > likelihood(torn, [1, 2])


def test_no_steps_spell_nothing() -> None:
    none = np.zeros((0, 3), dtype=np.float32)
    assert likelihood(none, []) == 1 and likelihood(none, [1]) == 0


def test_candidates_are_the_likeliest_spellings_with_their_probabilities() -> None:
    scores = np.random.default_rng(7).dirichlet(np.ones(3), 4).astype(np.float32)
    found = candidates(scores, 40)
    assert sum(p for _, p in found) == pytest.approx(1, abs=1e-4)
    for labels, p in found:
        assert p == pytest.approx(likelihood(scores, list(labels)), abs=1e-5)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
