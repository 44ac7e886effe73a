"""The whole line over real HTTP, a real queue server, a real worker and real readers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLES
from tests.journey.station import Station
from tsuzuri import flow
from tsuzuri.model import Step
from tsuzuri.rules import same
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.up import Running


def test_the_sample_batch_becomes_an_exported_file_and_no_sheet_is_unaccounted_for(
    machine: Running, station_key: str, manifest: dict[str, Any],
) -> None:
    pages = [page for entry in manifest["files"] for page in entry["pages"]]
    with Station(machine.url, station_key) as station:
        batch = station.declare(len(pages))
        for seq, entry in enumerate(manifest["files"], start=1):
            reply = station.send(batch, seq, (SAMPLES / "batch" / entry["file"]).read_bytes(), entry["file"])
            assert reply.status_code == 201, reply.text
        assert station.close(batch)["stored"] == len(pages)
        counts = station.wait_until_read(batch)

    blank = sum(1 for page in pages if page["kind"] == "blank")
    assert counts["blank"] == blank
    with machine.line.store.read() as look:
        documents = list(look.documents_of_batch(batch))
        where = {look.file_and_page(d.id): d for d in documents}
    assert len(documents) == len(pages) - blank
    for entry in manifest["files"]:
        for number, page in enumerate(entry["pages"], start=1):
            if page["kind"] != "blank":
                assert where[(entry["file"], number)].form == page.get("form"), (entry["file"], number)

    approved = flow.approve_clean(machine.line, "supervisor", batch)
    run = flow.night(machine.line, machine.line.today())
    assert run.count == approved > 0
    feed = read_feed(Path(run.path).read_bytes())
    truths = {page["fields"]["recipient_no"]: page["fields"] for page in pages if page["kind"] == "form"}
    assert len(feed.rows) == approved
    assert all(int(row["amount"]) == truths[row["recipient_no"]]["amount"] for row in feed.rows)
    with machine.line.store.read() as look:
        after = Counter(d.step for d in look.documents_of_batch(batch))
    assert after[Step.EXPORTED] == approved
    assert after.total() + blank == len(pages)


def test_a_paper_without_findings_says_what_was_written_on_it(
    machine: Running, station_key: str, manifest: dict[str, Any],
) -> None:
    single = [e for e in manifest["files"] if len(e["pages"]) == 1]
    entry = next(e for e in single if e["pages"][0].get("form") and not e["pages"][0].get("faults"))
    with Station(machine.url, station_key) as station:
        batch = station.declare(1)
        assert station.send(batch, 1, (SAMPLES / "batch" / entry["file"]).read_bytes()).status_code == 201
        station.close(batch)
        station.wait_until_read(batch)
    with machine.line.store.read() as look:
        (document,) = look.documents_of_batch(batch)
    truth = entry["pages"][0]["fields"]
    assert document.form is not None
    form, fields = machine.line.forms[document.form], document.fields
    wrong = {
        name: (value, fields[name].value) for name, value in truth.items()
        if fields[name].value is not value and not same(form.fields[name].kind, fields[name].value, value)
    }
    unseen = {n: w for n, w in wrong.items() if not any(f.field == n for f in document.findings)}
    assert len(wrong) <= len(truth) // 10, wrong
    assert not unseen, f"wrong and passed unseen: {unseen}"


def test_the_same_night_again_gives_the_same_bytes(machine: Running, station_key: str, manifest: dict[str, Any]) -> None:
    day = machine.line.today()
    first = flow.night(machine.line, day)
    before = Path(first.path).read_bytes()
    Path(first.path).unlink()
    again = flow.night(machine.line, day)
    assert again.sha256 == first.sha256
    assert Path(again.path).read_bytes() == before


@pytest.mark.parametrize("wrong", ["digest", "bytes"])
def test_a_file_that_is_not_what_the_station_said_leaves_nothing_behind(machine: Running, station_key: str, wrong: str) -> None:
    with Station(machine.url, station_key) as station:
        batch = station.declare(1)
        if wrong == "digest":
            reply = station.http.put(f"/v1/batches/{batch}/scans/1", content=b"%PDF-1.4 nothing", headers={
                "Content-Digest": "sha-256=:" + "A" * 43 + "=:",
            })
        else:
            reply = station.send(batch, 1, b"this is no picture at all")
        assert reply.status_code == 422
        assert reply.headers["content-type"].startswith("application/problem+json")
        assert reply.json()["detail"]
        assert station.progress(batch)["stored"] == 0
    assert not [p for p in (machine.settings.home / "files").rglob("*") if p.is_file()]
