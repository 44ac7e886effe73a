"""validate: a document and its form become findings. Touches forms and rules; never the store.

Everything is found anew from the fields, but for what was `noted` on the way (readers that differ, a
duplicate image): that is carried over until a person has settled its field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tsuzuri.forms import DITTO, Check, Form
from tsuzuri.model import RESCUED, Document, Field, Finding, Severity, Step
from tsuzuri.rules import BY_KIND, CHECKS, KINDS, SLIPS, Entry, altered, entry, find, key, missing, unreadable

Entries = Mapping[str, Entry]
UNSEEN = Field(None, 0.0, "", "none")


def validate(document: Document, form: Form | None) -> Document:
    """The document judged: CLEAN if nothing but information was found, else REVIEW.

    No form: V03, unless it was said already why (V02: the page could not be read; H10: it shows several papers).
    """
    noted = [finding for finding in document.noted if not _settled(document, finding)]
    unread = any(finding.code in ("V02", "H10") for finding in noted)
    found = _judged(document, form) if form else [] if unread else [find("V03")]
    findings = _once([*noted, *found])
    waits = any(finding.severity is not Severity.I for finding in findings)
    return document.to(Step.REVIEW if waits else Step.CLEAN, findings=findings)


def _settled(document: Document, finding: Finding) -> bool:
    field = document.fields.get(finding.field or "")
    return field is not None and field.reader == "person"


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    seen: dict[str, Finding] = {}
    for finding in findings:
        seen.setdefault(key(finding), finding)
    return tuple(seen.values())


def _judged(document: Document, form: Form) -> list[Finding]:
    """Ink and rules, then the schema, then the readers' doubts: each only where nothing graver was found.

    A row that is crossed out is judged by nothing but that.
    """
    void = form.void(document.values)
    fields = {name: document.fields.get(name, UNSEEN) for name in form.fields if name not in void}
    entries = {n: entry(n, form.label(n), form.fields[n].kind, field) for n, field in fields.items()}
    slips: dict[str, float] = {}
    findings = [*_unread(entries, form), *_checked(document, form, entries, slips)]
    blocked = {finding.field for finding in findings if finding.severity.blocks}
    findings += [f for f in _against_schema(form, entries) if f.field not in blocked]
    blocked |= {finding.field for finding in findings if finding.severity.blocks}
    findings += [f for f in _unsure(fields, form, entries, slips) if f.field not in blocked]
    return findings


def _unread(entries: Entries, form: Form) -> Iterator[Finding]:
    """Ink without a value (not of its kind, 〃 under nothing, several choices marked), and what was crossed out."""
    for said in entries.values():
        yield from altered(said)
        if said.value is None and said.raw:
            if said.raw == DITTO:
                yield find("H31", said)
            elif said.kind == "choice" and "|" in said.raw:
                yield find("H03", said)
            else:
                yield unreadable(said, KINDS[said.kind].expects)


def _checked(document: Document, form: Form, entries: Entries, slips: dict[str, float]) -> Iterator[Finding]:
    """What the checks find; those that hold leave in `slips` how often a wrong value of a field would have passed them all."""
    for check, seen in _applied(form, entries):
        given = {name: _resolved(value, form, seen) for name, value in check.of.items()}
        found = list(CHECKS[check.check](document.business_date, **given))
        if not found and check.check in SLIPS:
            for name in _resting(given):
                slips[name] = slips.get(name, 1.0) * SLIPS[check.check]
        for finding in found:
            yield replace(finding, severity=check.severity) if check.severity else finding


def _applied(form: Form, entries: Entries) -> Iterator[tuple[Check, Entries]]:
    """Every check with the fields it sees; one for `each` row once a row, which sees its columns by their own names."""
    for check in (*_implied(form, entries), *form.checks):
        if check.each is None:
            yield check, entries
        else:
            for row in _rows(check.each, form, entries):
                yield check, {**entries, **row}


def _resting(given: Mapping[str, Any]) -> list[str]:
    """The fields a check rests on, all of them filled; none where one that it needs is blank: then it has proved nothing.

    Of a table those of the `column` that it speaks of, or all.
    """
    alone = [said for said in given.values() if isinstance(said, Entry)]
    if any(said.value is None for said in alone):
        return []
    listed = [said for many in given.values() if isinstance(many, list) for said in many if isinstance(said, Entry)]
    rows = [said for many in given.values() if isinstance(many, tuple) for row in many
            for column, said in row.items() if column == given.get("column", column)]
    return [said.name for said in (*alone, *listed, *rows) if said.number is not None or said.kind in BY_KIND]


def _implied(form: Form, entries: Entries) -> Iterator[Check]:
    """What follows from the fields' kinds, unless the form names the same word for the same field itself."""
    named = {(check.check, str(value)) for check in form.checks for value in check.of.values()}
    for name, said in entries.items():
        word, parameter = BY_KIND.get(said.kind, ("", ""))
        if word and (word, f"${name}") not in named:
            yield Check(check=word, of={parameter: f"${name}"})


def _resolved(value: Any, form: Form, entries: Entries) -> Any:
    """"$field" → its Entry, "$table" → its rows, a list → each of them, anything else as it is."""
    if isinstance(value, list):
        return [_resolved(item, form, entries) for item in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    name = value[1:]
    return entries[name] if name in entries else _rows(name, form, entries)


def _rows(table: str, form: Form, entries: Entries) -> tuple[dict[str, Entry], ...]:
    rows = form.rows[table]
    return tuple(
        {column: entries[f"{table}.{i}.{column}"] for column in rows.fields}
        for i in _standing(table, form, entries))


def _standing(table: str, form: Form, entries: Entries) -> list[int]:
    return form.lines(table, {name: said.value for name, said in entries.items()})


def _against_schema(form: Form, entries: Entries) -> Iterator[Finding]:
    for name, said in entries.items():
        if said.value is False and form.required(name):
            yield missing(said)     # a mark that is not set is a value to the schema, and a blank to a clerk
    record = form.nest({name: said.value for name, said in entries.items()})
    for error in Draft202012Validator(form.json_schema).iter_errors(record):
        for name, found in _fields_of(error, form, entries):
            yield found(entries[name])


def _fields_of(error: ValidationError, form: Form, entries: Entries) -> Iterator[tuple[str, Any]]:
    """The fields that a schema's error speaks of, each with what makes its finding."""
    path = list(error.absolute_path)
    if error.validator == "required":
        for absent in cast("list[str]", error.validator_value):
            if absent not in cast("dict[str, Any]", error.instance):
                yield _flat([*path, absent], form, entries), missing
    else:
        yield _flat(path, form, entries), lambda said: find("H04", said)


def _flat(path: list[str | int], form: Form, entries: Entries) -> str:
    """("receipts", 0, "paid") → "receipts.1.paid"; blank rows, which the record leaves out, are counted in."""
    table = str(path[0])
    if table not in form.rows:
        return table
    if len(path) < 2:
        return next(name for name in entries if name.startswith(f"{table}."))
    row = _standing(table, form, entries)[int(path[1])]
    return f"{table}.{row}.{path[2] if len(path) > 2 else next(iter(form.rows[table].fields))}"


def _unsure(
    fields: Mapping[str, Field], form: Form, entries: Entries, slips: Mapping[str, float],
) -> Iterator[Finding]:
    """What a person must see though no rule speaks against it; nothing once a person has settled it.

    A reader's doubt counts as much as it would survive the checks that held: a sum that closes, a check digit that fits.
    """
    for name, field in fields.items():
        if field.reader == "person":
            continue
        asked = form.fields[name].ask_below
        spent = field.reader.endswith(RESCUED)     # its check digit chose it: that it fits proves nothing more
        doubt = (1 - field.confidence) * (1.0 if spent else slips.get(name, 1.0))
        if doubt > 1 - (form.review.ask_below if asked is None else asked):
            yield find("V54", entries[name])
        if name in form.review.always:
            yield find("H06", entries[name])
