"""Sheets that list many patients (連記式): what 〃 stands for, and what each row claims. Touches only declared forms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tsuzuri.forms.declared import Form
from tsuzuri.model import Field, Value
from tsuzuri.rules import Asked
from tsuzuri.rules.lists.variants import as_person

DITTO = "〃"
DITTO_LIKE = frozenset("〃″\"”々")       # how 〃 is typed, and read


def repeats(name: str, ink: str) -> bool:
    """Whether ink in this field says "the same as above"."""
    return "." in name and ink.strip() in DITTO_LIKE


def dittoed(fields: Mapping[str, Field], form: Form) -> dict[str, Field]:
    """The fields with every 〃 given the value of the row above that says something in its column, struck out or not.

    The ink stays 〃, and 〃 under 〃 means the same; it is no surer than what it repeats. With nothing above, there is no value.
    """
    found = dict(fields)
    for table, rows in form.rows.items():
        for column in rows.fields:
            above: Field | None = None
            for i in range(1, rows.count + 1):
                name = f"{table}.{i}.{column}"
                here = found.get(name)
                if here is None or not here.raw:
                    continue
                if here.raw == DITTO:
                    sure = min(here.confidence, above.confidence) if above else here.confidence
                    here = found[name] = replace(here, value=above.value if above else None, confidence=sure)
                above = here
    return found


def claimed(form: Form, values: Mapping[str, Value]) -> list[tuple[int, dict[str, Value]]]:
    """(row, values) of every claim that a document of this form makes: one of row 0, or one for each standing row.

    A row's values are the paper's own, and the row's columns under their own names. A form that exports nothing claims nothing.
    """
    if form.export.target == "benefits" and not form.export.columns:
        return []
    table = form.export.each
    if table is None:
        return [(0, {name: values.get(name) for name in form.fields})]
    head = {name: values.get(name) for name in form.fields if "." not in name}
    columns = form.rows[table].fields
    return [(i, head | {column: values.get(f"{table}.{i}.{column}") for column in columns})
            for i in form.lines(table, values)]


def asked(form: Form, values: Mapping[str, Value]) -> tuple[Asked, ...]:
    """What each claim of a document says of itself, by the columns that its form exports to; none where it exports none of them."""
    if form.export.target != "benefits":
        return tuple(_asked_once(form, values))
    found = []
    for row, said in claimed(form, values):
        told = {**form.export.constants, **{column: said.get(name) for column, name in form.export.columns.items()}}
        words: dict[str, Any] = {to: str(told.get(column) or "") for to, column in _WORDS.items()}
        if words["care"] in ("", "外来") and told.get("table") in APART:
            words["care"] = str(told["table"])
        sums: dict[str, Any] = {to: told[column] for to, column in _SUMS.items() if isinstance(told.get(column), int)}
        insurer = next((said.get(name) for name in said if _kind(form, name) == "insurer_no"), None)
        found.append(Asked(row=row, insurer_no=str(insurer or ""), **words, **sums))
    return tuple(found)


def _asked_once(form: Form, values: Mapping[str, Value]) -> Iterator[Asked]:
    """What a record says that may be said once: its `once`, as a number that tells nothing else, for each row or the paper."""
    table = next((name.split(".")[0] for name in form.once if "." in name), None)
    for row in (form.lines(table, values) if table else [0]) if form.once else ():
        said = [values.get(name.replace(".", f".{row}.", 1)) for name in form.once]
        if all(value is not None for value in said):
            key = "\0".join([form.name, *(as_person(str(value)) for value in said)])
            yield Asked(row=row, recipient_no=hashlib.sha256(key.encode()).hexdigest()[:16], month=ONCE)


def _kind(form: Form, name: str) -> str:
    """The kind of a claim's field, be it the paper's own or a row's."""
    rows = form.rows[form.export.each].fields if form.export.each else {}
    spec = rows.get(name) or form.fields.get(name)
    return spec.kind if spec else ""


# a fact of a claim: the feed's column that holds it
_WORDS = {"scheme": "scheme", "recipient_no": "recipient_no", "payer_no": "payer_no", "inst_code": "inst_code",
          "month": "service_ym", "care": "inout", "channel": "channel"}
_SUMS = {"points": "points", "copay": "copay", "paid": "patient_paid", "amount": "amount", "days": "days"}
ONCE = "once"                # in the place of a month, where a record is no month's
APART = ("歯科", "調剤")      # of an outpatient, written where others have 外来


def titled(form: Form) -> dict[str, str]:
    """What a claim of this form holds, each with its Japanese title: the paper's fields, or with `each` its own and a row's."""
    table = form.export.each
    if table is None:
        return {name: form.label(name) for name in form.fields}
    titles = form.json_schema["properties"][table]["items"]["properties"]
    head = {name: form.label(name) for name in form.fields if "." not in name}
    return head | {name: str(titles[name].get("title", name)) for name in form.rows[table].fields}
