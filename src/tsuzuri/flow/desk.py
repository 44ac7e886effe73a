"""What people at the desk do with a document: hold it, mend it, approve it, send it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tsuzuri.errors import Leased, NotFound, Stale, WrongTurn
from tsuzuri.flow.line import Line, new_id
from tsuzuri.model import Claim, Document, Field, Review, Step, Value
from tsuzuri.stages import review
from tsuzuri.stages.validate import validate
from tsuzuri.store import Unit

Changes = dict[str, list[Value]]


def lease(line: Line, document_id: str, by: str) -> Document:
    """The document, held by this clerk for a while; raises Leased while another holds it."""
    now = line.clock()
    with line.unit() as unit:
        return unit.lease(document_id, by, now + line.limits.lease, now)


def release(line: Line, document_id: str, by: str) -> None:
    """The clerk lets go; letting go of what one does not hold does nothing."""
    with line.unit() as unit:
        unit.release(document_id, by)


def correct(line: Line, document_id: str, version: int, changes: Mapping[str, str | None], by: str) -> Document:
    """The document with the typed values in place of what was read, judged anew. A refused value changes nothing."""
    with line.unit() as unit:
        before = _held(line, unit, document_id, version, by)
        if before.form is None:
            raise WrongTurn("帳票がまだ選ばれていません。先に帳票を選んでください。", code="no_form")
        form = line.forms[before.form]
        after, changed = review.correct(before, changes, form)
        after = validate(after, form)
        unit.save_document(after, was_version=version)
        _write_down(line, unit, after.id, by, "correct", changes=changed)
    return after


def approve(line: Line, document_id: str, version: int, by: str, accepted: Sequence[str] = ()) -> Claim:
    """The claim made from this document. Findings that block, or warnings not accepted, raise WrongTurn."""
    with line.unit() as unit:
        document = _held(line, unit, document_id, version, by)
        return _make_claim(line, unit, document, by, accepted)


def _make_claim(line: Line, unit: Unit, document: Document, by: str, accepted: Sequence[str]) -> Claim:
    batch = unit.batch(document.batch_id)
    if document.form is None:
        raise WrongTurn("帳票がまだ選ばれていません。承認できません。", code="no_form")
    form = line.forms[document.form]
    # Judged again at the last moment: the rules may have been renewed since it was read.
    current = validate(document, form)
    after, claim = review.approve(current, by, line.clock(), accepted, batch.ward, form)
    unit.save_document(after, was_version=document.version)
    unit.add_claim(claim)
    _write_down(line, unit, document.id, by, "approve", accepted=tuple(accepted))
    return claim


def give_back(line: Line, document_id: str, version: int, by: str, note: str) -> Document:
    """The document, returned to its sender (返戻), with the reason."""
    with line.unit() as unit:
        after = review.give_back(_held(line, unit, document_id, version, by), note)
        unit.save_document(after, was_version=version)
        _write_down(line, unit, document_id, by, "give_back", note=note)
    return after


def name_form(line: Line, document_id: str, version: int, form: str, by: str) -> Document:
    """A person says which form this is: its fields stand empty and undoubted, to be keyed from the picture."""
    if form not in line.forms:
        raise NotFound(f"帳票 {form} はありません。", code="no_such_form")
    chosen = line.forms[form]
    with line.unit() as unit:
        before = _held(line, unit, document_id, version, by)
        empty = {name: Field(None, 1.0, "", "none", spec.area) for name, spec in chosen.fields.items()}
        after = replace(before, form=form, form_version=chosen.version, fields=empty, findings=(), version=version + 1)
        after = validate(after, chosen)
        unit.save_document(after, was_version=version)
        _write_down(line, unit, document_id, by, "name_form", note=form)
    return after


def approve_clean(line: Line, by: str, batch_id: str | None = None) -> int:
    """Approve every document against which nothing speaks (of one batch, or all). Returns how many."""
    done = 0
    with line.store.read() as look:
        waiting = list(look.clean_documents(batch_id))
    for document_id in waiting:
        try:
            with line.unit() as unit:
                document = unit.document(document_id)
                if document.step is Step.CLEAN and not _is_held_by_other(line, document, by):
                    _make_claim(line, unit, document, by, ())
                    done += 1
        except WrongTurn:
            continue  # a clerk took it in the meantime, or the rules changed: it stays in the queue
    return done


def _held(line: Line, unit: Unit, document_id: str, version: int, by: str) -> Document:
    document = unit.document(document_id)
    if _is_held_by_other(line, document, by):
        raise Leased("ほかの担当者がこの書類を処理中です。", code="leased")
    if document.version != version:
        raise Stale(
            "この書類はほかで更新されました。画面の値と保存済みの値を見比べてください。",
            stored=dict(document.values), version=document.version,
        )
    return document


def _is_held_by_other(line: Line, document: Document, by: str) -> bool:
    until = document.leased_until
    return document.leased_by not in (None, by) and until is not None and until > line.clock()


def _write_down(
    line: Line, unit: Unit, document_id: str, by: str, action: str, *, note: str = "",
    changes: Changes | None = None, accepted: tuple[str, ...] = (),
) -> None:
    unit.add_review(Review(
        id=new_id("rv"), document_id=document_id, by=by, at=line.clock(), action=action, note=note,
        changes=changes or {}, accepted=accepted,
    ))
