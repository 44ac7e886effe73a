"""What people at the desk do with a document: hold it, mend it, approve it, send it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from tsuzuri.errors import Leased, Stale, WrongTurn
from tsuzuri.flow.binding import settled
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.judging import Weighed, judge, keep, weigh, weigh_again
from tsuzuri.flow.letters import write_back
from tsuzuri.flow.line import Line, new_id
from tsuzuri.flow.strokes import Way, strokes
from tsuzuri.forms import Form, asked
from tsuzuri.model import Claim, Document, Review, Step, Value
from tsuzuri.rules import key
from tsuzuri.stages import review
from tsuzuri.store import Look, Unit
from tsuzuri.store.strokes import note_strokes

Changes = dict[str, list[Value]]
OPEN_TO_PEOPLE = frozenset({Step.REVIEW, Step.CLEAN})


def lease(line: Line, document_id: str, by: str) -> Document:
    """The document, held by this clerk for a while; raises Leased while another holds it."""
    now = line.clock()
    with line.unit() as unit:
        return unit.lease(document_id, by, now + line.limits.lease, now)


def release(line: Line, document_id: str, by: str) -> None:
    """The clerk lets go; letting go of what one does not hold does nothing."""
    with line.unit() as unit:
        unit.release(document_id, by)


def correct(
    line: Line, document_id: str, version: int, changes: Mapping[str, str | None], by: str, *,
    how: Mapping[str, Way] | None = None,
) -> Document:
    """The document with the typed values in place of what was read, judged anew; `how` they were confirmed is kept beside.

    A refused value changes nothing. Stale carries both what is stored and what was sent.
    """
    with line.store.read() as look:
        before = _met(line, look, document_id, version, by, changes)
        if before.blind & changes.keys():
            raise WrongTurn("二人が画像だけを見て入力する欄です。「ブラインド入力」の画面で入力してください。", code="keyed_blind")
        after, changed = review.correct(before, changes, _form(line, before))
        weighed = weigh(line, look, after)      # as of now: whoever approves weighs again
    with line.unit() as unit:
        _met(line, unit, document_id, version, by, changes)
        unit.save_document(keep(line, unit, weighed), was_version=version)
        write_down(line, unit, after.id, by, "correct", changes=changed)
        note_strokes(unit, strokes(before, after, how or {}, by, line.clock()))
        hold_covers(line, unit, unit.batch(before.batch_id))
        return unit.document(after.id)


def _met(line: Line, look: Look, document_id: str, version: int, by: str, sent: Mapping[str, str | None]) -> Document:
    """`held`, but that Stale carries what was sent too."""
    try:
        return held(line, look, document_id, version, by)
    except Stale as stale:
        told = stale.details
        raise Stale(stale.message, stored=told["stored"], version=told["version"], sent=dict(sent)) from None


def approve(line: Line, document_id: str, version: int, by: str, accepted: Sequence[str] = ()) -> tuple[Claim, ...]:
    """The claims made from this document. Findings that block, or warnings not accepted, raise WrongTurn.

    Judged again first: where renewed rules find what nobody has seen yet, that is stored and Stale is raised.
    """
    with line.store.read() as look:
        weighed = weigh(line, look, held(line, look, document_id, version, by))
    with line.unit() as unit:
        held(line, unit, document_id, version, by)
        current = _alone(line, unit, weighed)
        if not _unseen(current):
            return _make_claims(line, unit, current, by, accepted)
        unit.save_document(keep(line, unit, current), was_version=version)
    raise Stale(
        "点検の規則が新しくなり、指摘が増えました。指摘を確認してから承認してください。",
        stored=current.document.values, version=current.document.version,
    )


def _alone(line: Line, unit: Unit, weighed: Weighed) -> Weighed:
    """What was weighed as it stands now: nobody else approves a claim of the same number and month until this unit ends."""
    unit.alone_about(asked(_form(line, weighed.before), weighed.before.values))
    return weigh_again(line, unit, weighed)


def _unseen(weighed: Weighed) -> bool:
    return bool({key(finding) for finding in weighed.document.findings} - {key(finding) for finding in weighed.before.findings})


def _form(line: Line, document: Document) -> Form:
    form = line.forms.of(document)
    if form is None:
        raise WrongTurn("帳票が決まっていません。先に帳票を選んでください。", code="no_form")
    return form


def _make_claims(line: Line, unit: Unit, weighed: Weighed, by: str, accepted: Sequence[str]) -> tuple[Claim, ...]:
    document = weighed.before
    batch, form = unit.batch(document.batch_id), _form(line, document)
    if form.cover and not settled(unit, batch):
        raise WrongTurn("バッチがまだ閉じられていないか、読み取りの途中です。総括表は、請求書がそろってから承認してください。",
                        code="cover_waits")
    after, claims = review.approve(keep(line, unit, weighed), by, line.clock(), accepted, batch.ward, form)
    sent = unit.claims_standing(document.id)
    told = review.corrected(claims, sent, unit.next_turn(document.id), by, line.clock())
    unit.save_document(after if told or not sent else after.to(Step.EXPORTED), was_version=document.version)
    for claim in told:
        unit.add_claim(claim)
    unit.answer(document.id, by, line.clock())
    write_down(line, unit, document.id, by, "approve", accepted=tuple(accepted))
    return told


def give_back(line: Line, document_id: str, version: int, by: str, note: str) -> Document:
    """The document, returned to its sender (返戻), with the reason; its 返戻票 is written with it."""
    with line.unit() as unit:
        before = held(line, unit, document_id, version, by)
        after, batch = review.give_back(before, note), unit.batch(before.batch_id)
        unit.save_document(after, was_version=version)
        for claim in review.corrected((), unit.claims_standing(document_id), unit.next_turn(document_id), by, line.clock()):
            unit.add_claim(claim)      # what had left is taken back
        unit.answer(document_id, by, line.clock())
        write_down(line, unit, document_id, by, "give_back", note=note)
        write_back(line, unit, after, by, note)
        hold_covers(line, unit, batch)
    return after


def reopen(line: Line, document_id: str, version: int, by: str) -> Document:
    """A return that was a mistake is taken back: the document is judged anew and stands in review."""
    with line.unit() as unit:
        before = held(line, unit, document_id, version, by, frozenset({Step.RETURNED}))
        unit.drop_unsent(document_id)      # it was to be taken back, and is not
        judged = judge(line, unit, before.to(Step.REVIEW))
        after, batch = replace(judged, step=Step.REVIEW, version=version + 1), unit.batch(before.batch_id)
        unit.save_document(after, was_version=version)
        write_down(line, unit, document_id, by, "reopen")
        hold_covers(line, unit, batch)
        return unit.document(document_id)


def approve_clean(line: Line, by: str, batch_id: str | None = None) -> int:
    """Approve every document against which nothing speaks (of one batch, or all). Returns how many.

    Documents against which renewed rules speak go to review instead; those that a clerk holds are left alone.
    """
    done = 0
    with line.store.read() as look:
        waiting = list(look.clean_documents(batch_id))
    for document_id in waiting:
        with suppress(WrongTurn):    # a clerk was faster, or its form is gone: it stays in the queue
            done += _approve_clean(line, document_id, by)
    return done


def _approve_clean(line: Line, document_id: str, by: str) -> bool:
    with line.store.read() as look:
        document = look.document(document_id)
        if document.step is not Step.CLEAN or held_by_other(line, document, by):
            return False
        weighed = weigh(line, look, document)
    with line.unit() as unit:
        held(line, unit, document_id, document.version, by)
        current = _alone(line, unit, weighed)
        if current.document.step is Step.CLEAN:
            _make_claims(line, unit, current, by, ())
        else:
            unit.save_document(keep(line, unit, current), was_version=document.version)
        return current.document.step is Step.CLEAN


def held(
    line: Line, look: Look, document_id: str, version: int, by: str, steps: frozenset[Step] = OPEN_TO_PEOPLE,
) -> Document:
    """The document, as it was on the person's screen and theirs to change; raises Leased, Stale or WrongTurn."""
    document = look.document(document_id)
    if held_by_other(line, document, by):
        raise Leased("ほかの担当者がこの書類を処理中です。", code="leased")
    if document.version != version:
        raise Stale(
            "この書類はほかで更新されました。画面の値と保存済みの値を見比べてください。",
            stored=dict(document.values), version=document.version,
        )
    if document.step is Step.WAITING:
        raise WrongTurn("続く紙の読み取りを待っています。読み終わるまで、しばらくお待ちください。", code="still_waiting")
    if document.step not in steps:
        raise WrongTurn("この書類はすでに承認または返戻されています。変更はできません。", code="settled")
    return document


def held_by_other(line: Line, document: Document, by: str) -> bool:
    """Whether somebody else has the document before them just now."""
    until = document.leased_until
    return document.leased_by not in (None, by) and until is not None and until > line.clock()


def write_down(
    line: Line, unit: Unit, document_id: str, by: str, action: str, *, note: str = "",
    changes: Changes | None = None, accepted: tuple[str, ...] = (),
) -> None:
    """Keep what a person did."""
    unit.add_review(Review(
        id=new_id("rv"), document_id=document_id, by=by, at=line.clock(), action=action, note=note,
        changes=changes or {}, accepted=accepted,
    ))
