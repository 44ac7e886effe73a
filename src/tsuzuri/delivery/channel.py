"""What every way of delivery has: five verbs, and one rule about what is there already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from tsuzuri.errors import Stuck

AWAY, REFUSED, DIFFERS = "receiver_away", "receiver_refused", "delivery_differs"
ANSWER = ".answer.json"
CHUNK = 1 << 18


@dataclass(frozen=True)
class Secrets:
    """Whatever opens doors, never shown: a folder of private keys (`TARGET.key`, for SFTP), and passwords by target."""

    keys: Path | None = None
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)

    def key(self, target: str) -> Path | None:
        """The private key for a target, if there is one."""
        path = self.keys / f"{target}.key" if self.keys is not None else None
        return path if path is not None and path.is_file() else None


class Told(NamedTuple):
    """An answer that lies with the receiver; its `stamp` changes when the file does."""

    name: str
    stamp: str
    size: int


class Channel(Protocol):
    """A way to a receiver, open."""

    def size(self, name: str) -> int | None:
        """Bytes of the file that is there under that name; None where none is."""

    def read(self, name: str) -> Iterator[bytes]:
        """Its bytes."""

    def put(self, name: str, path: Path, sha256: str) -> None:
        """Make the file there whole, at once. Raises FileExistsError where one of that name has come meanwhile."""

    def answers(self) -> Iterable[Told]:
        """The answers that lie there."""

    def answer(self, name: str) -> Iterator[bytes]:
        """An answer's bytes."""


def deliver_file(channel: Channel, path: Path, sha256: str) -> bool:
    """The file is with the receiver, byte for byte; whether it was carried now (False: it lay there already).

    Raises Stuck (`delivery_differs`) where other bytes lie under its name, and leaves them.
    """
    if channel.size(path.name) is None:
        try:
            channel.put(path.name, path, sha256)
        except FileExistsError:
            pass        # another was faster: what lies there is looked at like anything else
        else:
            return True
    if channel.size(path.name) != path.stat().st_size or digest(channel.read(path.name)) != sha256:
        raise Stuck(f"{path.name}: the receiver holds other bytes under this name; nothing was overwritten. Ask whose they are.",
                    code=DIFFERS)
    return False


def digest(pieces: Iterable[bytes]) -> str:
    """Of bytes that come in pieces, in hex."""
    said = hashlib.sha256()
    for piece in pieces:
        said.update(piece)
    return said.hexdigest()


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file's bytes."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def away(where: str, error: BaseException) -> Stuck:
    """The receiver does not answer; the reason by its class alone, as a server's words may say anything."""
    return Stuck(f"{where}: does not answer ({type(error).__name__}); the delivery is tried again by itself", code=AWAY)


def refused(where: str, why: str) -> Stuck:
    """The receiver does not let us in, or not do what must be done."""
    return Stuck(f"{where}: {why}", code=REFUSED)
