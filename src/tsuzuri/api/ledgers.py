"""Ledgers (台帳): a file sent as a whole, shown first and then taken; what stands, and which file made it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from tsuzuri import flow
from tsuzuri.api.problems import told
from tsuzuri.api.who import AtLine, Supervisor
from tsuzuri.errors import NotAllowed, NotFound
from tsuzuri.flow.diffs import plain_outcome
from tsuzuri.flow.pouring import pour
from tsuzuri.rules.ledgers import LEDGERS
from tsuzuri.rules.ledgers.sheet import MOST_BYTES
from tsuzuri.store import ledgers
from tsuzuri.store.accounts import Key

router = APIRouter(prefix="/v1", tags=["ledgers"])
Name = Annotated[str, Path(description="、".join(LEDGERS))]
ANY_BYTES = {"requestBody": {"required": True, "content": {
    media: {"schema": {"type": "string", "format": "binary"}} for media in ("text/csv", "application/zip")}}}


class OutcomeShape(BaseModel):
    """What a file does to a ledger, or would do (`done` false). rows = new + changed + unchanged, with a delta + ended."""

    ledger: str
    title: str
    rows: int
    new: int
    changed: int
    ended: int
    unchanged: int
    warnings: int
    digest: str = Field(description="sha256 of the file; give it back as `digest` to import just what was shown")
    full: bool = Field(description="whether the file says all that is known")
    done: bool
    again: bool = Field(description="this very file was the last one: nothing to do")
    ends_many: bool = Field(description="more than 5 % of the rows would end: `many_end` must say that it is meant")
    odd: list[dict[str, Any]] = Field(description="warnings: line, column, why (first 100)")
    diff: list[dict[str, Any]] = Field(description="the first 20 rows of each kind; citizens' names are masked")


class LedgerLine(BaseModel):
    """A ledger: how many rows stand, and when what file made it so."""

    ledger: str
    title: str
    rows: int
    imported_at: str | None
    source: str | None
    by: str | None


@router.get("/ledgers", responses=told())
def listed(line: AtLine, key: Supervisor) -> list[LedgerLine]:
    """Every ledger and its last import."""
    with line.store.read() as look:
        counts, last = ledgers.counts(look), {name: ledgers.latest_import(look, name) for name in LEDGERS}
    return [LedgerLine(ledger=name, title=ledger.title, rows=counts[name], imported_at=made.at.isoformat() if made else None,
                       source=made.source if made else None, by=made.by if made else None)
            for name, ledger in LEDGERS.items() for made in (last[name],)]


@router.put("/ledgers/{ledger}", openapi_extra=ANY_BYTES, responses=told(404, 408, 409, 413))
async def put_ledger(
    ledger: Name, request: Request, line: AtLine, key: Supervisor,
    delta: Annotated[bool, Query(description="the file names only what changes; default: all that is known")] = False,
    dry_run: Annotated[bool, Query(description="say what would change, and change nothing")] = False,
    many_end: Annotated[bool, Query(description="it is meant that more than 5 % of the rows end")] = False,
    digest: Annotated[str, Query(max_length=64, description="import only the file of this sha256")] = "",
) -> OutcomeShape:
    """Send a ledger's file as the body: CSV (UTF-8 or Shift_JIS) or a ZIP of one. It is taken as a whole, or refused as a whole
    with the lines that are malformed in `errors`; the same file again changes nothing.
    """
    _whole_city(key)
    if ledger not in LEDGERS:
        raise NotFound(f"その台帳はありません。次のどれかです: {'、'.join(LEDGERS)}。", code="no_such_ledger")
    brought = flow.Brought(ledger, not delta, key.name, "API")
    with line.files.receive(MOST_BYTES) as staged:
        await pour(request.stream(), staged)
        if dry_run:
            outcome = await run_in_threadpool(flow.try_ledger, line, brought, staged.path)
        else:
            outcome = await run_in_threadpool(
                flow.import_ledger, line, brought, staged.path, many_end=many_end, digest=digest)
    return OutcomeShape(**plain_outcome(outcome))


@router.get("/ledgers/{ledger}/rows/{number}", responses=told(404))
def rows(ledger: Name, number: Annotated[str, Path(max_length=64)], line: AtLine, key: Supervisor) -> list[dict[str, Any]]:
    """All that was ever known under a number: when it held, since when it is known, until when it was believed."""
    _whole_city(key)
    if ledger not in LEDGERS:
        raise NotFound(f"その台帳はありません。次のどれかです: {'、'.join(LEDGERS)}。", code="no_such_ledger")
    with line.store.read() as look:
        return [asdict(row) for row in ledgers.history(look, ledger, number)]


def _whole_city(key: Key) -> None:
    if key.ward is not None:
        raise NotAllowed("台帳は市全体のものです。区を限らないキーを使ってください。")
