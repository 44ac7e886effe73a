"""What a station says to the office, and what the answers mean. Knows HTTP and nothing of folders or journals."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from tsuzuri.station.trouble import Away, KeyRefused, Turned

AT_ONCE = 256 * 1024        # bytes: what is not larger is sent again from its beginning when it is cut
PIECE = 8 << 20             # bytes a request: a server that breaks loses no more
BREATH = 64 * 1024          # bytes between two looks at the pace
TUS = {"Tus-Resumable": "1.0.0"}
LONGEST_WAIT_S = 3600.0     # whatever the office asks for, it is asked again each hour
BUSY_S = 5.0
LATER = {"upload_busy", "upload_gone", "wrong_offset", "already_told"}      # gone on with at the next try
WAIT = {408, 423, 425, 429}


@dataclass(frozen=True)
class Scan:
    """A file to be sent: its place in a batch, its name, its bytes and their SHA-256 (hex); what the imprinter printed on it, and
    the pages at which the scanner felt two sheets."""

    batch: str
    seq: int
    name: str
    path: Path
    size: int
    sha256: str
    imprint: str = ""
    double_feed: str = ""


@dataclass
class Pace:
    """Bytes a second at most; 0: as fast as the line is."""

    bytes_a_second: int = 0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def paced(self, path: Path, at: int, end: int) -> Iterator[bytes]:
        """A file's bytes from `at` to `end`, no faster than that."""
        begun, gone = self.clock(), 0
        with path.open("rb") as scan:
            scan.seek(at)
            while at + gone < end and (breath := scan.read(min(BREATH, end - at - gone))):
                yield breath
                gone += len(breath)
                if self.bytes_a_second and (ahead := gone / self.bytes_a_second - (self.clock() - begun)) > 0:
                    self.sleep(ahead)


class Office:
    """The office, over HTTP. Every call answers, or raises Away, KeyRefused or Turned."""

    def __init__(self, http: httpx.Client, pace: Pace | None = None) -> None:
        self._http, self._pace = http, pace or Pace()

    def keys(self) -> list[dict[str, Any]]:
        """The keys that sign receipts."""
        told: list[dict[str, Any]] = _answered(self._ask("GET", "/v1/station-key"))
        return told

    def declare(self, declared: Mapping[str, Any], token: str) -> str:
        """The batch's id; the same for the same token."""
        return str(_answered(self._ask("POST", "/v1/batches", {"Idempotency-Key": token}, json=dict(declared)))["id"])

    def close(self, batch: str) -> dict[str, Any]:
        """The batch, closed and balanced."""
        told: dict[str, Any] = _answered(self._ask("POST", f"/v1/batches/{batch}/close"))
        return told

    def batch(self, batch: str) -> dict[str, Any]:
        """How the batch stands."""
        told: dict[str, Any] = _answered(self._ask("GET", f"/v1/batches/{batch}"))
        return told

    def rescans(self, batch: str) -> list[dict[str, Any]]:
        """The papers of a batch that the desk wants fed again."""
        told: list[dict[str, Any]] = _answered(self._ask("GET", f"/v1/batches/{batch}/rescans"))
        return told

    def send(self, scan: Scan) -> dict[str, Any]:
        """The office's receipt for it. A large file goes on where an earlier try was cut."""
        return self._at_once(scan) if scan.size <= AT_ONCE else self._in_pieces(scan)

    def hang_up(self) -> None:
        """No more will be said."""
        self._http.close()

    def _at_once(self, scan: Scan) -> dict[str, Any]:
        told: dict[str, Any] = _answered(self._ask("PUT", f"/v1/batches/{scan.batch}/scans/{scan.seq}", {
            "Content-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(scan.sha256)).decode()}:",
            "X-File-Name": quote(scan.name), "Content-Length": str(scan.size),
            **({"X-Imprint": scan.imprint} if scan.imprint else {}),
            **({"X-Double-Feed": scan.double_feed} if scan.double_feed else {}),
        }, content=self._pace.paced(scan.path, 0, scan.size)))
        return told

    def _in_pieces(self, scan: Scan) -> dict[str, Any]:
        said = {"batch": scan.batch, "seq": str(scan.seq), "sha256": scan.sha256, "filename": scan.name,
                "imprint": scan.imprint, "doublefeed": scan.double_feed}
        told = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items() if value)
        reply = self._ask("POST", "/v1/uploads", {**TUS, "Upload-Length": str(scan.size), "Upload-Metadata": told})
        place = urlsplit(_good(reply).headers.get("Location", "")).path
        while place:
            at = _number(reply, "Upload-Offset")
            end = min(at + PIECE, scan.size)
            reply = _good(self._ask("PATCH", place, {
                **TUS, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream", "Content-Length": str(end - at),
            }, content=self._pace.paced(scan.path, at, end)))
            if reply.status_code != 204:
                break
        receipt: dict[str, Any] = _answered(reply)
        return receipt

    def _ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, headers=dict(headers or {}), **more)
        except httpx.HTTPError as error:
            told = type(error).__name__
            raise Away(f"サーバーに届きません（{told}）。回線を確かめてください。つながり次第、自動で続けます。") from error


def open_office(url: str, key: str, pace: Pace, ca: Path | None = None, proxy: str | None = None) -> Office:
    """The office at that address. What the environment says of proxies does not count; `ca` is a file of certificates to trust."""
    trust = str(ca) if ca else True
    if isinstance(trust, str):
        import ssl

        trust = ssl.create_default_context(cafile=trust)        # type: ignore[assignment]
    return Office(httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {key}"}, verify=trust, proxy=proxy, trust_env=False,
        timeout=httpx.Timeout(60.0, connect=10.0),
    ), pace)


def _good(reply: httpx.Response) -> httpx.Response:
    """The reply, if it is a good one; else what it means."""
    if reply.is_success:
        return reply
    problem = _problem(reply)
    said = str(problem.get("detail") or f"HTTP {reply.status_code}")
    if reply.status_code in (401, 403) and problem:
        raise KeyRefused(f"この端末の鍵が受け付けられません。管理者に新しい鍵を求めてください。（{said}）")
    if reply.status_code in WAIT or reply.status_code >= 500:
        raise Away(f"サーバーが混み合っているか、準備中です。自動で続けます。（{said}）", _retry_after(reply))
    if problem.get("code") in LATER:
        raise Away(f"前の送信が終わるのを待っています。（{said}）", BUSY_S)
    if not problem:     # a proxy, or another server: nothing of ours was looked at
        raise Away(f"サーバーのアドレスで別のものが答えています（HTTP {reply.status_code}）。アドレスを確かめてください。")
    raise Turned(said, str(problem.get("code") or "refused"))


def _answered(reply: httpx.Response) -> Any:
    try:
        return _good(reply).json()
    except ValueError as error:
        raise Away("サーバーのアドレスで別のものが答えています。アドレスを確かめてください。") from error


def _problem(reply: httpx.Response) -> dict[str, Any]:
    if not reply.headers.get("content-type", "").startswith("application/problem+json"):
        return {}
    try:
        told = reply.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _number(reply: httpx.Response, header: str) -> int:
    told = reply.headers.get(header, "")
    if not told.isdigit():
        raise Away("サーバーの応答が途中で変わりました。自動でやり直します。")
    return int(told)


def _retry_after(reply: httpx.Response) -> float | None:
    """Seconds that the office asks for. A moment is reckoned from the office's own clock, not from ours."""
    told = reply.headers.get("Retry-After", "")
    if told.isdigit():
        return min(float(told), LONGEST_WAIT_S)
    try:
        left = parsedate_to_datetime(told) - parsedate_to_datetime(reply.headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return min(max(0.0, left.total_seconds()), LONGEST_WAIT_S)
