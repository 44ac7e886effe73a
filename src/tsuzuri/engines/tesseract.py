"""Tesseract through pytesseract: the independent second voice on printed fields, asked once a sheet and language.

A call costs 0.1–0.3 s before any work, so all crops of a sheet go into one montage, one a line, and the lines come back
by their place in Tesseract's table.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # ten pictures: 9 s with one thread, 459 s without, in one report

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from tsuzuri.engines import Crop, Ink, Picture
from tsuzuri.errors import Stuck

LINE_PX = 40           # height of a line's ink; Tesseract likes capitals of 20–40 px
GAP_PX = 36            # white between lines
MARGIN_PX = 30
WIDEST = 1600
TIMEOUT_S = 25
NUMERIC = frozenset("0123456789,.-¥円()/ ")


class Tesseract:
    """Reads what is printed; digits with the `eng` data and a whitelist, all else with `jpn`."""

    def __init__(self) -> None:
        try:
            self.name = f"tesseract-{pytesseract.get_tesseract_version().public}"
            missing = {"eng", "jpn"} - set(pytesseract.get_languages())
        except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError) as error:
            raise Stuck("tesseract does not run; install tesseract-ocr", code="tesseract_missing") from error
        if missing:
            raise Stuck(f"tesseract has no data for {', '.join(sorted(missing))}", code="tesseract_missing")

    def read(self, crops: Sequence[Crop]) -> list[Ink]:
        """One Ink a crop, in order; at most one call for the numbers and one for all other text."""
        inks = [Ink("", 1.0)] * len(crops)
        numbers = [i for i, crop in enumerate(crops) if _shown(crop) and _numeric(crop)]
        others = [i for i, crop in enumerate(crops) if _shown(crop) and not _numeric(crop)]
        for chosen, lang in ((numbers, "eng"), (others, "jpn")):
            if chosen:
                for i, ink in zip(chosen, _read([crops[i] for i in chosen], lang), strict=True):
                    inks[i] = ink
        return inks


def _shown(crop: Crop) -> bool:
    return bool(min(crop.picture.shape) >= 3)


def _numeric(crop: Crop) -> bool:
    return crop.alphabet is not None and NUMERIC.issuperset(crop.alphabet)


def _read(crops: list[Crop], lang: str) -> list[Ink]:
    sheet, tops = _montage([crop.picture for crop in crops])
    config = "--psm 6 -c load_system_dawg=0 -c load_freq_dawg=0"
    if lang == "eng":
        config += " -c tessedit_char_whitelist=" + "".join(sorted(set("".join(c.alphabet or "" for c in crops)) - {" "}))
    try:
        table = pytesseract.image_to_data(Image.fromarray(sheet), lang=lang, config=config, timeout=TIMEOUT_S,
                                          output_type=pytesseract.Output.DICT)
    except pytesseract.TesseractNotFoundError as error:
        raise Stuck("tesseract does not run; install tesseract-ocr", code="tesseract_missing") from error
    except (pytesseract.TesseractError, RuntimeError) as error:
        raise Stuck("tesseract gave up on a sheet", code="tesseract_failed") from error
    words: list[list[tuple[int, str, float]]] = [[] for _ in crops]
    for text, sure, left, top, height in zip(
            table["text"], table["conf"], table["left"], table["top"], table["height"], strict=True):
        line = int(np.searchsorted(tops, top + height / 2)) - 1
        if text.strip() and 0 <= line < len(crops):
            words[line].append((int(left), text.strip(), max(0.0, float(sure)) / 100))
    return [_ink(sorted(line), crop.alphabet) for line, crop in zip(words, crops, strict=True)]


def _ink(words: list[tuple[int, str, float]], alphabet: str | None) -> Ink:
    kept = [("".join(c for c in text if alphabet is None or c in alphabet), sure) for _, text, sure in words]
    return Ink("".join(text for text, _ in kept), min((sure for _, sure in kept), default=0.0),
               tuple(sure for text, sure in kept for _ in text))


def _montage(pictures: list[Picture]) -> tuple[Picture, NDArray[np.intp]]:
    """All crops in one column on white, and the y between them at which each one's band begins."""
    lines = [_scaled(picture) for picture in pictures]
    pitch = LINE_PX + GAP_PX
    sheet = np.full((2 * MARGIN_PX + pitch * len(lines), 2 * MARGIN_PX + max(x.shape[1] for x in lines)), 255, np.uint8)
    for n, line in enumerate(lines):
        top = MARGIN_PX + n * pitch
        sheet[top:top + LINE_PX, MARGIN_PX:MARGIN_PX + line.shape[1]] = line
    return sheet, np.arange(len(lines) + 1) * pitch + MARGIN_PX - GAP_PX // 2


def _scaled(picture: Picture) -> Picture:
    height, width = picture.shape
    size = (min(WIDEST, max(4, round(width * LINE_PX / height))), LINE_PX)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR), dtype=np.uint8)
