"""Files from stations: streamed to disk while hashed, held against the sender's hash, and only then taken."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import asdict
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Header, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from tsuzuri import flow
from tsuzuri.api.problems import told, told_once
from tsuzuri.api.shapes import KeyShape, Receipt, an_imprint
from tsuzuri.api.who import AtLine, ItsOwn, must_see
from tsuzuri.errors import Refused
from tsuzuri.flow import Line
from tsuzuri.flow.pouring import pour_most
from tsuzuri.store.accounts import Key
from tsuzuri.store.words import printable

router = APIRouter(prefix="/v1", tags=["scans"])
SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):", re.IGNORECASE)
MOST_SAID = 2000        # letters, of the pages that were fed double
MOST_FILES = 100_000    # of one batch: so many sheets may be declared, and a file has at least one
Sequence = Annotated[int, Path(ge=1, description=f"1, 2, 3 … in the order of the paper, at most {MOST_FILES:,}")]
ANY_BYTES = {"requestBody": {"required": True, "content": {
    media: {"schema": {"type": "string", "format": "binary"}}
    for media in ("application/octet-stream", "image/jpeg", "image/png", "image/tiff", "application/pdf")}}}


@router.put("/batches/{batch_id}/scans/{seq}", status_code=201, openapi_extra=ANY_BYTES,
            responses={200: {"model": Receipt, "description": "Here already: the first receipt"},
                       **told(404, 408, 409, 413)})
async def put_scan(
    batch_id: str, seq: Sequence, request: Request, response: Response, line: AtLine, key: ItsOwn,
    digest: Annotated[str | None, Header(alias="Content-Digest", examples=["sha-256=:…base64…:"])] = None,
    name: Annotated[str, Header(alias="X-File-Name", description="percent-encoded UTF-8")] = "",
    imprint: Annotated[str, Header(alias="X-Imprint", description="on its sheet; FIRST..LAST of several")] = "",
    double_feed: Annotated[str, Header(
        alias="X-Double-Feed", description="the pages at which the scanner felt two sheets at once: 3, 7")] = "",
) -> Receipt:
    """Send one file as the body, with its SHA-256 in `Content-Digest` (RFC 9530). Large files: `POST /v1/uploads`.

    201 means: bytes and row are durable, here is the receipt. Sent again, the same bytes get the first receipt
    (200); other bytes under a taken number get 409. Bytes that differ from their digest get 422
    (`digest_mismatch`), and nothing of them is stored. What `warnings` tells is kept all the same: scan such a
    sheet again while the paper is in hand.
    """
    must_be_in_sequence(seq)
    expected, told = _expected(digest), said_of(name, imprint, double_feed)

    def take(rest: bytes) -> tuple[Receipt, bool]:
        staged.write(rest)
        if staged.sha256 != expected:
            raise Refused("届いたデータが Content-Digest と一致しません。もう一度送ってください。",
                          code="digest_mismatch", sent=expected)
        warnings = flow.glance(staged.path)         # before it is kept: it lies elsewhere then
        scan, is_new = told_once(lambda: flow.take_scan(line, batch_id, seq, told, staged))
        return Receipt.of(scan, line.seal, [*warnings, *flow.against_its_half(line, scan)]), is_new

    line.files.must_have_room(int(request.headers.get("content-length", "0")))
    with line.files.receive(line.limits.caps.bytes) as staged:
        receipt, is_new = await run_in_threadpool(take, await pour_most(request.stream(), staged))
    response.status_code = 201 if is_new else 200
    return receipt


@router.get("/station-key")
def station_key(line: AtLine) -> list[KeyShape]:
    """The keys by which anybody can check receipts, oldest first; the last is the one that signs. No API key is asked for."""
    return [KeyShape(**asdict(key)) for key in line.seal.published()]


def said_of(name: str, imprint: str, double_feed: str) -> flow.Told:
    """What a station says of a file; raises Refused for an imprint without a number, or pages that are none."""
    try:
        an_imprint(imprint)
        pages = tuple(int(page) for page in double_feed[:MOST_SAID].replace(",", " ").split())
    except ValueError:
        raise Refused("印字番号（X-Imprint）は数字で終わる文字列、二重送り（X-Double-Feed）はページ番号で送ってください。",
                      code="bad_marks") from None
    return flow.Told(only_a_name(name), imprint, pages)


def must_be_in_sequence(seq: int) -> None:
    """Raises Refused for a number that no file of a batch can have."""
    if not 1 <= seq <= MOST_FILES:
        raise Refused(f"番号は1から{MOST_FILES:,}までです。1から順に振り、超えるときはバッチを分けてください。",
                      code="bad_sequence")


def must_be_its_own(line: Line, key: Key, batch_id: str) -> None:
    """Raises NotFound for a batch of which this machine may not know."""
    with line.store.read() as look:
        must_see(key, look.batch(batch_id))


def _expected(digest: str | None) -> str:
    """The SHA-256 that the sender told, in hex; raises Refused if there is none."""
    found = SHA256.search(digest or "")
    try:
        told_bytes = base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        told_bytes = b""
    if len(told_bytes) != 32:
        raise Refused("Content-Digest: sha-256=:(base64): を付けて送ってください（RFC 9530）。",
                      code="digest_missing")
    return told_bytes.hex()


def only_a_name(name: str) -> str:
    """The file's own name, percent-encoded again, without folders and without what cannot be shown."""
    last = unquote(name).replace("\\", "/").rpartition("/")[2]
    return quote("".join(c for c in last if printable(c))[:200])
