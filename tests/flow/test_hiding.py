"""A 個人番号 leaves no trace in the house: not in the picture, not in the file, not in a row."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from PIL import Image

from tests.flow.conftest import kept, lay, page_of, stored, take
from tsuzuri import flow
from tsuzuri.engines import Reader, open_readers
from tsuzuri.errors import Stuck, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.flow import reading as read
from tsuzuri.image import Picture
from tsuzuri.image.pages import TIFF, media_of, open_page
from tsuzuri.model import Batch, Page, Step
from tsuzuri.stages.mask import spots
from tsuzuri.store import Files
from tsuzuri.synth.my_number import notice


@pytest.fixture(scope="module")
def readers() -> Mapping[str, Reader]:
    return open_readers(["own", "ppocr", "tesseract"])


@cache
def two_pages() -> bytes:
    """A TIFF: a copied card with a number, and an empty page."""
    out = io.BytesIO()
    card = Image.fromarray(notice(200, "card", "clean").picture)
    card.save(out, "TIFF", compression="tiff_deflate", save_all=True, append_images=[Image.new("L", card.size, 255)])
    return out.getvalue()


@cache
def doubly_numbered() -> bytes:
    """A TIFF: two copied cards with a number each."""
    out = io.BytesIO()
    cards = [Image.fromarray(notice(seed, "card", "clean").picture) for seed in (200, 201)]
    cards[0].save(out, "TIFF", compression="tiff_deflate", save_all=True, append_images=cards[1:])
    return out.getvalue()


def first_page(line: Line, batch: Batch, seq: int = 1) -> Page:
    """The card's page of such a file, taken and opened."""
    scan, _ = take(line, batch, seq, two_pages())
    flow.open_scan(line, scan.id)
    with line.store.read() as look:
        return next(page for page in look.pages_of_batch(batch.id) if page.scan_id == scan.id)


@pytest.fixture
def reading(line: Line, readers: Mapping[str, Reader]) -> Line:
    return replace(line, readers=lambda: readers)


def test_the_file_as_sent_is_gone_and_what_is_kept_shows_no_number(
    reading: Line, batch: Batch, readers: Mapping[str, Reader],
) -> None:
    page = first_page(reading, batch)
    with reading.store.read() as look:
        sent = look.scan(page.scan_id)
    flow.read_page(reading, page.id)
    with reading.store.read() as look:
        scan, page = look.scan(page.scan_id), look.page(page.id)
    assert scan.sha256 == sent.sha256 and scan.masked and page.step is Step.BOUND and page.document_id
    assert reading.files.path(sent.sha256) not in kept(reading)
    first, second = (open_page(reading.files.present(scan.kept), n) for n in (1, 2))
    assert not [s for s in spots(first, None, readers) if s.sure]
    assert second.gray.min() > 240
    document = stored(reading, page.document_id)
    assert "V53" in {finding.code for finding in document.findings}


def test_a_file_of_a_single_page_is_masked_as_well(reading: Line, batch: Batch) -> None:
    out = io.BytesIO()
    Image.fromarray(notice(200, "card", "clean").picture).save(out, "JPEG")
    page = page_of(reading, batch, 1, out.getvalue())
    flow.read_page(reading, page.id)
    with reading.store.read() as look:
        scan, page = look.scan(page.scan_id), look.page(page.id)
    assert scan.masked and page.document_id
    assert "V53" in {finding.code for finding in stored(reading, page.document_id).findings}
    assert reading.files.path(scan.sha256) not in kept(reading)


def test_a_masking_cut_off_before_the_old_file_went_is_ended_by_the_sweep(
    reading: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = first_page(reading, batch)
    with reading.store.read() as look:
        sent = look.scan(page.scan_id)
    with monkeypatch.context() as cut:
        cut.setattr(Files, "forget", lambda *_: (_ for _ in ()).throw(OSError("the plug was pulled")))
        with pytest.raises(OSError, match="plug"):
            flow.read_page(reading, page.id)
    assert reading.files.path(sent.sha256) in kept(reading)
    flow.sweep(reading)
    assert reading.files.path(sent.sha256) not in kept(reading)


def test_the_same_bytes_elsewhere_are_kept_until_they_too_were_masked(reading: Line, batch: Batch) -> None:
    first, again = (first_page(reading, batch, seq) for seq in (1, 2))
    flow.read_page(reading, first.id)
    flow.read_page(reading, again.id)
    with reading.store.read() as look:
        scans = [look.scan(page.scan_id) for page in (first, again)]
    assert all(scan.masked for scan in scans)
    assert reading.files.path(scans[0].sha256) not in kept(reading)


def test_no_file_is_left_that_shows_the_number_of_another_page(reading: Line, batch: Batch) -> None:
    scan, _ = take(reading, batch, 1, doubly_numbered())
    flow.open_scan(reading, scan.id)
    with reading.store.read() as look:
        pages = look.pages_of_batch(batch.id)
    for page in pages:
        flow.read_page(reading, page.id)
    with reading.store.read() as look:
        needed = {look.scan(scan.id).kept, *(look.page(page.id).picture for page in pages)}
    assert {path.name for path in kept(reading)} == needed


def test_a_page_whose_file_was_masked_meanwhile_leaves_no_file_behind(
    reading: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    scan, _ = take(reading, batch, 1, doubly_numbered())
    flow.open_scan(reading, scan.id)
    with reading.store.read() as look:
        first, second = look.pages_of_batch(batch.id)
    keep = read.keep_without

    def overtaken(line: Line, *shown: Any) -> str:
        monkeypatch.setattr(read, "keep_without", keep)
        name = keep(line, *shown)
        flow.read_page(line, second.id)
        return name

    monkeypatch.setattr(read, "keep_without", overtaken)
    with pytest.raises(Stuck):
        flow.read_page(reading, first.id)
    flow.read_page(reading, first.id)
    with reading.store.read() as look:
        needed = look.scan(scan.id).kept
    assert [path.name for path in kept(reading) if media_of(path) == TIFF] == [needed]


def test_a_paper_sent_twice_keeps_its_picture_and_file_when_the_other_is_blotted(
    reading: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    doubt = read.spots
    monkeypatch.setattr(read, "spots", lambda *seen: tuple(replace(spot, sure=False) for spot in doubt(*seen)))
    twins = [first_page(reading, batch, seq) for seq in (1, 2)]
    for page in twins:
        flow.read_page(reading, page.id)
    for page in twins:
        with reading.store.read() as look:
            document_id = look.page(page.id).document_id or ""
        flow.blot(reading, document_id, stored(reading, document_id).version, "sato")
        with reading.store.read() as look:
            named = {name for twin in twins for name in (look.page(twin.id).picture, look.scan(twin.scan_id).kept)}
        assert {path.name for path in kept(reading)} == named


def test_a_blotting_cut_off_before_the_old_picture_went_is_ended_by_the_sweep(
    reading: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    doubt = read.spots
    monkeypatch.setattr(read, "spots", lambda *seen: tuple(replace(spot, sure=False) for spot in doubt(*seen)))
    page = first_page(reading, batch)
    flow.read_page(reading, page.id)
    with reading.store.read() as look:
        page = look.page(page.id)
    with monkeypatch.context() as cut:
        cut.setattr(Files, "forget", lambda *_: (_ for _ in ()).throw(OSError("the plug was pulled")))
        with pytest.raises(OSError, match="plug"):
            flow.blot(reading, page.document_id or "", stored(reading, page.document_id or "").version, "sato")
    flow.sweep(reading)
    assert page.picture and reading.files.path(page.picture) not in kept(reading)


def test_a_page_without_a_number_keeps_its_file_as_sent(reading: Line, batch: Batch) -> None:
    out = io.BytesIO()
    Image.new("L", (850, 1200), 255).save(out, "PNG")
    page = page_of(reading, batch, 1, out.getvalue())
    flow.read_page(reading, page.id)
    with reading.store.read() as look:
        scan = look.scan(page.scan_id)
    assert scan.masked is None and reading.files.verify(scan.sha256)
    assert isinstance(open_page(reading.files.present(scan.kept), 1), Picture)


def test_what_a_person_calls_a_number_leaves_picture_file_and_row(
    reading: Line, batch: Batch, readers: Mapping[str, Reader], monkeypatch: pytest.MonkeyPatch,
) -> None:
    doubt = read.spots
    monkeypatch.setattr(read, "spots", lambda *seen: tuple(replace(spot, sure=False) for spot in doubt(*seen)))
    page = first_page(reading, batch)
    flow.read_page(reading, page.id)
    with reading.store.read() as look:
        page = look.page(page.id)
    assert page.document_id and page.picture
    document = stored(reading, page.document_id)
    assert "H40" in {finding.code for finding in document.findings}
    showing = reading.files.path(page.picture)
    after = flow.blot(reading, document.id, document.version, "sato")
    assert {"V53"} <= {finding.code for finding in after.findings} and "H40" not in {finding.code for finding in after.findings}
    with reading.store.read() as look:
        scan, page, acts = look.scan(page.scan_id), look.page(page.id), look.reviews(document.id)
    assert scan.masked and page.picture and [act.action for act in acts] == ["blot"]
    assert not {showing, reading.files.path(scan.sha256)} & set(kept(reading))
    for name in (scan.masked, page.picture):
        assert not [s for s in doubt(open_page(reading.files.present(name), 1), None, readers) if s.sure]
    with pytest.raises(WrongTurn, match="箇所がありません"):
        flow.blot(reading, document.id, after.version, "sato")


def test_what_people_typed_where_a_number_stood_is_taken_out_of_what_they_did(reading: Line, batch: Batch) -> None:
    document = lay(reading, "d1", batch)
    document = flow.correct(reading, document.id, document.version, {"remarks": "1234 5678 9018", "days": "3"}, "sato")
    with reading.store.unit() as unit:
        unit.blot_reviews(document.id, {"remarks"})
    with reading.store.read() as look:
        (act,) = look.reviews(document.id)
    assert act.by == "sato" and act.changes["remarks"] == [None, None] and act.changes["days"][1] == 3
