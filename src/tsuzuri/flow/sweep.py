"""The broom: whatever has stood still too long is nudged again, from the rows alone."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from tsuzuri.errors import Stuck
from tsuzuri.flow.hiding import forget_unwanted
from tsuzuri.flow.line import Line
from tsuzuri.flow.uploads import forget_uploads

UNFINISHED = timedelta(days=1)    # no upload takes a day: what still lies half-sent belongs to a sender long gone


def sweep(line: Line) -> int:
    """Nudge every scan and page that has stood since before `limits.sweep_after`. Returns how many nudges were put.

    Raises Stuck when the queue server is silent; what already waits there or runs is left alone.
    """
    with suppress(OSError, Stuck):    # an upload ended while it was looked at, or the disk is silent: nudging goes on
        line.files.forget_unfinished((line.clock() - UNFINISHED).timestamp())
        forget_uploads(line)
        forget_unwanted(line)
    with line.store.read() as look:
        standing = look.standing(line.clock() - line.limits.sweep_after)
    return line.queue.send(standing)
