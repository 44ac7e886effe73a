"""desk: people in a browser. A door: clicks become flow functions, documents become Japanese.

Touches flow, forms and rules (to show values), the store (to look), and the web framework. The server makes the
pages, their scripts are ES modules of our own; nothing is fetched from elsewhere.
"""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from tsuzuri.desk import (
    asking,
    boxes,
    carpet,
    dial,
    drifting,
    exceptions,
    figures,
    gate,
    keys,
    ledgers,
    letters,
    lists,
    nights,
    people,
    pictures,
    quality,
    rehearsals,
    rulings,
    runs,
    samples,
    second,
    sheets,
    studio,
    why,
    work,
)
from tsuzuri.desk.door import DIGEST, HERE, Door
from tsuzuri.desk.kept import Kept
from tsuzuri.flow import Line

__all__ = ["desk", "hang_desk"]


def desk() -> APIRouter:
    """All routes of the desk, without their prefix; they find the line at `app.state.line`."""
    router = APIRouter(route_class=Door, include_in_schema=False)
    for part in (gate, keys, asking, exceptions, ledgers, letters, lists, nights, rehearsals,
                 sheets, people, pictures, quality, rulings, runs,
                 samples, second, carpet, why, drifting, studio, work, dial, figures, boxes):
        router.include_router(part.router)
    return router


def hang_desk(app: FastAPI, line: Line) -> None:
    """Put the desk under /desk of an application."""
    app.state.line = line
    app.mount("/desk/static", Kept(HERE / "static", DIGEST), name="desk-static")
    app.include_router(desk(), prefix="/desk")
