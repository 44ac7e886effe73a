"""Files from stations: a receipt means kept, anything else means nothing happened."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from PIL import Image

from tests.api.conftest import MOST, Caller, caller, digest_of, picture
from tsuzuri.errors import Stuck
from tsuzuri.flow import Line
from tsuzuri.store.tables import scans


def test_a_file_is_kept_and_answered_with_a_receipt(line: Line, station: Caller) -> None:
    batch, body = station.batch(), picture()
    answer = station.send(batch, 1, body, "１枚目.png")
    receipt = answer.json()
    assert answer.status_code == 201
    assert receipt["sha256"] == hashlib.sha256(body).hexdigest()
    assert (receipt["batch"], receipt["seq"], receipt["size"], receipt["pages"]) == (batch, 1, len(body), 1)
    assert (receipt["media"], receipt["duplicate_of"]) == ("image/png", None)
    assert receipt["received_at"] == "2025-11-07T03:00:00Z"
    assert line.files.path(receipt["sha256"]).read_bytes() == body
    with line.store.read() as look:
        assert look.scan(receipt["scan"]).name == "１枚目.png"
    assert line.queue.nudges == [("open_scan", receipt["scan"])]


def test_the_same_file_again_gets_the_first_receipt(line: Line, station: Caller) -> None:
    batch = station.batch()
    first, again = (station.send(batch, 1, picture()) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(line.queue.nudges) == 1


def test_a_scan_that_is_too_dark_is_kept_and_its_receipt_says_so_every_time(line: Line, station: Caller) -> None:
    batch = station.batch()
    first, again = (station.send(batch, 1, picture(8)) for _ in range(2))
    assert first.status_code == 201 and again.json() == first.json()
    assert any("暗" in warning for warning in first.json()["warnings"])
    assert station.send(batch, 2, picture(250)).json()["warnings"] == [
        warning for warning in first.json()["warnings"] if "暗" not in warning]


def test_other_bytes_under_a_taken_number_are_refused(line: Line, station: Caller) -> None:
    batch = station.batch()
    station.send(batch, 1, picture(255))
    answer = station.send(batch, 1, picture(0))
    assert answer.status_code == 409 and answer.json()["code"] == "place_taken"
    assert _kept(line) == 1 and _rows(line) == 1


def test_the_same_bytes_elsewhere_are_stored_once_and_told(line: Line, station: Caller) -> None:
    first = station.send(station.batch(), 1, picture()).json()
    again = station.send(station.batch(), 7, picture())
    assert again.status_code == 201
    assert again.json()["duplicate_of"] == first["scan"]
    assert _kept(line) == 1 and _rows(line) == 2


def test_bytes_that_differ_from_their_digest_leave_nothing(line: Line, station: Caller) -> None:
    batch = station.batch()
    answer = station.send(batch, 1, picture(), **{"Content-Digest": digest_of(b"something else")})
    assert answer.status_code == 422 and answer.json()["code"] == "digest_mismatch"
    assert _kept(line) == _rows(line) == 0 and line.queue.nudges == []


@pytest.mark.parametrize("digest", [
    None, "", "md5=:AAAA:", "sha-256=:AAAA:", "sha-256=:" + "A" * 43 + ":", "sha-256=:" + "=" * 44 + ":",
])
def test_a_file_without_its_digest_is_refused(line: Line, station: Caller, digest: str | None) -> None:
    headers = {"Content-Digest": digest} if digest is not None else {}
    answer = station.ask("PUT", f"/v1/batches/{station.batch()}/scans/1", content=picture(), headers=headers)
    assert answer.status_code == 422 and answer.json()["code"] == "digest_missing"
    assert _rows(line) == 0


def test_a_digest_may_stand_among_others(station: Caller) -> None:
    body = picture()
    told = f"sha-512=:AAAA:, {digest_of(body)}"
    assert station.send(station.batch(), 1, body, **{"Content-Digest": told}).status_code == 201


@pytest.mark.parametrize("body", [b"", b"<svg/>", b"PK\x03\x04" + b"0" * 99, picture()[:40]])
def test_what_is_no_scan_is_refused_with_advice_and_leaves_nothing(line: Line, station: Caller, body: bytes) -> None:
    answer = station.send(station.batch(), 1, body)
    told = answer.json()
    assert answer.status_code == 422 and told["code"] != "bad_request"
    assert "ください" in told["detail"]
    assert _kept(line) == _rows(line) == 0


def test_a_file_beyond_the_cap_is_refused_and_leaves_nothing(line: Line, station: Caller) -> None:
    batch, body = station.batch(), b"x" * (MOST + 1)

    def in_pieces():
        yield from (body[at:at + 65536] for at in range(0, len(body), 65536))

    told_before = station.send(batch, 1, body)
    never_told = station.ask("PUT", f"/v1/batches/{batch}/scans/1", content=in_pieces(),
                             headers={"Content-Digest": digest_of(body)})
    for answer in (told_before, never_told):
        assert answer.status_code == 413 and answer.json()["code"] == "too_many_bytes"
    assert _kept(line) == _rows(line) == 0


def test_a_file_for_a_closed_batch_is_refused(line: Line, station: Caller) -> None:
    batch = station.batch()
    station.ask("POST", f"/v1/batches/{batch}/close")
    answer = station.send(batch, 1, picture())
    assert answer.status_code == 409 and answer.json()["code"] == "batch_closed"
    assert _kept(line) == 0


def test_a_file_for_no_batch_or_another_stations_is_not_found(line: Line, station: Caller) -> None:
    other = caller(line, station.web, "WEST-1", "station")
    assert other.send(station.batch(), 1, picture()).status_code == 404
    assert station.send("bt_none", 1, picture()).status_code == 404
    assert _kept(line) == 0


@pytest.mark.parametrize("seq", ["0", "-1", "x", "1.5"])
def test_a_number_outside_the_sequence_is_refused(station: Caller, seq: str) -> None:
    answer = station.ask("PUT", f"/v1/batches/{station.batch()}/scans/{seq}", content=picture())
    assert answer.status_code == 422 and answer.json()["code"] == "bad_request"


@pytest.mark.parametrize(("told", "stored"), [
    ("..%2F..%2Fetc%2Fpasswd", "passwd"), ("C%3A%5Cscan%5C1.tif", "1.tif"), ("a%00b%0A.png", "ab.png"),
    ("%FF%FE.png", "\ufffd\ufffd.png"), (quote("紙" * 300), "紙" * 200), ("", ""),
])
def test_a_files_name_is_only_ever_a_name(line: Line, station: Caller, told: str, stored: str) -> None:
    answer = station.send(station.batch(), 1, picture(), **{"X-File-Name": told})
    with line.store.read() as look:
        assert look.scan(answer.json()["scan"]).name == stored


def test_a_full_disk_asks_to_come_back_and_then_takes_the_file(line: Line, station: Caller, monkeypatch) -> None:
    batch = station.batch()

    def full(*_: object) -> None:
        raise Stuck("full", code="disk_full")

    with monkeypatch.context() as broken:
        broken.setattr("tsuzuri.store.files.Files.settle", full)
        answer = station.send(batch, 1, picture())
        assert answer.status_code == 503 and answer.json()["code"] == "disk_full"
        assert int(answer.headers["Retry-After"]) > 0
    assert _rows(line) == 0
    assert station.send(batch, 1, picture()).status_code == 201


def test_a_silent_queue_does_not_keep_a_file_out(line: Line, station: Caller) -> None:
    batch = station.batch()
    line.queue.silent = True
    assert station.send(batch, 1, picture()).status_code == 201
    with line.store.read() as look:
        assert [job for job, _ in look.standing(line.clock().replace(year=2026))] == ["open_scan"]


def test_one_file_sent_by_many_at_once_is_one_file(line: Line, station: Caller) -> None:
    batch = station.batch()
    with ThreadPoolExecutor(6) as senders:
        answers = list(senders.map(lambda _: station.send(batch, 1, picture()), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["scan"] for answer in answers}) == 1
    assert _rows(line) == _kept(line) == len(line.queue.nudges) == 1


def test_a_number_stored_between_our_look_and_our_row_is_compared(line: Line, station: Caller, monkeypatch) -> None:
    from tsuzuri import flow
    from tsuzuri.errors import WrongTurn

    batch, real, calls = station.batch(), flow.take_scan, []

    def beaten(*told: object) -> object:
        calls.append(told)
        if len(calls) == 1:
            raise WrongTurn("", code="already_told")
        return real(*told)

    monkeypatch.setattr(flow, "take_scan", beaten)
    assert station.send(batch, 1, picture()).status_code == 201
    assert len(calls) == 2


def _kept(line: Line) -> int:
    return sum(path.is_file() for path in line.files.root.rglob("*"))


def _rows(line: Line) -> int:
    with line.store.read() as look:
        return len(look.connection.execute(scans.select()).all())


@pytest.mark.parametrize(("seq", "code"), [(100_001, "bad_sequence"), (10**30, "bad_sequence"), (0, "bad_request")])
def test_a_number_far_beyond_any_batch_is_refused_with_advice(station: Caller, seq: int, code: str) -> None:
    answer = station.send(station.batch(), seq, picture())
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert station.send(station.batch(), 100_000, picture()).status_code == 201


def test_what_the_scanner_felt_and_printed_is_kept_and_told_to_whoever_holds_the_paper(line: Line, station: Caller) -> None:
    batch = station.batch()
    receipt = station.send(batch, 1, picture(), **{"X-Imprint": "KM-0001", "X-Double-Feed": "1, 2"}).json()
    assert [warning[:6] for warning in receipt["warnings"] if "二重送り" in warning] == ["1ページ目:", "2ページ目:"]
    with line.store.read() as look:
        (scan,) = look.scans_of_batch(batch)
    assert (scan.imprint, scan.double_fed) == ("KM-0001", (1, 2))


@pytest.mark.parametrize("wrong", [{"X-Imprint": "KM"}, {"X-Imprint": "1" * 200}, {"X-Imprint": "A2..B3"}, {"X-Imprint": "9..2"},
                                   {"X-Double-Feed": "yes"}])
def test_marks_that_make_no_sense_are_refused_and_leave_nothing(line: Line, station: Caller, wrong: dict[str, str]) -> None:
    answer = station.send(station.batch(), 1, picture(), **wrong)
    assert answer.status_code == 422 and answer.json()["code"] == "bad_marks"
    assert _kept(line) == 0


def test_two_stacks_that_do_not_fit_are_told_to_whoever_holds_the_paper(station: Caller) -> None:
    told = {"box": "KM-0001", "ward": "東区", "procedure": "kodomo", "sheets": 2, "collate": "odd_even_reversed"}
    batch = station.ask("POST", "/v1/batches", json=told).json()
    assert (batch["collate"], batch["pages_due"]) == ("odd_even_reversed", 4)
    whole, half = io.BytesIO(), picture(1)
    Image.new("L", (60, 80), 9).save(whole, "TIFF", save_all=True, append_images=[Image.new("L", (60, 80), 9)])
    answers = [station.send(batch["id"], seq, body).json() for seq, body in enumerate((whole.getvalue(), half), start=1)]
    uneven = [[said for said in answer["warnings"] if "合いません" in said] for answer in answers]
    assert uneven[0] == [] and "表 2 面" in uneven[1][0] and "裏 1 面" in uneven[1][0]
    closed = station.ask("POST", f"/v1/batches/{batch['id']}/close").json()
    assert {finding["code"] for finding in closed["findings"]} == {"V01", "H56"}
