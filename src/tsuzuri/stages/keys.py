"""keys: which reader is asked about a crop, and what those asked say together. Touches engines and crops; never a value.

Each crop has a first reader. Where our small reader, first for numbers, dates and katakana, is not sure, it reads a row of
boxes once more box by box, and PP-OCRv6 is asked too; what they hold possible is weighed, and what each of them said is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tsuzuri.engines import Crop, Ink, Reader
from tsuzuri.engines.calibration import chance, pooled
from tsuzuri.image.clean import Cut
from tsuzuri.model import RESCUED

OWN, BACKING = "own", "ppocr"
UNREAD = 0.3                      # how sure a reader may be of nothing where there is ink
MISCOUNTED = 0.5                  # what a reading is worth that has another number of letters than boxes hold ink
RESCUED_AT_MOST = 0.4             # how sure a number is that its check digit chose: below what any target demands
LIKELY = 0.01                     # a spelling less likely than this is not worth rescuing


@dataclass(frozen=True, slots=True)
class Bit:
    """One crop to be read for a field. `fits` says whether ink can be what stands here, `proves` whether its check digit does.

    `family` is what it is weighed as; `after` is what is printed behind it. `enough` says whether our reader's score (0–1) of
    the whole field suffices; if not, all are asked.
    """

    field: str
    cut: Cut
    alphabet: str | None
    family: str
    first: str
    cells: int | None = None
    after: str = ""
    enough: Callable[[float], bool] = bool
    fits: Callable[[str], bool] = bool
    proves: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """What one reader says of a crop; `sure` is P(right), 0–1. `spellings` is all that it holds possible."""

    reader: str
    text: str
    sure: float
    spellings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """What counts of a crop, and the voices it was heard from, the first reader's first."""

    said: Voice
    voices: tuple[Voice, ...]


def listen(bits: Sequence[Bit], readers: Mapping[str, Reader]) -> list[Heard]:
    """One Heard a bit, in order. A field that our reader alone does not read surely enough is put before all voices, whole."""
    heard: dict[int, Heard] = {}
    for name in dict.fromkeys(bit.first for bit in bits):
        chosen = [i for i, bit in enumerate(bits) if bit.first == name]
        for i, voice in zip(chosen, ask(readers[name], [bits[i] for i in chosen]), strict=True):
            heard[i] = Heard(voice, (voice,))
    written = [i for i, bit in enumerate(bits) if bit.first == OWN and not bit.cut.blank]
    alone: dict[str, float] = {}
    for i in written:
        alone[bits[i].field] = alone.get(bits[i].field, 1.0) * heard[i].said.sure
    doubted = {bits[i].field for i in written if not bits[i].enough(alone[bits[i].field])}
    chosen = [i for i in written if bits[i].field in doubted]
    backing = ask(readers[BACKING], [bits[i] for i in chosen]) if chosen else []
    boxed = _by_boxes(readers[OWN], [bits[i] for i in chosen]) if chosen else []
    for i, other, boxes in zip(chosen, backing, boxed, strict=True):
        heard[i] = _weighed(bits[i], heard[i].said, boxes, other)
    return [heard[i] for i in range(len(bits))]


def ask(reader: Reader, bits: Sequence[Bit]) -> list[Voice]:
    """What a reader says of each bit; only what is not blank is shown to it."""
    voices = [Voice(reader.name, "", bit.cut.sure) for bit in bits]
    shown = [i for i, bit in enumerate(bits) if not bit.cut.blank]
    inks = reader.read([Crop(bits[i].cut.picture, bits[i].alphabet) for i in shown])
    for i, ink in zip(shown, inks, strict=True):
        voices[i] = _voice(reader.name, bits[i], ink)
    return voices


def _voice(reader: str, bit: Bit, ink: Ink) -> Voice:
    if not ink.text:
        return Voice(reader, "", UNREAD * ink.confidence, _spellings(ink))   # ink that spells nothing was not read
    sure = chance(bit.family, ink.confidence) if bit.first == OWN else ink.confidence
    whole = counted(bit, ink.text) and (bit.first != OWN or bit.fits(ink.text))
    return Voice(reader, ink.text, sure if whole else sure * MISCOUNTED, _spellings(ink))


def _spellings(ink: Ink) -> dict[str, float]:
    """All that a reader holds possible; what reads alike after its neighbours set it right is one spelling."""
    found: dict[str, float] = {}
    for text, p in ((ink.text, ink.confidence), *ink.others):
        found[text] = found.get(text, 0.0) + p
    return found


def counted(bit: Bit, text: str) -> bool:
    """Whether there are as many letters as boxes of the row hold ink."""
    return bit.cells is None or bit.cut.cells == len(text.replace(",", ""))


def _by_boxes(reader: Reader, bits: Sequence[Bit]) -> list[Voice | None]:
    """What the reader says of each bit box by box; None for a bit that has no boxes."""
    crops = [[Crop(picture, bit.alphabet) for picture in bit.cut.boxes if picture is not None] for bit in bits]
    inks = iter(reader.read([crop for row in crops for crop in row]))
    rows = [[next(inks) for _ in row] for row in crops]
    return [_strung(f"{reader.name}/boxes", row) if row else None for row in rows]


def _strung(reader: str, row: Sequence[Ink]) -> Voice:
    """Boxes as one string, and every string that differs from it in one box."""
    sure = math.prod(ink.confidence for ink in row)
    texts = [ink.text for ink in row]
    spellings = {"".join(texts): sure}
    for i, ink in enumerate(row):
        for text, p in ink.others:
            spellings["".join([*texts[:i], text, *texts[i + 1:]])] = sure / max(ink.confidence, 1e-6) * p
    return Voice(reader, "".join(texts), sure, spellings)


def _weighed(bit: Bit, own: Voice, boxes: Voice | None, other: Voice) -> Heard:
    """What own reader, own reader box by box, and the other reader say together."""
    voices = {OWN: own, **({"boxes": boxes} if boxes else {}), BACKING: other}
    written: dict[str, str] = {}             # what is meant → how the first that named it spelled it
    for voice in voices.values():
        for text in voice.spellings:
            written.setdefault(meant(bit, text), text)
    written.pop("", None)
    whole = [m for m, text in written.items() if counted(bit, text) and bit.fits(text)]
    # What cannot stand here keeps its share: that a reading had to be put aside makes the next one no surer.
    shares = pooled(bit.family, {name: _merged(bit, voice) for name, voice in voices.items()}, list(written))
    everyone = tuple(voices.values())
    reader = f"{own.reader}+{other.reader}"
    if not shares:
        return Heard(replace(own, reader=reader), everyone)
    best, sure = next((m, p) for m, p in shares.items() if not whole or m in whole)
    proven = [m for m in whole if bit.proves and shares[m] > LIKELY and bit.proves(written[m])]
    proven.sort(key=lambda m: -shares[m])
    if proven and best not in proven:
        best, sure, reader = proven[0], min(shares[proven[0]], RESCUED_AT_MOST), reader + RESCUED
    sure *= 1.0 if whole else MISCOUNTED
    return Heard(Voice(reader, written[best], sure, {written[m]: p for m, p in shares.items()}), everyone)


def _merged(bit: Bit, voice: Voice) -> dict[str, float]:
    """A voice's spellings by what they mean."""
    found: dict[str, float] = {}
    for text, p in voice.spellings.items():
        found[meant(bit, text)] = found.get(meant(bit, text), 0.0) + p
    return found


def meant(bit: Bit, text: str) -> str:
    """A reading without what does not change its meaning: gaps, commas; in a date, 04 is 4 and 元 is 1."""
    bare = "".join(c for c in text if c not in " 　,¥円-()・")
    return bare.replace("元", "1").lstrip("0") if bit.after else bare
