"""The picture of a page, for those who may see it. Touches the files; Pillow blacks out what is masked."""

from __future__ import annotations

import io

import structlog
from fastapi import APIRouter
from fastapi.responses import FileResponse
from PIL import Image, ImageDraw
from starlette.responses import Response

from tsuzuri.desk import show
from tsuzuri.desk.door import Door
from tsuzuri.desk.who import Anyone, TheLine
from tsuzuri.errors import NotAllowed, NotFound
from tsuzuri.forms import Form
from tsuzuri.model import Box
from tsuzuri.uke.layouts import layout_told
from tsuzuri.uke.picture import picture as drawn

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
JPEG, SVG = "image/jpeg", "image/svg+xml"


@router.get("/pages/{page_id}/picture")
def picture(page_id: str, who: Anyone, line: TheLine) -> Response:
    """The upright rendition as JPEG; bank accounts are black for those from whom they are kept."""
    with line.store.read() as look:
        page = look.page(page_id)
        who.must_see(look.batch(page.batch_id).ward)
        document = look.document(page.document_id) if page.document_id else None
        bound = [other.id for other in look.pages_of_document(document.id)] if document else []
    if page.picture is None:
        raise NotFound("no picture yet")
    path = line.files.path(page.picture)
    if not path.is_file():
        raise NotFound("the picture's file is missing")
    place = bound.index(page_id) + 1 if bound else 0
    form = line.forms.of(document) if document else None
    hidden = show.masked_boxes(document, form, place) if document and form else None
    leaf = form if place == 1 else line.forms.get(page.form or "")
    if who.masked and hidden is None:
        # Nobody knows where on this page an account may stand, so nothing of it can be blacked out.
        raise NotAllowed("この画像は口座番号を隠せないため、表示できません。", code="cannot_mask")
    log.info("picture_seen", page=page_id, by=who.id)
    if leaf is None or not hidden or not who.masked:
        return FileResponse(path, media_type=JPEG)
    return Response(_blackened(path.read_bytes(), leaf, hidden), media_type=JPEG)


@router.get("/receipts/{document_id}/picture")
def receipt(document_id: str, who: Anyone, line: TheLine) -> Response:
    """The records of an electronic receipt, drawn as a sheet (SVG)."""
    with line.store.read() as look:
        who.must_see(look.batch(look.document(document_id).batch_id).ward)
        stored = look.receipt_of(document_id)
    if stored is None:
        raise NotFound("this document is no electronic receipt")
    log.info("receipt_seen", document=document_id, by=who.id)
    layout = layout_told(stored.opener, stored.records)
    return Response(drawn(stored.records, stored.first_line, layout), media_type=SVG)


def _blackened(jpeg: bytes, form: Form, boxes: list[Box]) -> bytes:
    """The same picture, the boxes (mm) filled."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        image = opened.convert("RGB")
    across, down = image.width / form.paper[0], image.height / form.paper[1]
    brush = ImageDraw.Draw(image)
    for x, y, w, h in boxes:
        brush.rectangle((x * across, y * down, (x + w) * across, (y + h) * down), fill="black")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
