"""作業割当: who holds what now, which papers come first, and who works at what. What is decided is kept with its reason."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.sheets import short
from tsuzuri.desk.turns import LEVELS, day, told_scope
from tsuzuri.desk.who import Overseer, TheLine, Who
from tsuzuri.errors import NotFound, Refused
from tsuzuri.flow import Line
from tsuzuri.flow import work as turns
from tsuzuri.store import Look, accounts, orders, work
from tsuzuri.store.accounts import Role
from tsuzuri.store.decisions import Decision, decided
from tsuzuri.store.orders import MODES, PLACES, Assignment, Priority, Scope
from tsuzuri.store.questions import Wish
from tsuzuri.store.work import MANY

router = APIRouter(route_class=Door)
WORKERS = (Role.CLERK, Role.ADJUDICATOR, Role.SUPERVISOR)
DONE = {"prefer": "先に出す", "end_priority": "先に出すのをやめる", "assign": "割当", "unassign": "割当をやめる",
        "take_paper_back": "書類を取り戻す"}
SAID = {"prefer": "先に出す書類を決めました。次の一枚から、この順で出ます。", "end_priority": "先に出すのをやめました。",
        "assign": "割り当てました。", "unassign": "割当をやめました。",
        "take_paper_back": "書類を取り戻しました。ほかの人が取れます。"}
Word = Annotated[str, Form(max_length=64)]
Day = Annotated[str, Form(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Number = Annotated[int, Form(ge=1, le=2**63 - 1)]


@router.get("/work")
def overview(request: Request, who: Overseer, line: TheLine, said: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Everything on one page."""
    now = line.clock()
    with line.store.read() as look:
        held = work.all_held(look, now, who.ward)
        first = [one for one in orders.all_priorities(look, line.today()) if who.ward in (None, one.scope.ward)]
        waiting = {one.n: work.count_waiting(look, one.scope) for one in first}
        people = [one.user for one in accounts.all_users(look, now) if one.state != "stopped" and one.user.role in WORKERS
                  and who.ward in (None, one.user.ward)]
        mine = orders.assigned(look)
        seniors = len(look.all_open_questions(Wish.SENIOR, who.ward))
        past = [one for one in decided(look, tuple(DONE)) if who.ward is None or one.by == who.name]
    return page(
        request, "work.html", who=who, here="work", says=SAID.get(said, ""), tone="good", levels=LEVELS, seniors=seniors,
        held=[_held(line, one) for one in held], first=[_first(line, one, waiting[one.n]) for one in first],
        people=[(one.name, words.ROLES[one.role], one.ward, [(a.n, _work(line, a)) for a in mine if a.name == one.name])
                for one in people],
        modes=[(mode, words.MODES[mode]) for mode in MODES], forms=[(name, form.called) for name, form in line.forms.items()],
        wards=[who.ward] if who.ward else list(line.city.wards), past=[_past(line, one) for one in past],
    )


@router.post("/work/first")
def first(
    who: Overseer, line: TheLine, level: Annotated[int, Form(ge=1, le=len(LEVELS))], why: Annotated[str, Form(max_length=200)],
    ward: Word = "", form: Word = "", place: Word = "", again: Word = "", until: Day = "", due: Day = "",
) -> Response:
    """These papers come first. `place`: a box's number, or a batch's."""
    scope = Scope(_ward(line, who, ward), _form(line, form), *_place(line, who, place.strip()), again=bool(again))
    if scope == Scope():
        raise Refused("区・帳票・箱・再提出のどれかを選んでください。", code="no_scope")
    if not why.strip():
        raise Refused("理由を書いてください。", code="no_reason")
    turns.prefer(line, Priority(scope, level, who.name, line.clock(), _day(until), _day(due)), why.strip())
    return _back("prefer")


@router.post("/work/first/end")
def end(who: Overseer, line: TheLine, n: Number) -> Response:
    """They come in the order of arrival again."""
    turns.end_priority(line, n, who.name, who.ward)
    return _back("end_priority")


@router.post("/work/assign")
def assign(who: Overseer, line: TheLine, name: Word, mode: Word = "", form: Word = "", ward: Word = "") -> Response:
    """The person works at this."""
    with line.store.read() as look:
        _must_know(look, line, who, name)
    if mode and mode not in MODES:
        raise Refused("その画面はありません。", code="no_such_mode")
    if not (mode or form or ward):
        raise Refused("画面・帳票・区のどれかを選んでください。割当のない人には、すべてが出ます。", code="no_scope")
    turns.assign(line, Assignment(name, mode, _form(line, form), _ward(line, who, ward)), who.name)
    return _back("assign")


@router.post("/work/unassign")
def unassign(who: Overseer, line: TheLine, n: Number) -> Response:
    """The person works at this no longer."""
    with line.store.read() as look:
        name = next((one.name for one in orders.assigned(look) if one.n == n), "")
        _must_know(look, line, who, name)
    turns.unassign(line, n, who.name)
    return _back("unassign")


@router.post("/work/free")
def free(who: Overseer, line: TheLine, document: Word) -> Response:
    """Whoever holds the paper holds it no longer."""
    turns.take_back_paper(line, document, who.name, who.ward)
    return _back("take_paper_back")


def _must_know(look: Look, line: Line, who: Who, name: str) -> None:
    known = {one.user.name: one.user for one in accounts.all_users(look, line.clock())}
    if name not in known or who.ward not in (None, known[name].ward):
        raise NotFound("no such person of this ward")


def _ward(line: Line, who: Who, ward: str) -> str:
    if ward and ward not in line.city.wards:
        raise Refused("その区はこの市にありません。", code="no_such_ward")
    if who.ward is not None and ward not in ("", who.ward):
        raise NotFound("another ward")
    return who.ward or ward


def _form(line: Line, form: str) -> str:
    if form and form not in line.forms:
        raise Refused("その帳票はありません。", code="no_such_form")
    return form


def _place(line: Line, who: Who, place: str) -> tuple[str, str]:
    """(batch, box) that the words mean; raises Refused where there is no such one."""
    if not place:
        return "", ""
    with line.store.read() as look:
        found = orders.place_named(look, place, who.ward)
    if found is None:
        raise Refused("その番号の箱もバッチもありません。番号を確かめてください。", code="no_such_box")
    return found


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told) if told else None
    except ValueError:
        raise Refused("日付を 2026-05-31 のように選んでください。", code="bad_day") from None


def _back(said: str) -> Response:
    return RedirectResponse(f"/desk/work?said={said}", 303)


def _held(line: Line, one: work.Held) -> dict[str, Any]:
    now, form = line.clock(), line.forms.get(one.form) if one.form else None
    since = one.since or now
    return {"id": one.document_id, "short": short(one.document_id), "form": form.called if form else "（帳票が分からない紙）",
            "ward": one.ward, "box": one.box, "by": one.by, "since": f"{since.astimezone(line.zone):%H:%M}",
            "age": words.age(since, now), "left": max(0, round((one.until - now).total_seconds() / 60))}


def _first(line: Line, one: Priority, waiting: int) -> dict[str, Any]:
    return {"n": one.n, "level": LEVELS[one.level], "scope": told_scope(line, one.scope), "by": one.by,
            "until": f"{day(one.until)}まで" if one.until else "やめるまで", "due": day(one.due) if one.due else "—",
            "late": one.due is not None and one.due < line.today() and waiting > 0,
            "waiting": f"{waiting:,}" + (" 以上" if waiting == MANY else "")}


def _work(line: Line, one: Assignment) -> str:
    return f"{words.MODES.get(one.mode, 'すべての画面')}：{told_scope(line, Scope(one.ward, one.form))}"


def _past(line: Line, one: Decision) -> tuple[str, str, str, str, str]:
    told = one.told
    ward, form, batch, box, mode = (str(told.get(name, "")) for name in (*PLACES, "mode"))
    if one.what == "take_paper_back":
        says = f"{one.about} さんの {short(str(told.get('document', '')))}"
    elif one.what in ("assign", "unassign"):
        says = f"{one.about} さん　{_work(line, Assignment(one.about, mode, form, ward))}"
    else:
        says = told_scope(line, Scope(ward, form, batch, box, bool(told.get("again"))))
    return f"{one.at.astimezone(line.zone):%Y-%m-%d %H:%M}", one.by, DONE[one.what], says, one.why
