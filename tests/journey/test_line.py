"""The whole line over real HTTP, a real queue server, a real worker and real readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLES, key_of_a_station, machine_of_its_own
from tests.journey.station import Station
from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.model import Document, ExportRun, Step, Value
from tsuzuri.rules import same
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.up import Running

pytestmark = pytest.mark.timeout(400)      # whoever comes first waits until all is read

# The fewest that bring every kind of paper, of file, of way to lie and of page without a form; `make proof` takes all.
FEWEST = ("0001.jpg", "0007.png", "0008.jpg", "0009.jpg", "0010.jpg", "0017.tif", "0020.pdf", "0021.pdf", "0022.jpg", "0023.jpg")


@dataclass(frozen=True)
class Read:
    """A machine that has read a batch: which files, what came of each page, as it stood right after."""

    machine: Running
    key: str
    files: list[dict[str, Any]]
    batch: str
    counts: dict[str, Any]
    found: Mapping[tuple[str, int], Document]

    @property
    def pages(self) -> list[dict[str, Any]]:
        """The truth of every page."""
        return [page for entry in self.files for page in entry["pages"]]


@pytest.fixture(scope="module", params=[pytest.param(FEWEST, id="fewest"), pytest.param((), id="all", marks=pytest.mark.slow)])
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, manifest: dict[str, Any]) -> Iterator[Read]:
    """The sample batch, sent to a machine by a station and read: one for all of these tests."""
    files = [entry for entry in manifest["files"] if not request.param or entry["file"] in request.param]
    with machine_of_its_own(tmp_path_factory.mktemp("line") / "home") as machine:
        key = key_of_a_station(machine)
        with Station(machine.url, key) as station:
            batch = station.declare(sum(len(entry["pages"]) for entry in files))
            for seq, entry in enumerate(files, start=1):
                reply = station.send(batch, seq, (SAMPLES / "batch" / entry["file"]).read_bytes(), entry["file"])
                assert reply.status_code == 201, reply.text
            assert station.close(batch)["stored"] == sum(len(entry["pages"]) for entry in files)
            counts = station.wait_until_read(batch, patience_s=300)
        with machine.line.store.read() as look:
            found = {look.file_and_page(d.id): d for d in look.documents_of_batch(batch)}
        yield Read(machine, key, files, batch, counts, found)


@pytest.fixture(scope="module")
def left(read: Read) -> tuple[int, ExportRun]:
    """How many papers were approved because nothing speaks against them, and the night they left in."""
    line = read.machine.line
    approved = flow.approve_clean(line, "supervisor", read.batch)
    return approved, flow.night(line, line.today(), until=line.clock())


def test_the_sample_batch_becomes_an_exported_file_and_no_sheet_is_unaccounted_for(read: Read, left: tuple[int, ExportRun]) -> None:
    pages, counts, where = read.pages, read.counts, read.found
    kinds = Counter(page["kind"] for page in pages)
    assert (counts["blank"], counts["separator"]) == (kinds["blank"], kinds["separator"])
    assert sum(d.page_count for d in where.values()) + counts["blank"] + counts["separator"] == len(pages)
    assert {place: d.form for place, d in where.items()} == {
        (entry["file"], number): page.get("form") for entry in read.files
        for number, page in enumerate(entry["pages"], start=1)
        if page["kind"] not in ("blank", "separator") and page.get("form") != "ryoshusho"
    }
    belongs_together(read.machine.line, where)

    approved, run = left
    feed = read_feed(Path(run.path).read_bytes())
    with read.machine.line.store.read() as look:
        after = [d for d in look.documents_of_batch(read.batch) if d.step in (Step.APPROVED, Step.EXPORTED)]
    assert len(after) == approved > 0
    assert all((d.step is Step.EXPORTED) == bool(claimed_by(d.values)) for d in after)
    sent = [(row["recipient_no"], int(row["amount"])) for row in feed.rows]
    assert run.count == len(sent)
    assert sorted(sent) == sorted(claim for d in after for claim in claimed_by(d.values))
    assert set(sent) <= {claim for page in pages for claim in claimed_by(page.get("fields", {}))}


def claimed_by(told: Mapping[str, Value]) -> list[tuple[str, int]]:
    """Who and how much a paper claims for: one, none, or one a row."""
    said = [(told[name], told[f"{name.removesuffix('recipient_no')}amount"]) for name in told if name.endswith("recipient_no")]
    return [(str(who), int(str(yen))) for who, yen in said if who is not None and yen is not None]


def belongs_together(line: Line, found: Mapping[tuple[str, int], Document]) -> None:
    """Receipts lie behind their application and say what it says, the cover agrees, and the 個人番号 is gone."""
    asked = found["0020.pdf", 1]
    assert asked.page_count == 3
    assert not {"H22", "H23", "H24"} & {finding.code for finding in asked.findings}
    total = sum(int(str(asked.values[f"evidence.{i}.copay"])) for i in (1, 2))
    assert total == asked.values["paid_total"]
    assert found["0021.pdf", 1].step is Step.CLEAN, found["0021.pdf", 1].findings
    noticed = found["0023.jpg", 1]
    assert "V53" in {finding.code for finding in noticed.findings}
    with line.store.read() as look:
        (page,) = look.pages_of_document(noticed.id)
        assert look.scan(page.scan_id).masked


def test_a_paper_without_findings_says_what_was_written_on_it(read: Read) -> None:
    single = [e for e in read.files if len(e["pages"]) == 1]
    entry = next(e for e in single if e["pages"][0].get("form") and not e["pages"][0].get("faults"))
    document = read.found[entry["file"], 1]
    truth = entry["pages"][0]["fields"]
    assert document.form is not None
    form, fields = read.machine.line.forms[document.form], document.fields
    wrong = {
        name: (value, fields[name].value) for name, value in truth.items()
        if fields[name].value is not value and not same(form.fields[name].kind, fields[name].value, value)
    }
    unseen = {n: w for n, w in wrong.items() if not any(f.field == n for f in document.findings)}
    assert len(wrong) <= len(truth) // 10, wrong
    assert not unseen, f"wrong and passed unseen: {unseen}"


def test_the_same_night_again_gives_the_same_bytes(read: Read, left: tuple[int, ExportRun]) -> None:
    _, first = left
    before = Path(first.path).read_bytes()
    Path(first.path).unlink()
    again = flow.night(read.machine.line, first.business_date)
    assert again.sha256 == first.sha256
    assert Path(again.path).read_bytes() == before


@pytest.mark.parametrize("wrong", ["digest", "bytes"])
def test_a_file_that_is_not_what_the_station_said_leaves_nothing_behind(read: Read, wrong: str) -> None:
    def files() -> set[Path]:
        return {path for path in (read.machine.settings.home / "files").rglob("*") if path.is_file()}

    before = files()
    with Station(read.machine.url, read.key) as station:
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
    assert files() <= before
