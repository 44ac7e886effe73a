"""A finding explained on demand: what it rests on, what stands beside the paper, what to do and which letter follows."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from starlette.responses import Response

from tsuzuri.desk import words
from tsuzuri.desk.door import Door
from tsuzuri.desk.who import Anyone, TheLine, Who
from tsuzuri.errors import NotFound
from tsuzuri.flow import Line, beside
from tsuzuri.forms import private
from tsuzuri.model import Act, Post, Step
from tsuzuri.rules import NOTHING, key
from tsuzuri.stages.why import UNKNOWN, Beside, Row, Why, explained, like

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
WHAT_TO_DO = {
    Act.RETURN: "直してもらうため、返戻します。返戻票がいっしょに作られます。",
    Act.INQUIRE: "提出者に問い合わせます。照会文を作るか、電話で確かめて折衝を記録します。",
    Act.AMEND: "紙と見比べて、この画面で直します。",
    Act.RESCAN: "原本をスキャンし直します。",
    Act.NONE: "知らせるだけです。何もしなくて構いません。",
}
SAME, OTHER = "一致", "相違"      # what is told of a ledger's value to those who may not see it


@router.get("/sheets/{document_id}/why")
def why(document_id: str, who: Anyone, line: TheLine, finding: Annotated[str, Query(alias="key", max_length=200)]) -> Response:
    """The finding of that key, explained; 404 where it stands no more."""
    with line.store.read() as look:
        document = look.document(document_id)
        who.must_see(look.batch(document.batch_id).ward)
        found = next((one for one in document.findings if key(one) == finding), None)
        if found is None:
            raise NotFound("この指摘はもうありません。", code="finding_gone")
        form = line.forms.of(document)
        known = beside(look, document, form) if form else NOTHING
        field = document.fields.get(found.field or "")
        said = (field.value or field.raw) if field else None
        near = look.recipients(like(said)) if found.code in UNKNOWN and isinstance(said, str) else ()
    log.info("finding_explained", document=document_id, code=found.code, by=who.id)
    hidden = private(document, form) if form else frozenset[str]()
    return JSONResponse(_told(explained(document, form, found, known, near), who, line, hidden))


def _told(why: Why, who: Who, line: Line, hidden: frozenset[str]) -> dict[str, Any]:
    finding, letters = why.finding, line.city.letters
    reason = letters.reasons.get(finding.code) if letters else None
    writes = letters is not None and who.may_edit
    return {
        "code": finding.code, "title": why.title, "message": finding.message, "act": finding.act.value, "steps": finding.steps,
        "fields": [name for name in why.fields if name not in hidden],
        "beside": [_beside(one, masked=who.masked) for one in why.beside],
        "todo": WHAT_TO_DO[finding.act],
        "mend": reason.mend if reason and why.letter else "",
        "letter": {Post.RETURN: "返戻票", Post.INQUIRE: "照会文"}.get(why.letter, "") if why.letter and writes else "",
    }


def _beside(one: Beside, *, masked: bool) -> dict[str, Any]:
    return {
        "title": one.title, "document": one.document, "step": words.STEPS[Step(one.step)][0] if one.step else "",
        "rows": [_row(row, hide=masked and one.ledger) for row in one.rows],
    }


def _row(row: Row, *, hide: bool) -> dict[str, Any]:
    theirs = ((SAME if row.same else OTHER, row.same),) if hide else row.theirs
    return {"label": row.label, "mine": row.mine, "theirs": theirs, "same": row.same}
