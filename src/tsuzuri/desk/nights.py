"""夜間連携: what left at night and what stayed; what waits for two people before it goes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePath
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import words
from tsuzuri.desk.door import NO_STORE, Door, page
from tsuzuri.desk.who import CityOverseer, TheLine
from tsuzuri.errors import NotFound
from tsuzuri.flow import Line
from tsuzuri.model import ExportRun

router = APIRouter(route_class=Door)
SHOWN = 200         # of the papers that stayed; the whole list is a file


@router.get("/nights")
def nights(request: Request, who: CityOverseer, line: TheLine) -> Response:
    """The runs, newest first."""
    with line.store.read() as look:
        runs = look.runs()
    return page(request, "nights.html", who=who, here="nights", nights=[_told(run, line) for run in runs])


@router.get("/nights/{run_id}")
def night(request: Request, who: CityOverseer, line: TheLine, run_id: str) -> Response:
    """One run: its files, and the papers that stayed behind, one by one."""
    with line.store.read() as look:
        run = look.run(run_id)
    listed = _listed(line, run)
    files = [{"name": file.name, "word": words.FILES.get(file.word, file.word), "count": f"{file.count:,}",
              "size": f"{file.size:,}", "amount": f"{file.amount:,}" if file.amount else "", "sha256": file.sha256}
             for file in run.files]
    return page(
        request, "night.html", who=who, here="nights", run=_told(run, line), files=files, held=listed[1:],
        head=listed[0] if listed else (), more=sum(run.held.values()) - max(len(listed) - 1, 0))


@router.get("/nights/{run_id}/held.csv")
def held(who: CityOverseer, line: TheLine, run_id: str) -> Response:
    """The whole list of what stayed behind."""
    with line.store.read() as look:
        run = look.run(run_id)
    if not run.held_list:
        raise NotFound("保留はありません。")
    return FileResponse(line.files.present(run.held_list), media_type="text/csv; charset=utf-8",
                        filename=f"held_{run.business_date:%Y%m%d}.csv", headers={"Cache-Control": NO_STORE})


def _listed(line: Line, run: ExportRun) -> Sequence[Sequence[str]]:
    """The list's titles and its first lines; nothing where nothing stayed."""
    if not run.held_list:
        return ()
    with Path(line.files.present(run.held_list)).open(encoding="utf-8-sig", newline="") as kept:
        return [(row[0], *row[2:]) for row in islice(csv.reader(kept), SHOWN + 1)]


def _told(run: ExportRun, line: Line) -> dict[str, Any]:
    word, tone = words.RUNS[run.step]
    return {
        "id": run.id,
        "day": f"{run.business_date:%Y-%m-%d}",
        "target": flow.target_of(line, run.target).title if _known(line, run.target) else run.target,
        "step": word,
        "tone": tone,
        "count": f"{run.count:,}",
        "amount": f"{run.amount:,}",
        "points": f"{run.points:,}",
        "eligible": f"{run.eligible:,}",
        "held": "、".join(f"{reason} {many:,}" for reason, many in flow.reasons(run)) or "なし",
        "listed": bool(run.held_list),
        "sha256": run.sha256,
        "file": PurePath(run.path).name,
        "more": max(len(run.files) - 1, 0),
        "until": f"{run.until.astimezone(line.zone):%Y-%m-%d %H:%M}" if run.until else "",
        "at": f"{run.at.astimezone(line.zone):%Y-%m-%d %H:%M}",
    }


def _known(line: Line, target: str) -> bool:
    return target in line.city.targets or ":" in target
