"""様式のずれ: what a new print run has moved, told to supervisors in words and in a drawing. No page of anybody's is shown."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import Overseer, TheLine
from tsuzuri.errors import NotFound
from tsuzuri.flow import Line
from tsuzuri.flow.drift import drifting, of_form
from tsuzuri.forms import TITLE, Form, regions
from tsuzuri.stages.drift import Drift
from tsuzuri.store import Look

router = APIRouter(route_class=Door)


@router.get("/studio/drift/{name}")
def drawn(request: Request, who: Overseer, line: TheLine, name: str) -> Response:
    """The form's rules and boxes, those that drift where they should lie and where they do."""
    if name not in line.forms.found_by("rules"):
        raise NotFound("no such form")
    form = line.forms[name]
    with line.store.read() as look:
        found = of_form(look, name)
    spots = regions(form)
    moved = [{**_told(form, one, line), "boxes": spots.get(one.region, [])} for one in found]
    return page(request, "drift.html", who=who, here="studio", form=form, moved=moved,
                still=[box for region, boxes in spots.items() for box in boxes if region not in {one.region for one in found}])


def warnings(look: Look, line: Line) -> list[dict[str, Any]]:
    """A line for each form that drifts: its farthest region, and how many more."""
    told = []
    for name, found in drifting(look, line.forms).items():
        form = line.forms[name]
        told.append({"form": name, "title": form.called, "more": len(found) - 1, **_told(form, found[0], line)})
    return sorted(told, key=lambda one: -one["far"])


def _told(form: Form, one: Drift, line: Line) -> dict[str, Any]:
    ways = (("右" if one.right > 0 else "左", abs(one.right)), ("下" if one.down > 0 else "上", abs(one.down)))
    says = "・".join(f"{way}へ {mm:.1f} mm" for way, mm in ways if mm >= 0.3)
    return {"label": _label(form, one.region), "says": says, "far": one.mm, "right": one.right, "down": one.down,
            "pages": one.pages, "alarming": one.alarming, "since": f"{one.since.astimezone(line.zone):%Y-%m-%d %H:%M}"}


def _label(form: Form, region: str) -> str:
    if region == TITLE:
        return "表題"
    table, _, column = region.partition(".")
    return form.label(f"{table}.1.{column}").removesuffix("（1行目）") if column else form.label(region)
