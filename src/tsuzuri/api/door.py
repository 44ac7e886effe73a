"""The door before everything that is served: a number for each request, caps on its size and its slowness.

Here is the web server's one broad `except`: what nobody expected becomes a 500 that repeats nothing it said.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tsuzuri.api.metrics import Figures
from tsuzuri.api.problems import BROKEN, ProblemJSON, of_error, problem
from tsuzuri.errors import Refused, TooLarge, TsuzuriError
from tsuzuri.rules.ledgers.sheet import MOST_BYTES

log = structlog.get_logger("tsuzuri.api")
SMALL = 1 << 20             # bytes any other request may bring; the largest form of the desk has some 20 kB
MOST_HEADERS = 100          # of one request; browsers behind proxies send some thirty
IDLE_S = 20.0               # a sender that says nothing for so long is gone
SLOWEST = 16 * 1024         # bytes a second after the first IDLE_S: a scan of 1 MB may take a minute
UPLOAD = re.compile(r"/v1/batches/[^/]+/scans/[^/]+")
PIECE = re.compile(r"/v1/uploads/[^/]+")
LEDGER = re.compile(r"/v1/ledgers/[a-z]+|/desk/ledgers/[a-z]+/file")
CONTROL = re.compile(rb"[\x00-\x1f\x7f]")       # no address of ours has one, and not every database can be asked for it
SPOKEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class TooSlow(Refused):
    """The sender stopped in the middle of what it was sending."""

    code = "too_slow"
    status = 408


class TooManyHeaders(Refused):
    """More headers than any sender has a use for."""

    code = "too_many_headers"
    status = 431


@dataclass
class _Hearing:
    """What has been heard of one request's body; remembers a refusal that a framework may have swallowed."""

    receive: Receive
    cap: int
    begun: float = field(default_factory=time.monotonic)
    size: int = 0
    whole: bool = False
    refused: TsuzuriError | None = None

    async def __call__(self) -> Message:
        if self.whole:
            return await self.receive()
        left = IDLE_S + self.size / SLOWEST - (time.monotonic() - self.begun)
        try:
            async with asyncio.timeout(max(0.0, min(IDLE_S, left))):
                message = await self.receive()
        except TimeoutError:
            self.refused = TooSlow("送信が途中で止まりました。回線を確認して、もう一度送ってください。")
            raise self.refused from None
        self.size += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.size > self.cap:
            self.refused = too_many_bytes(self.cap)
            raise self.refused
        return message


class Door:
    """The outermost of the application's own layers."""

    def __init__(self, app: ASGIApp, figures: Figures, upload_bytes: int) -> None:
        self.app, self.figures, self.upload_bytes = app, figures, upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope["request_id"] = _number(scope)
        hearing = _Hearing(receive, self._cap(scope))
        saying = _Saying(send, request_id, hearing)
        begun = time.perf_counter()
        try:
            await self._serve(scope, hearing, saying)
        finally:
            route = getattr(scope.get("route"), "path", "")
            self.figures.served(scope["method"], route, saying.status, time.perf_counter() - begun)

    async def _serve(self, scope: Scope, hearing: _Hearing, saying: _Saying) -> None:
        async def answer(response: ProblemJSON) -> None:
            if saying.status == 0:
                await response(scope, hearing, saying)

        request_id = scope["request_id"]
        try:
            if CONTROL.search(scope["path"].encode() + unquote_to_bytes(scope["query_string"])):
                raise Refused("URL に使えない文字（制御文字）が含まれています。", code="bad_request")
            if len(scope["headers"]) > MOST_HEADERS:
                raise TooManyHeaders(f"ヘッダが多すぎます（上限 {MOST_HEADERS}）。送る側の設定を確かめてください。")
            if _announced(scope) > hearing.cap:
                raise too_many_bytes(hearing.cap)
            await self.app(scope, hearing, saying)
        except ClientDisconnect:
            log.info("sender_left", request=request_id)
        except TsuzuriError as error:
            await answer(of_error(request_id, error))
        except Exception as error:  # noqa: BLE001  the one broad catch of this door
            # The class and the place alone: a message might repeat what a citizen wrote.
            log.error("request_broke", request=request_id, error=type(error).__name__, where=_where(error))
            await answer(problem(request_id, 500, "broken", BROKEN))

    def _cap(self, scope: Scope) -> int:
        if scope["method"] == "PUT" and LEDGER.fullmatch(scope["path"]):
            return MOST_BYTES
        method, path = scope["method"], scope["path"]
        is_upload = (method == "PUT" and UPLOAD.fullmatch(path)) or (method == "PATCH" and PIECE.fullmatch(path))
        return self.upload_bytes if is_upload else SMALL


@dataclass
class _Saying:
    """What is being answered. A swallowed refusal comes out here, in place of what a framework made of it."""

    send: Send
    request_id: str
    hearing: _Hearing
    status: int = 0
    replaced: bool = False

    async def __call__(self, message: Message) -> None:
        if self.replaced:
            return
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            refused = self.hearing.refused
            if refused is not None and self.status != refused.status:
                self.replaced, self.status = True, refused.status
                await self._say(of_error(self.request_id, refused))
                return
            message = {**message, "headers": [*message["headers"], *self._headers()]}
        await self.send(message)

    async def _say(self, response: ProblemJSON) -> None:
        headers = [*response.raw_headers, *self._headers()]
        await self.send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        await self.send({"type": "http.response.body", "body": response.body})

    def _headers(self) -> list[tuple[bytes, bytes]]:
        headers = [(b"x-request-id", self.request_id.encode()), (b"x-content-type-options", b"nosniff")]
        if self.hearing.refused is not None:
            headers.append((b"connection", b"close"))     # the rest of such a body is not waited for
        return headers


def too_many_bytes(cap: int) -> TooLarge:
    """The refusal of a request that brings more than `cap` bytes."""
    return TooLarge(f"送られたデータが大きすぎます（上限 {cap:,} バイト）。分けて送ってください。",
                    code="too_many_bytes", max_bytes=cap)


def _number(scope: Scope) -> str:
    """The sender's own number for the request if it is one, else a new one."""
    told = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return told if SPOKEN_ID.fullmatch(told) else f"rq_{secrets.token_hex(8)}"


def _announced(scope: Scope) -> int:
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return int(told) if told.isdigit() else 0


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
