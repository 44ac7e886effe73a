"""assemble: readings become the document's fields. Touches forms and rules; never the store.

The first reader's ink is taken; a second reader makes it surer or is noted as differing, and never replaces
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tsuzuri.forms import NOWHERE, FieldSpec, Form, dittoed
from tsuzuri.model import Document, Field, Finding, Reading, Value
from tsuzuri.rules import Unreadable, entry, find, mean, plausible, same

SUREST = 0.9999     # two readers that agree may still share an error; nothing read is ever certain


def assemble(document: Document, readings: Iterable[Reading], form: Form) -> Document:
    """The document with one Field for each of the form's; disagreements between readers stand in `noted`
    (V55).

    Fields that a person has settled stay as they are. A field without a reading is blank with confidence 0.
    """
    heard = _by_field(readings)
    fields: dict[str, Field] = {}
    differing: list[Finding] = []
    for name, spec in form.fields.items():
        known = document.fields.get(name)
        if known is not None and known.reader == "person":
            fields[name] = known
            continue
        first, *others = heard.get(name) or [Reading(name, "", 0.0, "none", spec.area)]
        fields[name] = _field(first, spec)
        for other in others:
            if other.reader.split("/")[0] in first.reader.split("+"):
                continue        # it was weighed when the first was read
            fields[name], differs = _weighed(fields[name], other, spec)
            if differs:
                differing.append(find("V55", entry(name, form.label(name), spec.kind, fields[name])))
    noted = tuple(finding for finding in document.noted if finding.code != "V55")
    document = replace(document, form=form.name, form_version=form.version)
    return replace(document, fields=dittoed(fields, form), noted=(*noted, *differing))


def _by_field(readings: Iterable[Reading]) -> Mapping[str, list[Reading]]:
    heard: dict[str, list[Reading]] = {}
    for reading in sorted(readings, key=lambda reading: reading.order):
        heard.setdefault(reading.field, []).append(reading)
    return heard


def _field(reading: Reading, spec: FieldSpec) -> Field:
    value = _value(reading.ink, spec)
    box = None if reading.box == NOWHERE else reading.box
    return Field(value, reading.confidence, reading.ink, reading.reader, box, reading.page, reading.marks)


def _value(ink: str, spec: FieldSpec) -> Value:
    try:
        return mean(spec.kind, ink, spec.options, spec.era if isinstance(spec.era, str) else None)
    except Unreadable:
        return None     # validation finds it: there is ink, and no value


def _weighed(field: Field, other: Reading, spec: FieldSpec) -> tuple[Field, bool]:
    """The field after another reader was heard, and whether the two differ in a way a person must settle.

    A reader that saw nothing, or something that cannot be right, says nothing against the first.
    """
    value = _value(other.ink, spec)
    if not plausible(spec.kind, value):
        return field, False
    if not same(spec.kind, field.value, value):
        return field, True
    both = 1 - (1 - field.confidence) * (1 - other.confidence)
    return replace(field, confidence=max(field.confidence, min(both, SUREST))), False
