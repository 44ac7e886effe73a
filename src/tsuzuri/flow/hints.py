"""What lies beside a paper while it is keyed: what each reader made of a field, and what the sheet before it said."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Dittos:
    """What the sheet before says in fields that are the same here, and for others of the form's `ditto` why they may not be."""

    values: dict[str, Value]
    why: dict[str, str]


def dittos(previous: Document | None, document: Document, form: Form, line: Line) -> Dittos:
    """What may be taken over from the sheet before: fields of whoever stands on both, told by their number (the form's `ditto`)."""
    there, told = line.forms.of(previous) if previous else None, Dittos({}, {})
    for number, names in form.ditto.items():
        known = previous is not None and there is not None and number in there.fields
        why = _another(previous, document, form, number) if previous and known else "同じ欄のある直前の書類がありません。"
        for name in names:
            field = previous.fields.get(name) if previous and there and name in there.fields else None
            if why or previous is None or field is None or field.value is None or name in previous.blind:
                told.why[name] = why or "直前の書類に、この欄の値はありません。"
            elif there and there.fields[name].kind == form.fields[name].kind:
                told.values[name] = field.value
    return told


def _another(previous: Document, document: Document, form: Form, number: str) -> str:
    """Why the sheet before is not known to be of the same person or institution; "" where it is."""
    mine, label = document.values.get(number), form.label(number)
    if mine is None or number in document.blind or number in previous.blind:
        return f"{label}がまだ決まっていないため、直前の書類と同じかどうか分かりません。"
    return "" if mine == previous.values.get(number) else f"直前の書類とは{label}が違います。"
