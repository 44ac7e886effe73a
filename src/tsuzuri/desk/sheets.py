"""One paper before one person: its page, and what may be done with it. Every act is one flow function."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Request
from fastapi import Form as Posted
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import letters, show, words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.grid import blocks
from tsuzuri.desk.ink import agreed, sorted_out
from tsuzuri.desk.turns import why_now
from tsuzuri.desk.who import Anyone, Editor, TheLine, Who
from tsuzuri.errors import Stale, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.forms import Form, asked
from tsuzuri.model import Batch, Document, Step
from tsuzuri.rules import NOTHING
from tsuzuri.stages.explain import accounts
from tsuzuri.stages.mask import DOUBTED
from tsuzuri.uke.layouts import layout_told
from tsuzuri.uke.picture import paper as sheet_of

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)


def _printable(text: str) -> str:
    """Without control characters other than line breaks and tabs: no key types them, and databases refuse NUL."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc")


Typed = Annotated[str, Field(max_length=1000), AfterValidator(_printable)]
Name = Annotated[str, Field(max_length=100)]


class Sent(BaseModel):
    """What a page of ours sends: nothing else than it says."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Hands(Sent):
    """How a field was confirmed: how long it was before the person, and how many keys they pressed."""

    took_ms: int = Field(ge=0, le=3_600_000)
    keys: int = Field(ge=0, le=10_000)


class Save(Sent):
    """What was typed or confirmed, by field, and how; the version that was on the screen."""

    version: int
    changes: dict[Name, Typed | None] = Field(max_length=500)
    how: dict[Name, Hands] = Field(default_factory=dict, max_length=500)


class Approve(Sent):
    """The version on the screen, and the keys of the warnings that the person has seen."""

    version: int
    accepted: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=200)


class GiveBack(Sent):
    """The version on the screen, and why the paper goes back."""

    version: int
    note: Typed = Field(min_length=1)


class Bound(Sent):
    """The version on the screen."""

    version: int


class Split(Sent):
    """The version on the screen, and the page from which on it is another paper."""

    version: int
    page: int = Field(ge=2, le=10_000)


class NameForm(Sent):
    """The version on the screen, and the form that this paper is."""

    version: int
    form: str = Field(max_length=100)


@router.get("/sheets/{document_id}")
def sheet(request: Request, document_id: str, who: Anyone, line: TheLine, look: bool = False) -> Response:
    """The page of one paper; `look`: only to look at."""
    paper, batch, origin = _load(line, document_id, who)
    form = paper.form
    log.info("sheet_seen", document=document_id, by=who.id)
    by_hand = show.by_hand(paper)
    return page(
        request,
        "sheet.html",
        who=who,
        heading=form.called if form else "帳票が分からない紙",
        document=document_id,
        short=short(document_id),
        box=batch.box,
        ward=batch.ward,
        scan=origin,
        pages=paper.pages,
        titles=[leaf.called if leaf else "様式不明" for leaf in paper.leaves],
        blocks=list(blocks(show.frame(paper.document, form, show.boxes(paper.document, form)), form)) if form else [],
        rows=form is not None and form.export.each is not None,
        forms=[(name, known.called) for name, known in line.forms.items()
               if name != paper.document.form and known.found != "records"],
        again=by_hand and paper.document.step is Step.REVIEW,
        doubted=any(finding.code == DOUBTED for finding in paper.document.findings),
        told=show.state(paper, _viewer(who, line)) | ({"editable": False} if look else {}),
        look=look,
        questions=_questions(line, document_id),
        mending=_mending(paper),
        why_now=why_now(line, who, document_id) if paper.document.step is Step.REVIEW and who.may_edit and not look else "",
        returned=paper.document.step is Step.RETURNED,
        sent=paper.document.step is Step.EXPORTED,
        version=paper.document.version,
        **letters.beside(line, document_id, who),
    )


@router.post("/sheets/{document_id}/lease")
def lease(document_id: str, who: Editor, line: TheLine) -> Response:
    """Hold the paper, or go on holding it; 409 "leased" while another does."""
    may_see(line, document_id, who)
    return done(line, document_id, who, lambda: flow.lease(line, document_id, who.name))


@router.post("/sheets/{document_id}/release")
def release(document_id: str, who: Editor, line: TheLine) -> Response:
    """Let go of the paper."""
    may_see(line, document_id, who)
    return done(line, document_id, who, lambda: flow.release(line, document_id, who.name))


@router.post("/sheets/{document_id}/save")
def save(document_id: str, sent: Save, who: Editor, line: TheLine) -> Response:
    """What is stored afterwards, and by field what was refused and why."""
    good, refused = sorted_out(sent.changes, _form(line, may_see(line, document_id, who)))
    if not good:
        return done(line, document_id, who, lambda: None, refused=refused, lured=[])
    how = {name: flow.Way("sheet", hands.took_ms, hands.keys) for name, hands in sent.how.items() if name in good}
    fell: list[str] = []
    act = partial(flow.confirm, line, document_id, sent.version, good, who.name, how=how)
    return done(line, document_id, who, lambda: fell.extend(act()[1]), refused=refused, lured=fell)


@router.post("/sheets/{document_id}/approve")
def approve(document_id: str, sent: Approve, who: Editor, line: TheLine) -> Response:
    """The claim is made; 409 while something speaks against it."""
    may_see(line, document_id, who)
    if flow.overlooked(line, document_id, who.name, sent.accepted):
        told = {"code": "lured", "message": words.SAYS["lured"], "state": _state(line, document_id, who)}
        return JSONResponse(told, 409)
    act = partial(flow.approve, line, document_id, sent.version, who.name, sent.accepted)
    return done(line, document_id, who, act)


@router.post("/sheets/{document_id}/return")
def give_back(document_id: str, sent: GiveBack, who: Editor, line: TheLine) -> Response:
    """The paper goes back to its sender."""
    may_see(line, document_id, who)
    act = partial(flow.give_back, line, document_id, sent.version, who.name, sent.note)
    return done(line, document_id, who, act)


@router.post("/sheets/{document_id}/reopen")
def reopen(
    document_id: str, who: Editor, line: TheLine, version: Annotated[int, Posted()],
) -> Response:
    """A return that was a mistake is taken back; the page shows whatever came of it."""
    may_see(line, document_id, who)
    with suppress(WrongTurn):      # somebody was faster: the page tells how the paper stands
        flow.reopen(line, document_id, version, who.name)
    return RedirectResponse(f"/desk/sheets/{document_id}", 303)


@router.post("/sheets/{document_id}/join")
def join(document_id: str, sent: Bound, who: Editor, line: TheLine) -> Response:
    """The paper belongs behind the one before it; `to` is where its pages are now."""
    may_see(line, document_id, who)
    went: list[str] = []
    act = partial(flow.join_previous, line, document_id, sent.version, who.name)
    return done(line, document_id, who, lambda: went.append(act().id), to=went)


@router.post("/sheets/{document_id}/split")
def split(document_id: str, sent: Split, who: Editor, line: TheLine) -> Response:
    """From this page on it is another paper; `to` is where those pages are now."""
    may_see(line, document_id, who)
    went: list[str] = []
    act = partial(flow.split, line, document_id, sent.version, sent.page, who.name)
    return done(line, document_id, who, lambda: went.append(act().id), to=went)


@router.post("/sheets/{document_id}/blot")
def blot(document_id: str, sent: Bound, who: Editor, line: TheLine) -> Response:
    """What may be a 個人番号 is one: it is blotted out."""
    may_see(line, document_id, who)
    return done(line, document_id, who, partial(flow.blot, line, document_id, sent.version, who.name))


@router.post("/sheets/{document_id}/form")
def name_form(document_id: str, sent: NameForm, who: Editor, line: TheLine) -> Response:
    """The paper is of this form; its fields stand empty."""
    may_see(line, document_id, who)
    act = partial(flow.name_form, line, document_id, sent.version, sent.form, who.name)
    return done(line, document_id, who, act)


def done(line: Line, document_id: str, who: Who, act: Callable[[], object], **more: object) -> Response:
    """The state after the act; 409 with the stored state when somebody saved first, to be compared."""
    try:
        act()
    except Stale as error:
        document, sent = may_see(line, document_id, who), error.details.get("sent")
        told = {"code": error.code, "message": words.says(error), "state": _state(line, document_id, who),
                "agreed": agreed(document, _form(line, document), sent if isinstance(sent, dict) else {})}
        return JSONResponse(told, error.status)
    return JSONResponse({"state": _state(line, document_id, who), **more})


def short(document_id: str) -> str:
    """The end of an id, long enough to tell papers apart by eye."""
    return document_id[-8:]


def _load(line: Line, document_id: str, who: Who) -> tuple[show.Paper, Batch, str]:
    with line.store.read() as look:
        document = look.document(document_id)
        batch = look.batch(document.batch_id)
        pages = look.pages_of_document(document_id)
        reviews = look.reviews(document_id)
        origin = look.scan(pages[0].scan_id).seq if pages else None
        form = _form(line, document)
        known = look.known(document.id, asked(form, document.values)) if form else NOTHING
        receipt = look.receipt_of(document_id) if not pages else None
        instead = flow.lures(line, look, document) if who.may_edit else {}
    who.must_see(batch.ward)
    where = f"{origin} 枚目のファイル・{pages[0].number} ページ" if origin is not None else "画像なし"
    if receipt is not None:
        where = f"電子レセプト・{receipt.first_line} 行目から"
    named = [document.form, *(page.form for page in pages[1:])][:len(pages)]
    leaves = [line.forms.get(name) if name else None for name in named]
    told = accounts(flow.as_shown(document, form, instead), form, known) if form else []
    drawn = sheet_of(receipt.records, layout_told(receipt.opener, receipt.records)) if receipt else None
    return show.Paper(document, form, pages, leaves, reviews, told, drawn, instead), batch, where


def may_see(line: Line, document_id: str, who: Who) -> Document:
    with line.store.read() as look:
        document = look.document(document_id)
        who.must_see(look.batch(document.batch_id).ward)
    return document


def _form(line: Line, document: Document) -> Form | None:
    return line.forms.of(document)


def _state(line: Line, document_id: str, who: Who) -> dict[str, Any]:
    paper, _, _ = _load(line, document_id, who)
    return show.state(paper, _viewer(who, line))


def _mending(paper: show.Paper) -> str | None:
    """Why a paper that has left stands here again; None for one that has not."""
    if paper.document.step not in (Step.REVIEW, Step.CLEAN):
        return None
    return next((done.note for done in reversed(paper.reviews) if done.action == "correct_sent"), None)


def _questions(line: Line, document_id: str) -> list[dict[str, Any]]:
    """What is asked about a paper, for its page."""
    with line.store.read() as look:
        found = look.open_questions(document_id)
    return [{"kind": one.kind.value, "word": words.WISHES[one.kind], "by": one.by, "why": one.why,
             "at": f"{one.at.astimezone(line.zone):%-m月%-d日 %H:%M}"} for one in found]


def _viewer(who: Who, line: Line) -> show.Viewer:
    return show.Viewer(who.id, who.name, who.may_edit, who.masked, line.clock(), line.zone)
