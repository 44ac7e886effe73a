"""Field runs: one field over many papers on one screen. What is confirmed goes the same way as from a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import sheets, show, words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.ink import agreed, sorted_out
from tsuzuri.desk.snippets import snippet
from tsuzuri.desk.who import Editor, TheLine, Who, worker_of
from tsuzuri.errors import NotFound, Stale
from tsuzuri.flow import READING_DOUBTS, Line, Run, Waiting, Way
from tsuzuri.flow.carpet import digits_of, doubted_places
from tsuzuri.forms import Form
from tsuzuri.model import Document, Page, Step
from tsuzuri.store import Look, work
from tsuzuri.store.doubts import MOST
from tsuzuri.store.questions import Wish

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
PLAIN = ("V54", "H06")        # say only that a person must look: on this screen everything is here for that
Name = Annotated[str, Field(max_length=100)]
Id = Annotated[str, Field(max_length=64)]


class After(sheets.Sent):
    """Behind which field to go on: its paper's place in the order of arrival, and its name."""

    n: int = Field(0, ge=0, le=2**63 - 1)
    field: Name = ""


class Keyed(sheets.Sent):
    """One field confirmed: what stood in the input, and how it came to be."""

    field: Name
    value: sheets.Typed
    took_ms: int = Field(ge=0, le=3_600_000)
    keys: int = Field(ge=0, le=10_000)
    changed: bool


class Confirm(sheets.Sent):
    """What was confirmed of one paper; the version that was on the screen."""

    version: int
    keyed: list[Keyed] = Field(min_length=1, max_length=200)


class TakeBack(sheets.Sent):
    """The field whose confirmation is taken back; the version that was on the screen."""

    version: int
    field: Name


class Senior(TakeBack):
    """A field that its clerk cannot settle, and why."""

    value: sheets.Typed = Field(min_length=1)


class Papers(sheets.Sent):
    """Papers that are held, or let go of."""

    documents: list[Id] = Field(max_length=200)


@router.get("/runs")
def runs(request: Request, who: Editor, line: TheLine) -> Response:
    """What waits, by form and field."""
    with line.store.read() as look:
        mine = {scope.form for scope in work.scopes_of(look, worker_of(who, "run"))}
        kinds = [one for one in look.doubted_kinds(READING_DOUBTS, who.ward) if mine & {"", one[0]}]
        oldest = look.oldest_doubts(READING_DOUBTS, who.ward)
    now = line.clock()
    told = [
        {
            "form": form, "asked": asked, "title": line.forms[form].title, "label": label(line, line.forms[form], asked),
            "many": _many(many), "age": words.age(oldest[form, asked], now) if (form, asked) in oldest else "—",
        }
        for form, asked, many in kinds if form in line.forms
    ]
    return page(request, "runs.html", who=who, here="runs", runs=told, total=_total([many for _, _, many in kinds]))


@router.get("/runs/{form}/{asked}")
def run(
    request: Request, form: str, asked: str, who: Editor, line: TheLine, first: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> Response:
    """The screen of one field; its scripts ask for what to show, from the paper of that place in the order of arrival on."""
    known = line.forms.get(form)
    if known is None:
        raise NotFound("no such form")
    return page(request, "run.html", who=who, here="runs", title=known.title, label=label(line, known, asked), form=form,
                asked=asked, first=first)


@router.post("/runs/{form}/{asked}/more")
def more(form: str, asked: str, after: After, who: Editor, line: TheLine) -> Response:
    """The next fields, their papers held; how many wait in all."""
    if form not in line.forms:
        raise NotFound("no such form")
    waiting = flow.lay_out(line, Run(form, asked), who.name, who.ward, (after.n, after.field))
    with line.store.read() as look:
        total = look.count_doubted(form, asked, READING_DOUBTS, who.ward)
        pages = {one.document.id: look.pages_of_document(one.document.id) for one in waiting}
        instead = {one.document.id: flow.lures(line, look, one.document) for one in waiting}
        doubted = doubted_places(look, [one.document for one in waiting])
    log.info("run_seen", form=form, field=asked, papers=len(pages), by=who.id)
    shown = [{**_shown(line, one, pages[one.document.id], instead[one.document.id]), "doubted": _marked(one, doubted)}
             for one in waiting]
    return JSONResponse({"waiting": shown, "total": _many(total)})


@router.post("/runs/hold")
def hold(papers: Papers, who: Editor, line: TheLine) -> Response:
    """Go on holding them; `lost` are those that somebody else has by now."""
    with line.store.read() as look:
        for document_id in papers.documents:
            _may_see(look, document_id, who)
    return JSONResponse({"lost": flow.hold(line, papers.documents, who.name)})


@router.post("/runs/release")
def release(papers: Papers, who: Editor, line: TheLine) -> Response:
    """Let go of them."""
    flow.let_go(line, papers.documents, who.name)
    return JSONResponse({})


@router.post("/papers/{document_id}/confirm")
def confirm(document_id: str, sent: Confirm, who: Editor, line: TheLine) -> Response:
    """How the paper stands afterwards, by field what was refused and why, and where a value was confirmed that was shown only to
    see whether anybody looks; 409 with what is stored where somebody was faster.
    """
    document = _checked(line, document_id, who)
    good, refused = sorted_out({one.field: one.value for one in sent.keyed}, line.forms.of(document))
    how = {one.field: Way("run", one.took_ms, one.keys) for one in sent.keyed if one.field in good}
    lured: list[str] = []
    try:
        if good:
            document, lured = flow.confirm(line, document_id, sent.version, good, who.name, how=how)
    except Stale as error:
        return _stale(line, document_id, error, {one.field: one.value for one in sent.keyed})
    return JSONResponse({**_told(line, document, [one.field for one in sent.keyed]), "refused": refused, "lured": lured})


@router.post("/papers/{document_id}/take-back")
def take_back(document_id: str, sent: TakeBack, who: Editor, line: TheLine) -> Response:
    """How the paper stands once the field waits again; 409 with what is stored where somebody was faster."""
    _checked(line, document_id, who)
    try:
        document = flow.take_back(line, document_id, sent.version, sent.field, who.name)
    except Stale as error:
        return _stale(line, document_id, error, {sent.field: None})
    return JSONResponse(_told(line, document, [sent.field]))


@router.post("/papers/{document_id}/senior")
def senior(document_id: str, sent: Senior, who: Editor, line: TheLine) -> Response:
    """A senior is to decide about the paper: it leaves all queues until then."""
    document = _checked(line, document_id, who)
    form = line.forms.of(document)
    why = f"{form.label(sent.field)}：{sent.value}" if form and sent.field in form.fields else sent.value
    document = flow.ask(line, document_id, sent.version, (Wish.SENIOR, why), who.name)
    return JSONResponse({"version": document.version})


def _many(fields: int) -> str:
    """How many fields wait, in words: beyond MOST nobody counts."""
    return f"{fields:,}{' 以上' if fields >= MOST else ''}"


def _total(each: Sequence[int]) -> str:
    return f"{sum(each):,}{' 以上' if MOST in each else ''}"


def label(line: Line, form: Form, asked: str) -> str:
    """What a clerk calls a field, whichever row it stands in."""
    table, _, column = asked.partition(".")
    if not column:
        return form.label(asked) if asked in form.fields else asked
    if table in form.takes:
        return label(line, line.forms[form.takes[table].form], column)
    items = form.json_schema["properties"].get(table, {}).get("items", {}).get("properties", {})
    return f"{items.get(column, {}).get('title', column)}（各行）"


def _shown(line: Line, one: Waiting, pages: list[Page], instead: Mapping[str, str]) -> dict[str, Any]:
    """A waiting field as its card wants it; `instead`: what is shown in the place of what was read, by field."""
    document, form = one.document, line.forms.of(one.document)
    assert form is not None      # only papers of a known form have fields that wait
    return {
        **snippet(line, document, one.field, pages), "n": one.n,
        **show.told(one.field, document, form, masked=False), **show.lured(instead, one.field),
        "says": [f.message for f in document.findings if f.field == one.field and f.code not in PLAIN],
    }


def _marked(one: Waiting, doubted: Mapping[tuple[str, str], Sequence[int]]) -> list[tuple[str, bool]]:
    """The number digit by digit as it was read, each with whether it was doubted on the carpet; empty if none was."""
    places = doubted.get((one.document.id, one.field), ())
    return [(digit, place in places) for place, digit in enumerate(digits_of(one.document, one.field))] if places else []


def _told(line: Line, document: Document, fields: list[str]) -> dict[str, Any]:
    form = line.forms.of(document)
    assert form is not None
    with line.store.read() as look:
        instead = flow.lures(line, look, document)
    return {
        "version": document.version,
        "settled": document.step is not Step.REVIEW,
        "fields": {name: {**show.told(name, document, form, masked=False), **show.lured(instead, name)}
                   for name in fields if name in form.fields},
    }


def _stale(line: Line, document_id: str, error: Stale, sent: Mapping[str, str | None]) -> Response:
    """What is stored, who stored it, and in which fields it is what was sent just now: there is nothing to decide there."""
    with line.store.read() as look:
        document, acts = look.document(document_id), look.reviews(document_id)
    told = {"code": error.code, "message": words.says(error), "by": acts[-1].by if acts else "",
            "agreed": agreed(document, line.forms.of(document), sent)}
    return JSONResponse({**told, **_told(line, document, list(sent))}, error.status)


def _checked(line: Line, document_id: str, who: Who) -> Document:
    with line.store.read() as look:
        return _may_see(look, document_id, who)


def _may_see(look: Look, document_id: str, who: Who) -> Document:
    document = look.document(document_id)
    who.must_see(look.batch(document.batch_id).ward)
    return document
