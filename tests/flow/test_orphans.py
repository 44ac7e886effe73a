"""Files without a row: found wherever they lie, given a day, and never taken from a row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.flow.conftest import Clock, kept, page_of, picture, take
from tsuzuri import flow
from tsuzuri.flow import Line, Orphans
from tsuzuri.model import Batch
from tsuzuri.store import Unit
from tsuzuri.store.electronic import ElectronicFile


def test_bytes_kept_by_someone_who_died_before_the_row_are_found_and_go_after_a_day(
    line: Line, batch: Batch, clock: Clock,
) -> None:
    scan, _ = take(line, batch, 1, picture(200))
    line.files.put(b"kept, and then the plug was pulled")
    clock.now = _written(line)
    assert _round(line) == Orphans(1, 0)
    clock.on(days=1, seconds=1)
    assert _round(line) == Orphans(1, 1)
    assert [path.name for path in kept(line)] == [scan.sha256]
    assert _round(line) == Orphans()


def test_a_picture_and_a_file_that_took_anothers_place_are_not_taken_from_their_rows(
    line: Line, batch: Batch, clock: Clock,
) -> None:
    page = page_of(line, batch, 1, picture(200))
    shown, masked = line.files.put(b"a picture"), line.files.put(b"without the number")
    with line.unit() as unit:
        scan = unit.scan(page.scan_id)
        unit.connection.exec_driver_sql("UPDATE pages SET picture = ?", (shown,))
        assert unit.mask_scan(scan, masked)
    clock.now = _written(line) + timedelta(days=2)
    assert _round(line) == Orphans(1, 1)       # the file as it was sent
    assert {path.name for path in kept(line)} == {shown, masked}


def test_bytes_that_are_sent_while_they_are_being_removed_stay(
    line: Line, batch: Batch, clock: Clock, monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = line.files.put(picture(200))
    clock.now = _written(line) + timedelta(days=2)
    hold = Unit.hold_file

    def sent_meanwhile(unit: Unit, sha256: str) -> None:
        monkeypatch.setattr(Unit, "hold_file", hold)
        unit.connection.exec_driver_sql(
            "INSERT INTO scans (id, batch_id, seq, name, sha256, size, media, pages, received_at, step)"
            " VALUES ('sc_1', ?, 1, '', ?, 9, 'image/png', 1, '2025-11-07', 'opened')", (batch.id, sha256))

    monkeypatch.setattr(Unit, "hold_file", sent_meanwhile)
    assert _round(line) == Orphans(1, 0)
    assert [path.name for path in kept(line)] == [name]


def test_a_store_of_many_folders_is_gone_through_bit_by_bit(line: Line, clock: Clock) -> None:
    for i in range(100):
        line.files.put(b"%d" % i)
    clock.now = _written(line)     # young, all of them
    looks = []
    while (look := flow.forget_orphans(line)).found:
        looks.append(look.found)
    assert sum(looks) == 100 and len(looks) > 5


def test_where_most_files_have_no_row_it_is_rows_that_are_missing_and_every_file_stays(line: Line, clock: Clock) -> None:
    for i in range(400):
        line.files.put(b"%d" % i)
    clock.now = _written(line) + timedelta(days=2)
    looks = [flow.forget_orphans(line) for _ in range(10)]
    assert any(look.found > 10 for look in looks) and not any(look.removed for look in looks if look.found > 10)


def test_the_volumes_of_electronic_receipts_are_somebodys(line: Line, batch: Batch, clock: Clock) -> None:
    kept_names = [line.files.put(b"volume %d" % i) for i in (1, 2)]
    with line.unit() as unit:
        unit.add_electronic_file(ElectronicFile(
            "uf_1", batch.id, "ab" * 32, "R.UKE", kept_names, 9, 0, 0, 0, 0, {}, clock(), "sato"))
    clock.now = _written(line) + timedelta(days=2)
    assert _round(line) == Orphans()


def _round(line: Line) -> Orphans:
    """What is found from one end of the store to the other."""
    found = removed = 0
    while (look := flow.forget_orphans(line)).found:
        found, removed = found + look.found, removed + look.removed
    return Orphans(found, removed)


def _written(line: Line) -> datetime:
    """When the last of the files was written."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in kept(line)), UTC)
