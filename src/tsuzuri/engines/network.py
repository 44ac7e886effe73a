"""A small CTC network with a card beside it, as a reader: ours, and any that a city drops in. Touches ONNX Runtime's sessions.

A network whose card names families reads only one of them at a time: of an alphabet that spans several it takes the one that
holds most of it, and a crop without an alphabet is not for it: it answers "" with no sureness. One without families reads
whatever it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tsuzuri.engines import Crop, Ink, Picture
from tsuzuri.engines.card import Takes, read_card
from tsuzuri.engines.ctc import Scores, candidates, likelihood, spell
from tsuzuri.engines.leant import leant, weighed
from tsuzuri.engines.lookalikes import by_neighbours
from tsuzuri.engines.session import FAULTS, opened
from tsuzuri.errors import Misdeclared

BATCH_PX = 3200        # widths of one batch together: 40 MB of inner layers of ours at this cap
BATCH_SCORES = 4_000_000      # and so many numbers of an answer: 16 MB
EDGE = 0.08            # paper beside the ink, of the height: ink at the edge is the one thing that ours cannot read
INK = 176              # gray below which a pixel is surely a stroke's
DOUBT = 0.98           # less sure than this, it says what else it might be
SECOND_LOOK = 0.9      # less sure than this, it looks again: one crop in thirteen, in which all but one in ten of its errors are
TRIAL_PX = 160         # width of the blank strip that a model is tried on

Input = NDArray[np.float32]


class Network:
    """Reads crops as its card says; one a process. Raises Misdeclared where model and card do not fit each other."""

    def __init__(self, model: Path) -> None:
        self.card = read_card(model)
        self.name = f"{model.stem}-{self.card.version}"
        self._session = _session(model)
        self._characters = ["", *self.card.characters]      # class 0 is CTC's blank
        self._places = {c: i for i, c in enumerate(self._characters) if c}
        self._families = [frozenset(family) for family in self.card.families.values()]
        self._classes = lru_cache(maxsize=64)(self._classes_of)
        self._try(model.with_suffix(".json"))

    def read(self, crops: Sequence[Crop]) -> list[Ink]:
        """One Ink a crop, in order. A picture of hardly any pixels reads as ""."""
        inks = [Ink("", 1.0)] * len(crops)
        shown = {i: crop for i, crop in enumerate(crops) if min(crop.picture.shape) >= 3}
        known = {i: crop for i, crop in shown.items() if len(self._classes(crop.alphabet)) > 1}
        for i in shown.keys() - known.keys():
            inks[i] = Ink("", 0.0)
        straight = self._looked(known)
        for i, scores in straight.items():
            inks[i] = self._ink(scores, known[i].alphabet)
        doubted = {i: crop for i, crop in known.items() if inks[i].confidence < SECOND_LOOK}
        leans = [
            self._looked({i: Crop(leant(crop.picture, by), crop.alphabet) for i, crop in doubted.items()})
            for by in self.card.takes.leans
        ]
        for i in doubted if leans else ():
            inks[i] = self._agreed([straight[i], *(looked[i] for looked in leans)], known[i].alphabet)
        return inks

    def _looked(self, crops: Mapping[int, Crop]) -> dict[int, Scores]:
        """Each crop's shares of the classes that its alphabet allows."""
        takes, found = self.card.takes, {}
        inputs = {i: LOOKS[takes.look](crop.picture, takes) for i, crop in crops.items()}
        most_px = min(BATCH_PX, BATCH_SCORES // len(self._characters) * self.card.gives.stride)
        for batch in _batches({i: x.shape[2] for i, x in inputs.items()}, most_px):
            for i, answer in zip(batch, self._answers(np.stack([inputs[i] for i in batch])), strict=True):
                found[i] = GIVEN[self.card.gives.look](answer[:, self._classes(crops[i].alphabet)])
        return found

    def _answers(self, x: Input) -> Scores:
        answers: Scores = self._session.run(None, {self.card.takes.input: x})[0]
        return answers

    def _ink(self, masked: Scores, alphabet: str | None) -> Ink:
        classes = self._classes(alphabet)
        letters = spell(masked)
        labels = tuple(letter.label for letter in letters)
        sure = likelihood(masked, list(labels))
        others = [(self._text(classes, more), p) for more, p in candidates(masked) if more != labels] if sure < DOUBT else []
        return Ink(self._text(classes, labels), sure, tuple(letter.sure for letter in letters), tuple(others))

    def _agreed(self, looks: Sequence[Scores], alphabet: str | None) -> Ink:
        """What several looks at one crop hold likeliest on average; each letter's sureness from the first that spells it so."""
        classes = self._classes(alphabet)
        (labels, sure), *others = weighed(looks)
        spelled = [tuple(letter.sure for letter in letters) for letters in map(spell, looks)
                   if tuple(letter.label for letter in letters) == labels]
        return Ink(self._text(classes, labels), sure, spelled[0] if spelled else (sure,) * len(labels),
                   tuple((self._text(classes, more), p) for more, p in others))

    def _text(self, classes: NDArray[np.intp], labels: Sequence[int]) -> str:
        return by_neighbours("".join(self._characters[classes[label]] for label in labels))

    def _classes_of(self, alphabet: str | None) -> NDArray[np.intp]:
        """The classes an alphabet allows, the blank first; of families, those of the one that holds most of it."""
        wanted = frozenset(self._places if alphabet is None and not self._families else alphabet or "")
        if self._families:
            wanted &= max(self._families, key=lambda family: len(family & wanted))
        return np.array([0, *sorted(self._places[c] for c in wanted if c in self._places)], dtype=np.intp)

    def _try(self, card: Path) -> None:
        """Reads one blank strip, and holds the answer against the card."""
        takes, gives = self.card.takes, self.card.gives
        width = max(takes.narrowest, TRIAL_PX) // takes.step * takes.step
        blank = np.zeros((2, {"ink": 1, "rgb": 3}[takes.look], takes.height, width), np.float32)
        try:
            answer = np.asarray(self._answers(blank))
        except (*FAULTS, ValueError) as error:
            raise Misdeclared(f"{card}: the model does not take {takes.input} of {list(blank.shape)}; mend takes: "
                              f"{str(error).splitlines()[0]}", code="bad_card") from error
        if answer.ndim != 3 or answer.shape[::2] != (2, len(self._characters)):
            raise Misdeclared(f"{card}: {len(self.card.characters)} characters and the blank want an answer of [2, steps, "
                              f"{len(self._characters)}]; the model gives {list(answer.shape)}", code="bad_card")
        if abs(answer.shape[1] - width / gives.stride) > 1:
            raise Misdeclared(f"{card}: {answer.shape[1]} steps for {width} px is no stride of {gives.stride}", code="bad_card")
        shares = gives.look == "softmax"
        if shares != bool(answer.min() >= 0 and np.allclose(answer.sum(axis=2), 1, atol=0.01)):
            raise Misdeclared(f"{card}: the answers are {'no ' if shares else ''}probabilities; write gives: as: "
                              f"{'logits' if shares else 'softmax'}", code="bad_card")


def _session(model: Path) -> Any:
    try:
        return opened(model)
    except FAULTS as error:
        raise Misdeclared(f"{model}: ONNX Runtime cannot open it: {str(error).splitlines()[0]}", code="model_broken") from error


def _ink(picture: Picture, takes: Takes) -> Input:
    """(1, height, width): 0 paper, 1 ink; a narrow crop is stretched, as ours was trained."""
    return np.float32(1) - _scaled(picture, takes)[None] / np.float32(255)


def _rgb(picture: Picture, takes: Takes) -> Input:
    """(3, height, width): −1 black, 1 white; a narrow crop gets paper on the right."""
    height, width = picture.shape
    wanted = -(-takes.narrowest * height // takes.height)
    wide = np.pad(picture, ((0, 0), (0, max(0, wanted - width))), constant_values=255)
    gray = _scaled(wide, takes) / np.float32(127.5) - np.float32(1)
    return np.repeat(gray[None], 3, axis=0)


LOOKS: dict[str, Callable[[Picture, Takes], Input]] = {"ink": _ink, "rgb": _rgb}


def _normal(scores: Scores) -> Scores:
    """Shares of some classes alone, each step's sum made 1 again."""
    kept = scores + np.float32(1e-7)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True), dtype=np.float32)


def _softmax(logits: Scores) -> Scores:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


GIVEN: dict[str, Callable[[Scores], Scores]] = {"logits": _softmax, "softmax": _normal}


def _scaled(picture: Picture, takes: Takes) -> Input:
    """The crop at the model's height, gray 0…255, a multiple of its step wide."""
    framed = picture if takes.fills is None else _framed(picture, takes.fills)
    height, width = framed.shape
    wide = round(takes.height * width / height / takes.step) * takes.step
    wide = min(takes.widest // takes.step * takes.step, max(-(-takes.narrowest // takes.step) * takes.step, wide))
    filtered = Image.Resampling.BOX if height > takes.height else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(framed).resize((wide, takes.height), filtered), dtype=np.float32)


def _framed(picture: Picture, fills: float) -> Picture:
    """The crop cut to its strokes, with as much paper around that they fill this share of its height."""
    dark = picture < INK
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return picture
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    height = (bottom - top) / fills
    above, beside = round((height - (bottom - top)) / 2), max(2, round(EDGE * height))
    wide = np.pad(picture, ((above, above), (beside, beside)), constant_values=255)
    return wide[top:bottom + 2 * above, left:right + 2 * beside]


def _batches(widths: Mapping[int, int], most_px: int) -> Iterator[list[int]]:
    """Indices of crops of one width, each batch's pixels under the cap."""
    alike: dict[int, list[int]] = {}
    for i, width in widths.items():
        alike.setdefault(width, []).append(i)
    for width, chosen in sorted(alike.items()):
        size = max(1, most_px // width)
        yield from (chosen[start:start + size] for start in range(0, len(chosen), size))
