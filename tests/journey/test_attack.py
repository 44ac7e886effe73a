"""Hostile, broken and endless requests to a real web server: each is answered or cut off, none keeps it, none leaves anything."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import digest_of, picture
from tests.journey.conftest import Serve
from tests.journey.served import Nursery, Served, empty_database, new_home

IMPATIENT = """
from tsuzuri.api import door, wire
wire.HEAD_S = door.IDLE_S = 0.4
wire.UNREAD_S = 1.0
"""
MOST_MIB = 400.0        # a server that only ever took small files has 180


@pytest.fixture(scope="module")
def served(births: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all of them: what one leaves behind, the next would meet."""
    folder = tmp_path_factory.mktemp("attacked")
    one = Served(births, new_home(empty_database(folder), folder / "home"), IMPATIENT)
    one.start()
    yield one
    assert one.alive(), one.said()
    assert "broke" not in one.said() and "Traceback" not in one.said()
    assert one.most_mib() < MOST_MIB
    one.kill()


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """A station's."""
    return served.key()


@pytest.fixture
def web(served: Served, key: str) -> Iterator[httpx.Client]:
    """A well-behaved station; whatever was done before, it is served, and nothing lies half-sent after."""
    with httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=20) as client:
        yield client
        assert client.get("/healthz").is_success
        assert not list((served.home / "files" / "incoming").glob("*"))


@pytest.fixture
def batch(web: httpx.Client) -> str:
    """An open batch."""
    told = {"box": "KM-1", "ward": "東区", "procedure": "kodomo", "sheets": 1}
    return str(web.post("/v1/batches", json=told).json()["id"])


def heard(served: Served, *pieces: bytes, drip: bytes = b"", to_the_end: bool = True) -> bytes:
    """All that the server says to these bytes, until it hangs up or has answered; `drip` is sent again and again meanwhile."""
    said = b""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
            line.settimeout(0.05 if drip else 10)
            while True:
                try:
                    more = line.recv(65536)
                except TimeoutError:
                    assert drip, f"neither answered nor hung up: {said!r}"
                    line.sendall(drip)
                    continue
                if not more:
                    return said
                said += more
                if not to_the_end and b"}" in said:
                    return said
        except ConnectionError:
            return said


def told_in(said: bytes) -> tuple[int, str]:
    """Status and code of an answer."""
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, said
    return int(head.split()[1]), str(json.loads(body)["code"])


def head_of(key: str, method: str, path: str, *lines: str) -> bytes:
    """A request's beginning."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: here", f"Authorization: Bearer {key}", *lines, "", ""]).encode()


def test_who_connects_and_says_nothing_is_let_go(web: httpx.Client, served: Served) -> None:
    assert heard(served) == b""


@pytest.mark.parametrize("drip", [b"", b"x"])
def test_headers_that_never_end_are_not_waited_for(web: httpx.Client, served: Served, drip: bytes) -> None:
    assert told_in(heard(served, b"GET /healthz HTTP/1.1\r\nX-Slow: ", drip=drip)) == (408, "too_slow")


def test_bytes_behind_an_early_answer_hold_nobody(web: httpx.Client, served: Served) -> None:
    said = heard(served, b"POST /v1/batches HTTP/1.1\r\nHost: here\r\nContent-Length: 900000\r\n\r\n{", drip=b"x")
    assert said.startswith(b"HTTP/1.1 4")


def test_answers_that_nobody_reads_are_thrown_away(web: httpx.Client, served: Served) -> None:
    before = served.open_files()
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", served.port))
        deaf.settimeout(20)
        with pytest.raises(OSError):
            while True:
                deaf.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: here\r\n\r\n" * 20)
    assert served.open_files() <= before + 1


@pytest.mark.parametrize("drip", [b"", b"x"])
def test_a_file_that_stops_coming_is_let_go(web: httpx.Client, served: Served, key: str, batch: str, drip: bytes) -> None:
    head = head_of(key, "PUT", f"/v1/batches/{batch}/scans/1", f"Content-Digest: {digest_of(b'')}", "Content-Length: 90000000")
    assert told_in(heard(served, head, b"x" * 100, drip=drip)) == (408, "too_slow")


def test_a_piece_that_stops_coming_is_let_go_and_what_came_of_it_counts(
    web: httpx.Client, served: Served, key: str, batch: str,
) -> None:
    body = picture() + bytes(1000)
    told = {"batch": batch, "seq": "1", "sha256": hashlib.sha256(body).hexdigest(), "filename": "a.png"}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    tus = {"Tus-Resumable": "1.0.0"}
    begun = web.post("/v1/uploads", headers={**tus, "Upload-Length": str(len(body)), "Upload-Metadata": metadata})
    place, piece = begun.headers["location"], {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    lines = [f"{name}: {value}" for name, value in {**tus, **piece, "Content-Length": str(len(body))}.items()]
    assert told_in(heard(served, head_of(key, "PATCH", place, *lines), body[:700])) == (408, "too_slow")
    assert web.head(place, headers=tus).headers["upload-offset"] == "700"
    assert web.patch(place, content=body[700:], headers={**tus, **piece, "Upload-Offset": "700"}).status_code == 201


@pytest.mark.parametrize(("length", "code"), [("99999999999999999999", 413), ("9" * 4999, 400), ("-1", 400), ("9999999999", 413)])
def test_a_body_announced_beyond_all_measure_is_refused_at_once(
    web: httpx.Client, served: Served, key: str, batch: str, length: str, code: int,
) -> None:
    head = head_of(key, "PUT", f"/v1/batches/{batch}/scans/1", f"Content-Digest: {digest_of(b'')}", f"Content-Length: {length}")
    assert told_in(heard(served, head, to_the_end=code == 400))[0] == code


def test_chunks_without_end_are_cut_off(web: httpx.Client, served: Served, key: str) -> None:
    head = head_of(key, "POST", "/v1/batches", "Content-Type: application/json", "Transfer-Encoding: chunked")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert told_in(heard(served, head, *[chunk] * 40)) == (413, "too_many_bytes")
    assert told_in(heard(served, head, b"1\r\n{\r\n")) == (408, "too_slow")


@pytest.mark.parametrize("many", [101, 3_000, 10_000])
def test_ten_thousand_headers_are_refused(web: httpx.Client, served: Served, many: int) -> None:
    said = heard(served, b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n", b"a:b\r\n" * many, b"\r\n")
    assert told_in(said) in {(431, "too_many_headers"), (400, "bad_request")}


@pytest.mark.parametrize("path", ["/desk/login", "/v1/batches", "/v1/batches/{batch}/scans/1"])
def test_ten_thousand_parts_are_refused(web: httpx.Client, batch: str, path: str) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\nx\r\n'
    method = "PUT" if "scans" in path else "POST"
    said = web.request(method, path.format(batch=batch), content=part * 10_000 + b"--b--\r\n",
                       headers={"Content-Type": "multipart/form-data; boundary=b", "Content-Digest": digest_of(b"")})
    assert 400 <= said.status_code < 500, said.text


@pytest.mark.parametrize("words", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), b"\0" * 70_000,
    b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /v1/batches HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\nBad Name: x\r\n\r\n",
])
def test_what_is_no_http_is_answered_as_any_failure_is(web: httpx.Client, served: Served, words: bytes) -> None:
    assert told_in(heard(served, words)) == (400, "bad_request")


@pytest.mark.parametrize("name", ["../../../etc/passwd", "C:\\scan\\..\\..\\x.png", "%2e%2e%2f%2e%2e%2fx.png", "/abs.png",
                                  "%00%0d%0aX-Evil:%201.png", "a" * 4000 + ".png", "..", "%F0%9F%98%80%FF.png"])
def test_a_files_name_is_a_name_and_leads_nowhere(web: httpx.Client, served: Served, batch: str, name: str) -> None:
    before = {path for path in served.home.rglob("*") if path.is_file() and "files" not in path.parts}
    body = picture() + name.encode()
    said = web.put(f"/v1/batches/{batch}/scans/1", content=body, headers={"Content-Digest": digest_of(body), "X-File-Name": name})
    assert said.status_code == 201, said.text
    store = served.store()
    with store.read() as look:
        (scan,) = look.scans_of_batch(batch)
    store.close()
    assert not set(scan.name) & set("/\\\0\r\n") and len(scan.name) <= 200
    after = {path for path in served.home.rglob("*") if path.is_file() and "files" not in path.parts}
    assert after - before <= {served.home / "tsuzuri.sqlite3-wal", served.home / "tsuzuri.sqlite3-shm"}
    assert hashlib.sha256(served.files().path(scan.sha256).read_bytes()).hexdigest() == scan.sha256


def test_digests_that_lie_or_lack_and_keys_used_twice_store_nothing(web: httpx.Client, served: Served, batch: str) -> None:
    place, body = f"/v1/batches/{batch}/scans/1", picture()
    wrong = [{}, {"Content-Digest": digest_of(b"else")}, {"Content-Digest": "sha-256=:AAAA:"}, {"Content-Digest": "md5=:AAAA:"},
             {"Content-Digest": "sha-256=::"}, {"Content-Digest": "x" * 4000}]
    for headers in wrong:
        assert web.put(place, content=body, headers=headers).status_code == 422
    store = served.store()
    with store.read() as look:
        assert not look.scans_of_batch(batch)
    store.close()
    said = {"box": "KM-2", "ward": "東区", "procedure": "kodomo", "sheets": 1}
    first, again = (web.post("/v1/batches", json=said, headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    other = web.post("/v1/batches", json={**said, "sheets": 2}, headers={"Idempotency-Key": "once"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    receipt = web.put(place, content=body, headers={"Content-Digest": digest_of(body)})
    assert receipt.status_code == 201
    same = web.put(place, content=body, headers={"Content-Digest": digest_of(body)})
    assert (same.status_code, same.json()["signature"]) == (200, receipt.json()["signature"])
    others = web.put(place, content=picture(9), headers={"Content-Digest": digest_of(picture(9))})
    assert (others.status_code, others.json()["code"]) == (409, "place_taken")


def test_a_hundred_who_hold_their_connections_keep_nobody_out(serve: Serve, tmp_path: Path) -> None:
    patient = serve()
    lines = [socket.create_connection(("127.0.0.1", patient.port), timeout=10) for _ in range(100)]
    begun = (b"", b"GET /", b"GET /healthz HTTP/1.1\r\nX: ", b"POST /v1/batches HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
    for number, line in enumerate(lines):
        line.sendall(begun[number % len(begun)])
    assert httpx.get(f"{patient.url}/healthz", trust_env=False).is_success
    for line in lines:
        line.close()
