"""A hundred broken, odd, encrypted, looping and hostile files: each is refused with advice, or stands before a person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journey.station import Station
from tsuzuri.model import Step
from tsuzuri.settings import REPO
from tsuzuri.up import Running

NASTY = REPO.parent / "shared" / "data" / "nasty"
FILES = sorted(p for p in NASTY.rglob("*") if p.is_file() and p.suffix not in (".csv", ".md", ".txt") and "LICENSE" not in p.name)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not FILES, reason="the folder of nasty files is not beside this checkout")
def test_every_nasty_file_is_refused_with_advice_or_stands_before_a_person(machine: Running, station_key: str) -> None:
    refused: dict[Path, str] = {}
    with Station(machine.url, station_key) as station:
        station.http.timeout = 30.0
        batch = station.declare(len(FILES))
        for seq, path in enumerate(FILES, start=1):
            reply = station.send(batch, seq, path.read_bytes(), path.name)
            if reply.status_code != 201:
                assert reply.status_code in (413, 415, 422), (path, reply.text)
                told = reply.json()
                assert told["code"] not in ("", "refused", "error"), path
                assert re.search(r"[ぁ-んァ-ヶ一-龠]", told["detail"]), (path, told)
                refused[path] = told["code"]
        pids = [part.process.pid for part in machine.parts if part.process]
        counts = station.wait_until_read(batch, patience_s=800)

    assert counts["stored"] == counts["blank"] + counts["review"] + counts["clean"]
    with machine.line.store.read() as look:
        pages, documents = look.pages_of_batch(batch), look.documents_of_batch(batch)
    assert len(pages) == counts["stored"]
    assert all(page.step in (Step.BOUND, Step.BLANK) for page in pages)
    assert all(page.tries == 1 for page in pages), "a file broke its reader"
    assert all(document.findings for document in documents)
    assert pids == [part.process.pid for part in machine.parts if part.process], "a process had to be started again"
    assert len(refused) + len({page.scan_id for page in pages}) == len(FILES)
