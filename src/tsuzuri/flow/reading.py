"""From a page to a judged document. One job is one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tsuzuri.engines import Reader
from tsuzuri.engines.finder import Finder, open_finder
from tsuzuri.errors import Refused
from tsuzuri.flow.line import Line, new_id
from tsuzuri.forms import Form, Forms
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page, probe, rendition
from tsuzuri.model import Act, Batch, Document, Finding, Page, Placement, Reading, Scan, Severity, Step
from tsuzuri.stages.align import align
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.find import find_form
from tsuzuri.stages.read import read
from tsuzuri.stages.validate import validate


def read_page(line: Line, page_id: str) -> None:
    """A received page becomes a document (or is marked blank), judged, with its picture and all its readings."""
    # Asked before a try is counted: a full disk is no fault of the page, and must not set a whole box aside as unreadable.
    line.files.check()
    with line.unit() as unit:
        page = unit.page(page_id)
        if page.step is not Step.RECEIVED:
            return
        scan, batch = unit.scan(page.scan_id), unit.batch(page.batch_id)
        path = line.files.present(scan.sha256)      # nor is a folder that this machine does not see
        # Counted before the work: a page that kills its worker must not be tried for ever.
        unit.note_try("read_page", page.id, line.clock())
    if page.tries >= line.limits.max_tries:
        _set_aside(line, page, batch, _broke_the_reader(page.tries))
        return
    try:
        picture = open_page(path, page.number, line.limits.caps)
    except Refused as error:
        _set_aside(line, page, batch, _cannot_be_shown(error))
        return
    _read_picture(line, page, scan, batch, picture)


def _read_picture(line: Line, page: Page, scan: Scan, batch: Batch, picture: Picture) -> None:
    sight = see(picture, line.forms, line.readers(), line.finder)
    paper = sight.form.paper if sight.form else None
    upright = line.files.put(encode_jpeg(rendition(picture, sight.placement, paper)))
    page = replace(page, picture=upright)
    if sight.placement.blank:
        with line.unit() as unit:
            unit.save_page(page.to(Step.BLANK), was=Step.RECEIVED)
        return
    empty = _empty_document(batch.id, batch.business_date)
    if scan.duplicate_of is not None:
        empty = replace(empty, noted=(_seen_before(scan.duplicate_of),))
    _bind(line, page, judge(empty, sight), sight.readings)


@dataclass(frozen=True)
class Sight:
    """One page as seen: how it lies, which form it is (None: unknown or blank), what the readers saw, and what is odd about it."""

    placement: Placement
    form: Form | None
    readings: tuple[Reading, ...]
    noted: tuple[Finding, ...] = ()


def see(picture: Picture, forms: Forms, readers: Mapping[str, Reader], finder: Callable[[], Finder] = open_finder) -> Sight:
    """Align and read one page; no store, no queue. Lines of text are looked for only where no form's rules lie on it."""
    placement = align(picture, forms.found_by("rules"), readers)
    if placement.form:
        return Sight(placement, forms[placement.form], read(picture, placement, forms[placement.form], readers))
    loose = forms.found_by("labels")
    if placement.blank or not loose:
        return Sight(placement, None, ())
    found = find_form(picture, loose, finder(), readers)
    known = found.placement.form
    return Sight(found.placement, forms[known] if known else None, found.readings, found.noted)


def judge(document: Document, sight: Sight) -> Document:
    """The document that the sight gives, assembled and validated."""
    document = replace(document, form=sight.placement.form, score=sight.placement.score,
                       noted=(*document.noted, *sight.noted))
    if sight.form is not None:
        document = replace(document, form_version=sight.form.version)
        document = assemble(document, sight.readings, sight.form)
    return validate(document, sight.form)


def read_file(path: Path, forms: Forms, readers: Mapping[str, Reader], caps: Caps, day: date) -> Iterator[tuple[int, Document]]:
    """Every page of a file that is not blank, as (page number, judged document): the line without server or database."""
    for number in range(1, probe(path, caps).pages + 1):
        document = _empty_document("", day)
        try:
            picture = open_page(path, number, caps)
        except Refused as error:
            yield number, validate(replace(document, noted=(_cannot_be_shown(error),)), None)
            continue
        sight = see(picture, forms, readers)
        if not sight.placement.blank:
            yield number, judge(document, sight)


def _empty_document(batch_id: str, day: date) -> Document:
    return Document(id=new_id("dc"), batch_id=batch_id, form=None, form_version=0, business_date=day)


def _bind(line: Line, page: Page, document: Document, readings: tuple[Reading, ...]) -> None:
    with line.unit() as unit:
        if not unit.save_page(page.to(Step.BOUND, document_id=document.id), was=Step.RECEIVED):
            return  # told twice: somebody else finished this page first
        unit.add_document(document)
        unit.add_readings(document.id, page.id, readings)


def _set_aside(line: Line, page: Page, batch: Batch, finding: Finding) -> None:
    """There is no dead end: a page that cannot be read becomes a document that waits for a person."""
    document = replace(_empty_document(batch.id, batch.business_date), noted=(finding,))
    _bind(line, page, validate(document, None), ())


def _cannot_be_shown(error: Refused) -> Finding:
    return Finding("V02", Severity.E, Act.RESCAN, error.message)


def _broke_the_reader(tries: int) -> Finding:
    message = f"このページは{tries}回読み取りに失敗しました。原本を確認し、再スキャンするか手入力してください。"
    return Finding("V02", Severity.E, Act.RESCAN, message)


def _seen_before(first: str) -> Finding:
    return Finding("V04", Severity.W, Act.INQUIRE, f"同じ画像がすでに届いています（{first}）。二重請求でないか確認してください。")
