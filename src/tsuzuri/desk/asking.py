"""Beside a paper on the desk: candidates of readers, the sheet before, what typed ink will be stored as; what is asked of a
senior or of the station; and what is taken back.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from fastapi import Form as Posted
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import Field
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk.door import Door
from tsuzuri.desk.ink import sorted_out
from tsuzuri.desk.sheets import Sent, Typed, done, may_see
from tsuzuri.desk.who import Editor, Overseer, TheLine
from tsuzuri.flow import Line
from tsuzuri.forms import Form
from tsuzuri.model import Document, Value
from tsuzuri.rules import UNREADABLE, mean, show
from tsuzuri.store.questions import Wish

router = APIRouter(route_class=Door)
MARKS = {True: "1", False: "0"}


class Ink(Sent):
    """What stands in a field's input."""

    field: str = Field(max_length=100)
    ink: Typed


class Asked(Sent):
    """The version on the screen, what is wanted, and why."""

    version: int
    kind: Annotated[Wish, Field(strict=False)]
    why: Typed = Field(min_length=1)


class Answered(Sent):
    """What was wanted, and what is to be done."""

    kind: Annotated[Wish, Field(strict=False)]
    note: Typed = ""


class OneField(Sent):
    """The version on the screen, and a field."""

    version: int
    field: str = Field(max_length=100)


@router.get("/sheets/{document_id}/beside")
def beside(document_id: str, who: Editor, line: TheLine) -> Response:
    """Candidates by field, what the sheet before said, and which sheets this person had before and after."""
    document = may_see(line, document_id, who)
    told, form = flow.hints(line, document_id, who.name), line.forms.of(document)
    if form is None:
        return JSONResponse({"candidates": {}, "ditto": {}, "no_ditto": {}, "previous": None, "following": told.following})
    before = told.previous if told.previous and _visible(line, told.previous, who.ward) else None
    same = flow.dittos(before, document, form, line)
    return JSONResponse({
        "candidates": {name: [{"value": _put(form, name, one.value), "reader": one.reader} for one in found]
                       for name, found in told.candidates.items() if name in form.fields},
        "ditto": {name: _put(form, name, value) for name, value in same.values.items()}, "no_ditto": same.why,
        "previous": before.id if before else None, "following": told.following,
    })


@router.post("/sheets/{document_id}/normal")
def normal(document_id: str, sent: Ink, who: Editor, line: TheLine) -> Response:
    """What the ink will be stored as, as a clerk reads it; or what is expected instead. Nothing is stored."""
    form = line.forms.of(may_see(line, document_id, who))
    _, refused = sorted_out({sent.field: sent.ink}, form)
    if form is None or refused:
        return JSONResponse({"shown": None, "refused": refused.get(sent.field, "")})
    if sent.ink == UNREADABLE:
        return JSONResponse({"shown": UNREADABLE, "refused": ""})
    spec = form.fields[sent.field]
    value = mean(spec.kind, sent.ink, spec.options, spec.era if isinstance(spec.era, str) else None)
    return JSONResponse({"shown": show(spec.kind, value), "refused": ""})


@router.post("/sheets/{document_id}/ask")
def ask(document_id: str, sent: Asked, who: Editor, line: TheLine) -> Response:
    """A senior is to decide, or the station to feed the paper again: it leaves the queue until then."""
    may_see(line, document_id, who)
    return done(line, document_id, who, partial(flow.ask, line, document_id, sent.version, (sent.kind, sent.why), who.name))


@router.post("/sheets/{document_id}/answer")
def answer(document_id: str, sent: Answered, who: Overseer, line: TheLine) -> Response:
    """It is decided, or the scan is there: the paper goes back into the queue."""
    may_see(line, document_id, who)
    return done(line, document_id, who, partial(flow.answer, line, document_id, sent.kind, sent.note, who.name))


@router.post("/sheets/{document_id}/take-back")
def take_back(document_id: str, sent: OneField, who: Editor, line: TheLine) -> Response:
    """This person's last confirmation of a field is taken back."""
    may_see(line, document_id, who)
    return done(line, document_id, who, partial(flow.take_back, line, document_id, sent.version, sent.field, who.name))


@router.post("/sheets/{document_id}/correct-sent")
def correct_sent(
    document_id: str, who: Overseer, line: TheLine, version: Annotated[int, Posted()],
    why: Annotated[str, Posted(max_length=500)] = "",
) -> Response:
    """What has left is opened again, to be corrected; the page shows it."""
    may_see(line, document_id, who)
    flow.correct_sent(line, document_id, version, who.name, why)
    return RedirectResponse(f"/desk/sheets/{document_id}", 303)


@router.post("/sheets/{document_id}/unapprove")
def unapprove(document_id: str, who: Editor, line: TheLine) -> Response:
    """This person's approval is taken back, while its claim has not left."""
    may_see(line, document_id, who)
    return done(line, document_id, who, partial(flow.unapprove, line, document_id, who.name))


def _visible(line: Line, document: Document, ward: str | None) -> bool:
    with line.store.read() as look:
        return ward is None or look.batch(document.batch_id).ward == ward


def _put(form: Form, name: str, value: Value) -> str:
    """A value as it stands in its field's input."""
    spec = form.fields[name]
    if isinstance(value, bool):
        return MARKS[value]
    return str(value) if spec.options else show(spec.kind, value)
