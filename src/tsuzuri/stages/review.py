"""review: a person's hand on a document. Touches forms and rules; never the store.

`approve` is the one place in the house where a Claim is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.forms import DITTO, Form, claimed, dittoed, repeats
from tsuzuri.model import Claim, Document, Field, Severity, Step, Value
from tsuzuri.rules import KINDS, UNREADABLE, Unreadable, key, mean

Changes = dict[str, list[Value]]

LONGEST_INK = 200       # characters; the longest field of a paper is an address of some 60


def correct(document: Document, changes: Mapping[str, str | None], form: Form) -> tuple[Document, Changes]:
    """The document with typed ink in place of what was read, in REVIEW, and field → [before, after].

    Typed ink goes through the same kinds as read ink; None or "" clears a field. The same value again settles
    it, and what repeats it (〃) follows. Raises Refused (`not_of_kind`, `no_such_field`) and then changes nothing.
    WrongTurn for an approved paper: it has to come back first. Validate what you get.
    """
    if document.step is Step.APPROVED:
        raise WrongTurn("この書類はすでに承認されています。変更はできません。", code="settled")
    before, fields = document.values, dict(document.fields)
    for name, ink in changes.items():
        fields[name] = typed(name, ink or "", form, fields.get(name))
    fields = dittoed(fields, form)
    changed: Changes = {
        name: [before.get(name), field.value] for name, field in fields.items()
        if name in changes or field.value != before.get(name)}
    return document.to(Step.REVIEW, fields=fields), changed


def typed(name: str, ink: str, form: Form, before: Field | None) -> Field:
    """What typed ink makes of a field; raises Refused (`not_of_kind`, `no_such_field`)."""
    spec = form.fields.get(name)
    if spec is None:
        raise Refused("この様式にない項目です。画面を読み直してください。", code="no_such_field", field=name)
    if ink == UNREADABLE or repeats(name, ink):
        raw = ink if ink == UNREADABLE else DITTO
        return Field(None, 1.0, raw, "person", spec.area, before.page if before else 1, kind=spec.kind)
    era = spec.era if isinstance(spec.era, str) else None
    try:
        if len(ink) > LONGEST_INK:
            raise Unreadable(f"{LONGEST_INK}文字まで")
        value = mean(spec.kind, ink, spec.options, era)
    except Unreadable as error:
        message = f"{form.label(name)}は「{error}」で入力してください。"
        raise Refused(message, code="not_of_kind", field=name, expects=KINDS[spec.kind].expects) from None
    return Field(value, 1.0, ink, "person", spec.area, before.page if before else 1, kind=spec.kind)


def approve(
    document: Document, by: str, at: datetime, accepted: Collection[str], ward: str, form: Form,
) -> tuple[Document, tuple[Claim, ...]]:
    """The approved document and the claims made from it. `accepted` holds the keys ("V54:amount") of warnings.

    Raises WrongTurn while a finding blocks (`blocked`) or a warning is not accepted (`not_accepted`, with
    `keys`). One document makes one claim, a sheet that lists patients one for each row that is not crossed out, and a
    form that exports nothing none; their ids follow from the document's.
    """
    if document.form != form.name:
        raise WrongTurn("様式が決まっていないため承認できません。", code="no_form")
    if document.blocked:
        keys = [key(finding) for finding in document.findings if finding.severity.blocks]
        raise WrongTurn("直すべき指摘が残っているため承認できません。", code="blocked", keys=keys)
    warned = [key(finding) for finding in document.findings if finding.severity is Severity.W]
    if left := [k for k in warned if k not in accepted]:
        raise WrongTurn("確認していない警告が残っているため承認できません。", code="not_accepted", keys=left)
    claims = tuple(
        Claim(_claim_id(document, row), document.id, document.batch_id, ward, form.leaves_as, values, by, at, row=row,
              rulebook=document.rulebook)
        for row, values in claimed(form, document.values))
    return document.to(Step.APPROVED), claims


def corrected(
    claims: Collection[Claim], sent: Collection[Claim], turn: int, by: str, at: datetime,
) -> tuple[Claim, ...]:
    """The claims of a document of which some left before (訂正): each that stands is taken back (取消) by one with its very values,
    and each new one names the one of its row that it corrects. What left and is claimed again unchanged makes neither.

    `sent`: the claims that left and were not taken back; `turn`: how often the document was claimed from, 0 for never.
    """
    stands, says = {one.row: one for one in sent}, {one.row: one.values for one in claims}
    same = {row for row, values in says.items() if row in stands and stands[row].values == values}
    back = tuple(
        replace(one, id=_id(f"{one.id}/{turn}"), approved_by=by, approved_at=at, export_run=None, reverses=one.id, corrects=None,
                turn=turn)
        for row, one in stands.items() if row not in same)
    then = turn + bool(back)
    anew = (
        replace(one, id=_id(f"{one.document_id}/{one.row}/{then}") if turn else one.id, turn=then,
                corrects=stands[one.row].id if one.row in stands else None)
        for one in claims if one.row not in same)
    return (*back, *anew)


def _claim_id(document: Document, row: int) -> str:
    """20 characters, the width of the feed's column; 72 bits, so that a million a year will not meet."""
    return _id(f"{document.id}/{row}" if row else document.id)


def _id(named: str) -> str:
    return "CL" + hashlib.sha256(named.encode()).hexdigest()[:18].upper()


def give_back(document: Document, note: str) -> Document:
    """The document, returned to its sender (返戻); `note` is the reason that goes with it. Raises Refused
    without one.
    """
    if not note.strip():
        raise Refused("返戻の理由を書いてください。", code="note_needed")
    return document.to(Step.RETURNED)
