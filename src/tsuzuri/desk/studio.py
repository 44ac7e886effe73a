"""帳票スタジオ: a new form's boxes are drawn on the scan of a blank one, tried on samples, kept, reviewed by another, put live."""

from __future__ import annotations

import base64
import threading
from typing import Annotated, Any

from fastapi import APIRouter, Body, File, Query, Request, UploadFile
from fastapi import Form as Sent
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, Field, TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.drifting import warnings
from tsuzuri.desk.misfits import misfit
from tsuzuri.desk.pictures import JPEG
from tsuzuri.desk.who import CityOverseer, TheLine
from tsuzuri.errors import Misdeclared, Refused, WrongTurn
from tsuzuri.flow import Line, studio
from tsuzuri.flow.pouring import pour
from tsuzuri.forms import Form
from tsuzuri.forms.drafted import Draft, Misfit
from tsuzuri.rules import CHECKS, KINDS, show
from tsuzuri.rules.words import parameters
from tsuzuri.store import studio as kept_drafts
from tsuzuri.store.studio import KeptDraft

router = APIRouter(route_class=Door)
MOST_BYTES = 40 << 20           # a blank A3 at 600 dpi in colour
ONE_TRY = threading.Lock()      # reading takes a core for seconds: the desk's clerks share the machine
LIVE = ("帳票フォルダに適用しました。元のファイルは .bak として残っています。"
        "読み取りに使うには、すべての機械で再起動してください。")
KIND_WORDS = {
    "digits": "数字", "recipient_no": "受給者番号", "payer_no": "公費負担者番号", "insurer_no": "保険者番号",
    "inst_code": "医療機関コード", "account_no": "口座番号", "postal": "郵便番号", "phone": "電話番号", "int": "整数",
    "yen": "金額", "decimal": "小数", "kana": "カタカナ", "account_kana": "口座名義カナ", "name": "氏名", "text": "文字",
    "address": "住所", "wareki": "日付（和暦）", "ym": "年月（和暦）",
    "code": "英数字の番号", "choice": "選択肢（○・✓）", "seal": "押印", "tick": "チェック", "struck": "行の抹消線",
}


class Told(BaseModel):
    """A draft as the page tells it."""

    name: Annotated[str, Field(max_length=40)]
    tree: dict[str, Any]
    json_schema: Annotated[dict[str, Any], Field(alias="schema")]
    picture: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None

    @property
    def draft(self) -> Draft:
        """What it is to the forms."""
        return Draft(self.name, self.tree, self.json_schema)


@router.get("/studio")
def shelf(request: Request, who: CityOverseer, line: TheLine, said: Annotated[str, Query(max_length=20)] = "") -> Response:
    """The drafts so far, the forms to begin from, and what drifts."""
    with line.store.read() as look:
        drafts = kept_drafts.drafts(look)
        drifting = warnings(look, line)
    forms = [(name, form.called) for name, form in line.forms.found_by("rules").items()]
    return page(request, "studio.html", who=who, here="studio", forms=forms, drafts=[_line(one, line) for one in drafts],
                drifting=drifting, writable=studio.writable(line), says=LIVE if said == "live" else "", tone="good")


@router.get("/studio/draft")
def draw(
    request: Request, who: CityOverseer, line: TheLine,
    form: Annotated[str, Query(max_length=40)] = "", n: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """The drawing board: with a kept draft, a form of the folder, or nothing yet."""
    picture, made = None, ""
    if n:
        kept = _kept(line, n)
        told, picture, made = Draft(kept.form, kept.tree, kept.schema), kept.picture, f"{kept.by}　{_when(kept, line)}"
    elif form in line.forms.found_by("rules"):
        told = studio.drafted_from(form, studio.folders(line))
    else:
        told = studio.begun("", None)
    known = {"kinds": {kind: KIND_WORDS[kind] for kind in KINDS}, "checks": {word: parameters(word) for word in sorted(CHECKS)}}
    given = {"name": told.name, "tree": told.tree, "schema": told.schema, "picture": picture, "n": n, "known": known}
    return page(request, "studio_draft.html", who=who, here="studio", told=TypeAdapter(Any).dump_python(given, mode="json"),
                title=told.tree.get("title") or "新しい帳票", made=made)


@router.put("/studio/blank")
async def blank(request: Request, who: CityOverseer, line: TheLine) -> Response:
    """A scan of a blank form, straightened: its picture's name, its paper, its rules and squares, in mm."""
    with line.files.receive(MOST_BYTES) as staged:
        await pour(request.stream(), staged)
        try:
            name, found = await run_in_threadpool(studio.open_blank, line, staged.path)
        except Refused as error:
            return JSONResponse({"message": words.says(error)}, error.status)
    return JSONResponse({"picture": name, "tree": studio.begun("", found).tree})


@router.get("/studio/pictures/{name}")
def picture(name: str, who: CityOverseer, line: TheLine) -> Response:
    """A blank form's picture."""
    return FileResponse(line.files.present(name), media_type=JPEG)


@router.post("/studio/check")
def check(who: CityOverseer, line: TheLine, told: Annotated[Told, Body()]) -> Response:
    """Whether the draft is a form, by the very loader; where not, its sentence and the place that is meant."""
    try:
        whole, form = studio.hold_draft(line, told.draft)
    except Misfit as error:
        return JSONResponse({"fits": False, "place": error.place, "message": misfit(error.message)})
    except (Misdeclared, TypeError, KeyError, ValueError, AttributeError) as error:
        return JSONResponse({"fits": False, "place": "", "message": misfit(getattr(error, "message", "形が整っていません。"))})
    return JSONResponse({"fits": True, "schema": whole.schema, "fields": len(form.fields)})


@router.post("/studio/keep")
def keep(who: CityOverseer, line: TheLine, told: Annotated[Told, Body()]) -> Response:
    """The draft kept under its name and version; and, if it is a form, what it would change in the folder."""
    kept = studio.keep(line, told.draft, told.picture, who.name)
    try:
        whole, _ = studio.hold_draft(line, Draft(kept.form, kept.tree, kept.schema))
        diff = studio.diffs(line, whole)
    except (Misdeclared, TypeError, KeyError, ValueError, AttributeError):
        diff = ""
    return JSONResponse({"n": kept.n, "version": kept.version, "diff": diff})


@router.post("/studio/try")
async def attempt(
    who: CityOverseer, line: TheLine, draft: Annotated[str, Sent(max_length=2_000_000)], sample: Annotated[UploadFile, File()],
) -> Response:
    """One sample read under the draft: values with their boxes, findings, and its picture; nothing of it is kept."""
    told = Told.model_validate_json(draft)
    with line.files.receive(MOST_BYTES) as staged:
        while piece := await sample.read(1 << 20):
            staged.write(piece)
        try:
            tried, form = await run_in_threadpool(_tried, line, told.draft, staged.path)
        except Misfit as error:
            return JSONResponse({"message": misfit(error.message)}, 422)
        except Refused as error:
            return JSONResponse({"message": words.says(error)}, 422)
    shown = {"picture": base64.b64encode(tried.picture).decode(), "known": tried.read["form"] is not None,
             "fault": tried.read["fault"], "findings": tried.read["findings"], "paper": list(form.paper)}
    return JSONResponse({**shown, "fields": [_value(form, name, one) for name, one in tried.read["fields"].items()]})


@router.get("/studio/drafts/{n}.diff")
def diff(request: Request, who: CityOverseer, line: TheLine, n: int) -> Response:
    """What a kept draft would change in the folder, to read before it is put there."""
    kept = _kept(line, n)
    says = ""
    try:
        told = studio.diffs(line, studio.hold_draft(line, Draft(kept.form, kept.tree, kept.schema))[0])
    except Misdeclared as error:
        told, says = "", f"まだ帳票として読み込めません：{misfit(error.message)}"
    own = kept.by == who.name
    return page(request, "studio_diff.html", who=who, here="studio", kept=_line(kept, line), lines=told.splitlines(), own=own,
                writable=studio.writable(line), fits=not says, says=says, tone="bad")


@router.get("/studio/drafts/{n}.zip")
def archive(who: CityOverseer, line: TheLine, n: int) -> Response:
    """A kept draft's four files."""
    kept = _kept(line, n)
    whole, form = studio.hold_draft(line, Draft(kept.form, kept.tree, kept.schema))
    headers = {"Content-Disposition": f'attachment; filename="{kept.form}_v{kept.version}.zip"'}
    return Response(studio.packed(line, whole, form, kept.picture), media_type="application/zip", headers=headers)


@router.post("/studio/drafts/{n}/live")
def live(who: CityOverseer, line: TheLine, n: int) -> Response:
    """A kept draft put among the city's forms, by somebody else than who drew it."""
    studio.put_live(line, n, who.name)
    return RedirectResponse("/desk/studio?said=live", 303)


def _tried(line: Line, draft: Draft, path: Any) -> tuple[studio.Tried, Form]:
    if not ONE_TRY.acquire(blocking=False):
        raise WrongTurn("ほかの試し読みが動いています。終わってから、もう一度試してください。", code="trying")
    try:
        _, form = studio.hold_draft(line, draft)
        return studio.try_draft(line, form, path), form
    finally:
        ONE_TRY.release()


def _value(form: Form, name: str, told: dict[str, Any]) -> dict[str, Any]:
    spec = form.fields.get(name)
    return {"name": name, "label": form.label(name) if spec else name, "box": told["box"], "ink": told["raw"],
            "value": show(spec.kind, told["value"]) if spec else ""}


def _kept(line: Line, n: int) -> KeptDraft:
    with line.store.read() as look:
        return kept_drafts.draft(look, n)


def _when(kept: KeptDraft, line: Line) -> str:
    return f"{kept.at.astimezone(line.zone):%Y-%m-%d %H:%M}"


def _line(kept: KeptDraft, line: Line) -> dict[str, Any]:
    live_at = f"{kept.live_at.astimezone(line.zone):%Y-%m-%d %H:%M}" if kept.live_at else ""
    return {"n": kept.n, "form": kept.form or "（名前なし）", "title": kept.tree.get("title", ""), "version": kept.version,
            "by": kept.by, "at": _when(kept, line), "fields": len(kept.tree.get("fields", {})),
            "live": live_at, "live_by": kept.live_by}
