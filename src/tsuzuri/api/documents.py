"""Documents and their pictures, for those of the office who may see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse

from tsuzuri import flow
from tsuzuri.api.document_shapes import CandidateShape, DocumentShape, PageShape, ReadingShape
from tsuzuri.api.problems import told
from tsuzuri.api.shapes import FindingShape
from tsuzuri.api.who import AtLine, Keyer, Office, must_see
from tsuzuri.errors import NotFound
from tsuzuri.flow import Line
from tsuzuri.forms import private
from tsuzuri.model import Document, Reading
from tsuzuri.store.accounts import Role

router = APIRouter(prefix="/v1", tags=["documents"])
MASKED = {"value": None, "confidence": 0.0, "raw": "", "reader": "", "masked": True}


@router.get("/documents/{document_id}", responses=told(404))
def one(document_id: str, line: AtLine, key: Office) -> DocumentShape:
    """What a paper says: each field with value, confidence, raw ink, reader and box; findings; all readings.

    An auditor's key sees no bank accounts, and nobody a field that two people have yet to key from the picture alone.
    """
    with line.store.read() as look:
        document = look.document(document_id)
        must_see(key, look.batch(document.batch_id))
        pages = [PageShape.of(page, look.scan(page.scan_id)) for page in look.pages_of_document(document_id)]
        readings = flow.readings(line, look, document)
    told_plainly = flow.plain(document)
    hidden = (_hidden(line, document, readings) if key.role is Role.AUDITOR else frozenset()) | document.blind
    return DocumentShape(
        id=document.id, batch=document.batch_id, step=document.step.value, version=document.version,
        business_date=document.business_date, file=pages[0].file if pages else "",
        page=pages[0].page if pages else 1, form=document.form,
        score=told_plainly["score"],
        fields={name: _masked(f) if name in hidden else f for name, f in told_plainly["fields"].items()},
        findings=[FindingShape(**finding) for finding in told_plainly["findings"]],
        candidates=[CandidateShape(**one) for one in told_plainly["candidates"] if one["field"] not in hidden],
        readings=[_shape(reading) for reading in readings if reading.field not in hidden],
        pages=pages,
    )


@router.get("/pages/{page_id}/picture", response_class=FileResponse, responses={
    **told(404), 200: {"content": {"image/jpeg": {}}, "description": "the page, upright"}})
def picture(page_id: str, line: AtLine, key: Keyer) -> FileResponse:
    """The page as a JPEG picture, upright; 404 until it has been looked at."""
    with line.store.read() as look:
        page = look.page(page_id)
        must_see(key, look.batch(page.batch_id))
    path = line.files.path(page.picture) if page.picture else None
    if path is None or not path.is_file():
        raise NotFound(f"ページ {page_id} の画像はまだありません。", code="no_picture")
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _hidden(line: Line, document: Document, readings: Iterable[Reading]) -> frozenset[str]:
    form = line.forms.of(document)
    told = {*document.fields, *(reading.field for reading in readings)}
    if form is None:
        return frozenset(told)       # a form that is no longer known: nobody can say what is what
    return frozenset(told - (set(form.fields) - private(document, form)))


def _masked(told_field: dict[str, Any]) -> dict[str, Any]:
    return {**told_field, **MASKED}


def _shape(reading: Reading) -> ReadingShape:
    return ReadingShape(**{name: getattr(reading, name) for name in ReadingShape.model_fields})
