"""Many stations at once, and a server killed in their midst: whatever has a receipt is there, once."""

from __future__ import annotations

import asyncio
import base64
import sqlite3
from contextlib import closing
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.api.conftest import picture
from tests.journey.conftest import Serve
from tests.journey.lean import Lean
from tests.journey.served import Served
from tsuzuri.store.seals import RECEIPT, SIGNED, told

Receipts = list[dict[str, object]]
SHEET = picture().ljust(100_000, b"\0")
GROWS_MIB = 350.0       # for a thousand at once: each may hold 256 KB of its file, a connection and a request


async def station(served: Served, key: str, sheets: int, receipts: Receipts) -> None:
    """Declares, sends and closes, however often the line breaks; keeps its receipts."""
    one = Lean(served.port, key)
    batch = (await one.until(lambda: one.declare(sheets, once=key[-16:]))).json()["id"]
    for seq in range(1, sheets + 1):
        body = SHEET + f"{batch} {seq}".encode()
        answer = await one.until(lambda seq=seq, body=body: one.put(batch, seq, body))
        assert answer.status in (200, 201), answer.body
        receipts.append(answer.json())
    closed = (await one.until(lambda: one.ask("POST", f"/v1/batches/{batch}/close"))).json()
    assert closed["balanced"] and closed["stored"] == sheets, closed
    one.hang_up()


async def all_at_once(served: Served, stations: int, sheets: int, receipts: Receipts) -> None:
    """So many stations, each with so many sheets."""
    keys = [served.key(f"ST-{n}") for n in range(stations)]
    await asyncio.gather(*(station(served, key, sheets, receipts) for key in keys))


def hold(served: Served, receipts: Receipts, stations: int, sheets: int) -> None:
    """Every receipt is signed and true; every place of every batch has one file; nothing else is there."""
    store, files = served.store(), served.files()
    with store.read() as look:
        rows = {scan.id: scan for batch in {str(r["batch"]) for r in receipts} for scan in look.scans_of_batch(batch)}
    store.close()
    assert len(rows) == len({(scan.batch_id, scan.seq) for scan in rows.values()}) == stations * sheets
    assert {str(receipt["scan"]) for receipt in receipts} == set(rows)
    public = {key["key"]: key["public"] for key in public_keys(served)}
    for receipt in receipts:
        scan = rows[str(receipt["scan"])]
        assert (scan.batch_id, scan.seq, scan.sha256) == (receipt["batch"], receipt["seq"], receipt["sha256"])
        assert files.verify(scan.sha256)
        signed = told(RECEIPT, {name: receipt[name] for name in SIGNED})
        by = Ed25519PublicKey.from_public_bytes(base64.b64decode(public[str(receipt["key"])]))
        by.verify(base64.b64decode(str(receipt["signature"])), signed)
    with closing(sqlite3.connect(served.home / "tsuzuri.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def public_keys(served: Served) -> list[dict[str, str]]:
    """As anybody may ask for them."""
    async def ask() -> list[dict[str, str]]:
        one = Lean(served.port, "")
        answer = await one.ask("GET", "/v1/station-key")
        one.hang_up()
        found: list[dict[str, str]] = answer.json()     # type: ignore[assignment]
        return found

    return asyncio.run(ask())


def crowd(served: Served, stations: int, sheets: int) -> None:
    """None is lost, none doubled, none refused; the server is then as it was before."""
    files, mib = served.open_files(), served.most_mib()
    receipts: Receipts = []
    asyncio.run(all_at_once(served, stations, sheets, receipts))
    hold(served, receipts, stations, sheets)
    assert "broke" not in served.said() and "Traceback" not in served.said()
    assert served.most_mib() < mib + GROWS_MIB
    assert served.open_files() < files + 100


def test_fifty_stations_at_once_lose_nothing(serve: Serve) -> None:
    crowd(serve(), 50, 2)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_thousand_stations_at_once_lose_nothing_and_memory_stays_bounded(serve: Serve) -> None:
    crowd(serve(), 1000, 3)


async def killed_meanwhile(served: Served, sending: asyncio.Task[None], receipts: Receipts, deaths: int, chance: Random) -> int:
    """Kills and starts the server while they send: at random moments, between any two receipts. How often it was."""
    died = 0
    while died < deaths and not sending.done():
        had = len(receipts)
        while len(receipts) < had + 3 and not sending.done():
            await asyncio.sleep(0.001)
        await asyncio.sleep(chance.random() * 0.05)
        await asyncio.to_thread(served.kill)
        await asyncio.to_thread(served.start)
        died += 1
    await sending
    return died


def killed(served: Served, stations: int, sheets: int, deaths: int) -> None:
    """So many deaths while they send: every receipt given out before any of them holds."""
    async def run() -> int:
        sending = asyncio.create_task(all_at_once(served, stations, sheets, receipts))
        return await killed_meanwhile(served, sending, receipts, deaths, Random(deaths))

    receipts: Receipts = []
    assert asyncio.run(run()) == deaths
    hold(served, receipts, stations, sheets)


def test_a_server_killed_while_eight_stations_send_has_every_sheet_it_gave_a_receipt_for(serve: Serve) -> None:
    killed(serve(), 8, 10, 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_server_killed_a_hundred_times_has_every_sheet_it_gave_a_receipt_for(serve: Serve) -> None:
    killed(serve(), 8, 150, 100)
