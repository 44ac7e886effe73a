"""A form's checks upon a document: which run, on which fields, and what they find. Touches forms and rules.

What a check is given by name is the form's word; what the claim says of itself, what is known beside the paper and the city's
tables it is given by the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tsuzuri.forms import Check, Form, asked
from tsuzuri.model import Document, Field, Finding
from tsuzuri.rules import BY_KIND, CHECKS, NOTHING, Asked, Entry, Known, Tables, beside_paper, entry
from tsuzuri.rules.table import PROVING

Entries = Mapping[str, Entry]
UNSEEN = Field(None, 0.0, "", "none")


@dataclass(frozen=True, slots=True)
class Applied:
    """One check with what it is given: by the form, and `beside` by the house. `row` is the table's row that it sees, or 0."""

    check: Check
    row: int
    given: dict[str, Any]
    beside: dict[str, Any]


def entries_of(document: Document, form: Form) -> tuple[dict[str, Field], Entries]:
    """The fields, and as checks see them: all but what stands in rows that are crossed out: they are judged by nothing but that."""
    void = form.void(document.values)
    fields = {name: document.fields.get(name, UNSEEN) for name in form.fields if name not in void}
    return fields, {n: entry(n, form.label(n), form.fields[n].kind, field) for n, field in fields.items()}


def run(
    document: Document, form: Form, entries: Entries, known: Known = NOTHING,
) -> Iterator[tuple[Check, dict[str, str], list[Finding]]]:
    """Every check of the form upon the document: the fields that it puts to the proof, each with the parameter that it is given
    as, and what it finds.
    """
    for applied in each_check(document, form, entries, known):
        found = list(CHECKS[applied.check.check](document.business_date, **applied.given, **applied.beside))
        yield applied.check, _resting(applied.given), found


def each_check(document: Document, form: Form, entries: Entries, known: Known = NOTHING) -> Iterator[Applied]:
    """Every check with what it is given, by the form and by the house; one for `each` row once a row."""
    house: dict[type, object] = {Known: known, Tables: form.tables}
    claims = {claim.row: claim for claim in asked(form, {name: said.value for name, said in entries.items()})}
    for check, seen, row in _applied(form, entries):
        given = form.rulebook.given(check.check, check.of) | {
            name: _resolved(value, form, seen) for name, value in check.of.items()}
        told = house | {Asked: claims.get(row) or Asked(scheme=form.export.constants.get("scheme", ""))}
        yield Applied(check, row, given, {name: told[kind] for name, kind in beside_paper(check.check).items()})


def _applied(form: Form, entries: Entries) -> Iterator[tuple[Check, Entries, int]]:
    """Every check with the fields it sees, which in a row are its columns by their own names, and the row's number (0: none)."""
    for check in (*_implied(form, entries), *form.checks):
        if check.each is None:
            yield check, entries, 0
        else:
            rows = zip(standing(check.each, form, entries), _rows(check.each, form, entries), strict=True)
            yield from ((check, {**entries, **row}, number) for number, row in rows)


def _resting(given: Mapping[str, Any]) -> dict[str, str]:
    """The fields a check rests on, all of them filled, each with its parameter; none where one that it needs is blank: then it
    has proved nothing, and a table without a line neither. Of a table those of the `column` that it speaks of, or all.
    """
    column = given.get("column")
    facts: dict[str, Any] = {fact: said for value in given.values() if isinstance(value, dict) for fact, said in value.items()}
    flat = {**given, **facts}
    needed = [_entries_in(value, column) for place, value in flat.items()
              if isinstance(value, Entry | tuple) and (place in given or place in PROVING)]
    if any(all(said.value is None for said in entries) for entries in needed):
        return {}
    rests = ((said, place) for place, value in flat.items() for said in _entries_in(value, column))
    return {said.name: place for said, place in rests if said.number is not None or said.kind in BY_KIND}


def _entries_in(value: Any, column: str | None) -> list[Entry]:
    """The entries of what a parameter was given: a field, a list of fields, or a table's rows."""
    if isinstance(value, tuple):
        return [said for row in value for name, said in row.items() if column in (None, name)]
    return [said for said in (value if isinstance(value, list) else [value]) if isinstance(said, Entry)]


def _implied(form: Form, entries: Entries) -> Iterator[Check]:
    """What follows from the fields' kinds, unless the form names the same word for the same field itself."""
    named = {(check.check, str(value)) for check in form.checks for value in check.of.values()}
    for name, said in entries.items():
        word, parameter = BY_KIND.get(said.kind, ("", ""))
        if word and (word, f"${name}") not in named:
            yield Check(check=word, of={parameter: f"${name}"})


def _resolved(value: Any, form: Form, entries: Entries) -> Any:
    """"$field" → its Entry, "$table" → its rows, a list or facts → each of them, anything else as it is."""
    if isinstance(value, dict):
        return {fact: _resolved(said, form, entries) for fact, said in value.items()}
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
        for i in standing(table, form, entries))


def standing(table: str, form: Form, entries: Entries) -> list[int]:
    """The numbers of a table's rows that hold something and are not crossed out."""
    return form.lines(table, {name: said.value for name, said in entries.items()})
