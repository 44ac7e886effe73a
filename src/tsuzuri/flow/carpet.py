"""All digits that were read alike, of many papers, before one person: laid out, and what they say of each.

Only of numbers that wait, and that stand in boxes of their own for each digit: there one knows where each of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from tsuzuri.errors import Leased, WrongTurn
from tsuzuri.flow.desk import correct, held
from tsuzuri.flow.line import Line
from tsuzuri.flow.lures import lures
from tsuzuri.flow.runs import READING_DOUBTS, take_back
from tsuzuri.flow.strokes import Way
from tsuzuri.forms import FieldSpec, Forms, asked_as
from tsuzuri.model import Box, Document, Step
from tsuzuri.store import Look, Unit
from tsuzuri.store.doubts import Place
from tsuzuri.store.glyphs import DOUBTFUL, Glyph, as_read, keep_glyphs, seen_glyphs, unsay_glyphs

CARPET = 200            # digits before a person at once
ROUND = 250             # fields that are looked through at a time for such digits
ROUNDS = 4              # so that a rare digit among very many fields does not hold the server up


@dataclass(frozen=True, slots=True)
class Patch:
    """A digit on the carpet: where it stands in its number, and that number as it was read."""

    n: int
    document: Document
    field: str
    place: int
    ink: str


@dataclass(frozen=True, slots=True)
class Laid:
    """What lies on the carpet, and behind which field to go on; None: nothing is left behind it."""

    patches: list[Patch]
    after: Place | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many numbers are confirmed, every digit of them having been seen, and how many digits were another's by now."""

    settled: int
    gone: int


def digits_of(document: Document, field: str) -> str:
    """The number as it was read, its digits alone; "" where there is none, a person has settled it, or nobody may see it."""
    said = document.fields.get(field)
    if said is None or field in document.blind or said.reader == "person" or isinstance(said.value, bool) or said.value is None:
        return ""
    ink = str(said.value)
    return ink if ink.isascii() and ink.isdigit() else ""


def cell_of(spec: FieldSpec, ink: str, place: int) -> Box | None:
    """The box (mm) of one digit, or None if it has none of its own."""
    if spec.box is None or not spec.cells or len(ink) > spec.cells:
        return None
    x, y, w, h = spec.box
    pitch = w / spec.cells
    first = 0 if spec.left else spec.cells - len(ink)
    return (x + pitch * (first + place), y, pitch, h)


def lay_carpet(line: Line, digit: str, by: str, ward: str | None, after: Place) -> Laid:
    """The next digits read as this one, from behind `after`, CARPET of them or a few more; their papers held for `by`."""
    kinds, patches, now = celled(line.forms), list[Patch](), line.clock()
    for _ in range(ROUNDS):
        with line.unit() as unit:
            found = unit.doubted_among(kinds, READING_DOUBTS, by, now, ward, ROUND, after)
            read = as_read(unit, {one.document_id for one in found})
            with_it = [one for one in found if digit in str(read[one.document_id].get(one.field, ""))]
            seen = seen_glyphs(unit, {one.document_id for one in with_it})
            for document_id, fields in groupby(with_it, key=lambda one: one.document_id):
                told = list(fields)
                here = _patches(line, unit.document(document_id), [(one.document_n, one.field) for one in told], digit)
                fresh = [patch for patch in here if not _said(patch, seen.get((document_id, patch.field), {}))]
                hidden = lures(line, unit, fresh[0].document) if fresh else {}      # to be keyed without what was read
                fresh = [patch for patch in fresh if patch.field not in hidden]
                if fresh and _taken(line, unit, document_id, by):
                    patches += fresh
                if len(patches) >= CARPET:
                    return Laid(patches, (told[-1].document_n, told[-1].field))
        if len(found) < ROUND:
            return Laid(patches, None)
        after = (found[-1].document_n, found[-1].field)
    return Laid(patches, after)


def say_digits(line: Line, said: Sequence[Glyph], by: str, each_ms: int) -> Outcome:
    """Keep what a person says of each digit, `each_ms` apart; what has thereby been seen wholly is confirmed, as they said."""
    settled, gone = 0, 0
    for document_id, here in groupby(sorted(said, key=lambda one: one.document_id), key=lambda one: one.document_id):
        mine = list(here)
        try:
            with line.unit() as unit:
                document = unit.document(document_id)
                held(line, unit, document_id, document.version, by, frozenset({Step.REVIEW}))
                good = [one for one in mine if digits_of(document, one.field) == one.ink and one.place < len(one.ink)]
                keep_glyphs(unit, good)
                whole = _whole(unit, document, {one.field for one in good})
            gone += len(mine) - len(good)
            if whole:
                how = {field: Way("carpet", each_ms * len(ink), 0) for field, ink in whole.items()}
                correct(line, document_id, document.version, whole, by, how=how)
        except WrongTurn:       # somebody else holds it, or was faster
            gone += len(mine)
            continue
        settled += len(whole)
    return Outcome(settled, gone)


def unsay_digits(line: Line, said: Sequence[Glyph], by: str) -> Outcome:
    """Take back what `by` said of these digits: they lie on the carpet again. How many numbers wait again that had been confirmed
    by it, and how many digits are beyond taking back: another person's, or of a paper that was done with since.
    """
    settled, gone = 0, 0
    for document_id, here in groupby(sorted(said, key=lambda one: one.document_id), key=lambda one: one.document_id):
        mine = list(here)
        try:
            with line.unit() as unit:
                document = unit.document(document_id)
                held(line, unit, document_id, document.version, by)
                done = sorted({one.field for one in mine if (known := document.fields.get(one.field)) and known.reader == "person"})
            for field in done:
                with line.store.read() as look:
                    version = look.document(document_id).version
                take_back(line, document_id, version, field, by)
                settled += 1
            with line.unit() as unit:
                gone += len(mine) - unsay_glyphs(unit, mine)
        except WrongTurn:       # somebody else holds it, or it was confirmed by another
            gone += len(mine)
    return Outcome(settled, gone)


def doubted_places(look: Look, documents: Iterable[Document]) -> dict[tuple[str, str], list[int]]:
    """(document, field) → places (from 0) of the number as it was read that somebody doubts on the carpet."""
    known = {document.id: document for document in documents}
    return {(document_id, field): places for (document_id, field), told in seen_glyphs(look, known).items()
            if (places := [place for place, one in sorted(told.items())
                           if one.digit == DOUBTFUL and one.ink == digits_of(known[document_id], field)])}


def celled(forms: Forms) -> list[tuple[str, str]]:
    """Every (form, field without row) whose digits stand each in a box of its own."""
    return sorted({(name, asked_as(field)) for name, form in forms.items()
                   for field, spec in form.fields.items() if spec.cells and spec.box})


def _patches(line: Line, document: Document, fields: Iterable[tuple[int, str]], digit: str) -> list[Patch]:
    form = line.forms.of(document)
    if form is None:
        return []
    return [Patch(n, document, field, place, ink)
            for n, field in fields if field in form.fields and (ink := digits_of(document, field))
            for place, read in enumerate(ink) if read == digit and cell_of(form.fields[field], ink, place)]


def _said(patch: Patch, seen: dict[int, Glyph]) -> bool:
    """Whether somebody has spoken of this digit already, or doubts another one of the same number."""
    mine = [one for one in seen.values() if one.ink == patch.ink]
    return any(one.place == patch.place or one.digit == DOUBTFUL for one in mine)


def _taken(line: Line, unit: Unit, document_id: str, by: str) -> bool:
    now = line.clock()
    with suppress(Leased):
        unit.lease(document_id, by, now + line.limits.lease, now)
        return True
    return False


def _whole(unit: Unit, document: Document, fields: Iterable[str]) -> dict[str, str]:
    """The numbers of which every digit has been seen, as people say that they are."""
    seen = seen_glyphs(unit, [document.id])
    found = {}
    for field in fields:
        ink, told = digits_of(document, field), seen.get((document.id, field), {})
        said = [told[place].digit for place in range(len(ink)) if place in told and told[place].ink == ink]
        if len(said) == len(ink) and DOUBTFUL not in said:
            found[field] = "".join(said)
    return found
