"""The desk's door: every answer bears the same guards; only here an error becomes a page or a JSON answer."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tsuzuri.desk import bar, keymap, words
from tsuzuri.desk.kept import digest_of
from tsuzuri.errors import NotKnown, TsuzuriError

log = structlog.get_logger("tsuzuri.desk")
HERE = Path(__file__).parent
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
NO_STORE = "private, no-store"

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True),
    auto_reload=False,      # they come with the program; to look for newer ones at each page costs more than some pages
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Japanese stays readable in the page's data; what could end the script element is still escaped.
_environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
DIGEST = digest_of(HERE / "static")
_environment.globals["static"] = f"/desk/static/{DIGEST}"
_templates = Jinja2Templates(env=_environment)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Door(APIRoute):
    """A route of the desk."""

    def get_route_handler(self) -> Handler:
        """The route's own handler between the guards."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await inner(request)
            except TsuzuriError as error:
                response = _told(
                    request, error.code, error.status, words.says(error), unknown=isinstance(error, NotKnown)
                )
                if error.retry:
                    response.headers["Retry-After"] = "5"
            except (RequestValidationError, HTTPException):
                # What was sent is not what the desk's own pages send; what it was is not repeated.
                response = _told(request, "bad_request", 422, words.SAYS["bad_token"])
            except Exception as error:  # noqa: BLE001  the one broad catch of this door
                # Where it broke, not what it said: messages may repeat what a citizen wrote.
                frames = traceback.extract_tb(error.__traceback__)[-4:]
                where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
                log.error("desk_broke", error=type(error).__name__, where=where)
                response = _told(request, "broken", 500, words.BROKEN)
            for name, value in GUARDS.items():
                response.headers.setdefault(name, value)
            response.headers.setdefault("Cache-Control", NO_STORE)
            return response

        return handle


def page(request: Request, template: str, /, **told: Any) -> Response:
    """A page from its template, with the keys of the mode it is named for; `who` is None before log-in."""
    who, mode = told.get("who"), template.removesuffix(".html")
    own = who.keys if who else {}
    keys = {key["name"]: key for key in keymap.told(own)}
    always = {"who": None, "here": "", "bar": bar.groups(who), "says": "", "tone": "good", "keys": keys,
              "mode_word": keymap.MODES.get(mode, ""), "key_groups": keymap.grouped(mode, own) if mode in keymap.MODES else [],
              "keymap": {act.name: keys[act.name]["chord"] for act in keymap.of(mode)}}
    return _templates.TemplateResponse(request, template, {**always, **told})


def _told(request: Request, code: str, status: int, says: str, *, unknown: bool = False) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"code": code, "message": says}, status)
    if unknown:
        to = request.url.path if request.method == "GET" else "/desk/"
        return RedirectResponse(f"/desk/login?to={quote(to)}", 303)
    heading = {403: "権限がありません", 404: "見つかりません", 409: "操作できません"}.get(
        status, "うまくいきませんでした"
    )
    response = page(request, "trouble.html", heading=heading, says=says, code=code)
    response.status_code = status
    return response
