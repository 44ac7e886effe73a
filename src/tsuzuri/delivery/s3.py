"""A bucket as receiver: Amazon's, or any that speaks like it. Written with its SHA-256, and only where no such name is yet."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tsuzuri.delivery.channel import ANSWER, CHUNK, Secrets, Told, away, refused
from tsuzuri.forms.receivers import S3

WAIT_S = 20
GONE, TAKEN, SHUT = {"404", "NoSuchKey", "NotFound"}, {"412", "PreconditionFailed", "ConditionalRequestConflict"}, {
    "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "NoSuchBucket"}


class Bucket:
    """A prefix of a bucket, and the one under which its answers lie."""

    def __init__(self, client: Any, receiver: S3) -> None:
        self._client, self._bucket = client, receiver.bucket
        self._root, self._answers = _prefix(receiver.path), _prefix(receiver.answers)
        self._answering = bool(receiver.answers)

    def size(self, name: str) -> int | None:
        try:
            return int(self._client.head_object(Bucket=self._bucket, Key=self._root + name)["ContentLength"])
        except self._client.exceptions.ClientError as error:
            if _code(error) in GONE:
                return None
            raise

    def read(self, name: str) -> Iterator[bytes]:
        return self._pieces(self._root + name)

    def put(self, name: str, path: Path, sha256: str) -> None:
        proof = base64.b64encode(bytes.fromhex(sha256)).decode()
        try:
            with path.open("rb") as body:       # one request, so that the name appears with all of its bytes, up to 5 GiB
                self._client.put_object(
                    Bucket=self._bucket, Key=self._root + name, Body=body, ChecksumSHA256=proof, IfNoneMatch="*")
        except self._client.exceptions.ClientError as error:
            if _code(error) in TAKEN:
                raise FileExistsError(name) from None
            raise

    def answers(self) -> Iterator[Told]:
        if not self._answering:
            return
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=self._answers, Delimiter="/"):
            for one in page.get("Contents", ()):
                if one["Key"].endswith(ANSWER):
                    yield Told(one["Key"].removeprefix(self._answers), one["ETag"].strip('"'), int(one["Size"]))

    def answer(self, name: str) -> Iterator[bytes]:
        return self._pieces(self._answers + name)

    def _pieces(self, key: str) -> Iterator[bytes]:
        yield from self._client.get_object(Bucket=self._bucket, Key=key)["Body"].iter_chunks(CHUNK)


def _prefix(path: str) -> str:
    return f"{path.strip('/')}/" if path.strip("/") else ""


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def open_s3(target: str, receiver: S3, secrets: Secrets) -> Iterator[Bucket]:
    """The bucket, by the credentials that boto3 finds: environment, profile, or the machine's own role."""
    try:
        import boto3  # an extra, and a second: only who delivers this way loads it
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ProfileNotFound
    except ImportError:
        raise refused(target, "S3 needs `pip install tsuzuri[delivery]`") from None
    where = f"s3://{receiver.bucket}"
    try:
        session = boto3.Session(profile_name=receiver.profile or None, region_name=receiver.region or None)
        once = Config(connect_timeout=WAIT_S, read_timeout=WAIT_S, retries={"total_max_attempts": 1})    # the pauses are ours
        yield Bucket(session.client("s3", endpoint_url=receiver.endpoint or None, config=once), receiver)
    except (NoCredentialsError, ProfileNotFound) as error:
        raise refused(where, "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile") from error
    except ClientError as error:
        if _code(error) in SHUT:
            raise refused(where, f"is not open to us ({_code(error)})") from error
        raise away(where, error) from error
    except (BotoCoreError, OSError) as error:
        raise away(where, error) from error
