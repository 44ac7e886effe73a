"""How a target's files reach their receiver, and where its answer lies: what `deliver` of _targets.yaml may say, a word each way.

Never a credential: keys are files and passwords come from the environment, both named after the target (see settings).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from tsuzuri.forms.field import Declared
from tsuzuri.forms.source import meant

Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\s\x00]+$")]
KEY_KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


class Receiver(Declared):
    """Of every way. `answers` is the folder in which the receiver lays its 受領結果 ("": none). An answer that has not come by
    `answer_by` on the next day of office is told. Runs of business dates before `since` reached it otherwise."""

    answers: str = ""
    answer_by: time | None = None
    since: date | None = None


class Directory(Receiver):
    """A folder, or a share that is mounted there; a relative one lies under the folder of exports."""

    to: Literal["directory"]
    path: Annotated[str, Field(min_length=1)]


class Sftp(Receiver):
    """A folder of an SFTP server, which shows `host_key` ("ssh-ed25519 AAAA…", as in known_hosts) and no other."""

    to: Literal["sftp"]
    host: Name
    port: int = Field(default=22, ge=1, le=65535)
    user: Name
    host_key: str
    path: str = "."

    @field_validator("host_key")
    @classmethod
    def _is_pinned(cls, value: str) -> str:
        kind, _, key = value.strip().partition(" ")
        if kind not in KEY_KINDS or not key.startswith("AAAA"):
            raise ValueError("the server's public key, as `ssh-keyscan HOST` says it behind the name: ssh-ed25519 AAAA…")
        return f"{kind} {key.split()[0]}"


class S3(Receiver):
    """A bucket, under `path`; `endpoint` for a service that is not Amazon's. Credentials are found as boto3 finds them; `profile`
    names one of several."""

    to: Literal["s3"]
    bucket: Name
    path: str = ""
    endpoint: str = ""
    region: str = ""
    profile: str = ""


WAYS: Mapping[str, type[Receiver]] = {"directory": Directory, "sftp": Sftp, "s3": S3}


def receiver_of(told: Any) -> Any:
    """Of what a YAML says under `deliver`, the class that its `to` names; raises ValueError for an unknown word."""
    if not isinstance(told, dict):
        return told
    word = str(told.get("to", ""))
    if word not in WAYS:
        raise ValueError(f"to: unknown word {word!r}{meant(word, WAYS)}")
    return told


def under(folder: str, name: str) -> str:
    """A name within a remote folder."""
    return str(PurePosixPath(folder or ".") / name)
