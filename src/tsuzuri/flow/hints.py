"""What lies beside a paper while it is keyed: what each reader made of a field, and what the sheet before it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tsuzuri.flow.binding import readings
from tsuzuri.flow.line import Line
from tsuzuri.flow.lures import lures
from tsuzuri.forms import FieldSpec, Form
from tsuzuri.model import Document, Value
from tsuzuri.rules import Unreadable, mean
from tsuzuri.store import Look

MOST = 5        # candidates a field: as many as there are keys for


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a field may say, and the reader that says so."""

    value: Value
    reader: str


@dataclass(frozen=True, slots=True)
class Hints:
    """Candidates by field, likeliest first; `previous`, the paper that this person worked on before; `following`, after it."""

    candidates: dict[str, list[Candidate]]
    previous: Document | None
    following: str | None


def hints(line: Line, document_id: str, by: str) -> Hints:
    """What lies beside the document, for this person."""
    with line.store.read() as look:
        document = look.document(document_id)
        form = line.forms.of(document)
        found = _candidates(line, look, document, form) if form else {}
        hidden = document.blind | lures(line, look, document).keys()        # there it would tell what was read
        found = {name: told for name, told in found.items() if name not in hidden}
        before, after = look.worked_on(by, document_id)
        return Hints(found, look.document(before) if before else None, after)


def _candidates(line: Line, look: Look, document: Document, form: Form) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for seen in sorted(readings(line, look, document), key=lambda one: -one.confidence):
        spec = form.fields.get(seen.field)
        value = _meant(spec, seen.ink) if spec else None
        mine = found.setdefault(seen.field, [])
        if value is not None and len(mine) < MOST and value not in [one.value for one in mine]:
            mine.append(Candidate(value, seen.reader))
    return {name: told for name, told in found.items() if told}


def _meant(spec: FieldSpec, ink: str) -> Value:
    try:
        return mean(spec.kind, ink, spec.options, spec.era if isinstance(spec.era, str) else None)
    except Unreadable:
        return None


def dittos(previous: Document | None, form: Form, line: Line) -> Mapping[str, Value]:
    """What the sheet before says in the fields that this form has too, of the same kind."""
    there = line.forms.of(previous) if previous else None
    if previous is None or there is None:
        return {}
    return {name: field.value for name, field in previous.fields.items()
            if field.value is not None and name not in previous.blind and name in form.fields and name in there.fields
            and there.fields[name].kind == form.fields[name].kind}
