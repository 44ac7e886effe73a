"""Whether the service lives and can take papers, and its figures. Open to all: nothing here names anybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from tsuzuri import __version__
from tsuzuri.api.metrics import Figures
from tsuzuri.api.problems import RETRY_AFTER_S
from tsuzuri.api.who import AtLine
from tsuzuri.errors import Stuck
from tsuzuri.flow import Line, nights_missed

router = APIRouter(tags=["health"])


@router.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz", responses={503: {"description": "papers cannot be taken just now"}})
def ready(line: AtLine) -> JSONResponse:
    """Whether a paper sent now would be kept: 503 while the database or the disk will not have it.

    A silent queue is told, and is no reason to send nobody: rows wait, and are nudged when it is back. So is a night that was not
    written, which the desk and /metrics tell of as well.
    """
    asked: dict[str, Callable[[], object]] = {
        "database": line.store.check, "files": line.files.check, "queue": line.queue.waiting,
        "nights": partial(_none_missed, line)}
    told = {name: _word(ask) for name, ask in asked.items()}
    if told["database"] == told["files"] == "ok":
        return JSONResponse({"status": "ok", **told})
    return JSONResponse({"status": "stuck", **told}, 503, headers={"Retry-After": str(RETRY_AFTER_S)})


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Figures in Prometheus' text format: counts and times."""
    figures: Figures = request.app.state.figures
    return Response(figures.told(), media_type=CONTENT_TYPE_LATEST)


def _none_missed(line: Line) -> None:
    if nights_missed(line):
        raise Stuck("a night was not written", code="night_missed")


def _word(ask: Callable[[], object]) -> str:
    try:
        ask()
    except Stuck as error:
        return error.code
    return "ok"
