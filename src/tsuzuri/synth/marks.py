"""What a blank form shows, from its YAML: one list of marks in millimetres."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tsuzuri.forms import FieldSpec, Form
from tsuzuri.image.letters import MIDDLE
from tsuzuri.model import Box

# Line widths in mm and grays (0 black, 1 paper), as a city's office printer leaves them.
FRAME, RULE, CELL, DIVIDER = 0.45, 0.2, 0.2, 0.15
SHADING, DIVIDER_GRAY, PALE = 0.92, 0.62, 0.72
TICK_MM = 4.5
SEAL_MM = 4.4  # the pale 印 in its ring, where a seal belongs


@dataclass(frozen=True, slots=True)
class Shade:
    """A filled box."""

    box: Box
    gray: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line from (x1, y1) to (x2, y2), dotted where `dots` is set."""

    ends: Box
    width: float
    gray: float = 0.0
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A text whose baseline begins (or is centred, or ends) at `at`."""

    at: tuple[float, float]
    text: str
    size: float
    align: str = "left"
    gray: float = 0.0


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle's line."""

    centre: tuple[float, float]
    radius: float
    width: float
    gray: float = 0.0


Mark = Shade | Rule | Word | Ring


def marks(form: Form) -> list[Mark]:
    """Everything the blank paper shows, shades first, in millimetres."""
    found = [*_shades(form), *_rules(form), *_words(form)]
    for spec in form.fields.values():
        found += _field(spec)
    return found


def text_width(text: str) -> float:
    """Width in ems of a text in a fixed-pitch Japanese font."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _labelled(form: Form) -> Iterator[tuple[Box, str]]:
    for name, spec in form.fields.items():
        if spec.label_box is not None:
            yield spec.label_box, spec.label or form.label(name)
    for table, rows in form.rows.items():
        columns = form.json_schema["properties"][table]["items"]["properties"]
        for name, spec in rows.fields.items():
            if spec.label_box is not None:
                yield spec.label_box, spec.label or str(columns[name].get("title", name))


def _shades(form: Form) -> Iterator[Mark]:
    half = form.anchor_mm / 2
    for x, y in form.anchors:
        yield Shade((x - half, y - half, form.anchor_mm, form.anchor_mm))
    for box, _ in _labelled(form):
        yield Shade(box, SHADING)


def _rules(form: Form) -> Iterator[Mark]:
    for box in form.print.frames:
        yield from frame(box, FRAME)
    for ends in form.print.lines:
        yield Rule(ends, RULE)
    for ends in form.print.faint:
        yield Rule(ends, DIVIDER, DIVIDER_GRAY, dots=True)


def _words(form: Form) -> Iterator[Mark]:
    x, y, w, h = form.title_box
    yield _centred((x, y, w, h), form.title, min(6.0, (w - 2) / text_width(form.title)))
    if form.number:
        yield Word((19, 14.2), form.number, 2.8)
    for text in form.print.texts:
        yield Word(text.at, text.text, text.size, text.align)
    for box, label in _labelled(form):
        yield from _label(box, label)


def _label(box: Box, label: str) -> Iterator[Mark]:
    x, y, w, h = box
    lines = label.split("\n")
    if len(lines) == 1 and text_width(label) * 2.3 > w - 1 and h > 7:
        cut = (len(label) + 1) // 2
        lines = [label[:cut], label[cut:]]
    size = min(3.0, (w - 1.2) / max(text_width(line) for line in lines), (h - 1) / (1.35 * len(lines)))
    pitch = size * 1.4
    top = y + h / 2 - pitch * (len(lines) - 1) / 2
    for i, line in enumerate(lines):
        yield _centred((x, top + i * pitch, w, 0), line, size)


def _field(spec: FieldSpec) -> Iterator[Mark]:
    if isinstance(spec.era, dict):
        for word, box in spec.era.items():
            yield _centred(box, word, 3.3)
    elif spec.era:
        x, y, _, h = spec.parts[0].box
        yield Word((x - 1.2, y + h / 2 + MIDDLE * 3.4), spec.era, 3.4, "right")
    for part in spec.parts:
        yield from _cells(part.box, part.cells)
        yield from _after(part.box, part.after)
    for word, box in spec.choices.items():
        yield from _choice(spec, word, box)
    if spec.box is not None:
        yield from _box(spec, spec.box)


def _box(spec: FieldSpec, box: Box) -> Iterator[Mark]:
    if spec.kind == "seal":
        yield from _seal(box, spec.prefix)
        return
    if spec.kind == "tick":
        yield from _tick(box)
        return
    yield from _cells(box, spec.cells)
    yield from _after(box, spec.after)
    if spec.prefix:
        yield Word((box[0] - 1.2, box[1] + box[3] / 2 + MIDDLE * 4.2), spec.prefix, 4.2, "right")


def _seal(box: Box, word: str) -> Iterator[Mark]:
    x, y, w, h = box
    if word:  # an office's own corner: its name small at the top, the rest free
        yield _centred((x, y + 0.4, w, 5.0), word, 3.0, 0.35)
    else:
        yield _centred(box, "印", 2.9, PALE)
        yield Ring((x + w / 2, y + h / 2), SEAL_MM / 2, 0.2, PALE)


def _choice(spec: FieldSpec, word: str, box: Box) -> Iterator[Mark]:
    if spec.style == "tick":
        yield from _tick(box)
        yield Word((box[0] + box[2], box[1] + box[3] / 2 + MIDDLE * 3.3), word, 3.3)
    else:
        yield _centred(box, word, min(3.4, (box[2] - 4) / text_width(word)))


def _tick(box: Box) -> Iterator[Mark]:
    x, y, w, h = box
    yield from frame((x + (w - TICK_MM) / 2, y + (h - TICK_MM) / 2, TICK_MM, TICK_MM), CELL)


def _cells(box: Box, cells: int | None) -> Iterator[Mark]:
    if not cells:
        return
    x, y, w, h = box
    yield from frame(box, CELL)
    for i in range(1, cells):
        across = x + w * i / cells
        yield Rule((across, y, across, y + h), DIVIDER, DIVIDER_GRAY, dots=True)


def _after(box: Box, word: str) -> Iterator[Mark]:
    if word:
        yield Word((box[0] + box[2] + 0.9, box[1] + box[3] / 2 + MIDDLE * 3.2), word, 3.2)


def frame(box: Box, width: float) -> Iterator[Mark]:
    """The four sides of a box."""
    x, y, w, h = box
    for ends in ((x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h), (x + w, y, x + w, y + h)):
        yield Rule(ends, width)


def _centred(box: Box, text: str, size: float, gray: float = 0.0) -> Word:
    x, y, w, h = box
    return Word((x + w / 2, y + h / 2 + MIDDLE * size), text, size, "center", gray)
