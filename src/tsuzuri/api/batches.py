"""Batches: declared, closed and balanced by stations; listed for all who may know of them."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from tsuzuri import flow
from tsuzuri.api.document_shapes import DocumentItem, DocumentPage
from tsuzuri.api.problems import told, told_once
from tsuzuri.api.shapes import BatchPage, BatchShape, Declared, Done, LedgerShape, Recounted, RescanShape
from tsuzuri.api.who import Anyone, AtLine, Office, Station, Supervisor, must_see
from tsuzuri.flow.intake import Declaration
from tsuzuri.model import Step
from tsuzuri.store import books, queries
from tsuzuri.store.accounts import Key, Role

router = APIRouter(prefix="/v1", tags=["batches"])
Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Behind = Annotated[int, Query(ge=0, le=queries.MOST, description="`next` of the page before")]
Asked = Annotated[str | None, Query(max_length=64)]
Day = Annotated[date | None, Query(description="業務日付")]
Once = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255, pattern=r"^[!-~]+$")]


@router.post("/batches", status_code=201, responses=told(409))
def declare(
    declared: Declared, line: AtLine, key: Station, response: Response, once: Once = None,
) -> BatchShape:
    """Declare a batch before sending its files; the station is the key's.

    With an `Idempotency-Key`, saying the same again answers with the same batch; saying something else is a
    409 (`idempotency_conflict`).
    """
    declaration = Declaration(**dict(declared))
    digest = hashlib.sha256(declared.model_dump_json().encode()).hexdigest()
    batch = told_once(lambda: flow.declare_batch(line, key.name, declaration, once, digest))
    response.headers["Location"] = f"/v1/batches/{batch.id}"
    return _shown(line, key, batch.id)


@router.post("/batches/{batch_id}/close", responses=told(404))
def close(batch_id: str, line: AtLine, key: Station) -> BatchShape:
    """Close a batch: no more files are taken, and what was declared is held against what is stored.

    `balanced` false, with V01 among `findings`, means: count the paper again. Closing twice answers the same.
    """
    _shown(line, key, batch_id)
    flow.close_batch(line, batch_id)
    return _shown(line, key, batch_id)


@router.get("/batches", responses=told())
def listed(line: AtLine, key: Anyone, after: str | None = None, limit: Limit = 50) -> BatchPage:
    """Batches, newest first; a station sees its own."""
    station = key.name if key.role is Role.STATION else None
    with line.store.read() as look:
        shown = queries.batch_list(look, after, limit, station=station, ward=key.ward)
    return BatchPage(items=[BatchShape.of(line) for line in shown],
                     next=shown[-1].batch.id if len(shown) == limit else None)


@router.get("/batches/{batch_id}", responses=told(404))
def one(batch_id: str, line: AtLine, key: Anyone) -> BatchShape:
    """A batch and where each of its pages stands just now."""
    return _shown(line, key, batch_id)


@router.get("/batches/{batch_id}/rescans", responses=told(404))
def rescans(batch_id: str, line: AtLine, key: Anyone) -> list[RescanShape]:
    """The papers of the batch that the desk wants fed again, with why: send them as new files of an open batch."""
    _shown(line, key, batch_id)
    with line.store.read() as look:
        return [RescanShape(document=one.document_id, files=list(one.seqs), why=one.why, asked_at=one.at)
                for one in look.wanted_scans(batch_id)]


@router.get("/batches/{batch_id}/documents", responses=told(404))
def documents(
    batch_id: str, line: AtLine, key: Office, after: Behind = 0, limit: Limit = 50, step: Step | None = None,
) -> DocumentPage:
    """The batch's documents in the order of arrival, without what is written on them."""
    wanted = queries.Wanted((step,) if step else (), batch_id=batch_id)
    with line.store.read() as look:
        must_see(key, look.batch(batch_id))
        shown = queries.document_queue(look, wanted, after, limit)
    return DocumentPage(items=[DocumentItem.of(item) for item in shown],
                        next=shown[-1].n if len(shown) == limit else None)


@router.post("/batches/{batch_id}/approve-clean", responses=told(404))
def approve_clean(batch_id: str, line: AtLine, key: Supervisor) -> Done:
    """Approve every document of the batch against which nothing speaks."""
    _shown(line, key, batch_id)
    return Done(approved=flow.approve_clean(line, key.name, batch_id))


@router.post("/batches/{batch_id}/recount", responses=told(404))
def recount(batch_id: str, counted: Recounted, line: AtLine, key: Supervisor) -> BatchShape:
    """The paper was counted again by hand: mend the declared number, and balance anew."""
    _shown(line, key, batch_id)
    flow.recount(line, batch_id, flow.Counted(counted.sheets, counted.one_sided, counted.totals), key.name)
    return _shown(line, key, batch_id)


@router.get("/ledger", responses=told())
def ledger(
    line: AtLine, key: Office, box: Asked = None, batch: Asked = None, ward: Asked = None, date: Day = None,
) -> LedgerShape:
    """The paper ledger: of the whole house (a key bound to a ward: of the ward), or of a box, batch, ward or business date."""
    with line.store.read() as look:
        return LedgerShape.of(books.paper_ledger(look, books.Within(key.ward or ward, box, batch, date)))


def _shown(line: flow.Line, key: Key, batch_id: str) -> BatchShape:
    with line.store.read() as look:
        must_see(key, look.batch(batch_id))
        return BatchShape.of(queries.batch_line(look, batch_id), queries.missing_numbers(look, batch_id))
