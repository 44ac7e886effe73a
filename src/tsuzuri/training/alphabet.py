"""The 116 classes that the reader spells with, and which of them each family of fields may use. Touches nothing."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Family = Literal["numeric", "kana"]
FAMILIES: tuple[Family, ...] = ("numeric", "kana")

DIGITS = "0123456789"
SIGNS = ",.-¥円()/年月日令和平成昭大正明治元"
KANA = "".join(chr(c) for c in range(ord("ァ"), ord("ヴ") + 1) if chr(c) not in "ヮヰヱ") + "ー・"
BLANK = 0              # CTC's own class: between letters, and for paper
CLASSES: tuple[str, ...] = ("\0", *DIGITS, *SIGNS, *KANA, " ")
LABELS: dict[str, int] = {c: i for i, c in enumerate(CLASSES) if i != BLANK}
SPELLS: dict[Family, frozenset[str]] = {
    "numeric": frozenset(DIGITS + SIGNS + " "),
    "kana": frozenset(KANA + " "),
}
# What a font may have in place of the plain glyph.
ALTERNATES: dict[str, str] = {
    **{d: chr(ord("０") + i) for i, d in enumerate(DIGITS)},
    "-": "－−―", "¥": "￥", ",": "，", ".": "．", "(": "（", ")": "）", "/": "／",
}
SHUT = -1e4            # what a class outside the family gets before the softmax: gone, yet finite in half precision


def masks() -> NDArray[np.float32]:
    """What is added to the logits, (families, classes): 0 within the family, SHUT outside."""
    out = np.full((len(FAMILIES), len(CLASSES)), SHUT, np.float32)
    for row, family in zip(out, FAMILIES, strict=True):
        row[[BLANK, *(LABELS[c] for c in SPELLS[family])]] = 0
    return out


def labels_of(text: str) -> list[int]:
    """The classes of a text; KeyError for a character there is no class for."""
    return [LABELS[c] for c in text]


def text_of(labels: list[int]) -> str:
    """The text of classes, blanks left out."""
    return "".join(CLASSES[label] for label in labels if label != BLANK)


def declared() -> dict[str, object]:
    """What is written beside the weights (alphabet.json), so that whoever reads with them need not ask us."""
    return {"classes": list(CLASSES), "blank": BLANK, **{f: sorted(SPELLS[f]) for f in FAMILIES}}
