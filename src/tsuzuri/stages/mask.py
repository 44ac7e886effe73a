"""mask: 個人番号 on a page, found in its pixels and in its ink before anything of it is stored. Touches image and two readers.

A number is blotted out where two things speak for it: its check digit, and how it stands (in fours, in twelve boxes, or beside
its name). Where only one does, a person decides. Of what was found only the place is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from tsuzuri.engines import Crop, Reader
from tsuzuri.forms import Form
from tsuzuri.image import Picture
from tsuzuri.image.numbers import Row, beside, digit_rows, turned_over
from tsuzuri.image.pages import px_per_mm
from tsuzuri.model import Box, Field, Finding, Reading
from tsuzuri.rules import KINDS, find
from tsuzuri.rules.my_number import LONG, Twelve, blotted, named, registered, twelves

DIGITS = "0123456789"
FEWEST, STRAY = 9, 3       # of twelve digits by hand, so many at least are seen as such, and so few as letters
ABOUT = range(LONG - 1, LONG + 3)      # digits read in a row of twelve: one may be lost or split, the end of a label read along
Said = TypeVar("Said", Reading, Field)
BLOTTED, DOUBTED = "V53", "H40"      # rules of the table


@dataclass(frozen=True, slots=True)
class Spot:
    """Where such a number stands on the upright page, in its px (x, y, w, h) and in mm, and whether it surely is one."""

    px: tuple[int, int, int, int]
    box: Box
    sure: bool


def spots(
    upright: Picture, form: Form | None, readers: Mapping[str, Reader], readings: Iterable[Reading] = (),
) -> tuple[Spot, ...]:
    """Every number on the upright page (as `rendition` gives it), and every one that only may be one.

    Of a form's own fields only those are looked at in which `readings` saw about so many digits.
    """
    scale = px_per_mm(upright, form.paper if form else None)
    placed = form is not None and form.found == "rules"
    rows = digit_rows(upright.gray, scale, tuple(_passed_over(form, readings)) if form and placed else None)
    found: list[Spot] = []
    for row in rows:
        sure = _judged(upright, row, readers, turned=form is None)
        if sure is not None:
            x, y, w, h = (v / scale for v in row.box)
            found.append(Spot(row.box, (x, y, w, h), sure))
    return tuple(found)


def _judged(page: Picture, row: Row, readers: Mapping[str, Reader], *, turned: bool) -> bool | None:
    """True: surely one; False: a person decides; None: not one. `turned`: the page may lie upside down."""
    if not row.alone:
        (ink,) = readers["ppocr"].read([Crop(row.crop)])
        return _weighed(_seen([ink.text]), named(ink.text))
    crops = [row.crop, turned_over(row.crop)] if turned else [row.crop]
    inks = readers["own"].read([Crop(crop, DIGITS) for crop in crops])
    texts = [text for ink in inks for text in (ink.text, *(other for other, _ in ink.others))]
    seen = [replace(twelve, grouped=row.grouped) for twelve in _seen(texts)]
    if not seen and not any(len(ink.text) in ABOUT for ink in inks):
        return None
    near = readers["ppocr"].read([Crop(crop) for crop in (*crops, *beside(page.gray, row.box, both=turned))])
    itself, around = [ink.text for ink in near[:len(crops)]], [ink.text for ink in near[len(crops):]]
    labelled = any(map(named, around))
    if not labelled and any(registered(left + own) for own, left in zip(itself, around[::2], strict=False)):
        return None
    digits = _digits(near[0].text) or max(_digits(ink.text) for ink in near[:len(crops)])
    if digits < (FEWEST if row.grouped else LONG - 1):
        return None      # asked for digits alone, a reader sees them in an address and in a phone number too
    about = row.grouped or any(len(ink.text) in ABOUT for ink in inks)
    seen = seen if digits == LONG else [twelve for twelve in seen if twelve.proven]
    return _weighed(seen, labelled, about=about)


def _digits(text: str) -> int:
    """How many digits a text has that is little else; 0 for one with words in it."""
    digits = sum(letter.isdecimal() for letter in text)
    return digits if sum(letter.isalpha() for letter in text) <= STRAY else 0


def _seen(texts: Iterable[str]) -> list[Twelve]:
    return [twelve for text in texts for twelve in twelves(text)]


def _weighed(seen: Sequence[Twelve], labelled: bool, *, about: bool = False) -> bool | None:
    """`about`: twelve digits or so stand there, whatever was read. What is labelled so is one, misread or not."""
    if (labelled and (seen or about)) or any(twelve.proven and twelve.grouped for twelve in seen):
        return True
    return False if any(twelve.proven or twelve.grouped for twelve in seen) else None


def _passed_over(form: Form, readings: Iterable[Reading]) -> Iterator[Box]:
    """What the blank form prints, and every field in which no reader saw as many digits."""
    yield form.title_box
    for text in form.print.texts:
        wide = text.size * len(text.text)
        left = {"left": 0.0, "center": wide / 2, "right": wide}[text.align]
        yield (text.at[0] - left, text.at[1] - text.size * 1.1, wide, text.size * 1.4)
    many = {reading.field for reading in readings if sum(letter.isdecimal() for letter in reading.ink) >= FEWEST}
    for name, spec in form.fields.items():
        if spec.label_box:
            yield spec.label_box
        if name not in many or KINDS[spec.kind].reads != "text" or KINDS[spec.kind].alphabet is not None:
            yield spec.area


def masked(readings: Iterable[Reading], found: Sequence[Spot]) -> tuple[Reading, ...]:
    """The readings with every such number blotted out of their ink, and every digit of ink that a sure spot covers."""
    proven = (replace(reading, ink=blotted(reading.ink, _proven(reading.ink)),
                      others=tuple(other for other in reading.others if not _proven(other[0]))) for reading in readings)
    return uncovered(tuple(proven), [spot.box for spot in found if spot.sure])


def _proven(ink: str) -> tuple[Twelve, ...]:
    return tuple(span for span in twelves(ink) if span.proven and (span.grouped or named(ink)))


def uncovered(said: Sequence[Said], boxes: Sequence[Box]) -> tuple[Said, ...]:
    """Readings or fields, every digit of ink blotted out that lies under one of the boxes (mm); a field loses its value."""
    return tuple(_blotted(one) if one.box and covered(one.box, boxes) else one for one in said)


def covered(field: Box, boxes: Sequence[Box]) -> bool:
    """Whether most of one of the boxes lies in the field (mm)."""
    return any(_cover(box, field) for box in boxes)


def _blotted(said: Said) -> Said:
    ink = said.ink if isinstance(said, Reading) else said.raw
    gone = blotted(ink, tuple(Twelve(i, i + 1, True, True) for i, letter in enumerate(ink) if letter.isdecimal()))
    if isinstance(said, Reading):
        return replace(said, ink=gone, others=())
    return replace(said, others=()) if gone == ink else replace(said, raw=gone, value=None, others=())


def _cover(spot: Box, field: Box) -> bool:
    """Whether most of a spot lies in a field."""
    wide = min(spot[0] + spot[2], field[0] + field[2]) - max(spot[0], field[0])
    high = min(spot[1] + spot[3], field[1] + field[3]) - max(spot[1], field[1])
    return wide > 0.3 * spot[2] and high > 0.5 * spot[3]


def told(found: Sequence[Spot], page: int = 1) -> tuple[Finding, ...]:
    """What a clerk is told: what was blotted out, and what may have to be."""
    return tuple(replace(find(BLOTTED if spot.sure else DOUBTED), box=spot.box, page=page) for spot in found)
