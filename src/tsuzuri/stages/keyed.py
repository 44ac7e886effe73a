"""keyed: which fields a person must see, or two must key from the picture alone, by the form's words. Touches forms and rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tsuzuri.forms import Form
from tsuzuri.model import DISPUTED, ILLEGIBLE, TO_KEY, Field, Finding
from tsuzuri.rules import find
from tsuzuri.stages.checking import Entries, standing

BY_PEOPLE = (DISPUTED, ILLEGIBLE)       # noted of what people keyed: no rulebook says whether that is found

OF_THE_PAPER = ("V02",)                  # said of the page, not of what was read on it


def always(form: Form, fields: Mapping[str, Field], entries: Entries) -> list[str]:
    """Fields that a person must see whatever the readers say, and none has."""
    return _unsettled(form, fields, entries, ("always",))


def twice(form: Form, fields: Mapping[str, Field], entries: Entries, doubted: Collection[str | None]) -> list[str]:
    """Fields that two key blind, and that are not settled: those of `twice`, and those of `twice_if_doubtful` among `doubted`."""
    due = _unsettled(form, fields, entries, ("twice", "twice_if_doubtful"))
    return [name for name in due if form.keyed(name) == "twice" or name in doubted]


def blinded(findings: list[Finding], entries: Entries, due: Iterable[str]) -> list[Finding]:
    """The findings, fields that are `due` to be keyed by two from the picture alone put to them (H42).

    Until they have, nothing else is said of such a field: it would tell what was read. That they differed, or could not read
    it, was noted. That its page lies badly stays said.
    """
    told = {finding.field: finding for finding in findings if finding.code in BY_PEOPLE}
    waits = {name: find(TO_KEY, entries[name]) for name in due if name not in told}
    silent = {*waits, *(name for name, finding in told.items() if finding.code == DISPUTED)}
    others = [finding for finding in findings
              if finding.field not in silent or finding.code in OF_THE_PAPER or finding is told.get(finding.field)]
    return [*others, *waits.values()]


def _unsettled(form: Form, fields: Mapping[str, Field], entries: Entries, words: Collection[str]) -> list[str]:
    """Fields of these treatments that no person has settled; of a table those of rows that hold something."""
    return [name for name, field in fields.items()
            if field.reader != "person" and form.keyed(name) in words and _stands(name, form, entries)]


def _stands(name: str, form: Form, entries: Entries) -> bool:
    table, _, rest = name.partition(".")
    return not rest or int(rest.split(".")[0]) in standing(table, form, entries)
