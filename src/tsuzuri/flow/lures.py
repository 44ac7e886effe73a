"""Against trusting the machine: a few fields that a person must confirm are shown wrong, or empty. None of it is ever stored.

Which, follows from the document's and the field's names and the city's shares alone, until somebody has answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from random import Random

from tsuzuri.flow.desk import OPEN_TO_PEOPLE, correct, held
from tsuzuri.flow.line import Line
from tsuzuri.flow.strokes import Way
from tsuzuri.forms import FieldSpec, Form
from tsuzuri.model import Document, Severity, Value
from tsuzuri.rules import Unreadable, mean
from tsuzuri.rules.lures import misread
from tsuzuri.store import Look
from tsuzuri.store.strokes import Stroke, lured_fields, note_strokes

ALWAYS = "H06"      # the finding of a field that a person must always see: the critical ones
DOUBTS = frozenset({"V54", ALWAYS})


def lures(line: Line, look: Look, document: Document) -> dict[str, str]:
    """Field → what is shown instead of its value: a misreading, or "" for a critical field that is to be keyed from the paper."""
    form = line.forms.of(document)
    if form is None or document.step not in OPEN_TO_PEOPLE or not (line.city.lures or line.city.blind):
        return {}
    told = {name: text for name in form.fields if (text := _lure(line, document, form, name)) is not None}
    return {name: text for name, text in told.items() if name not in lured_fields(look, document.id)} if told else {}


def as_shown(document: Document, form: Form, shows: Mapping[str, str]) -> Document:
    """The document as it is shown: what is reckoned beside a field must not tell what was read there."""
    told = {name: replace(document.fields[name], value=_means(form.fields[name], text)) for name, text in shows.items()}
    return replace(document, fields={**document.fields, **told})


def _lure(line: Line, document: Document, form: Form, name: str) -> str | None:
    field = document.fields.get(name)
    codes = {finding.code for finding in document.findings if finding.field == name and finding.severity is not Severity.I}
    if field is None or field.value is None or field.reader == "person" or not codes or not codes <= DOUBTS:
        return None
    dice = Random(f"{document.id} {name}")
    if dice.random() < line.city.lures:
        return misread(form.fields[name].kind, field.value, dice)
    return "" if ALWAYS in codes and not form.fields[name].options and dice.random() < line.city.blind else None


def confirm(
    line: Line, document_id: str, version: int, changes: Mapping[str, str | None], by: str, *, how: Mapping[str, Way],
) -> tuple[Document, list[str]]:
    """`correct`, for a page that shows lures; and the fields whose lure was confirmed: of these nothing is stored."""
    with line.store.read() as look:
        shows = lures(line, look, look.document(document_id))
    if not shows:       # of most papers: and there a stale save is told of with all that was sent
        return correct(line, document_id, version, changes, by, how=how), []
    with line.unit() as unit:
        document = held(line, unit, document_id, version, by)
        met = {name: text for name, text in lures(line, unit, document).items() if name in changes and name in how}
        form = line.forms.of(document)
        fell = [name for name, text in met.items() if form and _alike(form.fields[name], text, changes[name] or "")]
        note_strokes(unit, [
            Stroke(document_id, name, how[name].mode, by, line.clock(), how[name].took_ms, how[name].keys,
                   changed=name not in fell, lure=text, caught=name not in fell) for name, text in met.items()])
    rest = {name: ink for name, ink in changes.items() if name not in fell}
    if rest:
        paced = {name: way for name, way in how.items() if name not in met}
        document = correct(line, document_id, version, rest, by, how=paced)
    return document, fell


def overlooked(line: Line, document_id: str, by: str, accepted: Iterable[str]) -> list[str]:
    """Fields whose doubt was accepted while a lure stood in them. They are told of once: then the true reading stands there."""
    fields = {key.partition(":")[2] for key in accepted}
    with line.store.read() as look:
        if not fields & lures(line, look, look.document(document_id)).keys():
            return []
    with line.unit() as unit:
        found = {name: text for name, text in lures(line, unit, unit.document(document_id)).items() if name in fields}
        note_strokes(unit, [Stroke(document_id, name, "sheet", by, line.clock(), 0, 0, changed=False, lure=text, caught=False)
                            for name, text in found.items()])
    return list(found)


def _alike(spec: FieldSpec, shown: str, ink: str) -> bool:
    """Whether what was typed means what was shown."""
    try:
        return mean(spec.kind, shown, spec.options) == mean(spec.kind, ink, spec.options, _era(spec))
    except Unreadable:
        return False


def _means(spec: FieldSpec, text: str) -> Value:
    try:
        return mean(spec.kind, text, spec.options, _era(spec)) if text else None
    except Unreadable:
        return None


def _era(spec: FieldSpec) -> str | None:
    return spec.era if isinstance(spec.era, str) else None
