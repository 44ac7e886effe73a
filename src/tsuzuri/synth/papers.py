"""One filled, scanned paper with its truth, by seed. The one entry to this room.

The same form, seed and look give the same pixels and the same truth, whatever was made before.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from tsuzuri.errors import Refused
from tsuzuri.forms import Form
from tsuzuri.model import Value
from tsuzuri.synth import stamps
from tsuzuri.synth.answers import DOUBTFUL, Ways
from tsuzuri.synth.digits import real_digits
from tsuzuri.synth.draw import Picture, blank_picture, painted
from tsuzuri.synth.dropout import dropout, dropped
from tsuzuri.synth.faults import spoil, spoil_ink
from tsuzuri.synth.fill import ALTERATIONS, Hands, fill
from tsuzuri.synth.fonts import HAND, PRINT, Purpose, can_write
from tsuzuri.synth.ink import BLUE, PENS, TONER, Chance, Pen, Sheet, Writer, stroke
from tsuzuri.synth.listed import meant
from tsuzuri.synth.people import maybe, pick
from tsuzuri.synth.receipts.draw import receipt
from tsuzuri.synth.receipts.tale import Visit
from tsuzuri.synth.scan import recipe as recipe_named
from tsuzuri.synth.scan import scan
from tsuzuri.synth.stories import Story, tell
from tsuzuri.synth.strikes import toned

Style = Literal["typed", "hand", "digits"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a paper is written and scanned. `faults` are words of faults.FAULTS, "word" or "word:field"; `ways` of answers.ALL are
    how answers are marked, each by one of them (none: ✓ and whole rings); `dropout` is a word of dropout.TUNING and TEST."""

    style: Style = "typed"
    recipe: str = "office"
    fonts: Purpose = "tuning"
    faults: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    dropout: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper and all that is known of it. `picture` is gray (h, w) or BGR; `how` is who wrote each field."""

    form: str
    picture: Picture
    dpi: int
    truth: dict[str, Value]
    how: dict[str, str]
    look: Look
    seed: int


def make(
    form: Form, seed: int, style: Style = "typed", recipe: str = "office", fonts: Purpose = "tuning"
) -> Paper:
    """A filled form, scanned by the recipe."""
    return make_like(form, seed, Look(style, recipe, fonts))


def make_like(form: Form, seed: int, look: Look, told: Callable[[Story], Story] | None = None) -> Paper:
    """A filled form of that look, faults and all. Its story depends on form and seed alone, and on who else tells it.

    A form that is found by labels is a receipt, in one of the layouts of the look's purpose; it is always printed.
    """
    if form.found == "labels":
        return make_receipt(form, seed, look)
    chance = np.random.default_rng([seed, zlib.crc32(form.name.encode())])
    story = tell(form, chance)
    if told:
        story = told(story)
    for fault in look.faults:
        story = spoil(story, fault)
    recipe = recipe_named(look.recipe)
    dpi = int(chance.choice(recipe.dpi))
    sheet = Sheet(_printed(form, dpi, seed, look), dpi, chance)
    altered = {field: word for word, _, field in (fault.partition(":") for fault in look.faults) if word in ALTERATIONS}
    if "whitened" in altered.values():
        toned(sheet)
    how = fill(sheet, form, story, replace(_hands(look, story, chance), altered=altered))
    for fault in look.faults:
        spoil_ink(sheet, form, fault)
    if maybe(chance, recipe.stamps):
        _stamp_over(sheet)
    if maybe(chance, recipe.strokes):
        _leftovers(sheet)
    colours = cv2.COLOR_RGB2BGR if maybe(chance, recipe.colour) else cv2.COLOR_RGB2GRAY
    seen = scan(np.asarray(cv2.cvtColor(sheet.picture, colours), np.uint8), dpi, seed, look.recipe)
    truth = {name: None if how[name].split(" ")[-1] in DOUBTFUL else _truth(value) for name, value in meant(form, story).items()}
    return Paper(form.name, seen, dpi, truth, how, look, seed)


def make_receipt(form: Form, seed: int, look: Look, of: Visit | None = None) -> Paper:
    """A receipt for that visit, or for anybody's, in one of the layouts of the look's purpose."""
    recipe = recipe_named(look.recipe)
    chance = np.random.default_rng([seed, zlib.crc32(form.name.encode())])
    dpi = int(chance.choice(recipe.dpi))
    sheet, told = receipt(seed, dpi, look.fonts, of=of)
    colours = cv2.COLOR_RGB2BGR if maybe(chance, recipe.colour) else cv2.COLOR_RGB2GRAY
    seen = scan(np.asarray(cv2.cvtColor(sheet.picture, colours), np.uint8), dpi, seed, look.recipe)
    truth = {name: told.get(name) for name in form.fields}
    marks = {name for name, spec in form.fields.items() if spec.kind in ("seal", "tick")}
    how = {name: "blank" if truth[name] is None else "mark" if name in marks else "print" for name in form.fields}
    return Paper(form.name, seen, dpi, truth, how, look, seed)


def _truth(value: Value) -> Value:
    """Two circles are no value; a mark that is not there is blank."""
    return None if value is False or (isinstance(value, str) and "|" in value) else value


_BLANKS: dict[tuple[str, int, int], tuple[Form, Picture]] = {}


def _blank(form: Form, dpi: int) -> Picture:
    key = (form.name, form.version, dpi)
    known = _BLANKS.get(key)
    if known is None or known[0] is not form:
        _BLANKS[key] = known = (form, blank_picture(form, dpi))
    return known[1]


def _printed(form: Form, dpi: int, seed: int, look: Look) -> Picture:
    """The blank form, or what a scanner that drops its colour sees of it."""
    if not look.dropout:
        return _blank(form, dpi)
    lost = np.random.default_rng([seed, 61])
    return painted(dropped(form, dropout(look.dropout, look.fonts), lost), form.paper, dpi)


def _hands(look: Look, story: Story, chance: Chance) -> Hands:
    typed = _typist(_font(PRINT[look.fonts], story, chance), chance)
    pen = Pen(PENS[int(chance.integers(len(PENS)))], float(chance.uniform(0.35, 0.6)))
    body = typed
    if look.style != "typed":
        body = _writer(_font(HAND[look.fonts], story, chance), pen, chance)
    if look.style == "digits":
        body = replace(body, digits=real_digits(look.fonts))
    stamped = look.style != "typed" and maybe(chance, 0.5)
    stamp = replace(typed, colour=BLUE if maybe(chance, 0.5) else TONER, pressure=0.85)
    return Hands(
        body,
        stamp if stamped else body,
        pen,
        ways=Ways(look.ways, look.fonts) if look.ways else None,
        commas=maybe(chance, 0.9 if look.style == "typed" else 0.7),
        yen_mark=maybe(chance, 0.4),
        pad_dates=maybe(chance, 0.25),
        seal_ink=stamps.VERMILION if maybe(chance, 0.85) else stamps.GRAY,
    )


def _font(names: tuple[str, ...], story: Story, chance: Chance) -> str:
    """One of the fonts that can write the whole story; no glyph is ever drawn as a box."""
    written = "".join(str(value) for value in story.values() if value is not None).replace("|", "")
    able = [name for name in names if can_write(name, written + "0123456789,-¥元")]
    if not able:
        raise Refused(f"none of {', '.join(names)} can write this story", code="font_lacks_glyph")
    return able[int(chance.integers(len(able)))]


def _typist(name: str, chance: Chance) -> Writer:
    drift = chance.normal(0, [0.5, 0.3])
    return Writer(name, TONER, float(chance.uniform(3.7, 4.3)), drift=(float(drift[0]), float(drift[1])))


def _writer(name: str, pen: Pen, chance: Chance) -> Writer:
    return Writer(
        name,
        pen.colour,
        size=float(chance.uniform(4.8, 6.0)),
        jitter=float(chance.uniform(0.6, 1.2)),
        slant=float(chance.normal(0, 4)),
        pressure=float(chance.uniform(0.78, 1.0)),
    )


def _stamp_over(sheet: Sheet) -> None:
    """A clerk's word stamp, wherever it fell."""
    chance = sheet.chance
    word = pick(chance, ("確認済", "写", "至急", "入力済", "照合済"))
    at = (float(chance.uniform(30, 180)), float(chance.uniform(50, 250)))
    stamps.word(sheet, at, word, stamps.VERMILION if maybe(chance, 0.7) else stamps.VIOLET)


def _leftovers(sheet: Sheet) -> None:
    """A slip of the pen, or a clerk's underline, anywhere."""
    chance = sheet.chance
    for _ in range(int(chance.integers(1, 3))):
        start = chance.uniform([20, 30], [190, 270])
        long = chance.uniform(6, 40)
        along = np.linspace(0, long, 30)
        sway = chance.normal(0, 0.8) * np.sin(along / long * np.pi) + along * chance.normal(0, 0.15)
        pen = Pen(pick(chance, PENS), float(chance.uniform(0.3, 0.5)), 0.8)
        stroke(sheet, np.column_stack([start[0] + along, start[1] + sway]), pen)
