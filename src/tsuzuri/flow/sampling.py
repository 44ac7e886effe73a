"""Measured truth: fields drawn blind from what passed, judged right, wrong or illegible, and what follows from a wrong one."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from tsuzuri.errors import Refused
from tsuzuri.flow.binding import readings
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.desk import OPEN_TO_PEOPLE, write_down
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.forms import Form, asked_as
from tsuzuri.model import Document, Field, Review, Step
from tsuzuri.rules import entry, find
from tsuzuri.store import Look, Unit
from tsuzuri.store import samples as drawn_ones
from tsuzuri.store.decisions import Decision, decide
from tsuzuri.store.samples import WRONG, Sample
from tsuzuri.store.strokes import last_flags

MOST = 500          # fields of one kind that one draw may ask for: an hour of somebody's work
OPENED = 40         # documents opened for each field asked for: a rare kind of field may come out fewer
VERDICTS = ("right", "wrong", "illegible")
PERSON = "person"
Picked = tuple[Document, str]      # a document and the name of one of its fields


@dataclass(frozen=True, slots=True)
class Plan:
    """Which fields to draw: of a month ("2026-05") and a form, `many` of each field without row number (`asked`; "": of every one).

    Half of them, as far as there are so many, from what a person settled, the others from what passed unseen.
    """

    month: str
    form: str
    asked: str
    many: int
    ward: str | None = None


def draw_sample(line: Line, plan: Plan, by: str, seed: int | None = None) -> int:
    """How many fields were drawn. The same seed draws the same fields of the same documents; it is kept with the decision.

    Of a row's field one row a document is drawn: rows of one sheet err together, and an interval must not count them as many.
    """
    since, before = month_of(plan.month)
    form = line.forms.get(plan.form)
    if form is None or not 1 <= plan.many <= MOST:
        raise Refused(f"帳票と、1～{MOST} の件数を選んでください。", code="bad_plan")
    seed = secrets.randbits(31) if seed is None else seed
    with line.store.read() as look:      # documents are opened by the thousand: nobody who writes waits for that
        there = drawn_ones.passed(look, plan.form, since, before, plan.ward)
        chosen = _chosen(line, look, plan, [document_id for _, document_id in there], random.Random(seed))
        found = [_sample(line, look, plan, document, name) for document, name in chosen]
    with line.unit() as unit:
        drawn_ones.add_samples(unit, found)
        told = {"seed": seed, "many": plan.many, "of": len(there), "drawn": len(found), "ward": plan.ward}
        about = " ".join(filter(None, (plan.month, plan.form, plan.asked)))
        decide(unit, Decision(line.clock(), by, "draw", about, told=told))
    return len(found)


def month_of(month: str) -> tuple[date, date]:
    """The first day of "2026-05" and of the month after; raises Refused."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Refused("年月を 2026-05 のように選んでください。", code="bad_month") from None
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


class _Halves:
    """How many fields of each kind are still wanted: `many` of each, half of them settled by a person."""

    def __init__(self, many: int) -> None:
        self.many = many
        self.taken: dict[tuple[str, bool], list[Picked]] = {}

    def offer(self, asked: str, by_hand: bool, picked: Picked) -> None:
        """Take it if its half, or what the other half may leave over, has room."""
        mine = self.taken.setdefault((asked, by_hand), [])
        if len(mine) < self.many:
            mine.append(picked)

    @property
    def full(self) -> bool:
        """Whether nothing more is wanted of any kind of field that was met."""
        kinds = {asked for asked, _ in self.taken}
        return bool(kinds) and all(len(self.taken.get((asked, half), ())) >= self.many // 2 + 1
                                   for asked in kinds for half in (True, False))

    def chosen(self) -> Iterator[Picked]:
        """Half and half; what one lacks the other gives."""
        for asked in dict.fromkeys(asked for asked, _ in self.taken):
            hand, unseen = self.taken.get((asked, True), []), self.taken.get((asked, False), [])
            most = max(self.many // 2, self.many - len(unseen))
            yield from hand[:most]
            yield from unseen[: self.many - min(len(hand), most)]


def _chosen(line: Line, look: Look, plan: Plan, ids: list[str], dice: random.Random) -> list[Picked]:
    dice.shuffle(ids)
    halves = _Halves(plan.many)
    for document_id in ids[: plan.many * OPENED]:
        document = look.document(document_id)
        form = line.forms.of(document)
        if form is None or not any(page.picture for page in look.pages_of_document(document_id)):
            continue
        before = drawn_ones.sampled(look, document_id)
        for asked, names in _named(document, form, plan.asked).items():
            name = dice.choice(names)
            if name not in before:
                halves.offer(asked, document.fields[name].reader == PERSON, (document, name))
        if halves.full:
            break
    return list(halves.chosen())


def _named(document: Document, form: Form, asked: str) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for name in _standing(document, form):
        if asked in ("", asked_as(name)):
            named.setdefault(asked_as(name), []).append(name)
    return named


def _sample(line: Line, look: Look, plan: Plan, document: Document, name: str) -> Sample:
    field = document.fields[name]
    by_hand = field.reader == PERSON
    readers = [seen.reader for seen in readings(line, look, document) if seen.field == name]
    return Sample(
        plan.month, document.id, name, plan.form, asked_as(name), look.batch(document.batch_id).ward, field.value,
        reader=(next(iter(readers), "none") if by_hand else field.reader)[:64],
        operator=_settled_by(look.reviews(document.id), name) if by_hand else None,
        flagged=last_flags(look, document.id).get(name, "") if by_hand else "")


def _standing(document: Document, form: Form) -> Iterator[str]:
    """The document's fields, but for rows that hold nothing or are crossed out."""
    lines = {table: set(form.lines(table, document.values)) for table in form.rows}
    for name in form.fields:
        table, _, rest = name.partition(".")
        if name in document.fields and (not rest or int(rest.split(".")[0]) in lines.get(table, ())):
            yield name


def _settled_by(acts: list[Review], name: str) -> str:
    """Who settled the field last; "?" where that was not written down."""
    return next((act.by for act in reversed(acts) if name in act.changes), "?")


def judge_sample(line: Line, n: int, verdict: str, by: str) -> str:
    """Keep the verdict. Of a wrong field: "review" if its paper stands in review again, "noted" if it had left; else ""."""
    if verdict not in VERDICTS:
        raise Refused("判定は 正しい・誤り・判読不能 のいずれかです。", code="bad_verdict")
    with line.unit() as unit:
        one = drawn_ones.sample(unit, n)
        drawn_ones.judge_sample(unit, n, verdict, by, line.clock())
        return _follow_up(line, unit, one, by) if verdict == WRONG else ""


def unjudge_sample(line: Line, n: int, by: str) -> None:
    """Take one's own verdict back. A paper that went back to review stays there: one more look harms nobody."""
    with line.unit() as unit:
        drawn_ones.unjudge_sample(unit, n, by)


def _follow_up(line: Line, unit: Unit, one: Sample, by: str) -> str:
    document = unit.document(one.document_id)
    form, field = line.forms.of(document), document.fields.get(one.field)
    write_down(line, unit, document.id, by, "found_wrong", note=form.label(one.field) if form else one.field)
    if form is None or field is None or field.value != one.value or document.step not in (*OPEN_TO_PEOPLE, Step.APPROVED):
        return "noted"
    if document.step is Step.APPROVED:
        unit.withdraw_claims(document.id)
    _back(line, unit, document, one, field, form)
    return "review"


def _back(line: Line, unit: Unit, document: Document, one: Sample, field: Field, form: Form) -> None:
    """The paper stands in review, the field open again, and says why."""
    told = find("H60", entry(one.field, form.label(one.field), form.fields[one.field].kind, field))
    opened = replace(field, confidence=0.0, reader=one.reader)
    back = document.to(Step.REVIEW, fields={**document.fields, one.field: opened}, noted=(*document.noted, told))
    unit.save_document(judge(line, unit, back), was_version=document.version)
    hold_covers(line, unit, unit.batch(document.batch_id))
