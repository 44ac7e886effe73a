"""Boxes of paper: received by stations, moved on by whoever handles them; how they leave is settled at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from tsuzuri import flow
from tsuzuri.api.problems import told, told_once
from tsuzuri.api.shapes import Sheets, Word
from tsuzuri.api.who import Anyone, AtLine, Keyer, Station
from tsuzuri.errors import NotFound
from tsuzuri.model import BoxStep, Carton
from tsuzuri.store import boxes
from tsuzuri.store.accounts import Key

router = APIRouter(prefix="/v1/boxes", tags=["boxes"])
Number = Annotated[Word, Path(examples=["KM-20251107-EAST-B012"])]


class Counted(BaseModel):
    """A box as it came in; what nobody counted is left out."""

    model_config = ConfigDict(extra="forbid")

    ward: Word
    procedure: Word
    seal: Annotated[str, Field(max_length=64)] = Field(default="", description="封印 number")
    envelopes: Sheets | None = None
    sheets: Sheets | None = None
    weight_g: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = None


class Moved(BaseModel):
    """One step on."""

    model_config = ConfigDict(extra="forbid")

    step: BoxStep
    note: Annotated[str, Field(max_length=200)] = ""


class BoxShape(BaseModel):
    """A box and where it stands: received, opened, scanned, verified, stored, returned, destroyed."""

    number: str
    ward: str
    procedure: str
    step: BoxStep
    step_at: datetime = Field(description="since when it stands there")
    received_at: datetime
    by: str
    seal: str
    envelopes: int | None
    sheets: int | None
    weight_g: int | None
    implicit: bool = Field(description="nobody received it: a batch named it")

    @classmethod
    def of(cls, box: Carton) -> Self:
        """The box as machines see it."""
        return cls(**{name: getattr(box, name) for name in cls.model_fields})


@router.put("/{number}", status_code=201, responses={200: {"model": BoxShape, "description": "Received before"}, **told(409)})
def receive(number: Number, counted: Counted, line: AtLine, key: Station, response: Response) -> BoxShape:
    """A box has come in. Said again it is the same box (200); the number with other words is a 409 (`box_known`)."""
    received = flow.Received(number, **dict(counted))
    box, is_new = told_once(lambda: flow.receive_box(line, received, key.name))
    response.status_code = 201 if is_new else 200
    return BoxShape.of(box)


@router.get("", responses=told())
def listed(
    line: AtLine, key: Anyone, step: BoxStep | None = None, after: Annotated[str, Query(max_length=64)] = "",
) -> list[BoxShape]:
    """Boxes by number, a hundred at a time: ask again with `after` = the last one's number."""
    with line.store.read() as look:
        return [BoxShape.of(box) for box in boxes.box_list(look, step, key.ward, after)]


@router.get("/{number}", responses=told(404))
def one(number: Number, line: AtLine, key: Anyone) -> BoxShape:
    """Where a box stands."""
    return BoxShape.of(_seen(line, key, number))


@router.post("/{number}/moves", responses=told(404, 409))
def move(number: Number, moved: Moved, line: AtLine, key: Keyer) -> BoxShape:
    """A box goes one step on; a 409 says what hinders it (`box_hindered`), or that no way leads there (`no_such_step`)."""
    _seen(line, key, number)
    return BoxShape.of(flow.move_box(line, number, moved.step, key.name, moved.note))


def _seen(line: flow.Line, key: Key, number: str) -> Carton:
    with line.store.read() as look:
        box = boxes.known_box(look, number)
    if key.ward is not None and key.ward != box.ward:
        raise NotFound(f"箱 {number} は見つかりません。", code="no_such_box")
    return box
