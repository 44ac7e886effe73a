"""Errors as problem+json (RFC 9457): the only place where the API turns a failure into an answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from tsuzuri.errors import NotKnown, TsuzuriError

RETRY_AFTER_S = 5       # a restarted database or queue server answers again within two or three
BROKEN = "申し訳ありません。内部の誤りが起きました。記録の番号を添えて管理者に知らせてください。"
CODES = {401: "not_authenticated", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
# What an error may tell besides its sentence: ids, counts and hashes. Values of a paper are not among them.
TOLD = ("batch", "version", "step", "sent", "max_bytes")


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
    told = {
        "type": f"urn:tsuzuri:problem:{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code,
        "detail": detail, "request_id": request_id, **more,
    }
    return ProblemJSON(told, status)


def of_error(request_id: str, error: TsuzuriError) -> ProblemJSON:
    """The answer to an expected failure."""
    more = {name: str(value) for name, value in error.details.items() if name in TOLD}
    answer = problem(request_id, error.status, error.code, error.message, **more)
    if error.retry:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, NotKnown):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


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
    code = CODES.get(error.status_code, "refused")
    answer = problem(request.scope.get("request_id", ""), error.status_code, code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's description: it may answer with a problem of these statuses, besides those any route has."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in (401, 403, 503, *statuses)}
