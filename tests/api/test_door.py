"""The door: nothing hangs, nothing grows without end, and what breaks says nothing of what was on paper."""

from __future__ import annotations

import json
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from tests.api.conftest import MOST, Caller, caller, digest_of, picture
from tsuzuri.api import door
from tsuzuri.flow import Line
from tsuzuri.store import Staged
from tsuzuri.store.tables import scans

INK = "綴 花子 0123457"


def _spoken(station: Caller, words: bytes, then_wait: bool = True) -> tuple[int, dict]:
    """What the server answers to raw words, or (0, {}) if it says nothing; the sender falls silent after them."""
    at = urlsplit(str(station.web.base_url))
    with socket.create_connection((at.hostname, at.port), timeout=10) as line:
        line.sendall(words)
        if not then_wait:
            return 0, {}
        heard = b""
        while b"}" not in heard:
            more = line.recv(65536)
            if not more:
                break
            heard += more
    head, _, body = heard.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, json.loads(body) if body else {}


def _put(station: Caller, batch: str, body: bytes, length: int) -> bytes:
    return (f"PUT /v1/batches/{batch}/scans/1 HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {station.key}\r\n"
            f"Content-Digest: {digest_of(body)}\r\nContent-Length: {length}\r\n\r\n").encode()


def test_a_sender_who_stops_in_the_middle_is_told_and_leaves_nothing(line, station, monkeypatch) -> None:
    monkeypatch.setattr(door, "IDLE_S", 0.2)
    batch, body = station.batch(), picture()
    status, told = _spoken(station, _put(station, batch, body, len(body)) + body[:20])
    assert (status, told["code"]) == (408, "too_slow")
    assert _nothing_left(line)


def test_a_sender_who_drips_is_not_waited_for(line, station, monkeypatch) -> None:
    monkeypatch.setattr(door, "IDLE_S", 0.2)
    monkeypatch.setattr(door, "SLOWEST", 10_000_000)
    batch, body = station.batch(), b"x" * 1000
    at = urlsplit(str(station.web.base_url))
    begun = time.monotonic()
    with socket.create_connection((at.hostname, at.port), timeout=10) as drip:
        drip.sendall(_put(station, batch, body, len(body)))
        drip.settimeout(0.05)
        heard = b""
        while not heard and time.monotonic() - begun < 9:
            try:
                drip.sendall(b"x")
                heard = drip.recv(65536)
            except TimeoutError:
                continue
    assert heard.startswith(b"HTTP/1.1 408")
    assert _nothing_left(line)


def test_a_small_request_that_stops_is_told_too(station, monkeypatch) -> None:
    monkeypatch.setattr(door, "IDLE_S", 0.2)
    words = (f"POST /v1/batches HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {station.key}\r\n"
             "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{").encode()
    status, told = _spoken(station, words)
    assert (status, told["code"]) == (408, "too_slow")


def test_a_sender_who_hangs_up_leaves_nothing(line: Line, station: Caller, monkeypatch) -> None:
    gone, discard = threading.Event(), Staged.discard
    monkeypatch.setattr(Staged, "discard", lambda staged: (discard(staged), gone.set())[0])
    batch, body = station.batch(), picture()
    _spoken(station, _put(station, batch, body, len(body)) + body[:20], then_wait=False)
    assert gone.wait(10)
    assert _nothing_left(line)
    assert station.get("/healthz").status_code == 200


def test_a_body_announced_too_large_is_refused_before_it_comes(station: Caller) -> None:
    batch = station.batch()
    status, told = _spoken(station, _put(station, batch, b"", MOST + 1))
    assert (status, told["code"]) == (413, "too_many_bytes")


@pytest.mark.parametrize("path", ["/v1/batches", "/v1/batches/b/close", "/v1/nowhere"])
def test_no_other_request_may_be_large(station: Caller, path: str) -> None:
    def in_pieces():
        yield b'{"box": "'
        for _ in range(20):
            yield b"x" * 65536

    answer = station.ask("POST", path, content=in_pieces(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) in {(413, "too_many_bytes"), (404, "not_found")}
    answer = station.ask("POST", path, content=b"x" * (door.SMALL + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_bytes")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"box": "\\ud800"}', b"[" * 100_000])
def test_json_that_is_none_is_a_problem_of_the_sender(station: Caller, body: bytes) -> None:
    answer = station.ask("POST", "/v1/batches", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422) and answer.json()["code"] == "bad_request"


def test_what_breaks_says_nothing_of_what_was_on_paper(line: Line, station: Caller, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(INK)

    monkeypatch.setattr("tsuzuri.flow.close_batch", broken)
    batch = station.batch()
    with capture_logs() as logged:
        answer = station.ask("POST", f"/v1/batches/{batch}/close")
    told = answer.json()
    assert answer.status_code == 500 and told["code"] == "broken"
    assert told["request_id"] == answer.headers["x-request-id"] == logged[0]["request"]
    assert logged[0]["error"] == "RuntimeError" and "batches.py" in logged[0]["where"]
    assert INK not in answer.text and INK not in str(logged)


def test_a_refused_value_is_not_repeated(station: Caller) -> None:
    answer = station.ask("POST", "/v1/batches", json={"box": 5, "ward": [INK], "procedure": "k", "sheets": INK})
    assert answer.status_code == 422 and len(answer.json()["errors"]) == 3
    assert "花子" not in answer.text and "0123457" not in answer.text


def test_every_answer_bears_a_number_and_takes_the_senders(station: Caller) -> None:
    assert station.get("/healthz").headers["x-request-id"].startswith("rq_")
    assert station.get("/healthz", headers={"X-Request-Id": "station-7.1"}).headers["x-request-id"] == "station-7.1"
    odd = station.get("/healthz", headers={"X-Request-Id": "a b\x7f"}).headers["x-request-id"]
    assert odd.startswith("rq_")


def test_a_method_that_is_not_served_is_a_problem(line: Line, station: Caller) -> None:
    answer = station.ask("DELETE", "/v1/batches")
    assert answer.status_code == 405 and answer.json()["code"] == "method_not_allowed"
    assert answer.headers["content-type"] == "application/problem+json" and "allow" in answer.headers


def test_a_database_that_is_away_asks_to_come_back(line: Line, station: Caller, monkeypatch) -> None:
    from tsuzuri.errors import Stuck

    def away(*_: object) -> None:
        raise Stuck("away", code="database_unreachable")

    monkeypatch.setattr("tsuzuri.store.engine.Store._engine", away)
    answer = station.get("/v1/batches")
    assert answer.status_code == 503 and answer.json()["code"] == "database_unreachable"
    assert int(answer.headers["Retry-After"]) > 0
    monkeypatch.undo()
    assert station.get("/v1/batches").status_code == 200


def test_two_clerks_details_stay_out_of_problems(line: Line, station: Caller, monkeypatch) -> None:
    from tsuzuri.errors import Stale

    def stale(*_: object) -> None:
        raise Stale("somebody was faster", version=3, stored={"patient_name": INK})

    monkeypatch.setattr("tsuzuri.flow.approve_clean", stale)
    head = caller(line, station.web, "head", "supervisor")
    answer = head.ask("POST", f"/v1/batches/{station.batch()}/approve-clean")
    assert answer.status_code == 409 and answer.json()["version"] == "3"
    assert "花子" not in answer.text


def _nothing_left(line: Line) -> bool:
    with line.store.read() as look:
        rows = look.connection.execute(scans.select()).all()
    return not rows and not any(path.is_file() for path in line.files.root.rglob("*"))


@pytest.mark.parametrize("path", [
    "/v1/batches/b%00", "/v1/batches?after=b%00", "/v1/documents/%0A", "/v1/batches?after=%7F", "/v1/pages/%1b/picture",
])
def test_an_address_with_what_cannot_be_shown_is_refused(station: Caller, path: str) -> None:
    answer = station.get(path)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
