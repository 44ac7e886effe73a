"""Errors as problem+json (RFC 9457): the only place where the API turns a failure into an answer."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from tsuzuri.errors import NotKnown, TsuzuriError, WrongTurn

T = TypeVar("T")
RETRY_AFTER_S = 5       # a restarted database or queue server answers again within two or three
BROKEN = "内部の誤りが起きました。request_id の番号を添えて管理者に知らせてください。"
SENTENCES = {
    400: ("bad_request", "送られた内容を読み取れません。JSON の形を確かめて送り直してください。"),
    404: ("not_found", "そのような場所はありません。URL を確かめてください。"),
    405: ("method_not_allowed", "この場所では使えない操作です。Allow ヘッダの操作を使ってください。"),
}
PHRASES = {460: "Checksum Mismatch"}        # tus's own
# What an error may tell besides its sentence: ids, counts and hashes. Values of a paper are not among them.
TOLD = ("batch", "version", "step", "sent", "max_bytes", "offset")


class Problem(BaseModel):
    """What every failure looks like. `code` is stable and meant for programs, `detail` says what to do."""

    type: str = Field(examples=["urn:tsuzuri:problem:digest_mismatch"])
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["digest_mismatch"])
    detail: str
    request_id: str = Field(description="names this request in the service's log")
    errors: list[dict[str, str]] | None = Field(default=None, description="which part of the request, and why")


class ProblemJSON(JSONResponse):
    """A problem on its way."""

    media_type = "application/problem+json"


def hang_problems(app: FastAPI) -> None:
    """Let the application answer every failure as a problem."""
    app.add_exception_handler(TsuzuriError, _expected)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _plain)


def problem(request_id: str, status: int, code: str, detail: str, **more: Any) -> ProblemJSON:
    """An answer that says what failed and what to do."""
    name, title = f"urn:tsuzuri:problem:{code}", PHRASES.get(status) or HTTPStatus(status).phrase
    head = {"type": name, "title": title, "status": status, "code": code}
    return ProblemJSON({**head, "detail": detail, "request_id": request_id, **more}, status)


def of_error(request_id: str, error: TsuzuriError) -> ProblemJSON:
    """The answer to an expected failure."""
    more = {name: str(value) for name, value in error.details.items() if name in TOLD}
    faults = error.details.get("faults")
    parts = {"errors": [{name: str(said) for name, said in fault.items()} for fault in faults]} if isinstance(faults, list) else {}
    answer = problem(request_id, error.status, error.code, error.message, **more, **parts)
    if error.retry:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, NotKnown):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def told_once(act: Callable[[], T]) -> T:
    """What `act` answers. If another told the same row first, `act` is asked again: now it finds that row."""
    try:
        return act()
    except WrongTurn as error:
        if error.code != "already_told":
            raise
    return act()


async def _expected(request: Request, error: Exception) -> ProblemJSON:
    assert isinstance(error, TsuzuriError)
    return of_error(request.scope.get("request_id", ""), error)


async def _malformed(request: Request, error: Exception) -> ProblemJSON:
    assert isinstance(error, RequestValidationError)
    # Where and why, never what was sent: it may be a citizen's.
    parts = [{"at": ".".join(map(str, part["loc"])), "why": str(part["msg"])} for part in error.errors()]
    detail = "送られた内容に誤りがあります。errors の項目を直して送り直してください。"
    return problem(request.scope.get("request_id", ""), 422, "bad_request", detail, errors=parts[:20])


async def _plain(request: Request, error: Exception) -> ProblemJSON:
    assert isinstance(error, HTTPException)
    code, detail = SENTENCES.get(error.status_code, ("refused", str(error.detail)))
    answer = problem(request.scope.get("request_id", ""), error.status_code, code, detail)
    answer.headers.update(error.headers or {})
    return answer


def told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's description: the problems it may answer with, besides those that any route has."""
    content = {ProblemJSON.media_type: {"schema": Problem.model_json_schema()}}
    shown = sorted({401, 403, 422, 503, *statuses})
    return {status: {"content": content, "description": HTTPStatus(status).phrase} for status in shown}
