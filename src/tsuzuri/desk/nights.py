"""夜間連携: what left at night and what stayed; what waits for two people before it goes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import FileResponse, RedirectResponse
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import delivered, words
from tsuzuri.desk.door import NO_STORE, Door, page
from tsuzuri.desk.who import CityOverseer, TheLine
from tsuzuri.errors import NotFound
from tsuzuri.flow import Line
from tsuzuri.model import ExportRun, RunStep, Transfer
from tsuzuri.store import Look

router = APIRouter(route_class=Door)
SAID = {
    "signed": "承認しました。もう一人の承認で銀行に渡ります。",
    "sent": "二人の承認がそろい、銀行の受け取り場所に渡しました。",
    "withdrawn": "取り下げました。支払う請求は、作り直すまで未払いのままです。",
    "made": "作り直しました。内容を確かめて承認してください。",
}
SHOWN = 200         # of the papers that stayed; the whole list is a file


@router.get("/nights")
def nights(request: Request, who: CityOverseer, line: TheLine) -> Response:
    """The runs, newest first."""
    with line.store.read() as look:
        runs = look.runs()
        waiting = [_told(run, line) for run in look.waiting_for_release()]
        stand, alarms = delivered.stand(line, look, runs), delivered.banners(line, look)
    missed = [f"{day:%Y-%m-%d}" for day in flow.nights_missed(line)]
    return page(request, "nights.html", who=who, here="nights", waiting=waiting, missed=missed,
                nights=[_told(run, line) | {"stands": stand[run.id]} for run in runs], alarms=alarms, receivers=any(stand.values()))


@router.get("/nights/{run_id}")
def night(
    request: Request, who: CityOverseer, line: TheLine, run_id: str, said: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """One run: its files, whom it pays, and the papers that stayed behind, one by one."""
    with line.store.read() as look:
        run = look.run(run_id)
        money = _money(look, run) if run.pays_on else None
        signed = [{"by": one.by, "at": f"{one.at.astimezone(line.zone):%Y-%m-%d %H:%M}"} for one in flow.signatures(look, run)]
        came = delivered.of_run(line, look, run.id)
    listed = _listed(line, run)
    files = [{"name": file.name, "word": words.FILES.get(file.word, file.word), "count": f"{file.count:,}",
              "size": f"{file.size:,}", "amount": f"{file.amount:,}" if file.amount else "", "sha256": file.sha256}
             for file in run.files]
    return page(
        request, "night.html", who=who, here="nights", run=_told(run, line), files=files, held=listed[1:],
        why=[(reason, f"{run.held[code]:,}", flow.reason_help(code)) for code, reason in _reasons(run)],
        head=listed[0] if listed else (), more=sum(run.held.values()) - max(len(listed) - 1, 0), money=money, signed=signed,
        says=SAID.get(said, ""), waits=run.step is RunStep.PREPARED, mine=any(one["by"] == who.name for one in signed),
        withdrawn=run.step is RunStep.WITHDRAWN, delivered=came)


@router.post("/nights/{run_id}/sign")
def sign(who: CityOverseer, line: TheLine, run_id: str) -> Response:
    """This person lets the money go; the second one hands it over."""
    run = flow.sign_run(line, run_id, who.name)
    return RedirectResponse(f"/desk/nights/{run_id}?said={'sent' if run.step is RunStep.SENT else 'signed'}", 303)


@router.post("/nights/{run_id}/withdraw")
def withdraw(who: CityOverseer, line: TheLine, run_id: str, why: Annotated[str, Form(max_length=500)] = "") -> Response:
    """It is taken back; what it would have paid is to be paid again."""
    flow.withdraw_run(line, run_id, who.name, why)
    return RedirectResponse(f"/desk/nights/{run_id}?said=withdrawn", 303)


@router.post("/nights/{run_id}/again")
def again(who: CityOverseer, line: TheLine, run_id: str) -> Response:
    """What was withdrawn is made anew, of what is to be paid now."""
    with line.store.read() as look:
        run = look.run(run_id)
    flow.night(line, run.business_date, run.target)
    return RedirectResponse(f"/desk/nights/{run_id}?said=made", 303)


@router.get("/nights/{run_id}/held.csv")
def held(who: CityOverseer, line: TheLine, run_id: str) -> Response:
    """The whole list of what stayed behind."""
    with line.store.read() as look:
        run = look.run(run_id)
    if not run.held_list:
        raise NotFound("保留はありません。")
    return FileResponse(line.files.present(run.held_list), media_type="text/csv; charset=utf-8",
                        filename=f"held_{run.business_date:%Y%m%d}.csv", headers={"Cache-Control": NO_STORE})


def _reasons(run: ExportRun) -> list[tuple[str, str]]:
    return [(code, flow.reason_word(code)) for code in sorted(run.held)]


def _listed(line: Line, run: ExportRun) -> Sequence[Sequence[str]]:
    """The list's titles and its first lines; nothing where nothing stayed."""
    if not run.held_list:
        return ()
    with Path(line.files.present(run.held_list)).open(encoding="utf-8-sig", newline="") as kept:
        return [(row[0], *row[2:]) for row in islice(csv.reader(kept), SHOWN + 1)]


def _money(look: Look, run: ExportRun) -> dict[str, Any]:
    """Whom a payment pays, and what those who sign must look at."""
    told = flow.compared(look, run)
    paid = [_payee(one) for one in islice(look.transfers_of(run.id), SHOWN)]
    return {
        "on": f"{run.pays_on:%Y-%m-%d}", "gross": f"{told.gross:,}", "before": f"{told.before:,}", "amount": f"{told.amount:,}",
        "carried": f"{told.carried:,}", "payees": f"{told.payees:,}", "paid": paid, "more": max(told.all - len(paid), 0),
        "last": {"day": f"{told.last.business_date:%Y-%m-%d}", "count": f"{told.last.count:,}", "amount": f"{told.last.amount:,}",
                 "by": f"{told.amount - told.last.amount:+,}"} if told.last else None,
        "new": [_payee(one) for one in told.new[:SHOWN]], "moved": [_payee(one) for one in told.moved[:SHOWN]],
        "all": f"{told.all:,}", "new_many": f"{len(told.new):,}", "moved_many": f"{len(told.moved):,}",
    }


def _payee(one: Transfer) -> dict[str, Any]:
    return {
        "customer": one.customer, "name": one.name or one.holder, "holder": one.holder,
        "account": f"{one.bank}-{one.branch} {words.ACCOUNT_KINDS.get(one.kind, one.kind)} {one.number}",
        "claims": f"{one.claims:,}",
        "gross": f"{one.gross:,}", "before": f"{one.before:,}" if one.before else "", "amount": f"{one.amount:,}",
        "carried": f"{one.carried:,}" if one.carried else ""}


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
