"""delivery: bytes to a receiver, and its answers back. Touches the network and what `deliver` of a target says; never the store.

`CHANNELS` are the words. Whatever the way: a file appears under its name whole or not at all, and one that is there is never
overwritten. Trouble is Stuck, by what an operator must look at: `receiver_away`, `receiver_refused`, `host_key_differs`,
`delivery_differs`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from tsuzuri.delivery.channel import AWAY, DIFFERS, Channel, Secrets, Told, deliver_file
from tsuzuri.delivery.directory import open_directory
from tsuzuri.delivery.s3 import open_s3
from tsuzuri.delivery.sftp import open_sftp
from tsuzuri.forms.receivers import Receiver

__all__ = ["AWAY", "CHANNELS", "DIFFERS", "Channel", "Secrets", "Told", "deliver_file", "open_channel"]

Opener = Callable[..., AbstractContextManager[Channel]]
CHANNELS: Mapping[str, Opener] = {"directory": open_directory, "sftp": open_sftp, "s3": open_s3}


def open_channel(target: str, receiver: Receiver, secrets: Secrets) -> AbstractContextManager[Channel]:
    """The channel to a target's receiver, open within its `with`; raises Stuck where it cannot be opened."""
    word: str = getattr(receiver, "to")  # noqa: B009  every class of WAYS has it
    return CHANNELS[word](target, receiver, secrets)
