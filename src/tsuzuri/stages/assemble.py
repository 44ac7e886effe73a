"""assemble: readings become the document's fields. Touches forms and rules; never the store.

The reading that counts is taken, as sure as all its evidence was measured to make it; an independent reader who differs is
noted, and never replaces it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tsuzuri.forms import NOWHERE, Form, dittoed
from tsuzuri.model import Document, Field, Finding, Reading
from tsuzuri.rules import entry, find
from tsuzuri.stages.sure import DIFFERS, evidence, sureness, value


def assemble(document: Document, readings: Iterable[Reading], form: Form) -> Document:
    """The document with one Field for each of the form's; disagreements between readers stand in `noted` (H41).

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
        said = heard.get(name) or [Reading(name, "", 0.0, "none", spec.area)]
        found = evidence(said, spec)
        first = said[0]
        sure = round(sureness(spec, found), 6)
        box = None if first.box == NOWHERE else first.box
        said_so = value(first.ink, spec)
        fields[name] = Field(said_so, sure, first.ink, first.reader, box, first.page, first.marks, spec.kind, first.others)
        if found.second.endswith(DIFFERS):
            differing.append(find("H41", entry(name, form.label(name), spec.kind, fields[name])))
    noted = tuple(finding for finding in document.noted if finding.code != "H41")
    document = replace(document, form=form.name, form_version=form.version)
    return replace(document, fields=dittoed(fields, form), noted=(*noted, *differing))


def _by_field(readings: Iterable[Reading]) -> Mapping[str, list[Reading]]:
    heard: dict[str, list[Reading]] = {}
    for reading in sorted(readings, key=lambda reading: reading.order):
        heard.setdefault(reading.field, []).append(reading)
    return heard
