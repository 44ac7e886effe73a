"""The lists: what waits, what batches have come to; the next paper, and many at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.drifting import warnings
from tsuzuri.desk.remembered import Remembered
from tsuzuri.desk.who import Anyone, Editor, Overseer, TheLine, Who, worker_of
from tsuzuri.flow import Line
from tsuzuri.model import Severity, Step
from tsuzuri.store import Look, books, queries
from tsuzuri.store.queries import BatchLine, DocumentLine, Wanted

router = APIRouter(route_class=Door)
LISTED = (Step.WAITING, Step.REVIEW, Step.CLEAN, Step.APPROVED, Step.RETURNED, Step.EXPORTED, Step.FILED)
BATCHES_BESIDE = 8  # of the newest batches, beside the queue; all are on a page of their own
SLOW = timedelta(minutes=1)  # a sheet takes seconds: what waits longer, waits behind others or for a worker
EVERYTHING = 10_000  # batches whose clean papers one stroke approves; a ward has a few hundred a year
SAID = {
    "none": ("いま取れる書類はありません。", "good"),
    "settled": ("バッチを締め、枚数が合いました。", "good"),
    "short": ("バッチを締めましたが、保管した枚数と合いません。紙を数え直すか、足りない紙を送り直してください。", "bad"),
}
COUNTS: Remembered[dict[Step, int]] = Remembered()
MOST_AHEAD = 2      # papers lent beside the one in hand: a server is started anew in ten seconds, in which nobody keys more
LARGEST = 2**63 - 1  # what a database's integer holds


class Ahead(BaseModel):
    """How many more papers a page wants to have by it, and which not: those it has, those that were laid aside there."""

    model_config = ConfigDict(extra="forbid", strict=True)

    but: list[Annotated[str, Field(max_length=64)]] = Field(max_length=100)
    most: int = Field(ge=1, le=MOST_AHEAD)


@router.get("/")
def queue(
    request: Request,
    who: Anyone,
    line: TheLine,
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    step: Step = Step.REVIEW,
    said: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """What waits, oldest first, between the counts and the newest batches."""
    step = step if step in LISTED else Step.REVIEW
    with line.store.read() as look:
        counts = COUNTS.told(line.store, who.ward, lambda: queries.counts_by_step(look, who.ward))
        found = queries.document_queue(look, Wanted((step,), ward=who.ward), after)
        batches = queries.batch_list(look, limit=BATCHES_BESIDE, ward=who.ward)
        unread = queries.oldest_waiting(look, Step.RECEIVED)
    says, tone = _said(said)
    return page(
        request,
        "queue.html",
        who=who,
        here="queue",
        says=says,
        tone=tone,
        step=step.value,
        heading="確認を待つ書類" if step is Step.REVIEW else f"{_word(step)}の書類",
        counts=[(s.value, words.STEPS[s][0], counts[s]) for s in LISTED],
        clean=counts[Step.CLEAN],
        today=f"{line.clock().astimezone(line.zone):%Y年%-m月%-d日 %H:%M}",
        unread=words.age(unread, line.clock()) if unread and line.clock() - unread >= SLOW else "",
        waiting=[_document(d, line) for d in found],
        more=found[-1].n if len(found) == queries.PAGE else None,
        batches=[_batch(b) for b in batches],
        batch_heading="新しいバッチ",
    )


@router.get("/batches")
def batches(
    request: Request,
    who: Overseer,
    line: TheLine,
    after: Annotated[str | None, Query(max_length=64)] = None,
    said: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """All batches, newest first, each balanced."""
    with line.store.read() as look:
        found = queries.batch_list(look, after, ward=who.ward)
        ledger = books.paper_ledger(look)
        drifting = warnings(look, line)
    says, tone = _said(said)
    return page(
        request,
        "batches.html",
        drifting=drifting,
        who=who,
        here="batches",
        says=says,
        tone=tone,
        batches=[_batch(b) for b in found],
        batch_heading="すべてのバッチ",
        ledger=ledger if who.ward is None else None,
        more=found[-1].batch.id if len(found) == queries.PAGE else None,
    )


@router.post("/next")
def take_next(
    who: Editor,
    line: TheLine,
    skip: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """The paper whose turn it is, held from now on; `skip` names the one just laid aside."""
    worker = worker_of(who)
    document_id = flow.next_behind(line, worker, skip) if skip else flow.next_paper(line, worker)
    return RedirectResponse(f"/desk/sheets/{document_id}" if document_id else "/desk/?said=none", 303)


@router.post("/ahead")
def ahead(sent: Ahead, who: Editor, line: TheLine) -> Response:
    """The papers that come next, held from now on: a page fetches them while hands are busy with another."""
    return JSONResponse({"documents": flow.take_ahead(line, worker_of(who), sent.but, sent.most)})


@router.post("/approve-clean")
def approve_clean(
    who: Overseer,
    line: TheLine,
    batch: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """What nothing speaks against is approved: of one batch, or of all that the person may see."""
    with line.store.read() as look:
        if batch:
            who.must_see(look.batch(batch).ward)
        chosen = [batch] if batch else _clean_batches(look, who)
    done = sum(flow.approve_clean(line, who.name, batch_id) for batch_id in chosen)
    return RedirectResponse(f"{'/desk/batches' if batch else '/desk/'}?said=approved-{done}", 303)


@router.post("/batches/{batch_id}/settle")
def settle(
    batch_id: str,
    who: Overseer,
    line: TheLine,
    sheets: Annotated[int, Form(ge=0, le=100_000)],
    count: Annotated[int | None, Form(ge=0, le=1_000_000)] = None,
    amount: Annotated[int | None, Form(ge=0, le=10**12)] = None,
    one_sided: Annotated[int, Form(ge=0, le=100_000)] = 0,
) -> Response:
    """The paper was counted again by hand: the batch is closed with that number, and balanced anew."""
    with line.store.read() as look:
        who.must_see(look.batch(batch_id).ward)
    totals = (count, amount) if count is not None and amount is not None else None
    settled = flow.settle_batch(line, batch_id, flow.Counted(sheets, one_sided, totals), who.name)
    word = "short" if any(finding.severity.blocks for finding in settled.findings) else "settled"
    return RedirectResponse(f"/desk/batches?said={word}", 303)


def _clean_batches(look: Look, who: Who) -> list[str | None]:
    if who.ward is None:
        return [None]
    return [b.batch.id for b in queries.batch_list(look, limit=EVERYTHING, ward=who.ward) if b.tally.clean]


def _said(code: str) -> tuple[str, str]:
    """What a redirect has to say, by code: words of our own only, never the address bar's."""
    word, _, count = code.partition("-")
    if word == "approved" and count.isdigit():
        return f"{int(count):,} 件を承認しました。", "good"
    return SAID.get(word, ("", "good"))


def _document(d: DocumentLine, line: Line) -> dict[str, Any]:
    now = line.clock()
    word, tone = words.STEPS[d.step]
    form = line.forms.get(d.form) if d.form else None
    worst = words.SEVERITIES[Severity(d.worst)] if d.worst else None
    held = d.leased_by if d.leased_until is not None and d.leased_until > now else None
    return {
        "id": d.id,
        "short": d.id[-8:],
        "form": form.called if form else "（帳票が分からない紙）",
        "pages": d.page_count,
        "step": word,
        "tone": tone,
        "worst": {"mark": worst[0], "word": worst[1], "tone": worst[2]} if worst else None,
        "findings": d.finding_count,
        "ward": d.ward,
        "box": d.box,
        "age": words.age(d.received_at, now) if d.received_at else "—",
        "held_by": held,
    }


def _batch(b: BatchLine) -> dict[str, Any]:
    word, tone = words.STEPS[b.batch.step]
    t = b.tally
    off = b.batch.step is Step.CLOSED and t.stored != b.batch.declared_pages
    return {
        "id": b.batch.id,
        "box": b.batch.box,
        "station": b.batch.station,
        "ward": b.batch.ward,
        "word": word,
        "tone": tone,
        "declared": b.batch.declared_sheets,
        "stored": t.stored,
        "off": off,
        "sheets": (t.stored + t.stored % b.batch.sides) // b.batch.sides,
        "sides": b.batch.sides,
        "one_sided": t.stored % b.batch.sides,
        "slip": b.batch.slip,
        "told": [finding.message for finding in b.batch.findings],
        "unsettled": off or b.batch.step is Step.OPEN or any(f.severity.blocks for f in b.batch.findings),
        "reading": t.in_reading,
        "blank": t.blank,
        "separator": t.separator,
        "review": t.review,
        "clean": t.clean,
        "approved": t.approved,
        "returned": t.returned,
        "exported": t.exported,
        "filed": t.filed,
        "total": t.stored,
        "settled": t.settled,
    }


def _word(step: Step) -> str:
    return words.STEPS[step][0].split()[-1]
