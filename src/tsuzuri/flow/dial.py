"""The target dial: what other targets would cost and let through, before anybody changes them. Changes nothing on the line.

What is reckoned comes of the measured papers; what is replayed comes of the office's own: their readings are judged again under
both targets, and what a person made of each field says whether it may have passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tsuzuri.flow import studio
from tsuzuri.flow.binding import readings
from tsuzuri.flow.judging import beside
from tsuzuri.flow.line import Line
from tsuzuri.flow.recognising import recognised
from tsuzuri.forms import Form
from tsuzuri.forms.drafted import Draft, drafted_from
from tsuzuri.model import Document, Severity, Step
from tsuzuri.rules import Known, same
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.keyed import BY_PEOPLE
from tsuzuri.stages.labour import Aims, aimed, aims_of, decided_by_target
from tsuzuri.stages.validate import validate
from tsuzuri.store import Look, past
from tsuzuri.store import strokes as kept
from tsuzuri.store.decisions import Decision, decide
from tsuzuri.store.studio import KeptDraft

PERSON = "person"
LAST = 60               # documents from which it is told how often a field holds anything
DAYS = 30               # a month, for what comes in and how fast people are
SECONDS = 2.0           # a look at one field, where nobody was measured yet
LONGEST_S = 60          # a look that took longer was somebody called away


@dataclass(frozen=True, slots=True)
class Office:
    """What the office's own papers say of a form: by field the share that holds something, of how many documents; seconds a look,
    of how many looks; documents in review now, and those of the last DAYS.
    """

    filled: Mapping[str, float]
    documents: int
    seconds: float
    looks: int
    waiting: int
    month: int


@dataclass
class Replayed:
    """What came of stored documents under some targets. Of the fields that pass, `checked` a person has seen all the same, and
    `corrected` had another value afterwards.
    """

    documents: int = 0
    seen: int = 0               # documents that a person would have before them
    shown: int = 0              # fields that a finding would put before a person
    passed: int = 0
    checked: int = 0
    corrected: int = 0


def office(line: Line, name: str) -> Office:
    """What is known of a form here."""
    form, now = line.forms[name], line.clock()
    with line.store.read() as look:
        last = past.newest(look, name, LAST)
        waiting = past.count_of(look, name, steps=(Step.REVIEW,))
        month = past.count_of(look, name, line.today() - timedelta(days=DAYS))
        paces = kept.paces(look, now - timedelta(days=DAYS), now + timedelta(seconds=1))
    filled = {field: sum(_holds(one, field) for one in last) / len(last) for field in form.fields} if last else {}
    looks, seconds = _seconds(paces)
    return Office(filled, len(last), seconds, looks, waiting, month)


def replay(line: Line, name: str, aims: Sequence[Aims], limit: int) -> list[Replayed]:
    """The newest documents that were settled, judged again as they were read, under each of these targets."""
    told = [Replayed() for _ in aims]
    with line.store.read() as look:
        settled = past.newest(look, name, limit)
    for document in settled:
        form = line.forms.of(document)
        if form is None:
            continue
        with line.store.read() as look:
            read, known = _as_read(line, look, document, form)
        for one, sums in zip(aims, told, strict=True):
            judged_by = aimed(form, one)
            _count(document, validate(read, judged_by, known), judged_by, sums)
    return told


def _as_read(line: Line, look: Look, document: Document, form: Form) -> tuple[Document, Known]:
    """The document before any person saw it, and what is known beside it."""
    noted = tuple(finding for finding in document.noted if finding.code not in BY_PEOPLE)
    unread = replace(document, fields={}, findings=(), noted=noted, step=Step.REVIEW)
    read = recognised(assemble(unread, readings(line, look, document), form), line.forms, look)
    return read, beside(look, document, form)


def propose(line: Line, name: str, aims: Aims, by: str, why: str) -> KeptDraft:
    """The targets as a draft of the form, for another supervisor to review and put among the forms; the proposal is kept."""
    before, city = line.forms[name], studio.folders(line)
    told = retold(drafted_from(name, city), aims)
    draft = studio.keep(line, told, None, by)
    now = aims_of(before).levers()
    moved = {lever: [now[lever], aim] for lever, aim in aims.levers().items() if aim != now.get(lever)}
    with line.unit() as unit:
        decide(unit, Decision(line.clock(), by, "propose_target", name, why, {"draft": draft.n, "moved": moved}))
    return draft


def retold(draft: Draft, aims: Aims) -> Draft:
    """The form's YAML with these targets, each where it is said now."""
    tree = dict(draft.tree)
    review = {**tree.get("review", {}), "target": aims.whole}
    tree["review"] = review | ({"targets": dict(aims.kinds)} if aims.kinds else {})
    tree["fields"] = {name: _retold(spec, aims.fields.get(name)) for name, spec in tree.get("fields", {}).items()}
    if "rows" in tree:
        tree["rows"] = {table: {**rows, "fields": {name: _retold(spec, aims.fields.get(f"{table}.{name}"))
                                                   for name, spec in rows.get("fields", {}).items()}}
                        for table, rows in tree["rows"].items()}
    return replace(draft, tree=tree)


def _retold(spec: dict[str, object], aim: float | None) -> dict[str, object]:
    return spec if aim is None or "target" not in spec else {**spec, "target": aim}


def _holds(document: Document, name: str) -> bool:
    field = document.fields.get(name)
    return field is not None and field.value not in (None, False, "")


def _seconds(paces: Iterable[kept.Pace]) -> tuple[int, float]:
    """(looks, mean seconds of one) over all people, at what is confirmed field by field."""
    each = [(min(tenth / 10 + 0.05, LONGEST_S), many) for pace in paces if pace.mode in ("sheet", "run")
            for tenth, many in pace.tenths.items()]
    looks = sum(many for _, many in each)
    return looks, sum(took * many for took, many in each) / looks if looks else SECONDS


def _count(document: Document, judged: Document, form: Form, sums: Replayed) -> None:
    waits = {finding.field for finding in judged.findings if finding.severity is not Severity.I}
    sums.documents += 1
    sums.seen += judged.step is Step.REVIEW
    for name in decided_by_target(form):
        if name not in judged.fields or name not in document.fields:
            continue
        if name in waits:
            sums.shown += 1
            continue
        now = document.fields[name]
        sums.passed += 1
        sums.checked += now.reader == PERSON
        sums.corrected += now.reader == PERSON and not same(form.fields[name].kind, now.value, judged.fields[name].value)
