"""twice: what two who keyed a field from its picture alone make of it. Touches rules; never the store.

Two entries settle a field if two accounts made them, at least one of them a person's, and both mean the same. What a reader
made of it counts as one where the form says so, and never as both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsuzuri.model import Value
from tsuzuri.rules import same

READER = ""      # by nobody: what was read


@dataclass(frozen=True, slots=True)
class Blind:
    """What `by` made of a field's picture: the `ink` typed, the `value` it means; None, with `legible` False: 判読不能."""

    by: str
    ink: str
    value: Value
    legible: bool = True


def agreeing(kind: str, entries: Sequence[Blind]) -> tuple[Blind, Blind] | None:
    """The first two entries, of two accounts and one of them a person's, that mean the same; None where there are no such."""
    for i, second in enumerate(entries):
        for first in entries[:i]:
            if first.by != second.by and alike(kind, first, second):
                return first, second
    return None


def differ(entries: Sequence[Blind]) -> bool:
    """Whether two people have keyed it, so that, if no two entries agree, a third must judge."""
    return len({entry.by for entry in entries} - {READER}) >= 2


def alike(kind: str, first: Blind, second: Blind) -> bool:
    """Whether two entries mean the same: gaps in a name do not count, and unreadable is like nothing but itself."""
    if not (first.legible and second.legible):
        return first.legible is second.legible
    return same(kind, first.value, second.value)


def fuller(first: Blind, second: Blind) -> Blind:
    """Of two that mean the same the one that says more: with the gap between the names."""
    return max(first, second, key=lambda entry: len(str(entry.value)))
