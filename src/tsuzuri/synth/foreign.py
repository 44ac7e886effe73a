"""Papers that a city receives and that no form of ours describes, drawn from foreign.yaml.

A kind is a title, who it is for, and blocks from top to bottom. Millimetres; nothing is copied from any real form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from tsuzuri.model import Box
from tsuzuri.synth.ink import Chance
from tsuzuri.synth.marks import Mark, Rule, Shade, Word, frame

LEFT, RIGHT, BOTTOM = 18.0, 192.0, 284.0
BODY = "本書に記載した事項は事実に相違ありません。記入に当たっては裏面の注意をよく読み、太枠の中を記入してください。"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a paper: `fields` (labels with room to write), `grid` (a table with a head), `lines` (text), `space`."""

    what: Literal["fields", "grid", "lines", "space"]
    labels: tuple[str, ...] = ()
    across: int = 1
    rows: int = 1
    high: float = 10.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper. `anchors`: it has black squares in its corners, as ours have."""

    title: str
    blocks: tuple[Block, ...]
    to: str = ""
    number: str = ""
    anchors: bool = False
    size: float = 6.0


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind by name, as foreign.yaml tells them."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return {
        name: Kind(**{**kind, "blocks": tuple(Block(**{**block, "labels": tuple(block.get("labels", ()))})
                                              for block in kind["blocks"])})
        for name, kind in told.items()
    }


def drawn(kind: Kind, chance: Chance) -> tuple[list[Mark], list[Box]]:
    """The blank paper's marks, and the boxes that somebody would write in; heights and columns vary by chance."""
    marks: list[Mark] = [Word((105, 28 + kind.size), kind.title, kind.size, "center"), Word((LEFT + 2, 46), kind.to, 4.0)]
    if kind.number:
        marks.append(Word((LEFT, 16), kind.number, 2.8))
    if kind.anchors:
        marks += [Shade((x - 2.5, y - 2.5, 5, 5)) for x in (13, 197) for y in (13, 284)]
    boxes: list[Box] = []
    top = 50.0
    loose = min(1.7, (BOTTOM - 62) / sum(_height(block, 1.0) for block in kind.blocks)) * float(chance.uniform(0.85, 0.98))
    for block in kind.blocks:
        for mark, box in _block(block, top, loose, chance):
            marks += [mark] if mark is not None else []
            boxes += [box] if box is not None else []
        top += _height(block, loose) + float(chance.uniform(2, 4))
    return [mark for mark in marks if _low(mark) < BOTTOM + 5], [box for box in boxes if box[1] + box[3] < BOTTOM]


def _low(mark: Mark) -> float:
    if isinstance(mark, Rule):
        return max(mark.ends[1], mark.ends[3])
    return mark.at[1] if isinstance(mark, Word) else 0.0


def _height(block: Block, loose: float) -> float:
    lines = {"fields": -(-len(block.labels) // block.across), "grid": block.rows + 1, "lines": block.rows, "space": 1}
    return lines[block.what] * block.high * loose


def _block(block: Block, top: float, loose: float, chance: Chance) -> Iterator[tuple[Mark | None, Box | None]]:
    if block.what == "fields":
        yield from _labelled(block, top, block.high * loose)
    elif block.what == "grid":
        yield from _table(block, top, block.high * loose, chance)
    elif block.what == "lines":
        for i in range(block.rows):
            cut = int(chance.integers(20, len(BODY)))
            yield Word((LEFT + 2, top + (i + 0.8) * block.high * loose), BODY[:cut], 3.4), None
    else:
        for rule in frame((RIGHT - 60, top, 60, block.high * loose), 0.3):
            yield rule, None


def _labelled(block: Block, top: float, high: float) -> Iterator[tuple[Mark | None, Box | None]]:
    wide = (RIGHT - LEFT) / block.across
    label = min(30.0, wide * 0.4)
    for i, text in enumerate(block.labels):
        x, y = LEFT + i % block.across * wide, top + i // block.across * high
        for rule in frame((x, y, wide, high), 0.25):
            yield rule, None
        yield Rule((x + label, y, x + label, y + high), 0.2), None
        yield Word((x + label / 2, y + min(high, 12) / 2 + 1.3), text, min(3.6, label / max(4, len(text)) * 0.95), "center"), None
        yield None, (x + label + 1, y + 1, wide - label - 2, high - 2)


def _table(block: Block, top: float, high: float, chance: Chance) -> Iterator[tuple[Mark | None, Box | None]]:
    shares = chance.uniform(0.6, 1.8, len(block.labels))
    edges = LEFT + (RIGHT - LEFT) * shares.cumsum() / shares.sum()
    left = LEFT
    for rule in frame((LEFT, top, RIGHT - LEFT, high * (block.rows + 1)), 0.4):
        yield rule, None
    for i in range(1, block.rows + 1):
        yield Rule((LEFT, top + i * high, RIGHT, top + i * high), 0.2), None
    for right, text in zip(edges, block.labels, strict=True):
        yield Rule((float(right), top, float(right), top + high * (block.rows + 1)), 0.2), None
        yield Word(((left + float(right)) / 2, top + high / 2 + 1.2), text, 3.2, "center"), None
        for i in range(1, block.rows + 1):
            yield None, (left + 1, top + i * high + 1, float(right) - left - 2, high - 2)
        left = float(right)
