"""Blind keying and judging at the desk: a field's picture, an empty input; where two differed, both before a third."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import sheets, words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.snippets import snippet
from tsuzuri.desk.who import Editor, Judge, TheLine, Who
from tsuzuri.errors import Refused, Stale
from tsuzuri.flow import Line
from tsuzuri.flow.second import Came, Verdict
from tsuzuri.flow.second import Field as At
from tsuzuri.model import DISPUTED, Value
from tsuzuri.rules import show
from tsuzuri.store import Look
from tsuzuri.store.entries import Desk, Entry, Waits
from tsuzuri.store.strokes import Stroke, note_strokes

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
Name = Annotated[str, Field(max_length=100)]
JUDGED_AT_ONCE = 10     # fields that a judge is given at a time, their papers held
ONCE_MORE = "もう一人の入力と違います。画像を見て確かめ、もう一度 Enter を押してください（同じ値でも構いません）。"
UNREAD, NOTHING = "判読不能", "記入なし"
MARKED = {True: "あり", False: "なし"}


class After(sheets.Sent):
    """Behind which field to go on: its paper's place in the order of arrival, and its name."""

    n: int = Field(0, ge=0, le=2**63 - 1)
    field: Name = ""


class Place(sheets.Sent):
    """A field as it was on the screen."""

    version: int
    field: Name


class Keyed(Place):
    """What was typed from the picture alone; None: it cannot be read."""

    value: sheets.Typed | None
    took_ms: int = Field(ge=0, le=3_600_000)
    keys: int = Field(ge=0, le=10_000)


class Judged(Keyed):
    """What a third says; `value` is the right one's ink."""

    verdict: Literal["right", "again", "illegible"]


@router.get("/second")
def second(request: Request, who: Editor, line: TheLine) -> Response:
    """The page where fields are keyed blind; its scripts ask for what to show."""
    return page(request, "second.html", who=who, here="second")


@router.post("/second/more")
def more(after: After, who: Editor, line: TheLine) -> Response:
    """The next fields that wait for this account, without a value; how many wait for it, for others after it, for a judge."""
    desk = Desk(who.name, line.clock(), who.ward)
    with line.store.read() as look:
        waiting = look.to_key(desk, (after.n, after.field))
        counts = look.blind_counts(desk)
        shown = [_shown(line, look, one) for one in waiting]
    log.info("second_seen", fields=len(shown), by=who.id)
    return JSONResponse({"waiting": shown, "counts": counts})


@router.post("/papers/{document_id}/key")
def key(document_id: str, sent: Keyed, who: Editor, line: TheLine) -> Response:
    """The entry is kept; what came of it is told to nobody who keys, but that it is to be keyed once more where the form says so.
    409 with the field as it is now where the paper changed.
    """
    _may_see(line, document_id, who)
    at = At(document_id, sent.version, sent.field)
    try:
        document, came = flow.key_blind(line, at, sent.value, who.name)
    except Refused as error:
        if error.code != "not_of_kind":
            raise
        return JSONResponse({"refused": {sent.field: f"「{error.details['expects']}」で入力してください。"}})
    except Stale as error:
        return _stale(line, document_id, sent.field, error)
    if came is Came.ASKED:
        return JSONResponse({"version": document.version, "refused": {sent.field: ONCE_MORE}})
    _note(line, document_id, sent, "second", who.name)
    return JSONResponse({"version": document.version, "refused": {}})


@router.post("/papers/{document_id}/unkey")
def unkey(document_id: str, sent: Place, who: Editor, line: TheLine) -> Response:
    """One's own entry is taken back, while nobody has keyed after it."""
    _may_see(line, document_id, who)
    document = flow.take_back_blind(line, At(document_id, sent.version, sent.field), who.name)
    return JSONResponse({"version": document.version})


@router.get("/judge")
def judge(request: Request, who: Judge, line: TheLine) -> Response:
    """The page where a third judges; its scripts ask for what to show."""
    return page(request, "judge.html", who=who, here="judge")


@router.post("/judge/more")
def more_to_judge(who: Judge, line: TheLine) -> Response:
    """The next fields that two keyed differently, both entries with their differences marked, and not who keyed which; their papers
    are held, so that no other third judges the same.
    """
    desk = Desk(who.name, line.clock(), who.ward)
    with line.store.read() as look:
        held = {one.document_id for one in look.to_judge(desk, JUDGED_AT_ONCE)}
    held -= {*flow.hold(line, sorted(held), who.name)}
    with line.store.read() as look:         # what was judged meanwhile is not shown again
        waiting = [one for one in look.to_judge(desk, JUDGED_AT_ONCE) if one.document_id in held]
        total = look.blind_counts(desk)[2]
        shown = [_disputed(line, look, one) for one in waiting]
    flow.let_go(line, held - {one.document_id for one in waiting}, who.name)
    log.info("judge_seen", fields=len(shown), by=who.id)
    return JSONResponse({"waiting": shown, "total": total})


@router.post("/papers/{document_id}/judge")
def adjudicate(document_id: str, sent: Judged, who: Judge, line: TheLine) -> Response:
    """What a third says is done."""
    _may_see(line, document_id, who)
    at, verdict = At(document_id, sent.version, sent.field), Verdict(sent.verdict)
    try:
        document = flow.adjudicate(line, at, verdict, sent.value or "", who.name)
    except Refused as error:
        if error.code != "not_of_kind":
            raise
        return JSONResponse({"refused": {sent.field: f"「{error.details['expects']}」で入力してください。"}})
    except Stale as error:
        return _stale(line, document_id, sent.field, error)
    _note(line, document_id, sent, "judge", who.name)
    if not any(finding.code == DISPUTED for finding in document.findings):
        flow.let_go(line, [document_id], who.name)
    return JSONResponse({"version": document.version, "refused": {}})


def _shown(line: Line, look: Look, one: Waits) -> dict[str, Any]:
    document = look.document(one.document_id)
    return {**snippet(line, document, one.field, look.pages_of_document(document.id)), "n": one.document_n}


def _disputed(line: Line, look: Look, one: Waits) -> dict[str, Any]:
    document = look.document(one.document_id)
    form = line.forms.of(document)
    assert form is not None      # only papers of a known form have fields that two keyed
    told = look.entries(document.id, one.field)[:2]
    words_of = [_says(form.fields[one.field].kind, entry) for entry in told]
    parts = marked(*words_of) if len(words_of) == 2 else [[(said, True)] for said in words_of]
    options = [{"parts": part, "ink": entry.ink, "legible": entry.legible} for part, entry in zip(parts, told, strict=True)]
    return {**_shown(line, look, one), "options": options}


def _says(kind: str, entry: Entry) -> str:
    """An entry as it is put before a judge."""
    if not entry.legible:
        return UNREAD
    if isinstance(entry.value, bool):
        return MARKED[entry.value]
    return _words(kind, entry.value) or NOTHING


def _words(kind: str, value: Value) -> str:
    return "〃" if value == "〃" else show(kind, value)


def marked(first: str, second: str) -> list[list[tuple[str, bool]]]:
    """Both texts cut into pieces, each with whether it is another in the other text."""
    cut = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    a = [(first[i:j], tag != "equal") for tag, i, j, _, _ in cut if i < j]
    b = [(second[i:j], tag != "equal") for tag, _, _, i, j in cut if i < j]
    return [a, b]


def _stale(line: Line, document_id: str, field: str, error: Stale) -> Response:
    """The paper's version, and the field as it is now if it still waits: the same picture may be keyed on."""
    with line.store.read() as look:
        document = look.document(document_id)
        waits = field in document.blind
        now = snippet(line, document, field, look.pages_of_document(document_id)) if waits else None
    return JSONResponse({"code": error.code, "message": words.says(error), "version": document.version, "now": now}, error.status)


def _note(line: Line, document_id: str, sent: Keyed, mode: str, by: str) -> None:
    with line.unit() as unit:
        note_strokes(unit, [Stroke(document_id, sent.field, mode, by, line.clock(), sent.took_ms, sent.keys, changed=False)])


def _may_see(line: Line, document_id: str, who: Who) -> None:
    with line.store.read() as look:
        who.must_see(look.batch(look.document(document_id).batch_id).ward)


