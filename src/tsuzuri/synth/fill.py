"""A story written into a form, every field the way its YAML says it is read. Touches forms and ink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from tsuzuri.forms import DITTO, FieldSpec, Form
from tsuzuri.model import Box, Value
from tsuzuri.rules import show
from tsuzuri.rules.dates import era_of
from tsuzuri.synth import stamps, strikes
from tsuzuri.synth.answers import Ways, answer, tick
from tsuzuri.synth.ink import Colour, Pen, Sheet, Writer, glyph, write
from tsuzuri.synth.people import GAP, maybe
from tsuzuri.synth.stories import BUSINESS_DATE, Story

RIGHT_KINDS = frozenset({"yen", "int", "decimal"})
# What an institution often has on a rubber stamp.
BLOCK = frozenset({"inst_name", "inst_address", "inst_tel", "rep_name"})
OWNERS = ("rep_name", "applicant_name", "holder_name")    # whose surname a seal shows


@dataclass(frozen=True, slots=True)
class Hands:
    """Who holds what: `body` writes, `block` is the institution's rubber stamp or the body again."""

    body: Writer
    block: Writer
    pen: Pen
    commas: bool
    yen_mark: bool
    pad_dates: bool
    seal_ink: Colour
    altered: Mapping[str, str] = field(default_factory=dict)      # field → a word of ALTERATIONS
    ways: Ways | None = None       # of marking answers; None: ✓ and whole rings


def fill(sheet: Sheet, form: Form, story: Story, hands: Hands) -> dict[str, str]:
    """Writes all that is not blank; returns how each field was done: print, hand, digits, mark or blank.

    Behind it stands, where the hand has several, in which way an answer or an era was marked ("mark circle").
    """
    how = {}
    for name, spec in form.fields.items():
        value = story.get(name)
        blank = value is None or value is False    # 0 yen is no blank
        how[name] = "blank" if blank else _put(sheet, (name, spec), story, hands)
    return how


def _manner(writer: Writer) -> str:
    return "digits" if writer.digits else "hand" if writer.jitter else "print"


def _put(sheet: Sheet, one: tuple[str, FieldSpec], story: Story, hands: Hands) -> str:
    name, spec = one
    if name in hands.altered and spec.box:
        return _corrected(sheet, one, story, hands)
    if spec.kind == "struck" and spec.box:
        _cross_out(sheet, spec.box, story, hands)
    elif spec.kind == "seal" and spec.box:
        _seal(sheet, spec, story, hands)
    elif spec.kind == "tick" and spec.box:
        return _marked(tick(sheet, spec.box, hands.pen, hands.ways))
    elif spec.choices:
        return _marked("".join(_choice(sheet, spec, word, hands) for word in str(story[name]).split("|")))
    else:
        writer = hands.block if name in BLOCK else hands.body
        if story[name] == DITTO and spec.box:
            strikes.ditto(sheet, writer, spec.box)
        elif spec.parts:
            way = _date(sheet, spec, str(story[name]), hands)
            return f"{_manner(writer)} {way}".rstrip()
        elif spec.box:
            _text(sheet, spec, story[name], replace(hands, body=writer))
        return _manner(writer)
    return "mark"


def _choice(sheet: Sheet, spec: FieldSpec, word: str, hands: Hands) -> str:
    if spec.style == "tick":
        return tick(sheet, spec.choices[word], hands.pen, hands.ways)
    return answer(sheet, (spec.choices, word), hands.pen, hands.ways)


def _marked(way: str) -> str:
    return f"mark {way}".rstrip()


def _text(sheet: Sheet, spec: FieldSpec, value: Value, hands: Hands) -> None:
    assert spec.box is not None
    writer = replace(hands.body, size=spec.size) if spec.size else hands.body
    if spec.cells:
        text = str(value).replace("-", "")
        if spec.prefix == "¥" and hands.yen_mark and len(text) < spec.cells:
            text = "¥" + text
        _in_cells(sheet, writer, text, (spec.box, spec.cells), left=spec.left)
        return
    text = str(value) if spec.kind == "yen" and not hands.commas else show(spec.kind, value)
    strays = bool(writer.jitter) and maybe(sheet.chance, 0.25)
    align = "left" if spec.kind not in RIGHT_KINDS else "right" if not strays else "center"
    write(sheet, writer, text, spec.box, align)


def _in_cells(sheet: Sheet, writer: Writer, text: str, grid: tuple[Box, int], *, left: bool = False) -> None:
    (x, y, w, h), cells = grid
    pitch = w / cells
    first = 0 if left else cells - len(text)
    sized = replace(writer, size=min(writer.size * (1.12 if writer.jitter else 1.0), h * 0.8))
    for i, character in enumerate(text):
        off = writer.jitter * sheet.chance.normal(0, 0.25, 2) + writer.drift
        glyph(sheet, sized, character, (x + (first + i + 0.5) * pitch + off[0], y + h / 2 + off[1]))


def _date(sheet: Sheet, spec: FieldSpec, iso: str, hands: Hands) -> str:
    """Writes a date; returns the way its era was marked, "" for the usual one or none."""
    era, year = era_of(date.fromisoformat(iso if len(iso) == 10 else f"{iso}-28"))
    way = answer(sheet, (spec.era, era), hands.pen, hands.ways) if isinstance(spec.era, dict) else ""
    numbers = [year, *(int(part) for part in iso.split("-")[1:])]
    for part, number in zip(spec.parts, numbers, strict=True):
        text = f"{number:02d}" if hands.pad_dates else str(number)
        if part is spec.parts[0] and number == 1 and hands.body.jitter and not hands.body.digits:
            text = "元"
        if part.cells:
            _in_cells(sheet, hands.body, text, (part.box, part.cells))
        else:
            write(sheet, hands.body, text, part.box, "center")
    return way


HANDED_IN = ("claim_date", "apply_date", "submit_date")      # the days that a paper may say it was handed in, or just before
ALTERATIONS = ("restruck", "restruck_bare", "whitened")


def _corrected(sheet: Sheet, one: tuple[str, FieldSpec], story: Story, hands: Hands) -> str:
    """A value that was first written wrong: painted over and written again, or crossed out with the right one above it."""
    name, spec = one
    assert spec.box is not None
    x, y, w, h = spec.box
    word, once = hands.altered[name], replace(hands, altered={})
    if word == "whitened":
        strikes.white_out(sheet, (x + 0.5, y + 1, w - 1, h - 2))
        return _put(sheet, one, story, once)
    wrong = {name: _mistaken(story[name])}
    _put(sheet, one, wrong, once)
    written = np.flatnonzero(sheet.darkened((x + 0.5, y + 1, w - 1, h - 2)).any(axis=0)) * 25.4 / sheet.dpi
    left, right = float(written.min(initial=w)), float(written.max(initial=0))
    over, lines = sheet.chance.uniform(0.3, 1.2, 2), 2 if maybe(sheet.chance, 0.7) else 1
    strikes.strike(sheet, (x + 0.5 + left - over[0], y, right - left + over.sum(), h), hands.pen, lines)
    small = replace(once, body=replace(hands.body, size=3.2))
    spot = spec.model_copy(update={"box": (x, y - 2.2, w, 4.2), "cells": None, "size": None})
    _put(sheet, (name, spot), story, small)
    if word == "restruck":
        strikes.correction_seal(sheet, (x + right + 3.5, y + h / 2 - 1), _owner(story), hands.seal_ink)
    return _manner(hands.body)


def _mistaken(value: Value) -> Value:
    """What somebody might have written first."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value + 10
    return f"{value}"[:-1] + "3" if str(value)[-1:].isdigit() else f"{value}"[::-1]


def _cross_out(sheet: Sheet, row: Box, story: Story, hands: Hands) -> None:
    """Lines through the row, and the institution's 訂正印 near its beginning or over its end."""
    strikes.strike_row(sheet, row, hands.pen)
    x, y, w, h = row
    near = x + w * sheet.chance.choice([0.03, 0.2, 0.3, 0.96]) + sheet.chance.normal(0, 2)
    at = (max(x + 3.0, near), y + h / 2 + sheet.chance.normal(0, 0.8))
    strikes.correction_seal(sheet, at, _owner(story), hands.seal_ink)


def _owner(story: Story) -> str:
    return next((str(story[name]) for name in OWNERS if story.get(name)), "熊本").split(GAP)[0]


def _seal(sheet: Sheet, spec: FieldSpec, story: Story, hands: Hands) -> None:
    assert spec.box is not None
    chance = sheet.chance
    if spec.prefix:                        # the office's own corner: its date stamp
        said = next((told for name in HANDED_IN if (told := story.get(name))), BUSINESS_DATE)
        written = date.fromisoformat(str(said))
        day = min(BUSINESS_DATE, written + timedelta(days=int(chance.integers(0, 4))))
        stamps.received(sheet, spec.box, day, stamps.VIOLET if maybe(chance, 0.5) else stamps.VERMILION)
        return
    owner = _owner(story)
    if "rep_name" in story and maybe(chance, 0.4):
        stamps.office_seal(sheet, spec.box, f"{owner}医院之印"[:9], hands.seal_ink)
    else:
        stamps.seal(sheet, spec.box, owner, hands.seal_ink)
