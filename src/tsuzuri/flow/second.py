"""Blind second keying (ベリファイ): two key a field from its picture alone; where they differ, a third judges (裁定)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from tsuzuri.errors import Leased, Stale, WrongTurn
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.desk import OPEN_TO_PEOPLE, held_by_other, write_down
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.forms import Form
from tsuzuri.model import DISPUTED, ILLEGIBLE, TO_KEY, Document, Finding, Step
from tsuzuri.rules import entry, find
from tsuzuri.stages import review
from tsuzuri.stages.twice import READER, Blind, agreeing, differ, fuller
from tsuzuri.store import Unit
from tsuzuri.store.entries import Entry


class Came(StrEnum):
    """What came of an entry: it waits for a second one, settled the field, differed, or nobody can read it; or it differed and its
    account is asked once more.
    """

    FIRST = "first"
    ASKED = "asked"
    AGREED = "agreed"
    DIFFERED = "differed"
    ILLEGIBLE = "illegible"


SETTLING = ("agreed", "judge")       # acts that give a field its value


class Verdict(StrEnum):
    """What a third says of two entries that differ: one of them, or another value, is right; none, key again; unreadable."""

    RIGHT = "right"
    AGAIN = "again"
    ILLEGIBLE = "illegible"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a document as it was on the screen."""

    document_id: str
    version: int
    name: str


def key_blind(line: Line, at: Field, ink: str | None, by: str) -> tuple[Document, Came]:
    """Keep what `by` made of the field's picture; "" is blank, None unreadable. The document, and what came of it.

    Raises WrongTurn where the field waits for nobody (`not_waiting`), or not for this account (`keyed_already`,
    `judged_already`); Refused (`not_of_kind`); Stale where the paper is another than was on the screen.
    """
    with line.unit() as unit:
        document, form = _waiting(line, unit, at, TO_KEY)
        before = unit.entries(document.id, at.name)
        if any(known.by == by for known in before):
            raise WrongTurn("この欄は、あなたがもう入力しました。もう一人は別の担当者です。", code="keyed_already")
        if unit.has_judged(document.id, at.name, by):
            raise WrongTurn("この欄は、あなたが裁定で二人の値を見ています。別の担当者が入力します。", code="judged_already")
        mine = _read(document, form, at.name, ink, by)
        told = [*_reader(document, form, at.name), *(Blind(e.by, e.ink, e.value, e.legible) for e in before), mine]
        people = [said for said in told if said.by != READER]
        kind = form.fields[at.name].kind
        agreed = None if not before else agreeing(kind, people) is not None
        unit.add_entry(document, at.name, Entry(0, by, mine.ink, mine.value, mine.legible), line.clock(), agreed)
        after, came = _settled(document, form, at.name, told)
        if came is Came.DIFFERED and form.review.ask_again and not unit.was_asked_again(document.id, at.name, by):
            unit.set_aside(document.id, Came.ASKED, by, [at.name], keyed_by=by)
            return document, Came.ASKED
        if came is Came.FIRST:
            return document, came
        return _store(line, unit, (document, after), at.name, by, came.value, "・".join(said.by for said in people)), came


def _settled(document: Document, form: Form, name: str, told: list[Blind]) -> tuple[Document, Came]:
    pair = agreeing(form.fields[name].kind, told)
    if pair is None and not differ(told):
        return document, Came.FIRST
    if pair is None:
        return _noted(document, form, name, DISPUTED), Came.DIFFERED
    if not pair[0].legible:
        return _noted(document, form, name, ILLEGIBLE), Came.ILLEGIBLE
    return _with(document, form, name, fuller(*pair).ink), Came.AGREED


def adjudicate(line: Line, at: Field, verdict: Verdict, ink: str, by: str) -> Document:
    """The document with what a third says of a field that two keyed differently; `ink` is the right value's.

    None is right: both are set aside, and two others than the judge key it again. Raises WrongTurn where nothing is to be
    judged (`not_waiting`), or `by` is one of the two (`own_entry`); Leased while another third has the paper before them.
    """
    with line.unit() as unit:
        document, form = _waiting(line, unit, at, DISPUTED)
        if held_by_other(line, document, by):
            raise Leased("ほかの担当者がこの書類を処理中です。", code="leased")
        if any(known.by == by for known in unit.entries(document.id, at.name)):
            raise WrongTurn("あなたが入力した欄です。裁定は、入力した二人のほかの人がします。", code="own_entry")
        without = replace(document, noted=_others(document, at.name))
        if verdict is Verdict.RIGHT:
            after, word = _with(without, form, at.name, ink), "judge"
        elif verdict is Verdict.AGAIN:
            unit.set_aside(document.id, "again", by, [at.name])
            after, word = without.to(Step.REVIEW), "key_again"
        else:
            after, word = _noted(without, form, at.name, ILLEGIBLE), "illegible"
        return _store(line, unit, (document, after), at.name, by, word)


def take_back_blind(line: Line, at: Field, by: str) -> Document:
    """The account's own entry is taken back, while nobody has keyed the field after it; raises WrongTurn (`nothing_to_undo`)."""
    with line.unit() as unit:
        document = _held(unit, at.document_id)
        mine = [known for known in unit.entries(document.id, at.name) if known.by == by]
        if not mine or at.name not in _marked(document, TO_KEY):
            raise WrongTurn("この入力は取り消せません。もう一人の入力と突き合わせ済みです。", code="nothing_to_undo")
        unit.set_aside(document.id, "taken_back", by, [at.name], keyed_by=by)
        return document


def _waiting(line: Line, unit: Unit, at: Field, code: str) -> tuple[Document, Form]:
    """The document, held, and its form; another's lease does not matter to who keys: of this field nobody else is shown a value."""
    document = _held(unit, at.document_id)
    form = line.forms.of(document)
    if form is None or document.step not in OPEN_TO_PEOPLE or at.name not in _marked(document, code):
        raise WrongTurn("この欄は、もう入力や裁定を待っていません。", code="not_waiting")
    if document.version != at.version:
        raise Stale("この書類はほかで更新されました。", stored={}, version=document.version)
    return document, form


def _held(unit: Unit, document_id: str) -> Document:
    """The document, its batch held against other units until this one ends: of two entries one is the second."""
    unit.batch(unit.document(document_id).batch_id)
    return unit.document(document_id)


def _marked(document: Document, code: str) -> frozenset[str]:
    return frozenset(finding.field for finding in document.findings if finding.code == code and finding.field)


def _read(document: Document, form: Form, name: str, ink: str | None, by: str) -> Blind:
    """What was typed, as its kind takes it; raises Refused (`not_of_kind`)."""
    if ink is None:
        return Blind(by, "", None, legible=False)
    typed = review.typed(name, ink, form, document.fields.get(name))
    return Blind(by, ink, typed.value if typed.value is not None else typed.raw.strip() or None)


def _reader(document: Document, form: Form, name: str) -> Iterable[Blind]:
    """What was read, where the form counts it as one of the two."""
    field = document.fields.get(name)
    if form.review.with_reader and field is not None and field.reader != "none" and (field.value is not None or not field.raw):
        yield Blind(READER, field.raw, field.value)


def _with(document: Document, form: Form, name: str, ink: str) -> Document:
    return review.correct(document, {name: ink}, form)[0]


def _noted(document: Document, form: Form, name: str, code: str) -> Document:
    said = entry(name, form.label(name), form.fields[name].kind, document.fields[name])
    return document.to(Step.REVIEW, noted=(*_others(document, name), find(code, said)))


def _others(document: Document, name: str) -> tuple[Finding, ...]:
    return tuple(f for f in document.noted if f.field != name or f.code not in (DISPUTED, ILLEGIBLE))


def _store(
    line: Line, unit: Unit, moved: tuple[Document, Document], name: str, by: str, word: str, note: str = "",
) -> Document:
    """Judge anew, save, and keep who did what to which field."""
    before, after = moved
    unit.save_document(judge(line, unit, after), was_version=before.version)
    pair = [before.fields[name].value if name in before.fields else None, after.fields[name].value]
    write_down(line, unit, before.id, by, word, changes={name: pair} if word in SETTLING else {}, note=note)
    hold_covers(line, unit, unit.batch(before.batch_id))
    return unit.document(before.id)
