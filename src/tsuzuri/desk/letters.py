"""返戻・照会: letters to print, returned papers and who answered them, the log of calls. Every act is one flow function."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import words
from tsuzuri.desk.door import GUARDS, Door, page
from tsuzuri.desk.who import Anyone, Editor, TheLine, Who
from tsuzuri.errors import NotFound, Refused, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.flow.letters import WAYS, Said
from tsuzuri.image.separators import paper_of
from tsuzuri.model import Document, Letter, Post, Step, Talk
from tsuzuri.store.letters import PAGE, Returned
from tsuzuri.synth.letters import letters_pdf

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
SAID = {
    "reminded": "督促を作りました。「本日の文書」から印刷できます。",
    "talked": "折衝を記録しました。",
    "ended": "折衝の結果を記録しました。",
}
PLACE = "/desk/letters"
# The browser shows a PDF with a plug-in of its own, which the desk's usual guard forbids.
PDF_GUARD = GUARDS["Content-Security-Policy"] + "; object-src 'self'; plugin-types application/pdf"


class Question(BaseModel):
    """What is asked, a reason a line."""

    model_config = ConfigDict(extra="forbid", strict=True)

    note: str = Field(min_length=1, max_length=1000)


@router.get("/letters")
def letters(
    request: Request, who: Anyone, line: TheLine,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    said: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """What was written today, which papers are out, and who promised to call."""
    today = line.today()
    with line.store.read() as look:
        written = look.letters_on(today, who.ward)
        out = look.returned(who.ward, after)
        calls = look.promised(who.ward)
    told = [_returned(one, line, today) for one in out]
    return page(
        request, "letters.html", who=who, here="letters", says=SAID.get(said, ""), today=today.isoformat(),
        kinds=[(kind.value, sum(letter.kind is kind for letter in written)) for kind in Post], written=len(written),
        returned=told, overdue=sum(one["overdue"] > 0 and not one["answered_by"] for one in told),
        more=out[-1].n if len(out) == PAGE else None, calls=[_call(one, line, today) for one in calls],
    )


@router.get("/letters/paper")
def named(who: Anyone, line: TheLine, code: Annotated[str, Query(max_length=100)]) -> Response:
    """The paper that the code on a letter names, as a hand scanner types it: an answer is laid beside what was asked about."""
    document_id = paper_of(code)
    if document_id is None:
        raise NotFound("返戻票・照会文のコードではありません。", code="no_such_code")
    _may_see(line, document_id, who)
    return RedirectResponse(f"/desk/sheets/{document_id}", 303)


@router.get("/letters.pdf")
def print_day(who: Editor, line: TheLine, day: date) -> Response:
    """All letters of a day that still hold, in one PDF to print."""
    with line.store.read() as look:
        found = look.letters_on(day, who.ward)
    if not found:
        raise NotFound("この日の文書はありません。", code="no_letters")
    log.info("letters_printed", day=day.isoformat(), count=len(found), by=who.id)
    return _pdf(found, f"letters-{day:%Y%m%d}")


@router.get("/sheets/{document_id}/letter.pdf")
def print_one(document_id: str, who: Editor, line: TheLine, n: Annotated[int, Query(ge=0, le=2**62)] = 0) -> Response:
    """The letter numbered `n` of a paper, or its last one; the same bytes whenever it is asked for."""
    document = _may_see(line, document_id, who)
    with line.store.read() as look:
        found = [letter for letter in look.letters_of(document_id) if n in (0, letter.n)]
    if not found:
        raise NotFound("この書類の文書はありません。", code="no_letters")
    if found[-1].kind is not Post.INQUIRE and document.step is not Step.RETURNED:
        raise WrongTurn("返戻は取り消されたため、この文書は使えません。", code="withdrawn")
    log.info("letter_printed", document=document_id, letter=found[-1].n, by=who.id)
    return _pdf(found[-1:], f"letter-{found[-1].n}")


@router.post("/sheets/{document_id}/inquire")
def inquire(document_id: str, sent: Question, who: Editor, line: TheLine) -> Response:
    """A question about the paper is written; `letter` is where to print it."""
    _may_see(line, document_id, who)
    letter = flow.inquire(line, document_id, who.name, sent.note)
    return JSONResponse({"letter": f"/desk/sheets/{document_id}/letter.pdf?n={letter.n}"})


@router.post("/sheets/{document_id}/remind")
def remind(document_id: str, who: Editor, line: TheLine) -> Response:
    """What did not come back in time is asked for once more."""
    _may_see(line, document_id, who)
    flow.remind(line, document_id, who.name)
    return RedirectResponse(f"{PLACE}?said=reminded", 303)


@router.post("/sheets/{document_id}/talks")
def talk(
    document_id: str, who: Editor, line: TheLine,
    way: Annotated[str, Form(max_length=20)],
    counterpart: Annotated[str, Form(min_length=1, max_length=200)],
    code: Annotated[str, Form(max_length=8)] = "",
    note: Annotated[str, Form(max_length=1000)] = "",
    promised: Annotated[str, Form(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = "",
) -> Response:
    """A call about the paper is written down."""
    _may_see(line, document_id, who)
    try:
        day = date.fromisoformat(promised) if promised else None
    except ValueError:
        raise Refused("約束の日が暦にない日付です。", code="no_such_day") from None
    flow.talked(line, document_id, who.name, Said(way, counterpart, code, note, day))
    return RedirectResponse(f"/desk/sheets/{document_id}#talks", 303)


@router.post("/talks/{n}")
def end(n: int, who: Editor, line: TheLine, outcome: Annotated[str, Form(min_length=1, max_length=1000)]) -> Response:
    """What came of a call is written down."""
    with line.store.read() as look:
        document_id = look.talk(n).document_id
    _may_see(line, document_id, who)
    flow.talk_ended(line, n, outcome)
    return RedirectResponse(f"{PLACE}?said=ended", 303)


def beside(line: Line, document_id: str, who: Who) -> dict[str, Any]:
    """What the sheet's page shows of letters and calls."""
    with line.store.read() as look:
        document = look.document(document_id)
        written, spoken, answer = look.letters_of(document_id), look.talks_of(document_id), look.answer_of(document_id)
    holds = document.step is Step.RETURNED
    return {
        "letters": [_letter(one, void=one.kind is not Post.INQUIRE and not holds) for one in reversed(written)],
        "talks": [_call(one, line, line.today()) for one in spoken],
        "ways": WAYS,
        "codes": list(dict.fromkeys(finding.code for finding in document.findings)),
        "answers": document.answers,
        "answered_by": answer if holds else None,
    }


def _may_see(line: Line, document_id: str, who: Who) -> Document:
    with line.store.read() as look:
        document = look.document(document_id)
        who.must_see(look.batch(document.batch_id).ward)
    return document


def _pdf(found: list[Letter], name: str) -> Response:
    """Shown, not saved: letters are citizens' data."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Content-Security-Policy": PDF_GUARD}
    return Response(letters_pdf(found), media_type="application/pdf", headers=headers)


def _letter(letter: Letter, void: bool) -> dict[str, Any]:
    return {"n": letter.n, "kind": letter.kind.value, "number": letter.wording.number, "day": letter.wording.day,
            "due": letter.wording.due[1], "by": letter.by, "void": void}


def _returned(one: Returned, line: Line, today: date) -> dict[str, Any]:
    form = line.forms.get(one.form) if one.form else None
    letter = one.letter
    over = (today - letter.due).days if letter else 0
    answered = words.STEPS[one.answered_step][0] if one.answered_step else ""
    return {
        "id": one.document_id, "short": one.document_id[-8:], "form": form.called if form else "（帳票が分からない紙）",
        "ward": one.ward, "to": letter.wording.to[-1] if letter else "—", "number": letter.wording.number if letter else "",
        "reasons": [f"{reason.code} {reason.says}".strip() for reason in letter.wording.reasons] if letter else [],
        "day": letter.day.isoformat() if letter else "—", "age": (today - letter.day).days if letter else None,
        "due": letter.due.isoformat() if letter else "—", "overdue": max(over, 0), "reminders": one.reminders,
        "answered_by": one.answered_by, "answered": answered,
    }


def _call(talk: Talk, line: Line, today: date) -> dict[str, Any]:
    return {
        "n": talk.n, "document": talk.document_id, "short": talk.document_id[-8:], "by": talk.by,
        "at": f"{talk.at.astimezone(line.zone):%Y-%m-%d %H:%M}", "way": talk.way, "counterpart": talk.counterpart,
        "code": talk.code, "said": talk.said, "promised": talk.promised.isoformat() if talk.promised else "",
        "outcome": talk.outcome, "late": talk.promised is not None and talk.promised < today and not talk.outcome,
    }
