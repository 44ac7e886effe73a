"""A receipt as a document: its fields by the facts that its form names, each with its line. Touches forms and rules."""

from __future__ import annotations

from tsuzuri.forms import FieldSpec, Form
from tsuzuri.model import Field, Value
from tsuzuri.rules import Unreadable, mean
from tsuzuri.uke.facts import SAYS, Told
from tsuzuri.uke.picture import places

READER = "uke"


def fields(told: Told, form: Form) -> dict[str, Field]:
    """Every field of the form, as sure as the records say it. Its box is its line's place in the receipt's picture."""
    lines, boxes = _lines(told), places(told.receipt.text, told.receipt.layout)
    found: dict[str, Field] = {}
    for name, spec in form.fields.items():
        kind, say = SAYS[spec.fact]
        ink = _worded(say(told), spec)
        at = lines.get(kind)
        found[name] = Field(_value(ink, spec), 1.0, ink, READER, boxes[at] if at is not None else None)
    return found


def _lines(told: Told) -> dict[str, int]:
    """The place (from 0) of the record of each kind that facts stand in; of KO records, this programme's."""
    found: dict[str, int] = {}
    public = -1
    for i, record in enumerate(told.receipt.records):
        kind = record[:2].decode("ascii", "replace")
        public += kind == "KO"
        if kind not in found or (kind == "KO" and public == told.own):
            found[kind] = i
    return found


def _worded(ink: str, spec: FieldSpec) -> str:
    """A record's code as the form's word for it; as it is where the form has none."""
    return next((word for word, codes in spec.words.items() if ink in codes), ink)


def _value(ink: str, spec: FieldSpec) -> Value:
    try:
        return mean(spec.kind, ink, spec.options)
    except Unreadable:
        return None
