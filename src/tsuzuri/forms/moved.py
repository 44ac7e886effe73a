"""What lies elsewhere on another print of a paper: parts of what a YAML extends, shifted. Touches plain YAML only."""

from __future__ import annotations

from typing import Any

from tsuzuri.errors import Misdeclared
from tsuzuri.model import Box

Tree = dict[str, Any]
Move = tuple[Box, float, float]


def moved(base: Tree, moves: Any, where: str) -> Tree:
    """What a base declares, each thing that lies wholly within the `area` of a move shifted `by` so many mm; the first that fits.

    Boxes, labels, choices, eras and parts of fields, and what is printed. Raises Misdeclared for moves that are none.
    """
    told = [_move(one, where) for one in moves] if isinstance(moves, list) else [_move(moves, where)]
    fields = {name: spec and _field(spec, told) for name, spec in base.get("fields", {}).items()}
    return {**base, "fields": fields, "print": _printed(base.get("print", {}), told)}


def _move(one: Any, where: str) -> Move:
    try:
        (x, y, w, h), (right, down) = (tuple(float(v) for v in one[word]) for word in ("area", "by"))
    except (KeyError, TypeError, ValueError):
        raise Misdeclared(f"{where}: moved: each is {{area: [x, y, width, height], by: [right, down]}}, in mm") from None
    return (x, y, w, h), right, down


def _by(box: Box, told: list[Move]) -> tuple[float, float]:
    x, y, w, h = box
    for (left, top, wide, high), right, down in told:
        if left <= x and top <= y and x + w <= left + wide and y + h <= top + high:
            return right, down
    return 0.0, 0.0


def _box(box: Any, told: list[Move]) -> Any:
    right, down = _by(tuple(box), told)
    return [box[0] + right, box[1] + down, box[2], box[3]]


def _field(spec: Tree, told: list[Move]) -> Tree:
    shifted = dict(spec)
    for word in ("box", "label_box"):
        if shifted.get(word):
            shifted[word] = _box(shifted[word], told)
    for word in ("choices", "era"):
        if isinstance(shifted.get(word), dict):
            shifted[word] = {said: _box(box, told) for said, box in shifted[word].items()}
    if shifted.get("parts"):
        shifted["parts"] = [{**part, "box": _box(part["box"], told)} for part in shifted["parts"]]
    return shifted


def _printed(there: Tree, told: list[Move]) -> Tree:
    found = dict(there)
    found["frames"] = [_box(frame, told) for frame in there.get("frames", ())]
    for word in ("lines", "faint"):
        found[word] = [_line(line, told) for line in there.get(word, ())]
    found["texts"] = [_text(text, told) for text in there.get("texts", ())]
    return found


def _line(line: Any, told: list[Move]) -> list[float]:
    x1, y1, x2, y2 = line
    right, down = _by((min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)), told)
    return [x1 + right, y1 + down, x2 + right, y2 + down]


def _text(text: Tree, told: list[Move]) -> Tree:
    x, y = text["at"]
    right, down = _by((x, y, 0.0, 0.0), told)
    return {**text, "at": [x + right, y + down]}
