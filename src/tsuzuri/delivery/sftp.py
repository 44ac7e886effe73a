"""An SFTP server as receiver. It shows the key that _targets.yaml pins, or nothing is said to it; no key is ever learnt."""

from __future__ import annotations

import base64
import secrets as dice
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tsuzuri.delivery.channel import ANSWER, CHUNK, Secrets, Told, away, refused
from tsuzuri.errors import Stuck
from tsuzuri.forms.receivers import Sftp, under

WAIT_S = 20.0       # for a server's word; a night's file then takes its time, as long as bytes move


class Remote:
    """A folder of a server, and the one in which its answers lie."""

    def __init__(self, client: Any, root: str, answers: str) -> None:
        self._client, self._root, self._answers = client, root, answers

    def size(self, name: str) -> int | None:
        try:
            return int(self._client.stat(under(self._root, name)).st_size)
        except FileNotFoundError:
            return None

    def read(self, name: str) -> Iterator[bytes]:
        return self._pieces(under(self._root, name))

    def put(self, name: str, path: Path, sha256: str) -> None:
        temp = f".{name}.{dice.token_hex(4)}.part"
        for left in self._client.listdir(self._root):
            if left.startswith(f".{name}.") and left.endswith(".part"):
                self._client.remove(under(self._root, left))        # of an attempt that was cut off
        self._client.put(str(path), under(self._root, temp), confirm=True)      # confirm: as many bytes lie there
        try:
            # The plain rename and not posix-rename: it fails where the name is taken, so nothing is ever overwritten.
            self._client.rename(under(self._root, temp), under(self._root, name))
        except OSError:
            taken = self.size(name) is not None
            self._client.remove(under(self._root, temp))
            if taken:
                raise FileExistsError(name) from None
            raise

    def answers(self) -> Iterator[Told]:
        if not self._answers:
            return
        for one in sorted(self._client.listdir_attr(self._answers), key=lambda one: str(one.filename)):
            if one.filename.endswith(ANSWER) and stat.S_ISREG(one.st_mode or 0):
                yield Told(one.filename, f"{one.st_mtime}-{one.st_size}", int(one.st_size or 0))

    def answer(self, name: str) -> Iterator[bytes]:
        return self._pieces(under(self._answers, name))

    def _pieces(self, path: str) -> Iterator[bytes]:
        with self._client.open(path, "rb") as file:
            while piece := file.read(CHUNK):
                yield piece


@contextmanager
def open_sftp(target: str, receiver: Sftp, secrets: Secrets) -> Iterator[Remote]:
    """Logged in, by the target's key file or else its password, at a server whose key is the pinned one."""
    try:
        import paramiko  # an extra, and half a second: only who delivers this way loads it
    except ImportError:
        raise refused(target, "SFTP needs `pip install tsuzuri[delivery]`") from None
    where = f"{receiver.host}:{receiver.port}"
    client = paramiko.SSHClient()
    _pin(client, receiver)
    try:
        client.connect(receiver.host, receiver.port, receiver.user, timeout=WAIT_S, banner_timeout=WAIT_S, auth_timeout=WAIT_S,
                       look_for_keys=False, allow_agent=False, **_opened_by(target, secrets))
        sftp = client.open_sftp()
        sftp.get_channel().settimeout(WAIT_S)
        yield Remote(sftp, receiver.path, receiver.answers)
    except (paramiko.BadHostKeyException, _Unpinned) as error:
        raise Stuck(f"{where}: shows another key than host_key; somebody stands between, or its key was renewed: ask the receiver",
                    code="host_key_differs") from error
    except paramiko.AuthenticationException as error:
        raise refused(where, "does not take the key or password of this target") from error
    except (FileNotFoundError, PermissionError) as error:
        raise refused(where, "a folder is missing, or may not be written") from error
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise away(where, error) from error
    finally:
        client.close()


class _Unpinned(Exception):  # noqa: N818
    """The server has no key of the pinned kind."""


class _Never:
    """What is done about a server without a pinned key: nothing more is said to it."""

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        raise _Unpinned


def _pin(client: Any, receiver: Sftp) -> None:
    """The one key that counts, and a refusal of any other: nothing on this machine's own list of hosts is looked at."""
    import paramiko

    kind, _, said = receiver.host_key.partition(" ")
    name = receiver.host if receiver.port == 22 else f"[{receiver.host}]:{receiver.port}"
    client.get_host_keys().add(name, kind, paramiko.PKey.from_type_string(kind, base64.b64decode(said)))
    client.set_missing_host_key_policy(_Never())


def _opened_by(target: str, secrets: Secrets) -> dict[str, Any]:
    key, password = secrets.key(target), secrets.passwords.get(target)
    if key is not None:
        return {"key_filename": str(key), "passphrase": password}
    if password is None:
        raise refused(target, f"neither {target}.key in the folder of keys nor a password is there")
    return {"password": password}
