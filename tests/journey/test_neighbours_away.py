"""Disk full, database held, queue server away or hanging: stations are asked to wait at most, and nothing is half there."""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import digest_of, picture
from tests.journey.conftest import Serve
from tests.journey.served import Served
from tsuzuri.store import Files

FULL = """
import errno, os, pathlib
full = pathlib.Path(os.environ["TSUZURI_HOME"]) / "full"
def while_full(real):
    def act(*told, **more):
        if full.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*told, **more)
    return act
{0} = while_full({0})
"""
SMALL_DISK = """
import ctypes, os, sys
home = os.environ["TSUZURI_HOME"]
libc = ctypes.CDLL(None, use_errno=True)
def must(told):
    if told != 0:
        os.write(1, b"no disk of its own")
        os._exit(7)
must(libc.unshare(0x00020000))
must(libc.mount(b"none", b"/", None, 0x4000 | 0x40000, None))
model = open(home + "/tsuzuri.sqlite3", "rb").read()
must(libc.mount(b"none", home.encode(), b"tmpfs", 0, b"size=6m"))
open(home + "/tsuzuri.sqlite3", "wb").write(model)
"""
SHORT = "from tsuzuri.store import engine\nengine.BUSY_MS = 300\n"




def web(served: Served, key: str) -> httpx.Client:
    """A station's client."""
    return httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=30)


def declare(client: httpx.Client) -> str:
    """An open batch."""
    said = client.post("/v1/batches", json={"box": "KM-1", "ward": "東区", "procedure": "kodomo", "sheets": 1})
    assert said.status_code == 201, said.text
    return str(said.json()["id"])


def put(client: httpx.Client, batch: str, seq: int, body: bytes) -> httpx.Response:
    """A file to its place."""
    return client.put(f"/v1/batches/{batch}/scans/{seq}", content=body, headers={"Content-Digest": digest_of(body)})


def asked_to_wait(said: httpx.Response, *codes: str) -> bool:
    """Whether it is a 503 of that code that says when to come back."""
    return said.status_code == 503 and said.json()["code"] in codes and int(said.headers["Retry-After"]) > 0


def lie(folder: Path) -> set[str]:
    """Names of all files in the store."""
    return {path.name for path in (folder / "files").rglob("*") if path.is_file()}


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.open"])
def test_a_disk_full_at_any_step_asks_to_wait_and_leaves_nothing_half_there(serve: Serve, where: str) -> None:
    served, body = serve(FULL.format(where)), picture()
    with web(served, served.key()) as client:
        batch = declare(client)
        (served.home / "full").touch()
        assert asked_to_wait(put(client, batch, 1, body), "disk_full")
        assert lie(served.home) == set()
        (served.home / "full").unlink()
        assert put(client, batch, 1, body).status_code == 201
        assert lie(served.home) == {hashlib.sha256(body).hexdigest()}
    assert "broke" not in served.said()


@pytest.mark.parametrize("reserve", ["0", "1"])
def test_a_disk_that_fills_up_is_never_filled_and_goes_on_by_itself(serve: Serve, reserve: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    served = serve(SMALL_DISK, begun=False, TSUZURI_MIN_FREE_MIB=reserve)
    key = served.key()
    try:
        served.start()
    except AssertionError as error:
        if "no disk of its own" not in str(error):
            raise
        pytest.skip("no small disk can be mounted here")
    inside, kept = Path(f"/proc/{served.pid}/root{served.home}"), list[str]()
    with web(served, key) as client:
        batch, body = declare(client), picture().ljust(300_000, b"\0")
        while (said := put(client, batch, len(kept) + 1, body + bytes([len(kept)]))).status_code == 201:
            kept.append(said.json()["sha256"])
        assert asked_to_wait(said, "disk_low", "disk_full") and len(kept) > 6
        assert client.get("/readyz").json()["files"] == "disk_low"
        assert lie(inside) == set(kept)
        assert client.get(f"/v1/batches/{batch}").json()["stored"] == len(kept)
        if reserve == "1":
            Files(inside / "files").put(bytes(500_000))      # what is in work already has room
        for sha256 in kept[:6]:
            Files(inside / "files").forget(sha256)
        assert put(client, batch, len(kept) + 1, body + bytes([len(kept)])).status_code == 201
        assert client.get("/readyz").is_success
    assert "broke" not in served.said()


def test_a_database_held_by_another_asks_to_wait_and_is_taken_up_again(serve: Serve) -> None:
    served, body = serve(SHORT), picture()
    with web(served, served.key()) as client:
        batch = declare(client)
        with closing(sqlite3.connect(served.home / "tsuzuri.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert asked_to_wait(put(client, batch, 1, body), "database_busy")
            assert asked_to_wait(client.post(f"/v1/batches/{batch}/close"), "database_busy")
            assert client.get(f"/v1/batches/{batch}").json()["stored"] == 0      # who only looks is not kept waiting
            other.execute("ROLLBACK")
        assert put(client, batch, 1, body).status_code == 201
        assert client.post(f"/v1/batches/{batch}/close").json()["balanced"]


@pytest.mark.parametrize("hanging", [False, True])
def test_a_queue_server_that_is_away_or_hangs_delays_no_receipt_and_the_rows_say_what_to_nudge(serve: Serve, hanging: bool) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        served = serve()
        if hanging:         # connected to, and never answered: each nudge waits 20 s
            deaf.bind(str(served.home / "nobody.sock"))
            deaf.listen(200)
        with web(served, served.key()) as client:
            batch = declare(client)
            sent = [put(client, batch, seq, picture(seq)).json()["scan"] for seq in range(1, 31)]
            assert client.post(f"/v1/batches/{batch}/close").json()["stored"] == len(sent)
            told = {"status": "ok", "database": "ok", "files": "ok", "queue": "queue_silent", "nights": "ok"}
            assert client.get("/readyz").json() == told
        store = served.store()
        with store.read() as look:
            assert [paper for job, paper in look.standing(datetime.now(UTC) + timedelta(minutes=5)) if job == "open_scan"] == sent
        store.close()
        served.kill()
