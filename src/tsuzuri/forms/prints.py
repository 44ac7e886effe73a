"""Several prints of one form: that they say the same, and when each is accepted. Touches declared forms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tsuzuri.errors import Misdeclared
from tsuzuri.forms.declared import Check, Form
from tsuzuri.forms.source import Lines, meant, place


def dated(form: Form, path: Path, lines: Lines) -> tuple[Check, ...]:
    """The form's checks, and the one that follows from the time in which it is accepted; Misdeclared if no day tells."""
    if form.in_use is None:
        return form.checks
    known = [name for name, spec in form.fields.items() if spec.kind == "wareki"]
    if form.in_use.day not in known:
        where = place(path, lines, "in_use.day", "in_use")
        raise Misdeclared(f"{where}: in_use: {form.in_use.day!r} is no field of kind wareki{meant(form.in_use.day, known)}")
    days = {word: day.isoformat() for word in ("since", "until") if (day := getattr(form.in_use, word))}
    return (*form.checks, Check(check="in_use", of={"day": f"${form.in_use.day}", **days}))


def hold_prints(form: Form, forms: Mapping[str, Form], path: Path, lines: Lines) -> None:
    """An older print says nothing that the base has no place for, and leaves as the base does; raises Misdeclared."""
    if form.version_of is None:
        return
    where, base = place(path, lines, "version_of"), forms.get(form.version_of)
    if base is None or base.version_of is not None:
        raise Misdeclared(f"{where}: version_of: {form.version_of!r} is no form of its own{meant(form.version_of, forms)}")
    odd = sorted(name for name, spec in form.fields.items() if name not in base.fields or base.fields[name].kind != spec.kind)
    if odd:
        raise Misdeclared(f"{where}: version_of: {base.name!r} has no field {odd[0]!r} of that kind; claims leave as that form's")
    if form.export != base.export:
        raise Misdeclared(f"{where}: version_of: export differs from that of {base.name!r}, under whose name its claims leave")
