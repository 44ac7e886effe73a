"""Files in pieces: wherever the line is cut, the next piece goes on there, and the whole is the same bytes."""

from __future__ import annotations

import base64
import hashlib
import random
import socket
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.api.conftest import MOST, NOW, Caller, caller, picture
from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.store.seals import Seal
from tsuzuri.store.tables import scans
from tsuzuri.store.upload_tables import uploads

TUS = {"Tus-Resumable": "1.0.0"}
OFFSET_BYTES = "application/offset+octet-stream"


def scanned(size: int = 200_000, seed: int = 1) -> bytes:
    """A picture with so much behind its end that it has that size."""
    body = picture()
    return body + random.Random(seed).randbytes(size - len(body))


def begin(station: Caller, batch: str, body: bytes, seq: int = 1, **headers: str) -> httpx.Response:
    """Ask for an upload."""
    said = {"batch": batch, "seq": str(seq), "sha256": hashlib.sha256(body).hexdigest(), "filename": "１枚目.png"}
    told = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
    return station.ask("POST", "/v1/uploads", {**TUS, "Upload-Length": str(len(body)), "Upload-Metadata": told, **headers})


def piece(station: Caller, place: str, at: int, body: bytes, **headers: str) -> httpx.Response:
    """Send a piece."""
    return station.ask("PATCH", place, {**TUS, "Content-Type": OFFSET_BYTES, "Upload-Offset": str(at), **headers}, content=body)


def offset(station: Caller, place: str) -> int:
    """How far it is."""
    answer = station.ask("HEAD", place, TUS)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def rows(line: Line, table=uploads) -> int:
    with line.store.read() as look:
        return len(look.connection.execute(table.select()).all())


def test_a_file_in_pieces_is_taken_as_one_that_came_at_once(line: Line, station: Caller) -> None:
    batch, body = station.batch(), scanned()
    begun = begin(station, batch, body)
    assert begun.status_code == 201 and begun.headers["Upload-Offset"] == "0"
    place = begun.headers["Location"]
    for at in range(0, 150_000, 50_000):
        answer = piece(station, place, at, body[at:at + 50_000])
        assert answer.status_code == 204 and int(answer.headers["Upload-Offset"]) == offset(station, place) == at + 50_000
    last = piece(station, place, 150_000, body[150_000:])
    assert last.status_code == 201
    by_put = station.send(batch, 1, body, "１枚目.png")
    assert by_put.status_code == 200 and by_put.json() == last.json()
    assert line.files.path(last.json()["sha256"]).read_bytes() == body
    assert rows(line) == 0 and not list(line.files.incoming.iterdir())
    assert station.ask("HEAD", place, TUS).status_code == 404


def test_asked_again_it_is_the_same_upload_and_at_last_the_receipt(line: Line, station: Caller) -> None:
    batch, body = station.batch(), scanned()
    place = begin(station, batch, body).headers["Location"]
    piece(station, place, 0, body[:70_000])
    again = begin(station, batch, body)
    assert (again.headers["Location"], again.headers["Upload-Offset"]) == (place, "70000")
    receipt = piece(station, place, 70_000, body[70_000:]).json()
    there = begin(station, batch, body)
    assert there.status_code == 200 and there.json() == receipt
    other = begin(station, batch, scanned(seed=2))
    assert other.status_code == 409 and other.json()["code"] == "place_taken"


def cut_off(station: Caller, place: str, at: int, body: bytes, after: int) -> None:
    """Send a piece from byte `at`, and cut the connection when `after` bytes of it have gone."""
    host = urlsplit(str(station.web.base_url))
    head = (f"PATCH {place} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {station.key}\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: {OFFSET_BYTES}\r\nUpload-Offset: {at}\r\nContent-Length: {len(body) - at}\r\n\r\n")
    with socket.create_connection((host.hostname, host.port)) as line:
        line.sendall(head.encode() + body[at:at + after])
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass


def test_cut_at_fifty_random_bytes_the_whole_is_the_same(line: Line, station: Caller) -> None:
    """What the server had not read from the socket when it broke is sent again; what it says it has, it has.

    A connection that broke may still be writing down what it brought: the next is told that it is busy, or stands elsewhere.
    """
    batch, body, chance = station.batch(), scanned(280_000), random.Random(7)
    place = begin(station, batch, body).headers["Location"]
    at = most = 0
    for _ in range(50):
        after = chance.randrange(1, len(body) - at)
        cut_off(station, place, at, body, after)
        most, before, at = max(most, at + after), at, offset(station, place)
        assert before <= at <= most
    while (answer := piece(station, place, at, body[at:])).status_code == 409:
        assert answer.json()["code"] in ("upload_busy", "wrong_offset")
        at = offset(station, place)
    receipt = answer.json()
    assert answer.status_code == 201
    assert receipt["sha256"] == hashlib.sha256(body).hexdigest()
    assert line.files.path(receipt["sha256"]).read_bytes() == body


def test_a_restarted_server_goes_on_and_bytes_never_acknowledged_do_not_count(line: Line, station: Caller) -> None:
    batch, body = station.batch(), scanned()
    place = begin(station, batch, body).headers["Location"]
    piece(station, place, 0, body[:50_000])
    (half,) = line.files.incoming.iterdir()
    with half.open("ab") as torn:               # a power cut left what was under way, or zeros
        torn.write(b"\0" * 30_000)
    assert offset(station, place) == 50_000
    assert piece(station, place, 50_000, body[50_000:]).status_code == 201
    with line.store.read() as look:
        assert look.scan_at(batch, 1).sha256 == hashlib.sha256(body).hexdigest()


def test_an_upload_has_one_writer_and_one_place_to_go_on(line: Line, station: Caller) -> None:
    batch, body = station.batch(), scanned()
    place = begin(station, batch, body).headers["Location"]
    with flow.going_on(line, place.rpartition("/")[2], 0):
        answer = piece(station, place, 0, body)
        assert answer.status_code == 409 and answer.json()["code"] == "upload_busy"
    wrong = piece(station, place, 5, body[5:])
    assert wrong.status_code == 409 and (wrong.json()["code"], wrong.json()["offset"]) == ("wrong_offset", "0")


def test_a_piece_that_is_not_what_its_checksum_says_leaves_nothing(station: Caller) -> None:
    body = scanned()
    place = begin(station, station.batch(), body).headers["Location"]
    for name, summed in (("sha1", hashlib.sha1), ("sha256", hashlib.sha256)):
        told = f"{name} {base64.b64encode(summed(b'another').digest()).decode()}"
        answer = piece(station, place, 0, body[:9_000], **{"Upload-Checksum": told})
        assert answer.status_code == 460 and answer.json()["code"] == "checksum_mismatch" and offset(station, place) == 0
        told = f"{name} {base64.b64encode(summed(body[:9_000]).digest()).decode()}"
        at = offset(station, place)
        assert piece(station, place, at, body[:9_000], **{"Upload-Checksum": told}).status_code == 204
        station.ask("DELETE", place, TUS)
        place = begin(station, station.batch(), body).headers["Location"]
    assert piece(station, place, 0, b"x", **{"Upload-Checksum": "md5 AAAA"}).json()["code"] == "bad_checksum"


def test_a_whole_that_is_not_what_was_promised_is_refused_and_forgotten(line: Line, station: Caller) -> None:
    body = scanned()
    place = begin(station, station.batch(), body).headers["Location"]
    answer = piece(station, place, 0, body[:-1] + bytes([body[-1] ^ 1]))
    assert answer.status_code == 422 and answer.json()["code"] == "digest_mismatch"
    assert rows(line) == rows(line, scans) == 0 and not list(line.files.incoming.iterdir())


def test_too_many_bytes_are_refused_before_any_is_written(line: Line, station: Caller) -> None:
    batch, body = station.batch(), scanned()
    assert begin(station, batch, body, **{"Upload-Length": str(MOST + 1)}).status_code == 413
    assert rows(line) == 0
    place = begin(station, batch, body).headers["Location"]
    assert piece(station, place, 0, body + b"x").status_code == 413
    never_told = station.ask("PATCH", place, {**TUS, "Content-Type": OFFSET_BYTES, "Upload-Offset": "0"},
                             content=iter([body, b"x"]))
    assert never_told.status_code == 413
    assert (line.files.incoming / place.rpartition("/")[2]).stat().st_size <= len(body)


def test_a_half_of_which_nothing_is_heard_for_a_day_goes(line: Line, station: Caller) -> None:
    body = scanned()
    place = begin(station, station.batch(), body).headers["Location"]
    piece(station, place, 0, body[:1_000])
    flow.sweep(replace(line, clock=lambda: NOW + timedelta(hours=23)))
    assert offset(station, place) == 1_000
    flow.sweep(replace(line, clock=lambda: NOW + timedelta(hours=25)))
    assert station.ask("HEAD", place, TUS).status_code == 404
    assert rows(line) == 0 and not list(line.files.incoming.iterdir())


def test_a_batch_that_closed_meanwhile_takes_nothing(line: Line, station: Caller) -> None:
    batch, body = station.batch(), scanned()
    place = begin(station, batch, body).headers["Location"]
    station.ask("POST", f"/v1/batches/{batch}/close")
    answer = piece(station, place, 0, body)
    assert answer.status_code == 409 and answer.json()["code"] == "batch_closed"
    assert begin(station, batch, body).status_code == 409 and rows(line) == 0


def test_only_the_station_itself_may_go_on_and_only_as_tus_says(line: Line, station: Caller) -> None:
    batch, body = station.batch(), scanned()
    place = begin(station, batch, body).headers["Location"]
    for key, status in ((caller(line, station.web, "WEST-1", "station").key, 404),
                        (caller(line, station.web, "EAST-1", "clerk").key, 403), (None, 401)):
        other = Caller(station.web, key)
        assert {begin(other, batch, body).status_code, piece(other, place, 0, body).status_code,
                other.ask("HEAD", place, TUS).status_code, other.ask("DELETE", place, TUS).status_code} == {status}
    assert station.ask("HEAD", place, {"Tus-Resumable": "0.2.2"}).status_code == 412
    assert piece(station, place, 0, body, **{"Content-Type": "image/png"}).status_code == 415
    able = station.ask("OPTIONS", "/v1/uploads")
    assert able.headers["Tus-Version"] == "1.0.0" and able.headers["Tus-Max-Size"] == str(MOST)


@pytest.mark.parametrize("metadata", ["", "batch YQ==", "batch !", "batch YQ==,seq MQ==,sha256 AAAA", "seq /w=="])
def test_an_upload_without_place_and_promise_is_refused(station: Caller, metadata: str) -> None:
    answer = begin(station, station.batch(), b"x", **{"Upload-Metadata": metadata})
    assert answer.status_code == 422 and answer.json()["code"] == "bad_metadata"


def test_two_that_begin_at_once_are_given_the_same_upload(line: Line, station: Caller) -> None:
    batch, body, places = station.batch(), scanned(), []
    both = [threading.Thread(target=lambda: places.append(begin(station, batch, body).headers["Location"])) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(set(places)) == 1 and rows(line) == 1


def test_anybody_can_check_a_receipt_with_the_published_key(station: Caller) -> None:
    receipt = station.send(station.batch(), 1, picture()).json()
    (key,) = httpx.get(f"{station.web.base_url}/v1/station-key", trust_env=False).json()
    assert receipt["key"] == key["key"] == hashlib.sha256(base64.b64decode(key["public"])).hexdigest()[:32]
    signed = "tsuzuri-receipt/1\n" + "".join(f"{name}: {receipt[name]}\n" for name in (
        "scan", "batch", "seq", "sha256", "size", "pages", "received_at"))
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key["public"])).verify(
        base64.b64decode(receipt["signature"]), signed.encode())


def test_a_new_key_is_introduced_by_the_one_before_and_old_ones_stay_known(tmp_path) -> None:
    seal, other = Seal(tmp_path / "keys"), Seal(tmp_path / "keys")
    (first,) = seal.published()
    assert other.published() == [first] and (tmp_path / "keys" / "signing.pem").stat().st_mode & 0o777 == 0o600
    second = seal.renew()
    assert other.published() == [first, second] and second.by == first.key
    text = f"tsuzuri-key/1\nkey: {second.key}\npublic: {second.public}\n"
    Ed25519PublicKey.from_public_bytes(base64.b64decode(first.public)).verify(base64.b64decode(second.signature), text.encode())
    receipt = dict.fromkeys(("scan", "batch", "seq", "sha256", "size", "pages", "received_at"), "x")
    assert other.sign(receipt)[0] == second.key and [key.key for key in seal.published()] == [first.key, second.key]
