"""PP-OCRv6 small, the recogniser that the `rapidocr` wheel ships, run by ONNX Runtime on one thread.

Only the wheel's model file is used. What makes it good on forms: it spells within each field's own alphabet. It takes a
wide gap between two words for ー or ・, so whoever crops narrows the gaps.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsuzuri.engines import Crop, Ink, Picture
from tsuzuri.engines.ctc import Scores, candidates, likelihood, spell, substituted, within
from tsuzuri.engines.lookalikes import by_neighbours, japanese, likely
from tsuzuri.engines.session import opened
from tsuzuri.errors import Stuck

HEIGHT = 48            # what the model was trained on
NARROWEST = 64         # narrower crops get paper on the right: single digits are read better so
WIDEST = 1600          # a full line of an A4 at this height; wider crops are squeezed
BATCH_PX = 1600        # widths of one batch together: the answer has width/8 × 18,710 floats, 15 MB at this cap
LIKE = 1.2             # crops within a fifth of each other's width share a batch: padding costs as much as ink
STEP_PX = 8            # input pixels a step of the answer
DOUBT = 0.98           # less sure than this, it says what else it might be

Input = NDArray[np.float32]


class PPOCR:
    """Reads lines of Japanese, Latin and digits; one a process."""

    name = "ppocr-v6-small"

    def __init__(self) -> None:
        self._session = opened(shipped("PP-OCRv6_rec_small"))
        known = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ["", *known, " "]      # class 0 is CTC's blank, the last one the space
        self._places = {c: i for i, c in enumerate(self._characters) if c}
        self._classes = lru_cache(maxsize=256)(self._classes_of)

    def read(self, crops: Sequence[Crop]) -> list[Ink]:
        """One Ink a crop, in order. A picture of hardly any pixels reads as ""."""
        inks = [Ink("", 1.0)] * len(crops)
        inputs = {i: _input(crop.picture) for i, crop in enumerate(crops) if min(crop.picture.shape) >= 3}
        for batch in _batches({i: x.shape[1] for i, x in inputs.items()}):
            width = max(inputs[i].shape[1] for i in batch)
            x = np.stack([_padded(inputs[i], width) for i in batch])
            (answers,) = self._session.run(None, {"x": np.repeat(x[:, None], 3, axis=1)})
            for i, scores in zip(batch, answers, strict=True):
                inks[i] = self._ink(scores, crops[i].alphabet, inputs[i].shape[1])
        return inks

    def _ink(self, scores: Scores, alphabet: str | None, width: int) -> Ink:
        classes, weights = self._classes(alphabet)
        masked = within(scores, classes, weights)
        letters = spell(masked)
        labels = tuple(letter.label for letter in letters)
        sure = likelihood(masked, list(labels))
        others = []
        if alphabet is not None and sure < DOUBT:
            others = [(self._text(classes, more), p) for more, p in candidates(masked) if more != labels]
        elif sure < DOUBT and letters:
            others = [(self._text(classes, more), sure * p) for more, p in substituted(masked, letters)]
        places = tuple(min(1.0, (letter.step + 0.5) * STEP_PX / width) for letter in letters)
        return Ink(self._text(classes, labels), sure, tuple(letter.sure for letter in letters), tuple(others), places)

    def _text(self, classes: NDArray[np.intp], labels: Sequence[int]) -> str:
        return by_neighbours("".join(self._characters[classes[label]] for label in labels))

    def _classes_of(self, alphabet: str | None) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        allowed = self._places if alphabet is None else alphabet
        wanted = {self._places[c] for c in allowed if c in self._places and (alphabet is not None or japanese(c))}
        classes = np.array([0, *sorted(wanted)], dtype=np.intp)
        return classes, np.array([likely(self._characters[c]) for c in classes], dtype=np.float32)


def shipped(model: str) -> Path:
    """A model's file inside the installed `rapidocr`, found without importing it (its own needs are not installed)."""
    spec = importlib.util.find_spec("rapidocr")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder, "models").glob(f"{model}*.onnx")):
            return path
    raise Stuck(f"the model {model}.onnx is missing; install rapidocr==3.10.0", code="model_missing")


def _input(picture: Picture) -> Input:
    """The crop at the model's height, gray as −1…1; its width as it falls."""
    height, width = picture.shape
    wide = min(WIDEST, max(8, round(width * HEIGHT / height)))
    scaled = Image.fromarray(picture).resize((wide, HEIGHT), Image.Resampling.BILINEAR)
    return np.asarray(scaled, dtype=np.float32) / np.float32(127.5) - np.float32(1)


def _padded(x: Input, width: int) -> Input:
    short = max(width, NARROWEST) - x.shape[1]
    return np.pad(x, ((0, 0), (0, short)), constant_values=1.0) if short else x


def _batches(widths: Mapping[int, int]) -> Iterator[list[int]]:
    """Indices of crops of like width, narrow first, each batch's pixels under the cap."""
    batch: list[int] = []
    for i in sorted(widths, key=lambda i: widths[i]):
        if batch and (widths[i] > LIKE * widths[batch[0]] + STEP_PX or widths[i] * (len(batch) + 1) > BATCH_PX):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
