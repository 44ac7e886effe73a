"""Faults that papers really have, put in on purpose: wrong sums, bad numbers, two circles. One word each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tsuzuri.errors import Refused
from tsuzuri.forms import Form
from tsuzuri.model import Box
from tsuzuri.synth.ink import BLACK, Pen, Sheet, stroke
from tsuzuri.synth.my_number import write_my_number
from tsuzuri.synth.stories import Story

_OTHERS = {"外来": "入院", "2割": "3割", "3割": "2割", "無": "有", "有": "無", "男": "女", "女": "男"}


def _wrong_sum(story: Story, field: str) -> Story:
    value = story[field]
    return {**story, field: (value if isinstance(value, int) else 0) + 100}


def _bad_check(story: Story, field: str) -> Story:
    number = str(story[field])
    return {**story, field: number[:-1] + str((int(number[-1]) + 1) % 10)}


def _left_out(story: Story, field: str) -> Story:
    return {**story, field: None}


def _two_circles(story: Story, field: str) -> Story:
    value = str(story[field])
    return {**story, field: f"{value}|{_OTHERS.get(value, '外来')}"}


def _as_it_is(story: Story, field: str) -> Story:
    return story


# word: (what becomes of the story, which field unless another is named)
FAULTS: dict[str, tuple[Callable[[Story, str], Story], str]] = {
    "wrong_sum": (_wrong_sum, "amount"),
    "bad_check": (_bad_check, "recipient_no"),
    "left_out": (_left_out, "seal"),
    "two_circles": (_two_circles, "inout"),
    "scribbled": (_as_it_is, "patient_paid"),
    "restruck": (_as_it_is, "points"),        # crossed out, the right value above it, with a 訂正印
    "restruck_bare": (_as_it_is, "points"),   # and without
    "whitened": (_as_it_is, "points"),        # painted over and written anew
    "my_number": (_as_it_is, "margin"),
}


def spoil(story: Story, fault: str) -> Story:
    """The story with that fault; raises Refused for a word that is none."""
    change, field = _known(fault)
    return change(story, field)


def spoil_ink(sheet: Sheet, form: Form, fault: str) -> None:
    """What a fault does to the ink itself: a scribble makes its field illegible, a 個人番号 stands where none belongs."""
    word, field = fault.partition(":")[0], _known(fault)[1]
    if word == "scribbled":
        _scribble(sheet, form.fields[field].area)
    elif word == "my_number":
        left, top, width, _ = form.fields[field].area if field in form.fields else (20.0, form.paper[1] - 12.0, 120.0, 9.0)
        write_my_number(sheet, (left, top), width)


def _scribble(sheet: Sheet, area: Box) -> None:
    x, y, w, h = area
    turns = np.linspace(0, 22 * np.pi, 260)
    along = np.linspace(x + w * 0.14, x + w * 0.86, 260) + np.sin(turns) * w * 0.05
    zigzag = np.column_stack([along, y + h / 2 + np.sin(turns * 0.93 + 0.6) * h * 0.32])
    stroke(sheet, zigzag + sheet.chance.normal(0, 0.15, zigzag.shape), Pen(BLACK, 0.7))
    back = np.column_stack([np.cos(turns * 0.31) * w * 0.36, np.sin(turns * 0.47) * h * 0.32])
    stroke(sheet, back + np.array([x + w / 2, y + h / 2]), Pen(BLACK, 0.6))


def _known(fault: str) -> tuple[Callable[[Story, str], Story], str]:
    word, _, field = fault.partition(":")
    if word not in FAULTS:
        raise Refused(f"no fault {word!r}; there are: {', '.join(FAULTS)}", code="no_such_fault")
    change, usual = FAULTS[word]
    return change, field or usual
