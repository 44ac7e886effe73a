"""台帳: what stands and since when, a number looked up with its history, and files brought in: shown first, then taken."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import unquote

import structlog
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import Anyone, CityOverseer, TheLine, Who
from tsuzuri.errors import Refused
from tsuzuri.flow import Line
from tsuzuri.flow.diffs import plain_outcome
from tsuzuri.flow.pouring import pour
from tsuzuri.rules.ledgers import LEDGERS, Ledger
from tsuzuri.rules.ledgers.sheet import MOST_BYTES
from tsuzuri.store import ledgers
from tsuzuri.store.ledgers import Held, Import
from tsuzuri.store.words import printable

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
KEPT_BACK = ("account_",)       # of a row, what only those see who may type it


@router.get("/ledgers")
def ledger_page(
    request: Request, who: Anyone, line: TheLine,
    ledger: Annotated[str, Query(max_length=20)] = "recipients",
    number: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The ledgers, and all that was ever known under a number; that somebody looked is written down, not whom at."""
    kind, asked = LEDGERS.get(ledger, LEDGERS["recipients"]), number.strip()
    with line.store.read() as look:
        counts = ledgers.counts(look)
        last = {name: ledgers.latest_import(look, name) for name in LEDGERS}
        found = ledgers.history(look, kind.name, asked) if asked else []
    if asked:
        log.info("ledger_seen", ledger=kind.name, rows=len(found), by=who.id)
    lines = [{"name": one.name, "title": one.title, "rows": f"{counts[one.name]:,}", "last": _made(last[one.name], line)}
             for one in LEDGERS.values()]
    return page(request, "ledgers.html", who=who, here="ledgers", lines=lines, kind=kind.name, number=asked,
                found=[_row(kind, row, line, who.masked or _elsewhere(row, who)) for row in found], asked=bool(asked))


@router.put("/ledgers/{ledger}/file")
async def bring(
    request: Request, who: CityOverseer, line: TheLine, ledger: str,
    delta: bool = False, dry: bool = True, many: bool = False,
    digest: Annotated[str, Query(max_length=64)] = "",
    name: Annotated[str, Header(alias="X-File-Name", max_length=600)] = "",
) -> Response:
    """What a file would do (`dry`), or did; refused with its lines where it is malformed."""
    source = "".join(c for c in unquote(name) if printable(c))[:200]
    brought = flow.Brought(ledger, not delta, who.name, source)
    with line.files.receive(MOST_BYTES) as staged:
        await pour(request.stream(), staged)
        try:
            if dry:
                outcome = await run_in_threadpool(flow.try_ledger, line, brought, staged.path)
            else:
                outcome = await run_in_threadpool(
                    flow.import_ledger, line, brought, staged.path, many_end=many, digest=digest)
        except Refused as error:
            told = {"code": error.code, "message": error.message, "faults": error.details.get("faults", [])}
            return JSONResponse(told, error.status)
    return JSONResponse(plain_outcome(outcome))


def _made(last: Import | None, line: Line) -> dict[str, str] | None:
    """The last import, as a line of the list tells it."""
    if last is None:
        return None
    what = f"{'全件' if last.whole else '差分'} {last.rows:,}行（新規{last.new:,}・変更{last.changed:,}・終了{last.ended:,}）"
    return {"at": f"{last.at.astimezone(line.zone):%Y-%m-%d %H:%M}", "source": last.source, "by": last.by, "what": what}


def _elsewhere(row: Held, who: Who) -> bool:
    """Whether the person of a row lives in another ward than the one that the looker works for: no account is theirs to type."""
    return who.ward is not None and row.cells.get("ward", "") not in ("", who.ward)


def _row(ledger: Ledger, row: Held, line: Line, masked: bool) -> dict[str, Any]:
    """A row of the history with its cells under their titles; what is empty is left out."""
    cells = [(column.titles[0], row.cells[column.name]) for column in ledger.columns
             if row.cells[column.name] and not (masked and column.name.startswith(KEPT_BACK))]
    believed = f"{row.retired_at.astimezone(line.zone):%Y-%m-%d %H:%M}" if row.retired_at else ""
    return {"key": row.key, "since": row.since, "until": row.until, "cells": cells, "believed": believed,
            "known": f"{row.recorded_at.astimezone(line.zone):%Y-%m-%d %H:%M}"}
