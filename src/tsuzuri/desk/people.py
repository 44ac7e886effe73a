"""担当者: who may come in, with which role and for which ward. A supervisor of the whole city decides; each decision is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import PEOPLE, CityOverseer, TheLine, Who
from tsuzuri.errors import Refused
from tsuzuri.flow import Line
from tsuzuri.store import Unit, accounts
from tsuzuri.store.decisions import Decision, decide, decided

router = APIRouter(route_class=Door)
STATES = {"active": ("✓ 利用中", "good"), "stopped": ("− 停止", "calm"), "locked": ("▲ 一時停止", "warn")}
DONE = {"add_user": "追加", "stop_user": "停止", "set_password": "パスワードの再設定", "set_role": "役割・区の変更"}
Login = Annotated[str, Form(max_length=64)]
Password = Annotated[str, Form(max_length=256)]
Word = Annotated[str, Form(max_length=64)]


@router.get("/people")
def people(request: Request, who: CityOverseer, line: TheLine, said: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Everybody, and what was decided about them."""
    with line.store.read() as look:
        found = accounts.all_users(look, line.clock())
        past = decided(look, tuple(DONE))
    return page(
        request, "people.html", who=who, here="people", says=f"{DONE[said]}をしました。" if said in DONE else "", tone="good",
        people=[(one.user, *STATES[one.state], one.state) for one in found], wards=list(line.city.wards),
        roles=[(role.value, words.ROLES[role]) for role in PEOPLE],
        past=[(f"{one.at.astimezone(line.zone):%Y-%m-%d %H:%M}", one.by, DONE[one.what], one.about) for one in past],
    )


@router.post("/people/add")
def add(who: CityOverseer, line: TheLine, name: Login, password: Password, role: Word, ward: Word = "") -> Response:
    """One more person."""
    with line.unit() as unit:
        accounts.add_user(unit, name, password, role, line.clock(), _ward(line, ward))
        return _decided(line, unit, who, "add_user", name, role=role, ward=ward)


@router.post("/people/stop")
def stop(who: CityOverseer, line: TheLine, name: Login) -> Response:
    """The person comes in no more; never the last who oversees the city."""
    with line.unit() as unit:
        accounts.stop_user(unit, name)
        return _decided(line, unit, who, "stop_user", name)


@router.post("/people/password")
def password(who: CityOverseer, line: TheLine, name: Login, password: Password) -> Response:
    """Another password; who was stopped or locked may come in again."""
    with line.unit() as unit:
        accounts.set_password(unit, name, password)
        return _decided(line, unit, who, "set_password", name)


@router.post("/people/role")
def role(who: CityOverseer, line: TheLine, name: Login, role: Word, ward: Word = "") -> Response:
    """Another role or ward; the person has to log in again."""
    with line.unit() as unit:
        accounts.set_role(unit, name, role, _ward(line, ward))
        return _decided(line, unit, who, "set_role", name, role=role, ward=ward)


def _ward(line: Line, ward: str) -> str | None:
    if ward and ward not in line.city.wards:
        raise Refused("その区はこの市にありません。", code="no_such_ward")
    return ward or None


def _decided(line: Line, unit: Unit, who: Who, what: str, name: str, **told: str) -> Response:
    """Kept in the same commit, which comes about only while somebody is left who oversees the city."""
    overseers = [one for one in accounts.all_users(unit, line.clock()) if one.state != "stopped"
                 and one.user.role is accounts.Role.SUPERVISOR and one.user.ward is None]
    if not overseers:
        raise Refused("市全体の監督者がいなくなるため、できません。先に別の監督者を決めてください。", code="last_supervisor")
    decide(unit, Decision(line.clock(), who.name, what, name, told=told))
    return RedirectResponse(f"/desk/people?said={what}", 303)
