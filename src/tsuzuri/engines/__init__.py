"""Readers: a crop in, ink with its sureness out. Touches ONNX Runtime and Tesseract; knows nothing of forms or papers.

One protocol, a dict of names. A reader is opened once a process (models are tens of megabytes) and then fed batches. A city's
own models stand beside those that Tsuzuri brings: README.md says how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tsuzuri.errors import Misdeclared

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
    `places` is where in the crop each character stands, as shares of its width, where a reader can tell.
    """

    text: str
    confidence: float
    characters: tuple[float, ...] = ()
    others: tuple[tuple[str, float], ...] = ()
    places: tuple[float, ...] = ()


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
# What a YAML may call a reader: with its version it fits the store's column, and can be told from it.
_NAME = re.compile(r"(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")


def known(models: Path | None = None) -> frozenset[str]:
    """The names of all readers that a form may ask: those that Tsuzuri brings, and each NAME.onnx with its card in that folder.

    Every model of the folder is opened and tried once; the first fault raises Misdeclared with what to do.
    """
    dropped = _dropped(models)
    for opened in dropped.values():
        opened()
    return frozenset({*READERS, *dropped})


def open_readers(names: Iterable[str] = tuple(READERS), models: Path | None = None) -> dict[str, Reader]:
    """The named readers, models loaded; slow (about a second), so once a process."""
    there = {**READERS, **_dropped(models)}
    return {name: there[name]() for name in names}


def _dropped(models: Path | None) -> dict[str, Callable[[], Reader]]:
    if models is None:
        return {}
    from tsuzuri.engines.network import Network

    if not models.is_dir():
        raise Misdeclared(f"{models}: no such folder; name one that holds models with TSUZURI_MODELS, or leave it empty")
    paths = sorted({file.with_suffix(".onnx") for file in models.iterdir() if file.suffix in (".onnx", ".json")})
    for path in paths:
        if path.stem in READERS:
            raise Misdeclared(f"{path}: Tsuzuri brings a reader {path.stem!r} itself; give the file another name")
        if not _NAME.fullmatch(path.stem):
            raise Misdeclared(f"{path}: a model's name is words of a–z and 0–9, each with a letter first, joined by -; "
                              "at most 20 in all")
    return {path.stem: partial(Network, path) for path in paths}
