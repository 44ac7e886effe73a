"""Receipts held against the office's keys. The first is told (`--pin`) or taken at first sight; later ones are introduced by it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tsuzuri.station.trouble import Doubtful

SIGNED = ("scan", "batch", "seq", "sha256", "size", "pages", "received_at")
Keys = dict[str, str]           # name → public key, base64


@dataclass(frozen=True)
class Sent:
    """What the station sent, and expects to find in the receipt."""

    batch: str
    seq: int
    sha256: str
    size: int


def check(receipt: Mapping[str, Any], sent: Sent, keys: Keys) -> None:
    """Raises Doubtful unless the receipt is about what was sent and one of these keys signed it."""
    about = Sent(receipt.get("batch", ""), receipt.get("seq", 0), receipt.get("sha256", ""), receipt.get("size", 0))
    if about != sent:
        raise Doubtful("受領証の内容が送ったファイルと一致しません。ファイルは手元に残しています。管理者に知らせてください。")
    try:
        text = "tsuzuri-receipt/1\n" + "".join(f"{name}: {receipt[name]}\n" for name in SIGNED)
        public, signature = keys[receipt["key"]], receipt["signature"]
    except KeyError:
        raise Doubtful("受領証に、知っている鍵の署名がありません。ファイルは手元に残しています。管理者に知らせてください。",
                       code="unknown_key") from None
    if not _signed(public, text, signature):
        raise Doubtful("受領証の署名が正しくありません。ファイルは手元に残しています。管理者に知らせてください。")


def trusted(published: Iterable[Mapping[str, Any]], keys: Keys, pin: str) -> Keys:
    """The keys to trust from now on: those known, and whichever one of them introduced. Raises Doubtful if that is none.

    Nothing known yet: the key named by `pin`, or, without one, all that the office names.
    """
    listed = [key for key in published if _is_itself(key)]
    if not keys:
        keys = {key["key"]: key["public"] for key in listed if pin in ("", key["key"])}
        if not keys:
            raise Doubtful("サーバーの鍵が、設定された pin と違います。接続先を確かめてください（送信は行いません）。",
                           code="other_key")
    for key in listed:      # oldest first: one introduces the next
        by = keys.get(str(key.get("by")))
        text = f"tsuzuri-key/1\nkey: {key['key']}\npublic: {key['public']}\n"
        if by is not None and _signed(by, text, str(key.get("signature"))):
            keys = {**keys, key["key"]: key["public"]}
    return keys


def _is_itself(key: Mapping[str, Any]) -> bool:
    return hashlib.sha256(_bytes(str(key.get("public")))).hexdigest()[:32] == key.get("key")


def _signed(public: str, text: str, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(public)).verify(_bytes(signature), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
