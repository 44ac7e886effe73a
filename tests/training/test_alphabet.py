from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.training.alphabet import (
    BLANK,
    CLASSES,
    FAMILIES,
    LABELS,
    SHUT,
    SPELLS,
    declared,
    labels_of,
    masks,
    text_of,
)


def test_the_classes_stand_where_the_shipped_weights_have_them() -> None:
    assert len(CLASSES) == 116 == len(set(CLASSES))
    assert (LABELS["0"], LABELS[","], LABELS["元"], LABELS["ァ"], LABELS["ヴ"], LABELS["・"], LABELS[" "]) == (
        1, 11, 31, 32, 112, 114, 115,
    )


def test_a_mask_leaves_a_family_its_own_characters_and_the_blank() -> None:
    for family, mask in zip(FAMILIES, masks(), strict=True):
        opened = {CLASSES[i] for i in np.flatnonzero(mask == 0)}
        assert opened == SPELLS[family] | {CLASSES[BLANK]}
        assert set(mask.tolist()) == {0.0, SHUT}


def test_what_is_written_can_be_spelt_back() -> None:
    text = "令和6年 ヨョー・ヴ¥1,234-"
    assert text_of(labels_of(text)) == text
    with pytest.raises(KeyError):
        labels_of("子")


def test_the_alphabet_beside_the_weights_names_every_class() -> None:
    told = declared()
    assert told["classes"] == list(CLASSES)
    assert told["blank"] == BLANK
    assert set(told["numeric"]) | set(told["kana"]) == set(CLASSES[1:])  # type: ignore[call-overload]
