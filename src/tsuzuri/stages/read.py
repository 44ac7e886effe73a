"""read: a placed page becomes Readings, at least one a field. Touches image and engines; never the store, never a value.

All text of a sheet goes to each reader in one call. Marks (circles, ticks, seals) are seen by geometry, not read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tsuzuri.engines import Crop, Ink, Reader
from tsuzuri.forms import FieldSpec, Form
from tsuzuri.image import Picture
from tsuzuri.image.clean import Cut, Sheet, cut, sheet
from tsuzuri.image.marks import circled, sealed, ticked
from tsuzuri.image.rules import Matrix, printed
from tsuzuri.model import Box, Placement, Reading
from tsuzuri.rules import KINDS

FIRST = "ppocr"
MARKS = "marks-1"           # written beside what geometry saw
DIGITS = "0123456789"
FIRST_YEAR = "元"           # which a year's box may hold for 1
ERA_SIZE, CHOICE_SIZE, CHOICE_AIR = 3.3, 3.4, 4.0     # mm: how large eras and choices are printed
# Of all directions round a word, how many hold ink. Of 630 circles the poorest had 0.92; of 1,593 words without one, a
# neighbour's arc gave 0.38 at most and a stamp 0.62–0.92. Whatever lies between is told, and doubted.
RING_NO, RING_YES = 0.5, 1.02
TICK_NO, TICK_YES = 0.02, 0.05    # share of a tick box's inside that is inked
SEAL_NO, SEAL_YES = 0.004, 0.014  # share of a seal's area: a worn one gives 0.03 and more, dust and a soft 印 0.006
UNREAD = 0.3                      # how sure a reader may be of nothing where there is ink
STAMP_NAME_MM = 5.6               # an office's corner prints its name at the top


@dataclass(frozen=True, slots=True)
class _Bit:
    """One crop to be read for a field; `after` is what is printed behind it."""

    field: str
    cut: Cut
    alphabet: str | None
    cells: int | None = None
    after: str = ""


def read(picture: Picture, placement: Placement, form: Form, readers: Mapping[str, Reader]) -> tuple[Reading, ...]:
    """What every field of the form shows: order 1 by the first reader or by geometry, order 2 where the form asks for it."""
    page = sheet(picture, placement.homography, _rules(form))
    bits = [bit for name, spec in form.fields.items() for bit in _bits(page, name, spec)]
    first, second = readers[FIRST], _second(form, bits)
    inks = _asked(first, bits)
    found = []
    for name, spec in form.fields.items():
        own = [(bit, ink) for bit, ink in zip(bits, inks, strict=True) if bit.field == name]
        found.append(_first_reading(page, name, spec, own, first.name))
    for reader_name, chosen in second.items():
        reader = readers[reader_name]
        for bit, ink in zip(chosen, _asked(reader, chosen), strict=True):
            text, sure = _joined([(bit, ink)])
            found.append(Reading(bit.field, text, sure, reader.name, form.fields[bit.field].area, order=2))
    return tuple(found)


def _rules(form: Form) -> Matrix:
    rows: list[tuple[Box, int]] = []
    for spec in form.fields.values():
        rows += [(spec.box, spec.cells)] if spec.box and spec.cells else []
        rows += [(part.box, part.cells) for part in spec.parts if part.cells]
    return printed(form.print.frames, form.print.lines, form.print.faint, rows)


def _bits(page: Sheet, name: str, spec: FieldSpec) -> Iterator[_Bit]:
    kind = KINDS[spec.kind]
    if kind.reads == "date":
        for n, part in enumerate(spec.parts):
            alphabet = DIGITS if n else DIGITS + FIRST_YEAR
            yield _Bit(name, cut(page, part.box, part.cells), alphabet, part.cells, part.after)
    elif kind.reads == "text" and spec.box is not None:
        yield _Bit(name, cut(page, spec.box, spec.cells), kind.alphabet, spec.cells)


def _second(form: Form, bits: list[_Bit]) -> dict[str, list[_Bit]]:
    chosen: dict[str, list[_Bit]] = {}
    for bit in bits:
        reader = form.fields[bit.field].second
        if reader is not None and not bit.after:
            chosen.setdefault(reader, []).append(bit)
    return chosen


def _asked(reader: Reader, bits: list[_Bit]) -> list[Ink]:
    """One ink a bit; only what is not blank is shown to the reader."""
    inks = [Ink("", bit.cut.sure) for bit in bits]
    shown = [i for i, bit in enumerate(bits) if not bit.cut.blank]
    for i, ink in zip(shown, reader.read([Crop(bits[i].cut.picture, bits[i].alphabet) for i in shown]), strict=True):
        trust = bits[i].cut.sure if ink.text else UNREAD     # ink that spells nothing was not read, however sure
        inks[i] = replace(ink, confidence=ink.confidence * trust)
    return inks


def _first_reading(page: Sheet, name: str, spec: FieldSpec, own: list[tuple[_Bit, Ink]], reader: str) -> Reading:
    reads = KINDS[spec.kind].reads
    if reads == "choice":
        ink, sure = _chosen(page, spec, spec.choices)
    elif reads == "date":
        ink, sure = _date(page, spec, own)
    elif reads in ("seal", "tick") and spec.box is not None:
        ink, sure = _seal(page, spec, spec.box) if reads == "seal" else _graded(ticked(page, spec.box), TICK_NO, TICK_YES)
    else:
        ink, sure = _joined(own)
    return Reading(name, ink, round(sure, 6), MARKS if reads in ("choice", "seal", "tick") else reader, spec.area)


def _joined(own: list[tuple[_Bit, Ink]]) -> tuple[str, float]:
    """The bits of a field in order, each with what is printed behind it, and the product of how sure they are."""
    text, sure = "", 1.0
    for bit, ink in own:
        text += ink.text + bit.after
        sure *= ink.confidence * (0.5 if _miscounted(bit, ink) else 1.0)
    return text, sure


def _miscounted(bit: _Bit, ink: Ink) -> bool:
    """Whether a row of boxes holds ink in another number of them than characters were read."""
    return bit.cells is not None and bit.cut.cells != len(ink.text.replace(",", ""))


def _date(page: Sheet, spec: FieldSpec, own: list[tuple[_Bit, Ink]]) -> tuple[str, float]:
    """Era word, digits and printed words as one text; "" when neither a digit is written nor an era circled."""
    text, sure = _joined(own)
    eras = spec.era if isinstance(spec.era, dict) else {}
    era, era_sure = _ringed(page, {w: (box, ERA_SIZE) for w, box in eras.items()}) if eras else (spec.era or "", 1.0)
    written = any(ink.text for _, ink in own)
    if not written and not (eras and era):
        return "", sure * era_sure
    return f"{era}{text}", sure * era_sure


def _chosen(page: Sheet, spec: FieldSpec, choices: Mapping[str, Box]) -> tuple[str, float]:
    """The marked words joined by "|", and how clear that is."""
    if spec.style == "circle":
        return _ringed(page, {w: (box, min(CHOICE_SIZE, (box[2] - CHOICE_AIR) / _ems(w))) for w, box in choices.items()})
    graded = {word: _graded(ticked(page, box), TICK_NO, TICK_YES) for word, box in choices.items()}
    return _marked(graded)


def _ringed(page: Sheet, words: Mapping[str, tuple[Box, float]]) -> tuple[str, float]:
    return _marked({
        word: _graded(circled(page, box, (_ems(word) * size, size)), RING_NO, RING_YES)
        for word, (box, size) in words.items()
    })


def _marked(graded: Mapping[str, tuple[str, float]]) -> tuple[str, float]:
    return "|".join(word for word, (ink, _) in graded.items() if ink), min(sure for _, sure in graded.values())


def _graded(share: float, no: float, yes: float) -> tuple[str, float]:
    """A mark's share of what a whole one would give, as "1" or "" and how far it lies from the doubtful middle."""
    middle = (no + yes) / 2
    doubt = max(0.0, 1 - abs(share - middle) / ((yes - no) / 2))
    return ("1" if share >= middle else ""), 0.999 - 0.499 * doubt


def _seal(page: Sheet, spec: FieldSpec, box: Box) -> tuple[str, float]:
    x, y, w, h = box
    top = STAMP_NAME_MM if spec.prefix else 0.0
    return _graded(sealed(page, (x + 0.4, y + top + 0.4, w - 0.8, h - top - 0.8)), SEAL_NO, SEAL_YES)


def _ems(word: str) -> float:
    """A printed word's width in ems."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in word)
