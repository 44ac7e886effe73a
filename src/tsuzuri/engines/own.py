"""Our own small reader for numbers, dates and katakana: 0.8 M parameters, CTC, run by ONNX Runtime on one thread.

It knows 115 characters in two families, numeric and kana, and was trained never to have to tell one family's characters
from the other's: of an alphabet that spans both it reads one. A crop without an alphabet is not for it: it answers "" with
no sureness.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from PIL import Image

from tsuzuri.engines import Crop, Ink, Picture
from tsuzuri.engines.ctc import Scores, candidates, likelihood, spell
from tsuzuri.engines.lookalikes import by_neighbours
from tsuzuri.errors import Stuck

MODEL = Path(__file__).parent / "models" / "own.onnx"
HEIGHT = 48            # what the model was trained on
NARROWEST = 24
WIDEST = 1200          # katakana of a full line; wider crops are squeezed
STEP = 8               # widths are multiples of this
BATCH_PX = 3200        # widths of one batch together: 40 MB of inner layers at this cap
INK_SHARE = 0.66       # of the height. On 5,036 tuning crops 0.60–0.72 are alike; 0.85 costs real digits 2 points, katakana 3
EDGE = 0.08            # paper beside the ink, of the height: ink at the edge is the one thing it cannot read
INK = 176              # gray below which a pixel is surely a stroke's
DOUBT = 0.98           # less sure than this, it says what else it might be

Input = NDArray[np.float32]


class Own:
    """Reads digits with their signs, dates, and katakana; one a process."""

    def __init__(self, model: Path = MODEL) -> None:
        card = _card(model)
        self.name = str(card["name"])
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1          # one process a core: more threads only quarrel
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._characters = ["", *str(card["characters"])]      # class 0 is CTC's blank
        self._places = {c: i for i, c in enumerate(self._characters) if c}
        self._families = [frozenset(str(family)) for family in card["families"].values()]
        self._classes = lru_cache(maxsize=64)(self._classes_of)

    def read(self, crops: Sequence[Crop]) -> list[Ink]:
        """One Ink a crop, in order. A picture of hardly any pixels reads as ""."""
        inks = [Ink("", 1.0)] * len(crops)
        shown = {i: crop for i, crop in enumerate(crops) if min(crop.picture.shape) >= 3}
        inputs = {i: _input(crop.picture) for i, crop in shown.items() if len(self._classes(crop.alphabet)) > 1}
        for i in shown.keys() - inputs.keys():
            inks[i] = Ink("", 0.0)
        for batch in _batches({i: x.shape[1] for i, x in inputs.items()}):
            x = np.stack([inputs[i] for i in batch])[:, None]
            (answers,) = self._session.run(None, {"x": x})
            for i, logits in zip(batch, answers, strict=True):
                inks[i] = self._ink(logits, crops[i].alphabet)
        return inks

    def _ink(self, logits: Scores, alphabet: str | None) -> Ink:
        classes = self._classes(alphabet)
        raised = np.exp(logits[:, classes] - logits[:, classes].max(axis=1, keepdims=True))
        masked: Scores = np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)
        letters = spell(masked)
        labels = tuple(letter.label for letter in letters)
        sure = likelihood(masked, list(labels))
        others = [(self._text(classes, more), p) for more, p in candidates(masked) if more != labels] if sure < DOUBT else []
        return Ink(self._text(classes, labels), sure, tuple(letter.sure for letter in letters), tuple(others))

    def _text(self, classes: NDArray[np.intp], labels: Sequence[int]) -> str:
        return by_neighbours("".join(self._characters[classes[label]] for label in labels))

    def _classes_of(self, alphabet: str | None) -> NDArray[np.intp]:
        """The classes an alphabet allows, the blank first: those of the family that holds most of it. None: the blank alone."""
        family = max(self._families, key=lambda family: len(family & set(alphabet or "")))
        wanted = family & set(alphabet or "")
        return np.array([0, *sorted(self._places[c] for c in wanted)], dtype=np.intp)


def _card(model: Path) -> dict[str, Any]:
    """The model's card, beside it: its characters, its families, its hash and where it came from."""
    try:
        card: dict[str, Any] = json.loads(model.with_suffix(".json").read_text("utf-8"))
    except OSError as error:
        raise Stuck(f"{model.name} or its card is missing; install tsuzuri anew", code="model_missing") from error
    if hashlib.sha256(model.read_bytes()).hexdigest() != card["sha256"]:
        raise Stuck(f"{model.name} is not the file its card speaks of; install tsuzuri anew", code="model_broken")
    return card


def _input(picture: Picture) -> Input:
    """The crop at the model's height, as ink 0…1, laid so that its strokes fill the height they filled in training."""
    framed = _framed(picture)
    height, width = framed.shape
    wide = min(WIDEST, max(NARROWEST, round(HEIGHT * width / height / STEP) * STEP))
    filtered = Image.Resampling.BOX if height > HEIGHT else Image.Resampling.BILINEAR
    scaled = Image.fromarray(framed).resize((wide, HEIGHT), filtered)
    return np.float32(1) - np.asarray(scaled, dtype=np.float32) / np.float32(255)


def _framed(picture: Picture) -> Picture:
    """The crop cut to its strokes, with as much paper around as the model is used to."""
    dark = picture < INK
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return picture
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    height = (bottom - top) / INK_SHARE
    above, beside = round((height - (bottom - top)) / 2), max(2, round(EDGE * height))
    wide = np.pad(picture, ((above, above), (beside, beside)), constant_values=255)
    return wide[top:bottom + 2 * above, left:right + 2 * beside]


def _batches(widths: Mapping[int, int]) -> Iterator[list[int]]:
    """Indices of crops of one width, each batch's pixels under the cap."""
    alike: dict[int, list[int]] = {}
    for i, width in widths.items():
        alike.setdefault(width, []).append(i)
    for width, chosen in sorted(alike.items()):
        size = max(1, BATCH_PX // width)
        yield from (chosen[start:start + size] for start in range(0, len(chosen), size))
