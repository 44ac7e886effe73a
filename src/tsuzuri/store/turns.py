"""Turns at the door: how many passwords are looked at side by side, however many come at once. Touches only errors.

Argon2 takes 64 MiB and a core for each: a crowd that anybody can send must not take the whole machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from tsuzuri.errors import Stuck

HASHING = BoundedSemaphore(2)
WAITING = BoundedSemaphore(16)      # those and who waits for a turn: fewer than the web server's 40 threads
LONGEST_WAIT_S = 5.0


@contextmanager
def turn() -> Iterator[None]:
    """Inside it is one's turn to look at a password; raises Stuck (`login_busy`) if too many wait, or for too long."""
    if not WAITING.acquire(blocking=False):
        raise _crowded()
    try:
        if not HASHING.acquire(timeout=LONGEST_WAIT_S):
            raise _crowded()
        try:
            yield
        finally:
            HASHING.release()
    finally:
        WAITING.release()


def _crowded() -> Stuck:
    return Stuck("ログインが混み合っています。少し待って、もう一度ログインしてください。", code="login_busy")
