"""A person's hand on what papers are and what is bound: which form a page is, which document it belongs to.

Nothing that anybody keyed is lost on the way: what each page says goes with the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tsuzuri.errors import NotFound, WrongTurn
from tsuzuri.flow.binding import NEAR, begin, part
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.desk import held, write_down
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.flow.recognising import recognised
from tsuzuri.model import DISPUTED, Document, Field, Finding, Page, Severity, Step
from tsuzuri.stages.bind import Part, compose, parts
from tsuzuri.store import Unit


def join_previous(line: Line, document_id: str, version: int, by: str) -> Document:
    """The document before this one in the batch, with this one's pages bound behind it; this one is MERGED, with no page left.

    Raises WrongTurn where there is none, or it is settled or not read yet; Leased while another person holds it.
    """
    with line.unit() as unit:
        document = held(line, unit, document_id, version, by)
        pages = unit.pages_of_document(document_id)
        if not pages:
            raise WrongTurn("電子レセプトは、ほかの書類に綴じられません。", code="no_paper")
        before = _before(unit, document, pages)
        target = unit.document(before)
        target = held(line, unit, before, target.version, by)
        behind = parts(document, pages, line.forms.of(document))
        there = parts(target, unit.pages_of_document(before), line.forms.of(target))
        said = sorted([*there, *behind], key=lambda one: _place(unit, one.page))
        after = _judged(line, unit, target, said)
        unit.save_document(after, was_version=target.version)
        unit.save_document(document.to(Step.MERGED, fields={}, findings=(), noted=(), page_count=0), was_version=version)
        _move(unit, behind, before)
        write_down(line, unit, document_id, by, "merged", note=before)
        write_down(line, unit, before, by, "join", note=f"{said.index(behind[0]) + 1}枚目に {len(behind)} 枚を綴じた")
        hold_covers(line, unit, unit.batch(document.batch_id))
        return unit.document(before)


def split(line: Line, document_id: str, version: int, page: int, by: str) -> Document:
    """The new document that begins with the page at this place (2 or higher) of this one, and has all behind it."""
    with line.unit() as unit:
        document = held(line, unit, document_id, version, by)
        pages = unit.pages_of_document(document_id)
        if not 1 < page <= len(pages):
            raise WrongTurn("この位置では分けられません。2枚目以降を開いて分けてください。", code="no_such_page")
        said = _reread(line, unit, parts(document, pages, line.forms.of(document)))
        after = _judged(line, unit, document, said[:page - 1])
        new = _judged(line, unit, begin(document.batch_id, document.business_date), said[page - 1:])
        unit.save_document(after, was_version=version)
        unit.add_document(new)
        _move(unit, said[page - 1:], new.id)
        write_down(line, unit, document_id, by, "split", note=f"{page}枚目から別の書類にした")
        write_down(line, unit, new.id, by, "split_off", note=document_id)
        hold_covers(line, unit, unit.batch(document.batch_id))
        return unit.document(new.id)


def move_page(line: Line, page_id: str, version: int, to: str, by: str) -> Document:
    """The document `to` of the same batch, with this page bound into it where it was fed; what it leaves without any is MERGED.

    `version` is that of the page's document. Raises WrongTurn where either is settled; Leased while another person holds it.
    """
    with line.unit() as unit:
        page = unit.page(page_id)
        if page.document_id is None:
            raise WrongTurn("どの書類にも綴じられていない紙です。", code="no_such_page")
        source = held(line, unit, page.document_id, version, by)
        target = held(line, unit, to, unit.document(to).version, by)
        if source.id == target.id or source.batch_id != target.batch_id:
            raise WrongTurn("同じバッチの、ほかの書類へだけ移せます。", code="no_such_move")
        own = _reread(line, unit, parts(source, unit.pages_of_document(source.id), line.forms.of(source)))
        moved, left = [one for one in own if one.page.id == page_id], [one for one in own if one.page.id != page_id]
        there = parts(target, unit.pages_of_document(to), line.forms.of(target))
        said = sorted([*there, *moved], key=lambda one: _place(unit, one.page))
        emptied = source.to(Step.MERGED, fields={}, findings=(), noted=(), page_count=0)
        unit.save_document(_judged(line, unit, target, said), was_version=target.version)
        unit.save_document(_judged(line, unit, source, left) if left else emptied, was_version=version)
        _move(unit, moved, to)
        write_down(line, unit, source.id, by, "move" if left else "merged", note=to)
        write_down(line, unit, to, by, "join", note=f"{said.index(moved[0]) + 1}枚目に 1 枚を綴じた")
        hold_covers(line, unit, unit.batch(source.batch_id))
        return unit.document(to)


def name_form(line: Line, document_id: str, version: int, form: str, by: str) -> Document:
    """A person says which form the first page is: its fields stand empty and undoubted, to be keyed from picture or paper.

    The form that it has already changes nothing, so that what was keyed stays. Pages behind it that this form takes are read
    into its fields.
    """
    if form not in line.forms or line.forms[form].found == "records":
        raise NotFound(f"帳票 {form} はありません。", code="no_such_form")
    with line.unit() as unit:
        before = held(line, unit, document_id, version, by)
        if before.form == form:
            return before
        pages = unit.pages_of_document(document_id)
        if not pages:
            raise WrongTurn("電子レセプトの様式は、公費負担者番号で決まります。変更できません。", code="no_paper")
        first, *behind = parts(before, pages, line.forms.of(before))
        empty = {name: Field(None, 1.0, "", "none", spec.area, kind=spec.kind) for name, spec in line.forms[form].fields.items()}
        named = replace(first, form=form, fields=empty, noted=tuple(_keyed_instead(finding) for finding in first.noted))
        said = [named, *_reread(line, unit, behind)]
        after = _judged(line, unit, before, said)
        unit.save_document(after, was_version=version)
        _move(unit, said, document_id)
        write_down(line, unit, document_id, by, "name_form", note=form)
        hold_covers(line, unit, unit.batch(before.batch_id))
        return unit.document(document_id)


def _reread(line: Line, unit: Unit, said: Sequence[Part]) -> list[Part]:
    """The parts, with those that had no place in their document told from their readings again, and from what was keyed."""
    return [one if one.fields or one.form is None else _told_again(line, unit, one) for one in said]


def _told_again(line: Line, unit: Unit, one: Part) -> Part:
    told = part(replace(one.page, form=one.form), unit.readings_of_page(one.page.id), line.forms)
    return replace(told, fields={**told.fields, **one.page.keyed})


def _judged(line: Line, unit: Unit, document: Document, said: Sequence[Part]) -> Document:
    """What was keyed blind counts no longer: a field's name may mean another page now."""
    unit.set_aside(document.id, "rebound", None)
    composed = compose(document, said, line.forms)
    noted = tuple(finding for finding in composed.noted if finding.code != DISPUTED)
    return judge(line, unit, recognised(replace(composed, noted=noted), line.forms, unit))


def _move(unit: Unit, said: Sequence[Part], document_id: str) -> None:
    """What people settled in a page is written on the page too: its new document may have no place for it."""
    for one in said:
        keyed = {name: field for name, field in one.fields.items() if field.reader == "person"} or one.page.keyed
        unit.save_page(replace(one.page, document_id=document_id, form=one.form, keyed=keyed), was=Step.BOUND)


def _place(unit: Unit, page: Page) -> tuple[int, int]:
    """Where a page lies in its batch: papers are bound in the order in which they lay, whoever came late."""
    return unit.scan(page.scan_id).pile, page.place


def _before(unit: Unit, document: Document, pages: Sequence[Page]) -> str:
    """The id of the document that the nearest page before these belongs to."""
    pile = unit.scan(pages[0].scan_id).pile
    near = unit.pages_of_batch(document.batch_id, range(max(1, pile - NEAR), pile + 1))
    earlier = near[:[page.id for page in near].index(pages[0].id)]
    for page in reversed(earlier):
        if page.step in (Step.RECEIVED, Step.READ):
            raise WrongTurn("前の紙をまだ読み取っています。少し待ってから綴じてください。", code="still_waiting")
        if page.document_id is not None:
            return page.document_id
    raise WrongTurn("前に書類がありません。バッチの最初の書類です。", code="no_previous")


def _keyed_instead(finding: Finding) -> Finding:
    """A page that no reader could read does not forbid a claim keyed by hand; whoever approves must have seen it."""
    return replace(finding, severity=Severity.W) if finding.code == "V02" else finding
