"""The office's seal: an Ed25519 key under which receipts are given, and the public keys by which anybody can check them.

`signing.pem` (PKCS 8, mode 0600) is made on first use; `public.json` holds every key that ever signed, each but the first
introduced by the one before it, so that who trusts an old key may come to trust the new one without being told.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tsuzuri.errors import Stuck
from tsuzuri.store.files import sync_folder

RECEIPT, INTRODUCTION = "tsuzuri-receipt/1", "tsuzuri-key/1"
SIGNED = ("scan", "batch", "seq", "sha256", "size", "pages", "received_at")     # of a receipt, in this order


@dataclass(frozen=True, slots=True)
class Published:
    """A public key: `key` names it (32 hex digits of its SHA-256), `public` is its 32 bytes in base64. `by` and `signature`:
    the key before it, and what that signed; empty for the first."""

    key: str
    public: str
    by: str = ""
    signature: str = ""


def told(kind: str, values: Mapping[str, object]) -> bytes:
    """What is signed: the kind, then a line "name: value" each, every line ended by a line feed, UTF-8."""
    return "".join([f"{kind}\n", *(f"{name}: {value}\n" for name, value in values.items())]).encode()


class Seal:
    """The keys in a folder; without one, a key that lives as long as this object does."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._held: tuple[object, Ed25519PrivateKey] | None = None

    def sign(self, receipt: Mapping[str, object]) -> tuple[str, str]:
        """The name of the key and the signature (base64) over a receipt's `SIGNED` members."""
        private = self._private()
        return _published(private).key, _over(private, told(RECEIPT, {name: receipt[name] for name in SIGNED}))

    def published(self) -> list[Published]:
        """Every public key, oldest first; the last is the one that signs."""
        now = _published(self._private())
        before = [key for key in self._told() if key.key != now.key]
        return [*before, next((key for key in self._told() if key.key == now.key), now)]

    def renew(self) -> Published:
        """A new key signs from now on, introduced by the one before; whoever checks learns of it before it is used."""
        assert self._folder is not None
        old, fresh = self._private(), Ed25519PrivateKey.generate()
        made = _published(fresh)
        introduced = told(INTRODUCTION, {"key": made.key, "public": made.public})
        made = Published(made.key, made.public, by=_published(old).key, signature=_over(old, introduced))
        listed = json.dumps([asdict(key) for key in (*self.published(), made)], indent=1)
        _put(self._folder / "public.json", listed.encode(), 0o644)
        _put(self._folder / "signing.pem", _pem(fresh), 0o600)
        return made

    def _told(self) -> list[Published]:
        listed = self._folder / "public.json" if self._folder else None
        return [Published(**key) for key in json.loads(listed.read_text("utf-8"))] if listed and listed.exists() else []

    def _private(self) -> Ed25519PrivateKey:
        if self._folder is None:
            self._held = self._held or (None, Ed25519PrivateKey.generate())
            return self._held[1]
        path = self._folder / "signing.pem"
        try:
            stood = path.stat() if path.exists() else _first(path).stat()
            version = (stood.st_ino, stood.st_mtime_ns)
            if self._held is None or self._held[0] != version:
                private = load_pem_private_key(path.read_bytes(), None)
                assert isinstance(private, Ed25519PrivateKey)
                self._held = (version, private)
        except OSError as error:
            raise Stuck("受領証に署名する鍵を読めません。鍵のフォルダを確かめてください。", code="no_signing_key") from error
        return self._held[1]


def _first(path: Path) -> Path:
    """The first key of all; of several processes that make one at once, one wins, and all read the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{secrets.token_hex(8)}.part")
    _write(aside, _pem(Ed25519PrivateKey.generate()), 0o600)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    sync_folder(path.parent)
    return path


def _put(path: Path, content: bytes, mode: int) -> None:
    aside = path.with_name(f"{secrets.token_hex(8)}.part")
    _write(aside, content, mode)
    aside.replace(path)
    sync_folder(path.parent)


def _write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _pem(private: Ed25519PrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _published(private: Ed25519PrivateKey) -> Published:
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Published(hashlib.sha256(public).hexdigest()[:32], base64.b64encode(public).decode())


def _over(private: Ed25519PrivateKey, text: bytes) -> str:
    return base64.b64encode(private.sign(text)).decode()
