"""Readers: a crop in, ink with its sureness out. Touches ONNX Runtime and Tesseract; knows nothing of forms or papers.

One protocol, a dict of names. A reader is opened once a process (models are tens of megabytes) and then fed batches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Crop:
    """One box to read: `picture` is gray (h, w), paper light; `alphabet` the only characters that may come out, or None for any."""

    picture: Picture
    alphabet: str | None = None


@dataclass(frozen=True, slots=True)
class Ink:
    """What was read: `text` ("" for nothing), its `confidence` (0–1), and each character's own.

    `others` are further spellings with their probabilities, the likeliest first, where a reader has them and is not sure.
    """

    text: str
    confidence: float
    characters: tuple[float, ...] = ()
    others: tuple[tuple[str, float], ...] = ()


class Reader(Protocol):
    """Anything that turns crops into ink, order kept, one ink a crop."""

    name: str      # with its version: it is written beside every reading

    def read(self, crops: Sequence[Crop]) -> list[Ink]: ...


def _own() -> Reader:
    from tsuzuri.engines.own import Own

    return Own()


def _ppocr() -> Reader:
    from tsuzuri.engines.ppocr import PPOCR

    return PPOCR()


def _tesseract() -> Reader:
    from tsuzuri.engines.tesseract import Tesseract

    return Tesseract()


READERS: dict[str, Callable[[], Reader]] = {"own": _own, "ppocr": _ppocr, "tesseract": _tesseract}


def open_readers(names: Sequence[str] = ("own", "ppocr", "tesseract")) -> dict[str, Reader]:
    """The named readers, models loaded; slow (about a second), so once a process."""
    return {name: READERS[name]() for name in names}
