"""例外: papers that do not go the usual way, and a batch's papers laid in a row to be cut and bound anew."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.sheets import Sent, done, short
from tsuzuri.desk.who import Editor, TheLine
from tsuzuri.flow import Line
from tsuzuri.flow.desk import OPEN_TO_PEOPLE
from tsuzuri.model import Document, Page
from tsuzuri.store.exceptions import Unknown, short_batches, unknown_papers
from tsuzuri.store.questions import Question, Wish

router = APIRouter(route_class=Door)
ROW = 40        # files laid side by side at once


class Move(Sent):
    """The version of the page's document that was on the screen, and the document that the page goes to."""

    version: int
    to: str = Field(max_length=64)


@router.get("/exceptions")
def exceptions(request: Request, who: Editor, line: TheLine) -> Response:
    """Papers of no form, what is asked of seniors and stations, and what is missing."""
    with line.store.read() as look:
        unknown = unknown_papers(look, who.ward)
        asked = {wish: look.all_open_questions(wish, who.ward) for wish in Wish}
        missing = short_batches(look, who.ward)
    return page(
        request, "exceptions.html", who=who, here="exceptions",
        unknown=[_unknown(one, line) for one in unknown],
        forms=[(name, form.called) for name, form in line.forms.items() if form.found != "records"],
        seniors=[_question(one, line) for one in asked[Wish.SENIOR]], rescans=[_question(one, line) for one in asked[Wish.RESCAN]],
        missing=[{"id": one.batch.id, "box": one.batch.box, "station": one.batch.station, "numbers": numbers,
                  "declared": one.batch.declared_sheets, "stored": one.tally.stored, "reading": one.tally.in_reading,
                  "word": words.STEPS[one.batch.step][0]} for one, numbers in missing],
    )


@router.get("/batches/{batch_id}/papers")
def papers(
    request: Request, batch_id: str, who: Editor, line: TheLine, at: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """A stretch of the batch's papers in a row, by document; `at`: from which file on."""
    with line.store.read() as look:
        batch = look.batch(batch_id)
        who.must_see(batch.ward)
        last = look.last_number(batch_id)
        among = range(max(1, at - 2), at + ROW)
        found = [one for one in look.pages_of_batch(batch_id, among) if one.document_id]
        seqs = {scan.id: scan.seq for scan in look.scans_of_batch(batch_id, among)}
        bound = {one: look.document(one) for one in dict.fromkeys(str(p.document_id) for p in found)}
        whole = {one: [p.id for p in look.pages_of_document(one)] for one in bound}
    told = [_bundle(line, bound[one], [(p, seqs[p.scan_id]) for p in found if p.document_id == one], whole[one]) for one in bound]
    return page(request, "papers.html", who=who, here="exceptions", batch=batch_id, box=batch.box, bundles=told, at=at,
                back=max(1, at - ROW) if at > 1 else None, on=at + ROW if at + ROW <= last else None)


@router.post("/pages/{page_id}/move")
def move(page_id: str, sent: Move, who: Editor, line: TheLine) -> Response:
    """The page goes to another document of its batch."""
    with line.store.read() as look:
        found = look.page(page_id)
        who.must_see(look.batch(found.batch_id).ward)
        who.must_see(look.batch(look.document(sent.to).batch_id).ward)
    return done(line, sent.to, who, partial(flow.move_page, line, page_id, sent.version, sent.to, who.name))


def _unknown(one: Unknown, line: Line) -> dict[str, Any]:
    now = line.clock()
    held = one.leased_by if one.leased_until is not None and one.leased_until > now else None
    return {"id": one.document_id, "short": short(one.document_id), "version": one.version, "batch": one.batch_id, "box": one.box,
            "seq": one.seq, "page": one.page_id, "age": words.age(one.received_at, now), "held_by": held,
            "why": [finding.message for finding in one.findings]}


def _question(one: Question, line: Line) -> dict[str, Any]:
    return {"id": one.document_id, "short": short(one.document_id), "kind": one.kind.value, "by": one.by, "why": one.why,
            "at": f"{one.at.astimezone(line.zone):%-m月%-d日 %H:%M}", "age": words.age(one.at, line.clock())}


def _bundle(line: Line, document: Document, shown: list[tuple[Page, int]], whole: list[str]) -> dict[str, Any]:
    """A document with those of its pages that are in the row, each with its place in the document."""
    word, tone = words.STEPS[document.step]
    return {
        "id": document.id, "short": short(document.id), "version": document.version, "form": _called(line, document.form),
        "step": word, "tone": tone, "open": document.step in OPEN_TO_PEOPLE,
        "pages": [{"id": p.id, "seq": seq, "place": whole.index(p.id) + 1, "picture": bool(p.picture),
                   "form": _called(line, p.form)} for p, seq in shown],
    }


def _called(line: Line, name: str | None) -> str:
    form = line.forms.get(name) if name else None
    return form.called if form else "様式不明"
