"""The ways in which people mark printed answers: ticks of all shapes, rings, and marks of which nobody can say what they mean.

What the bench and tests show is drawn by other laws than what thresholds were chosen on: `purpose` says which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tsuzuri.model import Box
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.ink import PENCIL, Pen, Sheet, check_mark, ring, stroke
from tsuzuri.synth.strikes import strike

Line = NDArray[np.float64]      # points (n, 2) in mm


@dataclass(frozen=True, slots=True)
class Ways:
    """Which of the words below a hand uses, each field one by chance, and by whose laws."""

    words: tuple[str, ...]
    purpose: Purpose = "tuning"


def _check(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    if not test:
        check_mark(sheet, box, pen)
        return
    chance = sheet.chance
    bends = np.array([[-1.4, 0.2], [-0.5, 1.5], [1.1, -0.9], [3.0, -2.0]]) * chance.uniform(0.75, 1.15)
    stroke(sheet, _smooth(bends + chance.normal(0, 0.2, bends.shape)) + _middle(box), pen)


def _re(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    chance = sheet.chance
    bends = np.array([[-1.0, -2.0], [-0.8, 1.5], [1.9, -0.6]] if not test else [[-0.7, -1.7], [-0.9, 0.8], [-0.3, 1.5], [1.6, 0.1]])
    bends = bends * chance.uniform(0.8, 1.15) + chance.normal(0, 0.2, bends.shape)
    stroke(sheet, (_smooth(bends) if test else bends) + _middle(box), pen)


def _circle(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    across = sheet.chance.uniform(1.5, 2.8) if not test else sheet.chance.uniform(1.3, 3.1)
    turn = _turn(sheet, (-0.3, 0.5))
    flat = np.column_stack([np.cos(turn), np.sin(turn)]) * (across, across * sheet.chance.uniform(0.85, 1.1))
    stroke(sheet, flat + _middle(box) + sheet.chance.normal(0, 0.25, 2), pen)


def _cross(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    chance = sheet.chance
    reach = chance.uniform(1.5, 2.4) if not test else chance.uniform(1.2, 2.9)
    for side in (-1, 1):
        ends = np.array([[-reach, -reach * side], [reach, reach * side]]) + chance.normal(0, 0.25, (2, 2))
        bow = np.array([0, chance.normal(0, 0.3)]) if test else np.zeros(2)
        stroke(sheet, _smooth(np.array([ends[0], ends.mean(axis=0) + bow, ends[1]])) + _middle(box), pen)


def _filled(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    chance, turns = sheet.chance, 7 if not test else 5
    along = np.linspace(-1, 1, turns * 2)
    hatch = np.column_stack([along, np.where(np.arange(turns * 2) % 2, 1.0, -1.0)]) * (1.9, 1.9)
    wide = replace(pen, width=max(pen.width, 0.42))
    for turned in ((False, True) if not test else (True,)):
        stroke(sheet, (hatch[:, ::-1] if turned else hatch) + _middle(box) + chance.normal(0, 0.1, hatch.shape), wide)


def _whole(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    if test:
        _arc(sheet, box, pen, (-0.2, 1.2))
    else:
        ring(sheet, box, pen)


def _open(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    _arc(sheet, box, pen, (-0.85, -0.3) if not test else (-1.0, -0.2))


def _double(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    ring(sheet, box, pen)
    x, y, w, h = box
    by = sheet.chance.uniform(-0.4, 0.5) if not test else sheet.chance.uniform(-0.7, 0.7)
    _arc(sheet, (x - by, y - by, w + 2 * by, h + 2 * by), pen, (-0.4, 0.6))


def _pencil(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    faint = Pen(PENCIL, float(sheet.chance.uniform(0.32, 0.5)), float(sheet.chance.uniform(0.6, 0.85)))
    _whole(sheet, box, faint, test)


def _half(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    _arc(sheet, box, pen, (-3.4, -2.9) if not test else (-3.6, -2.7))


def _beside(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    """A ✓ left of the box; in tests a レ left of it or under it."""
    x, y, w, h = box
    if not test:
        _check(sheet, (x - sheet.chance.uniform(4.6, 5.4), y, w, h), pen, test)
    elif sheet.chance.random() < 0.5:
        _re(sheet, (x - sheet.chance.uniform(4.2, 5.4), y, w, h), pen, test)
    else:
        _re(sheet, (x, y + sheet.chance.uniform(4.4, 5.2), w, h), pen, test)


def _wide(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    """A ring round the printed box, through its corners or well clear of them."""
    across = float(sheet.chance.uniform(2.6, 4.0) if not test else sheet.chance.uniform(2.5, 4.3))
    x, y = _middle(box)
    _arc(sheet, (x - across, y - across, 2 * across, 2 * across), pen, (-0.3, 0.6))


def _over(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    """A ✓ over the printed word, where a ring was asked for; in tests a レ as well."""
    (_re if test and sheet.chance.random() < 0.4 else _check)(sheet, box, pen, test)


def _crossed(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    """A × over the printed word; in tests a slanted line as well."""
    if not test or sheet.chance.random() < 0.7:
        _cross(sheet, box, pen, test)
        return
    reach = sheet.chance.uniform(2.4, 3.6, 2) * (1, -0.7)
    stroke(sheet, np.array([-reach, reach]) + _middle(box) + sheet.chance.normal(0, 0.2, (2, 2)), pen)


def _cancelled(sheet: Sheet, box: Box, pen: Pen, test: bool) -> None:
    """A ring, and two lines through it: what was answered does not count any more. In tests one line."""
    _whole(sheet, box, pen, test)
    out = float(sheet.chance.uniform(-0.5, 1.0))
    strike(sheet, (box[0] - out, box[1], box[2] + 2 * out, box[3]), pen, 1 if test else 2)


Way = Callable[[Sheet, Box, Pen, bool], None]
TICKS: Mapping[str, Way] = {"check": _check, "re": _re, "circle": _circle, "cross": _cross, "filled": _filled, "wide": _wide,
                              "beside": _beside}
RINGS: Mapping[str, Way] = {"whole": _whole, "open": _open, "double": _double, "pencil": _pencil, "half": _half,
                            "over": _over, "crossed": _crossed, "cancelled": _cancelled}
TWO_WORDS = "two_words"                              # one ring round a word and its neighbour
# What no person could take for an answer without asking.
DOUBTFUL = frozenset({"beside", "half", "over", "crossed", "cancelled", TWO_WORDS})
ALL = (*TICKS, *RINGS, TWO_WORDS)


def tick(sheet: Sheet, box: Box, pen: Pen, ways: Ways | None) -> str:
    """A mark in a printed box; returns its word, "" for the usual ✓."""
    word = _one(sheet, ways, TICKS)
    if ways is None or not word:
        check_mark(sheet, box, pen)
    else:
        TICKS[word](sheet, box, pen, ways.purpose == "test")
    return word


def answer(sheet: Sheet, places: tuple[Mapping[str, Box], str], pen: Pen, ways: Ways | None) -> str:
    """A ring round that word of those printed in these boxes; returns its way, "" for the usual one."""
    boxes, chosen = places
    beside = [box for word, box in boxes.items() if word != chosen]
    way = _one(sheet, ways, (*RINGS, *((TWO_WORDS,) if beside else ())))
    if ways is None or not way:
        ring(sheet, boxes[chosen], pen)
    elif way == TWO_WORDS:
        _over_two(sheet, (boxes[chosen], min(beside, key=lambda box: _away(box, boxes[chosen]))), pen, ways.purpose == "test")
    else:
        RINGS[way](sheet, boxes[chosen], pen, ways.purpose == "test")
    return way


def _one(sheet: Sheet, ways: Ways | None, able: Mapping[str, Way] | tuple[str, ...]) -> str:
    words = [word for word in ways.words if word in able] if ways else []
    return words[int(sheet.chance.integers(len(words)))] if words else ""


def _over_two(sheet: Sheet, boxes: tuple[Box, Box], pen: Pen, test: bool) -> None:
    """Round both words, or from the middle of the one to the middle of the other and a little beyond."""
    (x, y, w, h), (u, v, g, k) = sorted(boxes)
    cut = sheet.chance.uniform(0.0, 0.28) if not test else sheet.chance.uniform(0.0, 0.25)
    left, right = x + cut * w, u + g - cut * g
    _arc(sheet, (left, min(y, v), right - left, max(y + h, v + k) - min(y, v)), pen, (-0.1, 0.6))


def _arc(sheet: Sheet, box: Box, pen: Pen, over: tuple[float, float]) -> None:
    """A ring that overruns its beginning by an angle (rad) between those two; negative: it stays open."""
    chance = sheet.chance
    turn = _turn(sheet, over)
    wobble = 1 + chance.normal(0, 0.02) * np.cos(2 * turn + chance.uniform(0, 6.3))
    reach = np.array([box[2] / 2 * chance.uniform(0.8, 0.98), box[3] / 2 * chance.uniform(0.84, 1.0)])
    stroke(sheet, np.column_stack([np.cos(turn), np.sin(turn)]) * np.asarray(wobble)[:, None] * reach + _middle(box)
           + chance.normal(0, [0.25, 0.2]), pen)


def _turn(sheet: Sheet, over: tuple[float, float]) -> Line:
    start = sheet.chance.uniform(0, 2 * np.pi)
    return np.linspace(start, start + 2 * np.pi + sheet.chance.uniform(*over), 70)


def _smooth(bends: Line) -> Line:
    """A line near these points, its corners rounded twice (Chaikin)."""
    for _ in range(3):
        fine = np.empty((2 * len(bends) - 2, 2))
        fine[::2], fine[1::2] = 0.75 * bends[:-1] + 0.25 * bends[1:], 0.25 * bends[:-1] + 0.75 * bends[1:]
        bends = np.vstack([bends[:1], fine, bends[-1:]])
    return bends


def _middle(box: Box) -> Line:
    return np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])


def _away(a: Box, b: Box) -> float:
    return float(np.hypot(*(_middle(a) - _middle(b))))
