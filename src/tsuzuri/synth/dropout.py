"""Forms printed in a colour that the scanner drops: boxes, rules and words vanish or go pale, what is printed in black stays.

Touches marks only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tsuzuri.errors import Refused
from tsuzuri.forms import Form
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.ink import Chance
from tsuzuri.synth.marks import Mark, Rule, Shade, Word, marks
from tsuzuri.synth.scan import Range

LINES, WORDS, HEAD, SQUARES = "lines", "words", "head", "squares"      # head: title and number


@dataclass(frozen=True, slots=True)
class Dropout:
    """Which parts of a form are printed in the colour, and which share (0–1) of its darkness the scanner leaves."""

    coloured: frozenset[str]
    left: Range = (0.0, 0.0)


def _of(*parts: str, left: Range = (0.0, 0.0)) -> Dropout:
    return Dropout(frozenset(parts), left)


# Words for looks. Tests have other remains and other parts; what is tuned on never has a coloured head.
TUNING: dict[str, Dropout] = {
    "lines": _of(LINES),
    "words": _of(LINES, WORDS),
    "pale": _of(LINES, WORDS, left=(0.05, 0.2)),
    "squares": _of(LINES, WORDS, HEAD),
    "all": _of(LINES, WORDS, HEAD, SQUARES),
}
TEST: dict[str, Dropout] = {
    "lines": _of(LINES, left=(0.0, 0.03)),
    "words": _of(LINES, WORDS, left=(0.0, 0.02)),
    "pale": _of(LINES, WORDS, SQUARES, left=(0.04, 0.25)),
    "squares": _of(LINES, WORDS, HEAD, left=(0.0, 0.02)),
    "all": _of(LINES, WORDS, HEAD, SQUARES, left=(0.0, 0.01)),
}


def dropout(word: str, fonts: Purpose) -> Dropout:
    """What the word means for papers of that purpose; raises Refused with the words there are."""
    book = TEST if fonts == "test" else TUNING
    if word not in book:
        raise Refused(f"no dropout {word!r}; there are: {', '.join(book)}", code="no_such_dropout")
    return book[word]


def dropped(form: Form, how: Dropout, chance: Chance) -> Iterator[Mark]:
    """What the scanner sees of the blank form's marks."""
    left = float(chance.uniform(*how.left))
    for mark in marks(form):
        if _part(mark, form) not in how.coloured:
            yield mark
        elif left * (1 - mark.gray) > 1 / 255:
            yield replace(mark, gray=1 - left * (1 - mark.gray))


def _part(mark: Mark, form: Form) -> str:
    if isinstance(mark, Word):
        return HEAD if mark.text in (form.title, form.number) else WORDS
    if isinstance(mark, Rule) or not isinstance(mark, Shade):
        return LINES
    return LINES if mark.gray else SQUARES
