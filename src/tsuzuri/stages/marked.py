"""marked: which printed answers are marked, and whether a seal or a tick is there. Touches image; no reader is asked.

What a mark means is told only where it is clear. Whatever lies between no and yes (half a circle, a ring round two words, a tick
beside its box) is told as doubtful, by a "?" before the words that it may mean: it has no value, and a person decides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from tsuzuri.forms import FieldSpec, Form
from tsuzuri.image.clean import Sheet
from tsuzuri.image.marks import Ring, Tick, circled, sealed, ticked
from tsuzuri.image.over import Word
from tsuzuri.model import Box
from tsuzuri.rules import DOUBTFUL, KINDS

MARKS = "marks-1"           # written beside what geometry saw
THERE = "1"
CLEAR, UNCLEAR = 0.999, 0.5
ERA_SIZE, CHOICE_SIZE, CHOICE_AIR = 3.3, 3.4, 4.0     # mm: how large eras and choices are printed
TICK_WORD_SIZE = 3.3
RING_NO, RING_YES = 0.25, 0.72    # of all directions round a word, how many hold ink: dust and neighbours' rings give 0.17
TICK_NO, TICK_YES = 0.01, 0.05    # share of a tick box's inside that is inked
# Of all directions from a tick box's middle: dust gives 0.08, a ✓ beside it 0.25; where a ring runs along the frame it is not seen.
ROUND_NO, ROUND_YES = 0.1, 0.35
STROKE_MM = 2.0                   # a stroke beside a box that is longer is meant to be seen
SEAL_NO, SEAL_YES = 0.004, 0.014  # share of a seal's area: a worn one gives 0.03 and more, dust and a soft 印 0.006
ROW_NO, ROW_YES = 0.15, 0.6       # share of a row's width under a line that crosses it out
STAMP_NAME_MM = 5.6               # an office's corner prints its name at the top

Seen = tuple[str, float]          # ink and how sure


def answered(page: Sheet, spec: FieldSpec, form: Form) -> Seen:
    """The marked words joined by "|", a "?" before them if that is not clear."""
    if spec.style == "circle":
        return _ringed(page, {w: (box, min(CHOICE_SIZE, (box[2] - CHOICE_AIR) / _ems(w))) for w, box in spec.choices.items()}, form)
    printed = _others(form)
    return _joined({word: _tick(ticked(page, box, printed)) for word, box in spec.choices.items()})


def era_of(page: Sheet, eras: Mapping[str, Box], form: Form) -> Seen:
    """The circled era, likewise."""
    return _ringed(page, {word: (box, ERA_SIZE) for word, box in eras.items()}, form)


def there(page: Sheet, spec: FieldSpec, form: Form) -> Seen:
    """Whether a field's seal or tick is there: "1", "" or "?1"."""
    assert spec.box is not None
    if KINDS[spec.kind].reads == "tick":
        return _alone(_tick(ticked(page, spec.box, _others(form))))
    x, y, w, h = spec.box
    top = STAMP_NAME_MM if spec.prefix else 0.0
    share = sealed(page, (x + 0.4, y + top + 0.4, w - 0.8, h - top - 0.8))
    return _alone(_between(share, SEAL_NO, SEAL_YES))


def crossed_out(share: float) -> Seen:
    """Whether a row is crossed out of whose width a line covers that share: "1", "" or "?1"."""
    return _alone(_between(share, ROW_NO, ROW_YES))


def _ringed(page: Sheet, words: Mapping[str, tuple[Box, float]], form: Form) -> Seen:
    sized = [Word(box, (_ems(word) * size, size), word) for word, (box, size) in words.items()]
    rings = circled(page, sized, [*_texts(form), *_tick_words(form)])
    return _joined({word: _ring(ring) for word, ring in zip(words, rings, strict=True)})


def _ring(ring: Ring) -> str:
    return DOUBTFUL if ring.shared or ring.over else _between(ring.share, RING_NO, RING_YES)


def _tick(tick: Tick) -> str:
    if tick.inside >= TICK_YES or (tick.around >= ROUND_YES and tick.quarters == 4):
        return THERE
    return DOUBTFUL if tick.inside > TICK_NO or tick.around > ROUND_NO or tick.beside >= STROKE_MM else ""


def _between(share: float, no: float, yes: float) -> str:
    return THERE if share >= yes else DOUBTFUL if share > no else ""


def _joined(seen: Mapping[str, str]) -> Seen:
    words = "|".join(word for word, ink in seen.items() if ink)
    return (DOUBTFUL + words, UNCLEAR) if DOUBTFUL in seen.values() else (words, CLEAR)


def _alone(ink: str) -> Seen:
    return (DOUBTFUL + THERE, UNCLEAR) if ink == DOUBTFUL else (ink, CLEAR)


def _others(form: Form) -> list[Box]:
    """Where ink near a tick box belongs to something else: printed words, and what is written into other fields."""
    labels = [spec.label_box for spec in form.fields.values() if spec.label_box is not None]
    written = [spec.box for spec in form.fields.values() if spec.box is not None and KINDS[spec.kind].reads == "text"]
    return [*_texts(form), *_tick_words(form), *labels, *written]


def _texts(form: Form) -> list[Box]:
    found = []
    for text in form.print.texts:
        wide = _ems(text.text) * text.size
        left = text.at[0] - wide * {"left": 0.0, "center": 0.5, "right": 1.0}[text.align]
        found.append((left, text.at[1] - text.size, wide, 1.25 * text.size))
    return found


def _tick_words(form: Form) -> list[Box]:
    """Words printed behind tick boxes."""
    return [(x + w, y + (h - 1.3 * TICK_WORD_SIZE) / 2, _ems(word) * TICK_WORD_SIZE + 0.4, 1.3 * TICK_WORD_SIZE)
            for spec in form.fields.values() if spec.style == "tick" for word, (x, y, w, h) in spec.choices.items()]


def _ems(word: str) -> float:
    """A printed word's width in ems."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in word)
