"""抜き取り検査: fields that passed, judged one by one with one key each. Whoever judges sees no reader, no person and no doubt."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import sheets, show
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import Editor, TheLine, Who
from tsuzuri.flow import Line
from tsuzuri.store import samples
from tsuzuri.store.samples import Sample

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
AT_ONCE = 20        # fields that the page holds ready
LARGEST = 2**63 - 1
SAID = {
    "": "記録しました。",
    "review": "書類を要確認に戻しました。担当者が紙を見て直します。",
    "noted": "すでに連携済みなどのため、訂正が必要な書類として記録しました。",
}


class Which(sheets.Sent):
    """A sampled field's number."""

    n: int = Field(ge=1, le=LARGEST)


class Verdict(Which):
    """What the paper says to the value."""

    verdict: Literal["right", "wrong", "illegible"]


@router.get("/sample")
def sample(request: Request, who: Editor, line: TheLine) -> Response:
    """The page; its script asks for what to show."""
    with line.store.read() as look:
        waiting = samples.count_waiting(look, who.name, who.ward)
    return page(request, "sample.html", who=who, here="sample", waiting=waiting)


@router.get("/sample/more")
def more(who: Editor, line: TheLine, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0) -> Response:
    """The next fields to judge, and how many there are in all."""
    with line.store.read() as look:
        found = samples.waiting_samples(look, who.name, who.ward, after, AT_ONCE)
        waiting = samples.count_waiting(look, who.name, who.ward)
    log.info("sample_seen", fields=len(found), by=who.id)
    return JSONResponse({"samples": [_shown(line, one) for one in found], "waiting": waiting})


@router.post("/sample/verdict")
def judge(sent: Verdict, who: Editor, line: TheLine) -> Response:
    """What follows from the verdict, in words."""
    _may_judge(line, sent.n, who)
    return JSONResponse({"says": SAID[flow.judge_sample(line, sent.n, sent.verdict, who.name)]})


@router.post("/sample/undo")
def undo(sent: Which, who: Editor, line: TheLine) -> Response:
    """The field waits for a verdict again."""
    _may_judge(line, sent.n, who)
    flow.unjudge_sample(line, sent.n, who.name)
    return JSONResponse({})


def _may_judge(line: Line, n: int, who: Who) -> None:
    with line.store.read() as look:
        who.must_see(samples.sample(look, n).ward)


def _shown(line: Line, one: Sample) -> dict[str, Any]:
    """A sampled field as the page wants it: the value that passed, and where on which picture it stands."""
    with line.store.read() as look:
        document = look.document(one.document_id)
        pages = look.pages_of_document(one.document_id)
    form = line.forms.of(document)
    field = document.fields.get(one.field)
    box = show.boxes(document, form).get(one.field) if form else None
    place = field.page if field else 1
    seen = pages[place - 1] if place <= len(pages) else None
    leaf = form if place == 1 else line.forms.get(seen.form or "") if seen else None
    placed = bool(box and seen and seen.picture and leaf)
    kind = form.fields[one.field].kind if form and one.field in form.fields else "text"
    return {
        "n": one.n, "document": one.document_id, "short": sheets.short(one.document_id),
        "title": form.title if form else "", "label": form.label(one.field) if form and one.field in form.fields else one.field,
        "value": show.passed(kind, one.value), "box": box, "paper": leaf.paper if leaf else None,
        "crop": f"/desk/sheets/{one.document_id}/crops/{one.field}" if placed else None,
        "picture": f"/desk/pages/{seen.id}/picture" if seen and seen.picture else None,
    }
