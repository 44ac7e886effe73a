"""The wire: HTTP/1.1 as uvicorn speaks it, and nobody may hold a connection for ever, by saying nothing or by not listening.

What uvicorn itself does not limit: how long a request takes to begin, and how long an answer waits to be read.
"""

from __future__ import annotations

import asyncio
import secrets

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from tsuzuri.api.problems import ProblemJSON, problem

HEAD_S = 20.0           # from a connection, or the first byte of a request, to the end of its headers
UNREAD_S = 60.0         # so long an answer waits for somebody who does not read it
HEAD_BYTES = 32 * 1024  # of one request's headers; a session's cookie and a file's name of 200 characters have 3 KB


class Wire(H11Protocol):
    """One connection."""

    _begins: asyncio.TimerHandle | None = None
    _listens: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there, and has so long to say what they want."""
        super().connection_made(transport)
        self._wait_for_a_request()

    def data_received(self, data: bytes) -> None:
        """Further bytes. Those of a request's headers, or behind a request that was answered early, gain no time."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()        # a body is the application's to wait for
        elif self._begins is None:
            self._wait_for_a_request()

    def on_response_complete(self) -> None:
        """The next request begins with its first byte; until then uvicorn's own patience counts."""
        self._stop_waiting()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """What was sent lies unread."""
        super().pause_writing()
        self._listens = self._listens or self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It was read."""
        if self._listens is not None:
            self._listens.cancel()
            self._listens = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is answered as every failure is."""
        self._tell(problem(_number(), 400, "bad_request", "HTTP の要求として読み取れません。送る側の設定を確かめてください。"))

    def _wait_for_a_request(self) -> None:
        self._begins = self.loop.call_later(HEAD_S, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._begins is not None:
            self._begins.cancel()
            self._begins = None

    def _too_slow(self) -> None:
        self._begins = None
        if self.transport.is_closing():
            return
        if self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self._tell(problem(_number(), 408, "too_slow", "送信が途中で止まりました。回線を確認して、もう一度送ってください。"))
        self.transport.close()

    def _tell(self, answer: ProblemJSON) -> None:
        head = h11.Response(status_code=answer.status_code, headers=[*answer.raw_headers, (b"connection", b"close")])
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def _number() -> str:
    return f"rq_{secrets.token_hex(8)}"
