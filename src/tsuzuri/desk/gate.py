"""In and out: a name and a password become a session, and its end."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import COOKIE, Anyone, TheLine, from_here
from tsuzuri.store import accounts
from tsuzuri.store.accounts import LOCKED, MAX_FAILURES

router = APIRouter(route_class=Door)
WRONG = (
    "利用者名かパスワードが違うか、この利用者は一時的に止められています。"
    f"{MAX_FAILURES} 回続けて間違えると、{LOCKED.seconds // 60} 分間ログインできません。"
)


@router.get("/login")
def ask(
    request: Request,
    to: Annotated[str, Query(max_length=300)] = "/desk/",
    said: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The page that asks for name and password."""
    says = {"out": "ログアウトしました。"}.get(said, "")
    return page(request, "login.html", to=_inside(to), name="", says=says, tone="good")


@router.post("/login")
def enter(
    request: Request,
    line: TheLine,
    name: Annotated[str, Form(max_length=64)],
    password: Annotated[str, Form(max_length=256)],
    to: Annotated[str, Form(max_length=300)] = "/desk/",
) -> Response:
    """Where the person wanted to go, with the session's cookie; or the page again, with no hint."""
    from_here(request)
    user = accounts.check_password(line.store, name, password, line.clock())
    if user is None:
        answer = page(request, "login.html", to=_inside(to), name=name, says=WRONG, tone="bad")
        answer.status_code = 401
        return answer
    with line.unit() as unit:
        token = accounts.open_session(unit, user, line.clock())
    response = RedirectResponse(_inside(to), 303)
    response.set_cookie(
        COOKIE,
        token,
        path="/desk",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/logout")
def leave(request: Request, who: Anyone, line: TheLine) -> Response:
    """The session is over, here and on the server."""
    with line.unit() as unit:
        accounts.close_session(unit, request.cookies[COOKIE])
    response = RedirectResponse("/desk/login?said=out", 303)
    response.headers["Clear-Site-Data"] = '"cache"'     # pictures that the browser kept for the next sheet
    response.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="strict")
    return response


def _inside(to: str) -> str:
    """A path of this desk, and nowhere else."""
    return to if to.startswith("/desk/") and "//" not in to and "\\" not in to else "/desk/"
