"""A paper of nothing but boxes: 44 numbers, dates and names a sheet, drawn, scanned and placed as every other paper is.

Real forms have too few katakana and dates a sheet for 2,000 of each. What is written here, how, and how it is scanned are the
forms' own; sheets of empty boxes are strewn with specks, so many a square centimetre.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle

from tsuzuri.forms import FieldSpec, Form, Part, Print
from tsuzuri.model import Box, Value
from tsuzuri.rules.kinds import KINDS
from tsuzuri.synth.people import child, clinic, cover, maybe, phone, recipient_no
from tsuzuri.synth.scan import RECIPES
from tsuzuri.synth.stories import BUSINESS_DATE, STORIES, Chance, Story

NAME = "strips"
TOP, PITCH, HIGH, ROWS = 33.0, 11.0, 9.0, 22
COLUMNS = (15.5, 106.5)
WIDE, BESIDE = 88.0, 2.5
BLANK = 0.1                       # of the boxes on a filled sheet
SPECKS = (0, 1, 3, 10, 30)        # a square centimetre; 0: what the scanner leaves by itself
SHEET_CM2 = 624

# What stands in the rows, in turn: 18 numbers, 16 dates, 10 names.
_NUMBERS: tuple[tuple[str, int | None, float], ...] = (
    ("recipient_no", 7, 49), ("inst_code", 10, 66), ("insurer_no", 8, 56), ("yen", 8, 76), ("recipient_no", 7, 49),
    ("account_no", 7, 49), ("yen", None, 58), ("inst_code", 10, 66), ("phone", None, 54),
)
_ROWS = (*_NUMBERS, *["date"] * 5, *["birth"] * 3, *["kana"] * 4, "account_kana")
_VALUES: dict[str, Callable[[Chance], Value]] = {
    "recipient_no": recipient_no,
    "inst_code": lambda c: clinic(c, "1").code,
    "insurer_no": lambda c: cover(c).insurer_no,
    "account_no": lambda c: f"{c.integers(0, 9_999_999):07d}",
    "yen": lambda c: int(10 ** c.uniform(2, 6.5)),
    "phone": phone,
    "kana": lambda c: child(c, BUSINESS_DATE).kana,
    "account_kana": lambda c: child(c, BUSINESS_DATE).kana,
}


def form() -> Form:
    """The paper. Its story is told here, too: values by kind, some boxes blank."""
    fields = {f"f{n:02d}": spec for n, spec in enumerate(_specs())}
    bottom = TOP + ROWS * PITCH
    lines = [(x, TOP + i * PITCH, x + WIDE, TOP + i * PITCH) for x in COLUMNS for i in range(1, ROWS)]
    STORIES[NAME] = lambda chance: _story(fields, chance)
    return Form(
        name=NAME, version=1, title="読取試験票", title_box=(66, 18.5, 60, 10), fields=fields,
        anchors=((13, 13), (197, 13), (13, 284), (197, 284)), json_schema={"properties": {n: {"title": n} for n in fields}},
        print=Print(frames=tuple((x, TOP, WIDE, bottom - TOP) for x in COLUMNS), lines=tuple(lines)),
    )


def _specs() -> list[FieldSpec]:
    places = [(x, TOP + i * PITCH + (PITCH - HIGH) / 2) for x in COLUMNS for i in range(ROWS)]
    return [_spec(row, x + BESIDE, y) for (x, y), row in zip(places, cycle(_ROWS), strict=False)]


def _spec(row: str | tuple[str, int | None, float], x: float, y: float) -> FieldSpec:
    if isinstance(row, tuple):
        kind, cells, wide = row
        shown = {"prefix": "¥"} if kind == "yen" and cells else {"after": "円"} if kind == "yen" else {}
        left = x + 7 if shown.get("prefix") else x
        return FieldSpec(kind=kind, cells=cells, box=(left, y, wide, HIGH), **shown)
    if row in ("kana", "account_kana"):
        return FieldSpec(kind=row, box=(x, y, WIDE - 2 * BESIDE, HIGH))
    eras: dict[str, Box] = {"平成": (x, y, 12.5, HIGH), "令和": (x + 13, y, 12.5, HIGH)}
    start = x + 28 if row == "birth" else x + 14
    parts = [Part(box=(start + 19 * i, y, 13, HIGH), cells=2, after=word) for i, word in enumerate("年月日")]
    return FieldSpec(kind="wareki", era=eras if row == "birth" else "令和", parts=tuple(parts))


def _story(fields: dict[str, FieldSpec], chance: Chance) -> Story:
    return {name: None if maybe(chance, BLANK) else _value(spec, chance) for name, spec in fields.items()}


def _value(spec: FieldSpec, chance: Chance) -> Value:
    if KINDS[spec.kind].reads != "date":
        return _VALUES[spec.kind](chance)
    first = date(1989, 1, 8) if isinstance(spec.era, dict) else date(2019, 5, 1)
    return (first + timedelta(days=int(chance.integers((BUSINESS_DATE - first).days)))).isoformat()


def empty(at: Form, specks: int) -> tuple[Form, str]:
    """The paper with nothing written, and a poor scan of it, or a fax, with so many specks a square centimetre."""
    name = f"{NAME}-{specks}"
    STORIES[name] = lambda chance: {}
    for recipe in ("office", "poor", "fax"):
        dust = specks * SHEET_CM2 if specks else RECIPES[recipe].dust
        RECIPES[f"{recipe}-{specks}"] = replace(RECIPES[recipe], dust=dust, strokes=0.0, stamps=0.0)
    return at.model_copy(update={"name": name}), f"-{specks}"
