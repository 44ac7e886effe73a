"""The digit carpet: all that was read as one digit, of many papers, on one screen; the odd one is seen at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from PIL import Image
from pydantic import Field
from starlette.responses import Response

from tsuzuri.desk import pictures, sheets, show
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.runs import After, Id, Name, label
from tsuzuri.desk.who import Editor, TheLine, Who
from tsuzuri.flow import Line
from tsuzuri.flow.carpet import Patch, cell_of, celled, digits_of, lay_carpet, say_digits, unsay_digits
from tsuzuri.forms import Form, asked_as
from tsuzuri.model import Box, Document, Page
from tsuzuri.store.glyphs import Glyph

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
DIGITS = "0123456789"
TILE = (44, 60)             # px of a digit's picture: its box of some 6.5 × 9 mm at about the sharpness it was scanned with
SPILL_MM = 0.7              # of paper around a digit's box
TILES = 24                  # pictures at a time: on as many sheets at most, each opened once
Digit = Annotated[str, Field(pattern=r"^[0-9]$")]


class Further(After):
    """Which digit, and behind which field to go on."""

    digit: Digit


class Tile(sheets.Sent):
    """One digit: its paper, its field, and its place in the number, from 0."""

    document: Id
    field: Name
    place: int = Field(ge=0, le=31)


class Tiles(sheets.Sent):
    """Whose pictures are asked for."""

    tiles: list[Tile] = Field(min_length=1, max_length=TILES)


class Said(Tile):
    """What a person says of it: a digit, or "?" for doubtful; `ink`: the whole number as it was read."""

    ink: Annotated[str, Field(pattern=r"^[0-9]{1,32}$")]
    digit: Annotated[str, Field(pattern=r"^[0-9?]$")]


class Seen(sheets.Sent):
    """A whole carpet, and how long a person had it before them."""

    said: list[Said] = Field(min_length=1, max_length=600)
    took_ms: int = Field(ge=0, le=86_400_000)


@router.get("/carpet")
def carpet(request: Request, who: Editor, line: TheLine, digit: Digit = "0") -> Response:
    """The screen of one digit; its scripts ask for what to show. `covers`: what lies on it, as a clerk calls it."""
    covers = dict.fromkeys(label(line, line.forms[form], asked) for form, asked in celled(line.forms))
    return page(request, "carpet.html", who=who, here="runs", digit=digit, digits=DIGITS, covers="、".join(covers))


@router.post("/carpet/more")
def more(sent: Further, who: Editor, line: TheLine) -> Response:
    """The next digits, their papers held."""
    laid = lay_carpet(line, sent.digit, who.name, who.ward, (sent.n, sent.field))
    with line.store.read() as look:
        pages = {patch.document.id: look.pages_of_document(patch.document.id) for patch in laid.patches}
    log.info("carpet_seen", patches=len(laid.patches), by=who.id)
    after = None if laid.after is None else {"n": laid.after[0], "field": laid.after[1]}
    return JSONResponse({"patches": [_patch(line, patch, pages[patch.document.id]) for patch in laid.patches], "after": after})


@router.post("/carpet/tiles")
def tiles(sent: Tiles, who: Editor, line: TheLine) -> Response:
    """The pictures of the digits beside one another, TILE each, as one JPEG; white where there is none."""
    strip = Image.new("L", (TILE[0] * len(sent.tiles), TILE[1]), 255)
    by_paper: dict[str, list[int]] = {}
    for n, tile in enumerate(sent.tiles):
        by_paper.setdefault(tile.document, []).append(n)
    for document_id, mine in by_paper.items():
        for n, image in zip(mine, _cut(line, document_id, [sent.tiles[n] for n in mine], who), strict=True):
            if image is not None:
                strip.paste(image, (TILE[0] * n, 0))
    return Response(pictures.as_jpeg(strip), media_type=pictures.JPEG)


@router.post("/carpet/seen")
def seen(sent: Seen, who: Editor, line: TheLine) -> Response:
    """How many numbers are confirmed by it, and how many digits were another's by now."""
    said = _glyphs(line, sent, who)
    outcome = say_digits(line, said, who.name, sent.took_ms // len(said))
    return JSONResponse({"settled": outcome.settled, "gone": outcome.gone})


@router.post("/carpet/undo")
def undo(sent: Seen, who: Editor, line: TheLine) -> Response:
    """A carpet is taken back: how many numbers wait again, and how many digits are beyond taking back."""
    outcome = unsay_digits(line, _glyphs(line, sent, who), who.name)
    return JSONResponse({"settled": outcome.settled, "gone": outcome.gone})


def _glyphs(line: Line, sent: Seen, who: Who) -> list[Glyph]:
    with line.store.read() as look:
        for document_id in {one.document for one in sent.said}:
            who.must_see(look.batch(look.document(document_id).batch_id).ward)
    return [Glyph(one.document, one.field, one.place, one.ink, one.digit, who.name, line.clock()) for one in sent.said]


def _patch(line: Line, patch: Patch, pages: Sequence[Page]) -> dict[str, object]:
    form = line.forms.of(patch.document)
    assert form is not None
    place = patch.document.fields[patch.field].page
    seen = pages[place - 1] if place <= len(pages) else None
    return {
        "n": patch.n, "document": patch.document.id,
        "short": sheets.short(patch.document.id), "field": patch.field, "place": patch.place,
        "ink": patch.ink, "label": label(line, form, asked_as(patch.field)),
        "run": f"/desk/runs/{form.name}/{asked_as(patch.field)}",
        "picture": f"/desk/pages/{seen.id}/picture" if seen and seen.picture else None,
        "paper": form.paper if place == 1 else None,
        "box": cell_of(form.fields[patch.field], patch.ink, patch.place),
    }


def _cut(line: Line, document_id: str, asked: Sequence[Tile], who: Who) -> list[Image.Image | None]:
    """The digits' pictures, each page opened once; None for one without a place on it."""
    with line.store.read() as look:
        document = look.document(document_id)
        who.must_see(look.batch(document.batch_id).ward)
        pages = look.pages_of_document(document_id)
    form = line.forms.of(document)
    boxes = show.boxes(document, form) if form else {}
    opened: dict[int, pictures.Opened] = {}
    found: list[Image.Image | None] = []
    for tile in asked:
        cell = _cell(document, form, tile) if boxes.get(tile.field) else None
        place = document.fields[tile.field].page if cell else 0
        if cell is None or place > len(pages) or pages[place - 1].picture is None:
            found.append(None)
            continue
        if place not in opened:
            opened[place] = pictures.opened(line, document, pages[place - 1], place, who)
        found.append(opened[place].cut(cell, SPILL_MM).resize(TILE))
    return found


def _cell(document: Document, form: Form | None, tile: Tile) -> Box | None:
    ink = digits_of(document, tile.field)
    return cell_of(form.fields[tile.field], ink, tile.place) if form and tile.place < len(ink) else None
