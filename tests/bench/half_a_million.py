"""A database of half a million papers in review, of which the oldest have their pictures; for desk.py.

Those behind are copies of one paper, made by the database itself: each with its fields, findings, doubts, page and file, 200 to a
batch, so that lists, counts and indices are as large as they would be.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text, update
from tests.desk import papers

from tsuzuri.flow import Line
from tsuzuri.model import Batch, Page, Scan, Step
from tsuzuri.stages.validate import validate
from tsuzuri.store import accounts
from tsuzuri.store.desk_tables import doubts
from tsuzuri.store.tables import batches, documents, pages, scans

PASSWORD = "kusamakura-1906"
REAL, A_BATCH = 700, 200
APART = 7919          # numbers that lie so far apart are not each other's misreadings
MISREAD = 10          # on each tenth of those the days were misread
FIRST, FAR = "dc_000000", "_far"
ASKED = ("patient_kana", "patient_name", "days")      # what the readers are unsure of on each sheet; the amount is always asked


def lay(line: Line, n: int, people: int) -> None:
    """The papers, and people "clerk0" …."""
    line.store.create()
    now = datetime.now(UTC)
    form = line.forms["kodomo_seikyu"]
    with line.unit() as unit:
        accounts.add_user(unit, "clerk0", PASSWORD, "clerk", now)
        unit.add_batch(Batch("bt_bench", "EAST-1", "KM-BENCH", "東区", "kodomo", REAL, now, papers.DAY))
        unit.connection.execute(insert(accounts.users), [
            {"id": f"us_{i}", "name": f"clerk{i}", "role": "clerk", "password_hash": "", "active": True, "failures": 0,
             "created_at": now} for i in range(1, people)])
    picture = line.files.put(papers.picture(form, papers.CLAIM, dpi=200))
    for i in range(REAL):
        _paper(line, form, i, picture, now)
    with line.unit() as unit:
        _copy(unit.connection, n - REAL)


def seated(line: Line, people: int) -> list[str]:
    """The tokens of sessions opened now for the people; nobody holds a paper from before."""
    now = datetime.now(UTC)
    with line.unit() as unit:
        unit.connection.execute(update(documents).where(documents.c.leased_by.is_not(None)).values(leased_by=None))
        known = {one.user.name: one.user for one in accounts.all_users(unit, now)}
        return [accounts.open_session(unit, known[f"clerk{i}"], now) for i in range(people)]


def _paper(line: Line, form: Any, i: int, picture: str, now: datetime) -> None:
    values = {**papers.CLAIM, "recipient_no": papers.numbered(f"{i * APART % 10**6:06}")}
    misread = {"days": 3} if i % MISREAD == 0 else {}
    document = papers.read(form, {**values, **misread}, id=f"dc_{i:06}", batch_id="bt_bench")
    unsure = {name: replace(document.fields[name], confidence=0.4) for name in ASKED}
    document = validate(replace(document, fields=document.fields | unsure), form)
    with line.unit() as unit:
        scan = Scan(f"sc_{i:06}", "bt_bench", i + 1, f"{i:06}.jpg", "0" * 64, 1, "image/jpeg", 1, now, step=Step.OPENED)
        unit.add_scan(scan)
        unit.add_document(document)
        unit.add_page(Page(f"pg_{i:06}", scan.id, "bt_bench", 1, now, Step.BOUND, 0, picture, document.id, form.name))


def _copy(connection: Connection, many: int) -> None:
    """So many papers more, each the first one again under names of its own."""
    last = connection.scalar(select(func.max(documents.c.n)))
    own = {table.name: f"'{prefix}{FAR}' || k.i" for prefix, table in (("dc", documents), ("sc", scans), ("pg", pages))}
    batch = f"'bt{FAR}' || (k.i / {A_BATCH})"
    _again(connection, batches, "bt_bench", -(-many // A_BATCH), {
        "id": f"'bt{FAR}' || k.i", "box": "'KM-' || k.i", "declared_sheets": str(A_BATCH)})
    _again(connection, documents, FIRST, many, {"id": own["documents"], "batch_id": batch, "n": f"{last} + 1 + k.i"})
    _again(connection, scans, "sc_000000", many, {"id": own["scans"], "batch_id": batch, "seq": f"1 + k.i % {A_BATCH}",
                                            "pile": f"1 + k.i % {A_BATCH}"})
    _again(connection, pages, "pg_000000", many, {
        "id": own["pages"], "scan_id": own["scans"], "batch_id": batch, "document_id": own["documents"]})
    _again(connection, doubts, FIRST, many, {"document_id": own["documents"], "document_n": f"{last} + 1 + k.i"})


def _again(connection: Connection, table: Table, first: str, many: int, changed: dict[str, str]) -> None:
    key = "document_id" if "document_id" in table.c and "id" not in table.c else "id"
    names = [column.name for column in table.columns if column.name != "n" or "n" in changed]
    into, told = (", ".join(made) for made in (
        [f'"{name}"' for name in names], [changed.get(name, f't."{name}"') for name in names]))
    connection.execute(text(
        f"WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i + 1 < :many) "
        f'INSERT INTO {table.name} ({into}) SELECT {told} FROM k, (SELECT * FROM {table.name} WHERE "{key}" = :first) AS t'),
        {"many": many, "first": first})
