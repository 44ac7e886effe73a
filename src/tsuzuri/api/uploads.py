"""Large files in pieces, by tus 1.0 (core, creation, checksum, expiration, termination): a cut costs what was under way, no more.

`Upload-Metadata` names the place and the promise: `batch`, `seq`, `sha256` (64 hex digits), `filename`; `imprint` and
`doublefeed` as the headers of a PUT. The last piece is
answered with the receipt (201), as a PUT of the whole file would be; so is the creation (200) where the bytes lie there already.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from email.utils import format_datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import contextmanager_in_threadpool
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from tsuzuri import flow
from tsuzuri.api.problems import told, told_once
from tsuzuri.api.scans import must_be_in_sequence, must_be_its_own, said_of
from tsuzuri.api.shapes import Receipt
from tsuzuri.api.who import AtLine, Station
from tsuzuri.errors import Refused, TooLarge
from tsuzuri.flow import Line
from tsuzuri.flow.pouring import pour
from tsuzuri.flow.uploads import KEPT
from tsuzuri.model import Scan
from tsuzuri.store.accounts import Key
from tsuzuri.store.parts import Part
from tsuzuri.store.uploads import Upload

VERSION = "1.0.0"
SUMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
HEX = frozenset("0123456789abcdef")
PIECE = {"requestBody": {"required": True, "content": {
    "application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
router = APIRouter(prefix="/v1/uploads", tags=["uploads"])
Spoken = Annotated[str, Header(alias="Tus-Resumable", description=VERSION)]


class OtherVersion(Refused):
    """The sender speaks another version of tus."""

    code = "tus_version"
    status = 412


class NoPiece(Refused):
    """The body is not announced as a piece."""

    code = "not_a_piece"
    status = 415


class Garbled(Refused):
    """A piece is not what its checksum says; nothing of it is kept."""

    code = "checksum_mismatch"
    status = 460


@router.options("", status_code=204, include_in_schema=False)
def able(line: AtLine) -> Response:
    """What of tus is spoken here."""
    return Response(status_code=204, headers={
        "Tus-Resumable": VERSION, "Tus-Version": VERSION, "Tus-Max-Size": str(line.limits.caps.bytes),
        "Tus-Extension": "creation,checksum,expiration,termination", "Tus-Checksum-Algorithm": ",".join(SUMS)})


@router.post("", status_code=201, response_class=Response, responses={
    200: {"model": Receipt, "description": "Here already: the first receipt"}, **told(404, 409, 412, 413)})
def begin(
    line: AtLine, key: Station, length: Annotated[int, Header(alias="Upload-Length", ge=0)],
    metadata: Annotated[str, Header(alias="Upload-Metadata", max_length=4096)] = "", spoken: Spoken = "",
) -> Response:
    """Begin a file, or find the one begun before: the same bytes for the same place are one upload. `Location` names it."""
    _must_speak(spoken)
    asked = _asked(line, metadata, length)
    must_be_its_own(line, key, asked.batch_id)
    begun = told_once(lambda: flow.begin_upload(line, asked))
    if isinstance(begun, Scan):
        return _given(line, begun, 200, [*flow.glance(line.files.present(begun.kept)), *flow.against_its_half(line, begun)])
    return Response(status_code=201, headers={"Location": f"/v1/uploads/{begun.id}", **_stands(begun)})


@router.head("/{upload_id}", status_code=200, response_class=Response, responses=told(404, 412))
def stands(upload_id: str, line: AtLine, key: Station, spoken: Spoken = "") -> Response:
    """How far the file has come: go on at `Upload-Offset`."""
    _must_speak(spoken)
    return Response(status_code=200, headers={"Cache-Control": "no-store", **_stands(_own(line, key, upload_id))})


@router.patch("/{upload_id}", status_code=204, response_class=Response, openapi_extra=PIECE, responses={
    201: {"model": Receipt, "description": "The last piece: the file is kept"}, **told(404, 408, 409, 412, 413, 415)})
async def go_on(
    upload_id: str, request: Request, line: AtLine, key: Station, offset: Annotated[int, Header(alias="Upload-Offset", ge=0)],
    checksum: Annotated[str | None, Header(alias="Upload-Checksum")] = None, spoken: Spoken = "",
) -> Response:
    """Send a piece. 204 means that it is on the disk; cut off, what had arrived is: ask by HEAD, and go on there."""
    _must_speak(spoken)
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise NoPiece("Content-Type は application/offset+octet-stream にしてください。")
    begun = await run_in_threadpool(_own, line, key, upload_id)
    if offset + int(request.headers.get("content-length", "0")) > begun.whole:
        raise TooLarge("申告されたサイズより多くのデータです。最初から送り直してください。", code="too_many_bytes")
    async with contextmanager_in_threadpool(flow.going_on(line, upload_id, offset)) as (begun, part):
        await _poured(request.stream(), part, offset, checksum)
        if part.size < begun.whole:
            return Response(status_code=204, headers=_stands(begun, part.size))
        warnings = await run_in_threadpool(flow.glance, part.path)
        scan, is_new = await run_in_threadpool(told_once, lambda: flow.take_upload(line, begun, part))
        warnings += tuple(await run_in_threadpool(flow.against_its_half, line, scan))
    return _given(line, scan, 201 if is_new else 200, warnings)


@router.delete("/{upload_id}", status_code=204, responses=told(404, 412))
def forget(upload_id: str, line: AtLine, key: Station, spoken: Spoken = "") -> Response:
    """Give an upload up; what has come of it is forgotten."""
    _must_speak(spoken)
    flow.cancel_upload(line, _own(line, key, upload_id).id)
    return Response(status_code=204, headers={"Tus-Resumable": VERSION})


async def _poured(chunks: AsyncIterable[bytes], part: Part, offset: int, checksum: str | None) -> None:
    """The piece, written; raises Garbled, and forgets it, if it is not what its checksum says."""
    if checksum is None:
        return await pour(chunks, part)
    name, _, wanted = checksum.partition(" ")
    if name not in SUMS:
        raise Refused(f"Upload-Checksum は {'、'.join(SUMS)} のどれかで送ってください。", code="bad_checksum")
    summed = SUMS[name]()

    async def heard() -> AsyncIterator[bytes]:
        async for chunk in chunks:
            summed.update(chunk)
            yield chunk

    await pour(heard(), part)
    if base64.b64encode(summed.digest()).decode() != wanted:
        part.go_on(offset)
        raise Garbled("届いたデータがチェックサムと一致しません。同じ位置から送り直してください。")
    return None


def _own(line: Line, key: Key, upload_id: str) -> Upload:
    begun = flow.upload(line, upload_id)
    must_be_its_own(line, key, begun.batch_id)
    return begun


def _asked(line: Line, metadata: str, length: int) -> Upload:
    said = _metadata(metadata)
    seq, promised = said.get("seq", ""), said.get("sha256", "")
    if not said.get("batch") or not (seq.isascii() and seq.isdigit()) or len(promised) != 64 or not HEX.issuperset(promised):
        raise Refused("Upload-Metadata に batch、seq、sha256（16進数64桁）、filename を付けてください。", code="bad_metadata")
    must_be_in_sequence(int(seq[:9]))
    told = said_of(quote(said.get("filename", "")), said.get("imprint", ""), said.get("doublefeed", ""))
    return flow.new_upload(line, (said["batch"], int(seq)), told, promised, length)


def _metadata(told_there: str) -> dict[str, str]:
    said = {}
    for pair in filter(None, (pair.strip() for pair in told_there.split(","))):
        name, _, value = pair.partition(" ")
        try:
            said[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Refused("Upload-Metadata の値は base64 で送ってください。", code="bad_metadata") from None
    return said


def _must_speak(spoken: str) -> None:
    if spoken != VERSION:
        raise OtherVersion(f"Tus-Resumable: {VERSION} で送ってください。")


def _stands(begun: Upload, at: int | None = None) -> dict[str, str]:
    return {"Tus-Resumable": VERSION, "Upload-Offset": str(begun.acknowledged if at is None else at),
            "Upload-Length": str(begun.whole), "Upload-Expires": format_datetime(begun.touched_at + KEPT, usegmt=True)}


def _given(line: Line, scan: Scan, status: int, warnings: tuple[str, ...] | list[str] = ()) -> JSONResponse:
    receipt = Receipt.of(scan, line.seal, warnings).model_dump(mode="json")
    return JSONResponse(receipt, status, headers={"Tus-Resumable": VERSION, "Upload-Offset": str(scan.size)})
