"""validate: a document and its form become findings. Touches forms, rules and how sure is enough; never the store.

Everything is found anew from the fields, but for what was `noted` on the way (readers that differ, a
duplicate image): that is carried over until a person has settled its field.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tsuzuri.engines.calibration import slip
from tsuzuri.forms import DITTO, Form
from tsuzuri.model import CHOSEN, RESCUED, Document, Field, Finding, Severity, Step
from tsuzuri.rules import (
    DOUBTFUL,
    KINDS,
    NOTHING,
    RULES,
    UNREADABLE,
    Known,
    altered,
    doubtful,
    find,
    key,
    missing,
    unreadable,
)
from tsuzuri.stages.checking import Entries, entries_of, run, standing
from tsuzuri.stages.keyed import BY_PEOPLE, always, blinded, twice
from tsuzuri.stages.sure import enough


def validate(document: Document, form: Form | None, known: Known | None = None) -> Document:
    """The document judged: CLEAN if nothing but information was found, else REVIEW. `known` is what the office knows beside it.

    No form: V03, unless it was said already why (V02: the page could not be read; H10: it shows several papers).
    """
    empty = _empty_rows(document, form) if form else frozenset()
    noted = [f for f in document.noted if not _settled(document, f) and not (f.code == "V02" and _row(f) in empty)]
    if document.answers:
        noted.append(find("H25", document=document.answers))
    unread = any(finding.code in ("V02", "H10") for finding in noted)
    found = _judged(document, form, noted, known or NOTHING) if form else [*noted] if unread else [*noted, find("V03")]
    astray = {finding.field for finding in noted if finding.code == "V02" and finding.field}
    findings = _once(finding for finding in found if finding.code == "V02" or finding.field not in astray)
    waits = any(finding.severity is not Severity.I for finding in findings)
    return document.to(Step.REVIEW if waits else Step.CLEAN, findings=findings)


def _row(finding: Finding) -> str:
    return (finding.field or "").rpartition(".")[0]


def _empty_rows(document: Document, form: Form) -> frozenset[str]:
    """The rows ("patients.7") in which nothing stands, though most of their boxes were seen: one unseen box hides nothing there."""
    astray = Counter(_row(finding) for finding in document.noted if finding.code == "V02")
    return frozenset(
        row for table, rows in form.rows.items() if table not in form.takes
        for i in set(range(1, rows.count + 1)) - set(form.lines(table, document.values))
        if astray[row := f"{table}.{i}"] * 2 <= len(rows.fields))


def _settled(document: Document, finding: Finding) -> bool:
    field = document.fields.get(finding.field or "")
    if RULES[finding.code].stands:
        return False
    return field is not None and field.reader == "person"


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    seen: dict[str, Finding] = {}
    for finding in findings:
        seen.setdefault(key(finding), finding)
    return tuple(seen.values())


def _judged(document: Document, form: Form, noted: list[Finding], known: Known) -> list[Finding]:
    """Ink and rules, then the schema, then the readers' doubts: each only where nothing graver was found.

    That two readers differ stands only while the field is in doubt: what is proven otherwise needs no one to decide it.
    """
    fields, entries = entries_of(document, form)
    slips: dict[str, float] = {}
    fit = form.rulebook.fit      # as the city wants them
    unread = list(_unread(entries, form))
    findings = [*fit(unread), *_checked(document, form, entries, slips, known)]
    blocked = {finding.field for finding in findings if finding.severity.blocks}
    findings += [f for f in fit(_against_schema(form, entries)) if f.field not in blocked]
    sure = {name: p for name, p in _proven(fields, slips).items() if form.keyed(name) != "never"}
    unsure = {name for name, p in sure.items() if not enough(form, name, p, fields[name].raw)}
    people = [finding for finding in noted if finding.code in BY_PEOPLE]
    noted = [f for f in fit(f for f in noted if f not in people) if f.code != "H41" or f.field in unsure]
    blocked |= {finding.field for finding in (*people, *noted, *findings) if finding.severity.blocks}
    told = {finding.field for finding in findings if finding.code == "H34"}     # doubted already, and by what is to be decided
    findings += fit(find("V54", entries[name]) for name in fields if name in unsure - blocked - told)
    findings += fit(find("H06", entries[name]) for name in always(form, fields, entries) if name not in blocked)
    doubted = {name for name in unsure | {finding.field for finding in unread} if name in fields and not fields[name].marks}
    return blinded([*people, *noted, *findings], entries, twice(form, fields, entries, doubted))


def proven(document: Document, form: Form) -> dict[str, float]:
    """P(right), 0–1, of each field that no person has settled, after the checks that hold: what decides whether it passes."""
    fields, entries = entries_of(document, form)
    slips: dict[str, float] = {}
    list(_checked(document, form, entries, slips))
    return _proven(fields, slips)


def _proven(fields: Mapping[str, Field], slips: Mapping[str, float]) -> dict[str, float]:
    """A doubt counts as much as it would survive the checks that held: a sum that closes, a check digit that fits."""
    sure: dict[str, float] = {}
    for name, field in fields.items():
        if field.reader != "person":
            spent = field.reader.endswith((RESCUED, CHOSEN))     # what it is held against chose it: that proves nothing more
            sure[name] = 1 - (1 - field.confidence) * (1.0 if spent else slips.get(name, 1.0))
    return sure


def _unread(entries: Entries, form: Form) -> Iterator[Finding]:
    """Ink without a value (not of its kind, 〃 under nothing, several choices marked), and what was crossed out."""
    for said in entries.values():
        yield from altered(said)
        if said.value is None and said.raw:
            needed = form.required(said.name.split(".")[0]) or said.name in form.export.columns.values()
            if said.raw == UNREADABLE:
                yield find("H43", said, None if needed else Severity.W)
            elif said.raw == DITTO:
                yield find("H31", said)
            elif said.raw.startswith(DOUBTFUL) and KINDS[said.kind].reads != "text":
                yield doubtful(said) if needed else replace(doubtful(said), severity=Severity.W)
            elif said.kind == "choice" and "|" in said.raw:
                yield find("H03", said)
            else:
                yield unreadable(said, KINDS[said.kind].expects)


def _checked(
    document: Document, form: Form, entries: Entries, slips: dict[str, float], known: Known = NOTHING,
) -> Iterator[Finding]:
    """What the checks find; those that hold leave in `slips` how often a wrong value of a field would have passed them all."""
    for check, resting, found in run(document, form, entries, known):
        for name, place in resting.items() if not found else ():
            slips[name] = slips.get(name, 1.0) * slip(check.check, place)
        for finding in form.rulebook.fit(found):
            yield replace(finding, severity=check.severity) if check.severity else finding


def trials(document: Document, form: Form) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Every check of the form upon the document: its word, the fields that it puts to the proof (each with the parameter that
    it is given as), and whether it holds.
    """
    _, entries = entries_of(document, form)
    for check, resting, found in run(document, form, entries):
        yield check.check, resting, not found


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
    row = standing(table, form, entries)[int(path[1])]
    return f"{table}.{row}.{path[2] if len(path) > 2 else next(iter(form.rows[table].fields))}"
