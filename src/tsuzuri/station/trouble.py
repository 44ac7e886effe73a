"""What can go wrong at a station, by what is to be done about it. Sentences are the operator's, in Japanese."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


class Trouble(Exception):  # noqa: N818  named by what is to be done
    """Root of all of them; `code` is stable, `said` is for the operator."""

    code = "trouble"

    def __init__(self, said: str, code: str = "") -> None:
        super().__init__(said)
        self.said = said
        self.code = code or self.code


class Away(Trouble):
    """The office is silent, or asks to come back later (`wait_s`, None: whenever). Nobody need do anything."""

    code = "away"

    def __init__(self, said: str, wait_s: float | None = None) -> None:
        super().__init__(said)
        self.wait_s = wait_s


class KeyRefused(Trouble):
    """The office does not take this station's key: somebody must bring another."""

    code = "key_refused"


class Doubtful(Trouble):
    """Who answers is not the office that this station trusts, or its receipt is not right. Nothing is let go of."""

    code = "doubtful"


class NoRoom(Trouble):
    """This machine's own disk is full, or cannot be written."""

    code = "no_room"


class Turned(Trouble):
    """The office has understood and will not take it: `code` and sentence are the office's."""

    code = "refused"



class Misused(Trouble):
    """Something is missing or wrong in what this program was told."""

    code = "bad_use"


@contextmanager
def own_disk() -> Iterator[None]:
    """Inside, a full disk is NoRoom; other failures stay what they are."""
    full = "この端末のディスクに空きがありません。空きを作ってください（作業は自動で再開します）。"
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoRoom(full) from error
        raise
    except sqlite3.OperationalError as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise NoRoom(full) from error
        raise
