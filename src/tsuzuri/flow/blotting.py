"""A person says that twelve digits are a 個人番号: they leave picture, file, readings and fields as if found at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tsuzuri.errors import WrongTurn
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.desk import held, write_down
from tsuzuri.flow.hiding import forget_unwanted, keep_without, still_there
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.image import Picture
from tsuzuri.image.pages import encode_jpeg, open_page, with_black
from tsuzuri.model import Box, Document, Finding, Page, Scan, Step
from tsuzuri.rules import find
from tsuzuri.stages.mask import BLOTTED, DOUBTED, covered, uncovered
from tsuzuri.store import Unit
from tsuzuri.store.glyphs import forget_glyphs


def blot(line: Line, document_id: str, version: int, by: str) -> Document:
    """The document without what may have been a 個人番号 (H40); raises WrongTurn where there is nothing of the kind."""
    with line.store.read() as look:
        document, pages = look.document(document_id), look.pages_of_document(document_id)
        scans = {page.scan_id: look.scan(page.scan_id) for page in pages}
    boxes = _boxes(document.noted, pages)
    shown = {page.id: _blackened(line, page, boxes[page.id]) for page in pages if page.id in boxes}
    pictures = {page_id: line.files.put(encode_jpeg(picture)) for page_id, picture in shown.items()}
    anew = {scan.id: keep_without(line, scan, theirs) for scan in scans.values()
            if (theirs := {page.number: shown[page.id] for page in pages if page.scan_id == scan.id and page.id in shown})}
    with line.unit() as unit:
        document = held(line, unit, document_id, version, by)
        still_there(line, unit, *pictures.values(), *anew.values())
        for page in (page for page in pages if page.id in boxes):
            keyed = dict(zip(page.keyed, uncovered(list(page.keyed.values()), boxes[page.id]), strict=True))
            unit.save_page(replace(page, picture=pictures[page.id], keyed=keyed), was=Step.BOUND)
            unit.let_go(page.picture or "")
            unit.blot_readings(page.id, uncovered(unit.readings_of_page(page.id), boxes[page.id]))
        _rename(unit, scans, anew)
        black = {n: boxes[page.id] for n, page in enumerate(pages, 1) if page.id in boxes}
        after = _without(line, unit, document, black)
        unit.save_document(after, was_version=version)
        # What somebody typed over a number, or took it for, is the number too.
        typed = {name for name, field in document.fields.items()
                 if field.box and covered(field.box, black.get(field.page, ()))}
        unit.blot_reviews(document_id, typed)
        unit.blot_entries(document_id, typed, by)
        forget_glyphs(unit, document_id)
        write_down(line, unit, document_id, by, "blot")
        hold_covers(line, unit, unit.batch(document.batch_id))
        after = unit.document(document_id)
    forget_unwanted(line)
    return after


def _boxes(noted: Iterable[Finding], pages: Sequence[Page]) -> Mapping[str, list[Box]]:
    """Page id → the places (mm) of what may be a number on it."""
    found: dict[str, list[Box]] = defaultdict(list)
    for finding in noted:
        if finding.code == DOUBTED and finding.box and finding.page and pages[finding.page - 1].picture:
            found[pages[finding.page - 1].id].append(finding.box)
    if not found:
        raise WrongTurn("黒塗りにする箇所がありません。画面を再読み込みしてください。", code="nothing_to_blot")
    return found


def _blackened(line: Line, page: Page, boxes: Sequence[Box]) -> Picture:
    form = line.forms.get(page.form) if page.form else None
    return with_black(open_page(line.files.present(page.picture or ""), 1), form.paper if form else None, boxes)


def _rename(unit: Unit, scans: Mapping[str, Scan], anew: Mapping[str, str]) -> None:
    for scan_id, masked in anew.items():
        if not unit.mask_scan(scans[scan_id], masked):
            raise WrongTurn("この書類はほかで更新されました。もう一度押してください。", code="masked_meanwhile")


def _without(line: Line, unit: Unit, document: Document, boxes: Mapping[int, Sequence[Box]]) -> Document:
    """The document, what lay under the boxes gone from its fields; told as what is found at once is told."""
    fields = {
        name: field if field.box is None or field.page not in boxes else uncovered([field], boxes[field.page])[0]
        for name, field in document.fields.items()
    }
    noted = tuple(
        replace(find(BLOTTED), box=finding.box, page=finding.page) if finding.code == DOUBTED else finding
        for finding in document.noted
    )
    seen = tuple(c for c in document.candidates if c.field in fields and fields[c.field] == document.fields[c.field])
    return judge(line, unit, replace(document, fields=fields, noted=noted, candidates=seen))
