"""A scanner station that costs its machine next to nothing, so that a thousand fit into one process: HTTP by hand, over asyncio."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

ANSWER_S = 120.0


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body, which is an object."""
        told: dict[str, Any] = json.loads(self.body)
        return told


@dataclass
class Lean:
    """One station on one connection, made anew when it breaks."""

    port: int
    key: str
    _ways: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, repr=False)

    async def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """One request; OSError, EOFError or TimeoutError where the line breaks."""
        told = {"Host": "here", "Authorization": f"Bearer {self.key}", "Content-Length": str(len(body)), **(headers or {})}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items()) + "\r\n"
        try:
            async with asyncio.timeout(ANSWER_S):
                if self._ways is None:
                    self._ways = await asyncio.open_connection("127.0.0.1", self.port)
                reader, writer = self._ways
                writer.write(head.encode() + body)
                await writer.drain()
                return await self._answer(reader)
        except BaseException:
            self.hang_up()
            raise

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection") == "close":
            self.hang_up()
        return Answer(int(first.split()[1]), headers, body)

    def hang_up(self) -> None:
        """End the connection."""
        if self._ways is not None:
            self._ways[1].close()
            self._ways = None

    async def declare(self, sheets: int, once: str = "") -> Answer:
        """A batch of so many sheets."""
        told = {"box": "KM-TEST-B001", "ward": "東区", "procedure": "kodomo", "sheets": sheets}
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": once} if once else {})}
        return await self.ask("POST", "/v1/batches", json.dumps(told).encode(), headers)

    async def put(self, batch: str, seq: int, body: bytes, name: str = "scan.jpg") -> Answer:
        """A file to its place."""
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        return await self.ask("PUT", f"/v1/batches/{batch}/scans/{seq}", body,
                              {"Content-Digest": f"sha-256=:{digest}:", "X-File-Name": name})

    async def until(self, ask: Callable[[], Awaitable[Answer]], pause_s: float = 0.02) -> Answer:
        """Ask until there is an answer, as a station does: broken lines and 503 are tried again, all else is its answer."""
        while True:
            with suppress(OSError, EOFError, TimeoutError):
                answer = await ask()
                if answer.status != 503:
                    return answer
                assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(pause_s)
