"""values: letters that stand where a field's value belongs become Readings. Touches engines, labels and phrases.

The line's own reading is one voice. Numbers and dates are read once more, alone and within their kind's letters, by the
general reader and by our small one; what they agree on counts, and how doubtful the place is lowers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tsuzuri.engines import Crop, Ink, Reader
from tsuzuri.engines.calibration import chance
from tsuzuri.forms import NOWHERE, FieldSpec, Form
from tsuzuri.image import Pixels
from tsuzuri.model import Box, Reading
from tsuzuri.rules import KINDS, chosen, numeric, parses, printed, spots
from tsuzuri.stages.labels import Phrase
from tsuzuri.stages.phrases import Page
from tsuzuri.stages.places import Value, assigned, doubt

NO_LABEL = 0.9              # how sure a field is blank whose label was not seen
UNREAD = 0.3                # what a reading is worth that is no value of its kind
WITNESS = 0.97              # of a reader's sureness, among others that say the same
BESIDE = 0.25               # of a line's height: paper shown beside a value
CLOSE = 0.42                # of the step from digit to digit: so far behind its middle a digit ends
WIDE = 1.4                  # of the usual step from letter to letter: between a family and a given name
# P(these letters are this field's), nothing rivalling them: its label was read exactly, nearly, or there is none.
EXACTLY, NEARLY, ALONE = 0.985, 0.93, 0.92
PERIODS = ("wareki", "ym")  # of which a line may hold more than one
NO_PICTURE: Pixels = np.full((4, 4), 255, np.uint8)
_UNITS = re.compile(r"[点日回枚円也分川口]+$")


@dataclass(frozen=True, slots=True)
class _Bit:
    """A field's value with the crop of its letters, if it is read again, and that of its number alone, without 円 or 点."""

    name: str
    spec: FieldSpec
    value: Value
    phrase: Phrase
    box: Box
    whole: Pixels
    bare: Pixels


def read_values(page: Page, phrases: Sequence[Phrase], every: Sequence[Value], form: Form,
                readers: Mapping[str, Reader]) -> list[Reading]:
    """What counts of every field but marks, order 1, and what second readers say where the form wants one."""
    best = assigned(every)
    bits = [_bit(page, phrases, name, spec, best[name]) for name, spec in form.fields.items() if name in best]
    again = [bit for bit in bits if numeric(bit.spec.kind)]
    heard = {bit.name: [_line_says(bit, readers["ppocr"].name)] for bit in bits}
    crops = {"ppocr": [Crop(b.whole, printed(b.spec.kind)) for b in again], "own": [Crop(b.bare, _digits(b)) for b in again]}
    for word, shown in crops.items():
        for bit, ink in zip(again, readers[word].read(shown), strict=True):
            heard[bit.name].append((_trimmed(bit.spec.kind, ink.text), _sure(readers[word], ink), readers[word].name))
    readings = {bit.name: _said(bit, heard[bit.name], doubt(bit.value, every, phrases)) for bit in bits}
    first = [readings.get(name) or Reading(name, "", NO_LABEL, readers["ppocr"].name, NOWHERE)
             for name, spec in form.fields.items() if KINDS[spec.kind].reads not in ("seal", "tick")]
    return [*first, *_second(again, readings, readers)]


def _bit(page: Page, phrases: Sequence[Phrase], name: str, spec: FieldSpec, value: Value) -> _Bit:
    phrase = phrases[value.phrase]
    letters = phrase.text[value.start:value.end]
    unit = _UNITS.search(letters) if spec.kind in ("yen", "int") else None
    box = phrase.span(value.start, value.end)
    number = _number(phrase, value.start, value.start + unit.start()) if unit and unit.start() else box
    if not numeric(spec.kind):
        return _Bit(name, spec, value, phrase, box, NO_PICTURE, NO_PICTURE)
    return _Bit(name, spec, value, phrase, box, page.part(value.phrase, box, BESIDE),
                page.part(value.phrase, number, 0.0 if number != box else BESIDE))


def _number(phrase: Phrase, start: int, end: int) -> Box:
    """The box of a number before its unit, cut close behind the last digit: half a 円 is a 1."""
    x, y, _, h = phrase.span(start, end)
    steps = [b - a for a, b in pairwise(phrase.middles[start:end])]
    return (x, y, phrase.middles[end - 1] + CLOSE * (float(np.median(steps)) if steps else 0.5 * h) - x, h)


def _digits(bit: _Bit) -> str:
    """What the small reader may see: of amounts and counts no unit, for there is none on its crop."""
    letters = printed(bit.spec.kind) or ""
    return letters if bit.spec.kind not in ("yen", "int") else "".join(c for c in letters if c not in "円点日回枚")


def _line_says(bit: _Bit, reader: str) -> tuple[str, float, str]:
    """What the whole line's reading says of these letters."""
    letters = bit.phrase.text[bit.value.start:bit.value.end]
    sure = float(np.prod(bit.phrase.sures[bit.value.start:bit.value.end]))
    if bit.spec.kind == "choice":
        return chosen(letters, bit.spec.words), sure, reader
    return _gapped(bit) if bit.spec.kind == "name" else _trimmed(bit.spec.kind, letters), sure, reader


def _said(bit: _Bit, voices: Sequence[tuple[str, float, str]], against: float) -> Reading:
    ink, sure, reader = _weighed(bit.spec.kind, voices)
    rightly = ALONE if bit.value.hit is None else EXACTLY if bit.value.hit.alike == 1.0 else NEARLY
    return Reading(bit.name, ink, round(sure * rightly * (1 - against), 6), reader, bit.box)


def _second(bits: Sequence[_Bit], readings: Mapping[str, Reading], readers: Mapping[str, Reader]) -> list[Reading]:
    """What the second readers that the form names say of values that could be read at all; one call a reader."""
    found = []
    for word in dict.fromkeys(bit.spec.second for bit in bits if bit.spec.second):
        asked = [b for b in bits if b.spec.second == word and parses(b.spec.kind, readings[b.name].ink)]
        inks = readers[word].read([Crop(b.bare, KINDS[b.spec.kind].alphabet) for b in asked])
        found += [Reading(b.name, ink.text, round(ink.confidence, 6), readers[word].name, b.box, order=2)
                  for b, ink in zip(asked, inks, strict=True)]
    return found


def _sure(reader: Reader, ink: Ink) -> float:
    return chance("numeric", ink.confidence) if reader.name.startswith("own") else ink.confidence


def _trimmed(kind: str, text: str) -> str:
    """The first spot of the kind within the text, without its unit; the text itself if there is none, or digits beside it."""
    seen = spots(kind, text)
    rest = text[:seen[0][0]] + text[seen[0][1]:] if seen else text
    ink = text[slice(*seen[0])] if seen and (kind in PERIODS or not any(c.isdigit() for c in rest)) else text
    if kind == "yen":
        return re.sub(r"^[半羊Y]", "¥", re.sub(r"[日川口]$", "円", ink))
    return re.sub(r"[点日回枚]$", "", ink) if kind == "int" else ink


def _weighed(kind: str, voices: Sequence[tuple[str, float, str]]) -> tuple[str, float, str]:
    """The value that most speaks for, how sure, and whose it is; voices that differ speak against it."""
    means: dict[object, list[tuple[str, float, str]]] = {}
    for voice in voices:
        if parses(kind, voice[0]):
            means.setdefault(KINDS[kind].parse(voice[0]), []).append(voice)
    if not means:
        return voices[0][0], UNREAD * voices[0][1], voices[0][2]
    ranked = sorted(means.values(), key=lambda said: -_together(said))
    against = _together(ranked[1]) if len(ranked) > 1 else 0.0
    best = ranked[0]
    return best[0][0], _together(best) * (1 - 0.6 * against), "+".join(dict.fromkeys(name for _, _, name in best))


def _together(said: Sequence[tuple[str, float, str]]) -> float:
    """P(right) of what these voices agree on: two networks are two witnesses, one network asked twice is one."""
    best: dict[str, float] = {}
    for _, sure, name in said:
        best[name] = max(best.get(name, 0.0), sure)
    return best[said[0][2]] if len(best) == 1 else 1 - float(np.prod([1 - WITNESS * sure for sure in best.values()]))


def _gapped(bit: _Bit) -> str:
    """A name with a space where its letters stand well apart."""
    letters = bit.phrase.text[bit.value.start:bit.value.end]
    middles = bit.phrase.middles[bit.value.start:bit.value.end]
    steps = [b - a for a, b in pairwise(middles)]
    if len(steps) < 2 or max(steps) < WIDE * float(np.median(steps)):
        return letters
    at = int(np.argmax(steps)) + 1
    return f"{letters[:at]}\u3000{letters[at:]}"
