"""keys: which reader is asked about a crop, and what those asked say together. Touches engines and crops; never a value.

Each crop has a first reader. Our small reader, first for numbers, dates and katakana, is backed by PP-OCRv6 where it is not
sure; the two are weighed as probabilities, and what each of them said is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tsuzuri.engines import Crop, Ink, Reader
from tsuzuri.engines.calibration import chance, together
from tsuzuri.image.clean import Cut

BACKED_BY = {"own": "ppocr"}      # whom to ask when the first is not sure
UNREAD = 0.3                      # how sure a reader may be of nothing where there is ink
MISCOUNTED = 0.5                  # what a reading is worth that has another number of letters than boxes hold ink
RESCUED = "+check"                # written behind a reader whose reading was chosen for its check digit alone
RESCUED_AT_MOST = 0.4             # below every `ask_below`: a person looks


@dataclass(frozen=True, slots=True)
class Bit:
    """One crop to be read for a field. `fits` says whether ink can be what stands here, `proves` whether its check digit does.

    `family` is what it is calibrated as; `after` is what is printed behind it.
    """

    field: str
    cut: Cut
    alphabet: str | None
    family: str
    first: str
    cells: int | None = None
    after: str = ""
    keyed: bool = False                                 # the form wants the other reader's key, sure or not
    fits: Callable[[str], bool] = bool
    proves: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """What one reader says of a crop; `sure` is P(right), 0–1."""

    reader: str
    text: str
    sure: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What a crop says, and the voices it was heard from, the first reader's first. One voice: what it said is what counts."""

    said: Voice
    voices: tuple[Voice, ...]


def listen(bits: Sequence[Bit], readers: Mapping[str, Reader], back_below: float) -> list[Heard]:
    """One Heard a bit, in order. A field is put before its second reader whole, if a bit of it is less sure than `back_below`."""
    heard: dict[int, Heard] = {}
    for name in dict.fromkeys(bit.first for bit in bits):
        chosen = [i for i, bit in enumerate(bits) if bit.first == name]
        for i, voice in zip(chosen, ask(readers[name], [bits[i] for i in chosen]), strict=True):
            heard[i] = Heard(voice, (voice,))
    for name, backing in BACKED_BY.items():
        doubted = {bit.field for i, bit in enumerate(bits)
                   if bit.first == name and not bit.cut.blank and (bit.keyed or heard[i].said.sure < back_below)}
        chosen = [i for i, bit in enumerate(bits) if bit.first == name and bit.field in doubted and not bit.cut.blank]
        for i, voice in zip(chosen, ask(readers[backing], [bits[i] for i in chosen]), strict=True):
            heard[i] = _weighed(bits[i], heard[i].said, voice)
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
        return Voice(reader, "", UNREAD * ink.confidence)     # ink that spells nothing was not read, however sure
    sure = chance(reader, bit.family, ink.confidence) * bit.cut.sure
    return Voice(reader, ink.text, sure * (1.0 if counted(bit, ink.text) else MISCOUNTED))


def counted(bit: Bit, text: str) -> bool:
    """Whether there are as many letters as boxes of the row hold ink."""
    return bit.cells is None or bit.cut.cells == len(text.replace(",", ""))


def _weighed(bit: Bit, first: Voice, second: Voice) -> Heard:
    """The likelier of two readings, and how likely after hearing both."""
    agree = meant(bit, first.text) == meant(bit, second.text)
    better, worse = (first, second) if first.sure >= second.sure or agree else (second, first)
    sure = together(better.sure, worse.sure, agree)
    if not counted(bit, better.text):
        sure = min(sure, MISCOUNTED)      # two that lose the same letter prove nothing
    return Heard(replace(better, reader=f"{first.reader}+{second.reader}", sure=sure), (first, second))


def meant(bit: Bit, text: str) -> str:
    """A reading without what does not change its meaning: gaps, commas; in a date, 04 is 4 and 元 is 1."""
    bare = "".join(c for c in text if c not in " 　,¥円-()・")
    return bare.replace("元", "1").lstrip("0") if bit.after else bare
