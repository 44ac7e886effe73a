"""api: the machines' door, /v1. Touches flow, the store's lists and accounts; translates, never decides.

Nobody comes in without a key, and a key opens only what its role names (`who`). Every error is problem+json.
"""

from __future__ import annotations

from fastapi import FastAPI

from tsuzuri.api import batches, boxes, documents, health, ledgers, scans, uploads
from tsuzuri.api.door import Door
from tsuzuri.api.metrics import Figures
from tsuzuri.api.problems import hang_problems
from tsuzuri.flow import Line

__all__ = ["hang_api"]


def hang_api(app: FastAPI, line: Line) -> None:
    """Hang /v1, /healthz, /readyz and /metrics on the application, and its one door before everything it serves."""
    app.state.line = line
    app.state.figures = Figures(line)
    hang_problems(app)
    app.add_middleware(Door, figures=app.state.figures, upload_bytes=line.limits.caps.bytes)
    for room in (batches, boxes, scans, uploads, documents, ledgers, health):
        app.include_router(room.router)
