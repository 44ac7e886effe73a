"""キー設定: which key does what, for one person. Kept with the person, so that it is the same at every desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from tsuzuri.desk import keymap
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import Anyone, TheLine
from tsuzuri.store import accounts

router = APIRouter(route_class=Door)


class Chosen(BaseModel):
    """Act → chord, where it is not the house's."""

    model_config = ConfigDict(extra="forbid", strict=True)

    keys: dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=40)]] = Field(max_length=100)


@router.get("/keys")
def keys(request: Request, who: Anyone) -> Response:
    """The page of one's keys."""
    return page(request, "keys.html", who=who, here="keys", acts=keymap.told(who.keys),
                fixed=[(one.key, one.word, "・".join(keymap.MODES[mode] for mode in one.modes)) for one in keymap.FIXED])


@router.post("/keys")
def choose(chosen: Chosen, who: Anyone, line: TheLine) -> Response:
    """The map in effect; 422 with what is wrong, by act, and then nothing is changed."""
    house = {act.name: act.chord for act in keymap.ACTS}
    own = {name: chord for name, chord in chosen.keys.items() if house.get(name) != chord}
    if wrong := keymap.trouble(own):
        return JSONResponse({"code": "bad_keys", "message": "使えないキーがあります。", "wrong": wrong}, 422)
    with line.unit() as unit:
        accounts.save_keys(unit, who.id, own)
    return JSONResponse({"acts": keymap.told(own)})
