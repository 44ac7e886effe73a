"""The picture of a page, or of one field on it, for those who may see it. Touches the files; Pillow blacks out what is masked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import structlog
from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from PIL import Image, ImageDraw
from starlette.responses import Response

from tsuzuri.desk import show
from tsuzuri.desk.door import Door
from tsuzuri.desk.who import Anyone, Editor, TheLine, Who
from tsuzuri.errors import NotAllowed, NotFound
from tsuzuri.flow import Line
from tsuzuri.forms import Form
from tsuzuri.model import Box, Document, Page
from tsuzuri.uke.layouts import layout_told
from tsuzuri.uke.picture import picture as drawn

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
JPEG, SVG = "image/jpeg", "image/svg+xml"
KEPT = "private, max-age=600"     # until the log-out, which empties it
THUMB_PX = 260        # the longer side of a small picture
AROUND_MM = 2.5       # of paper shown around a field: what spills over its box, and its printed frame


@dataclass(frozen=True)
class Seen:
    """A page as one person may see it: the file, the form that says where things are, and what is to be blacked out (mm)."""

    path: Path
    leaf: Form | None
    hidden: Sequence[Box]


@router.get("/pages/{page_id}/picture")
def picture(page_id: str, who: Anyone, line: TheLine, v: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The upright rendition as JPEG; bank accounts are black for those from whom they are kept.

    Asked for by its content (`v`), a browser may keep it for some minutes: so the next sheet's is there when it is wanted.
    """
    with line.store.read() as look:
        page = look.page(page_id)
        who.must_see(look.batch(page.batch_id).ward)
        document = look.document(page.document_id) if page.document_id else None
        bound = [other.id for other in look.pages_of_document(document.id)] if document else []
    seen = _seen(line, page, document, bound.index(page_id) + 1 if bound else 0, who)
    log.info("picture_seen", page=page_id, by=who.id)
    if seen.leaf is None or not seen.hidden:
        kept = {"Cache-Control": KEPT} if v and page.picture and page.picture.startswith(v) else {}
        return FileResponse(seen.path, media_type=JPEG, headers=kept)
    return Response(as_jpeg(_blackened(_read(seen.path, "RGB"), seen.leaf, seen.hidden)), media_type=JPEG)


@router.get("/sheets/{document_id}/crops/{field}")
def crop(document_id: str, field: str, who: Anyone, line: TheLine) -> Response:
    """The field's box with a little paper around it, gray, as JPEG; NotFound where nobody knows its place on the picture."""
    with line.store.read() as look:
        document = look.document(document_id)
        who.must_see(look.batch(document.batch_id).ward)
        pages = look.pages_of_document(document_id)
    form = line.forms.of(document)
    box = show.boxes(document, form).get(field) if form else None
    place = document.fields[field].page if field in document.fields else 1
    if box is None or place > len(pages):
        raise NotFound("no place on a picture")
    cut = opened(line, document, pages[place - 1], place, who).cut(box, AROUND_MM)
    return Response(as_jpeg(cut), media_type=JPEG)


@router.get("/pages/{page_id}/thumb")
def thumb(page_id: str, who: Editor, line: TheLine) -> Response:
    """The page as small as tells papers apart; for those who may see all of it."""
    with line.store.read() as look:
        page = look.page(page_id)
        who.must_see(look.batch(page.batch_id).ward)
    image = _read(_seen(line, page, None, 1, who).path, "L", (THUMB_PX, THUMB_PX))
    image.thumbnail((THUMB_PX, THUMB_PX))
    return Response(as_jpeg(image), media_type=JPEG)


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


@dataclass(frozen=True)
class Opened:
    """A page's picture, gray, as one person may see it, laid on its form."""

    image: Image.Image
    leaf: Form

    def cut(self, box: Box, around: float) -> Image.Image:
        """A box (mm) and so much of the paper around it, as far as there is any."""
        x, y = max(box[0] - around, 0.0), max(box[1] - around, 0.0)
        right, bottom = min(box[0] + box[2] + around, self.leaf.paper[0]), min(box[1] + box[3] + around, self.leaf.paper[1])
        return self.image.crop(_pixels(self.image, self.leaf, (x, y, right - x, bottom - y)))


def opened(line: Line, document: Document, page: Page, place: int, who: Who) -> Opened:
    """The page at that place of the document; NotFound where it was laid on no form, NotAllowed as for the whole picture."""
    seen = _seen(line, page, document, place, who)
    if seen.leaf is None:
        raise NotFound("the page was laid on no form")
    return Opened(_blackened(_read(seen.path, "L"), seen.leaf, seen.hidden), seen.leaf)


def _seen(line: Line, page: Page, document: Document | None, place: int, who: Who) -> Seen:
    if page.picture is None:
        raise NotFound("no picture yet")
    path = line.files.path(page.picture)
    if not path.is_file():
        raise NotFound("the picture's file is missing")
    form = line.forms.of(document) if document else None
    hidden = show.masked_boxes(document, form, place) if document and form else None
    if who.masked and hidden is None:
        # Nobody knows where on this page an account may stand, so nothing of it can be blacked out.
        raise NotAllowed("この画像は口座番号を隠せないため、表示できません。", code="cannot_mask")
    leaf = form if place == 1 else line.forms.get(page.form or "")
    return Seen(path, leaf, (hidden or ()) if who.masked else ())


def _read(path: Path, mode: str, size: tuple[int, int] | None = None) -> Image.Image:
    with Image.open(path) as opened:
        opened.draft(mode, size or opened.size)         # gray straight from the file takes a quarter of the time
        return opened.convert(mode)


def _pixels(image: Image.Image, form: Form, box: Box) -> tuple[int, int, int, int]:
    across, down = image.width / form.paper[0], image.height / form.paper[1]
    x, y, w, h = box
    return (round(x * across), round(y * down), round((x + w) * across), round((y + h) * down))


def _blackened(image: Image.Image, form: Form, boxes: Sequence[Box]) -> Image.Image:
    """The same picture, the boxes (mm) filled."""
    brush = ImageDraw.Draw(image)
    for box in boxes:
        brush.rectangle(_pixels(image, form, box), fill="black")
    return image


def as_jpeg(image: Image.Image) -> bytes:
    """The picture's bytes."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
