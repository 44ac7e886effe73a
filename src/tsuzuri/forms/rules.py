"""The city's word on rules: one YAML, _rules.yaml, beside the forms; and the version of all by which papers are judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from tsuzuri import __version__
from tsuzuri.errors import Misdeclared
from tsuzuri.forms.declared import Form
from tsuzuri.forms.field import Declared
from tsuzuri.forms.source import Lines, meant, place, read_yaml
from tsuzuri.model import Act, Severity
from tsuzuri.rules import RULES
from tsuzuri.rules.rulebook import Rulebook, Word, holes, parameters_of
from tsuzuri.rules.tables import Tables

NAME = "_rules.yaml"


class Said(Declared):
    """What the YAML may say under a rule's code."""

    active: bool = True
    severity: Severity | None = None
    act: Act | None = None
    says: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    of: dict[str, int | bool | str] = Field(default_factory=dict)


def load_rulebook(pipelines: Path, forms: Mapping[str, Form], tables: Tables) -> Rulebook:
    """The rules of a folder of forms, all as they are where it has no _rules.yaml; raises Misdeclared with file and line."""
    path = pipelines / NAME
    said = _read(path) if path.is_file() else {}
    parts = {
        "forms": _digest(forms[name].model_dump_json(exclude={"tables", "rulebook"}) for name in sorted(forms)),
        "tables": tables.version, "rules": _digest([repr(sorted(said.items()))]), "program": __version__,
    }
    return Rulebook(said, parts, _digest(f"{name}={value}" for name, value in parts.items()))


def _read(path: Path) -> dict[str, Word]:
    declared, lines = read_yaml(path)
    found = dict[str, Word]()
    for code, told in declared.items():
        where = place(path, lines, code)
        if code not in RULES:
            raise Misdeclared(f"{where}: unknown rule {code!r}{meant(str(code), RULES)}")
        try:
            said = Said.model_validate(told or {})
        except ValidationError as error:
            first = error.errors()[0]
            loc = ".".join(str(part) for part in first["loc"])
            raise Misdeclared(f"{place(path, lines, f'{code}.{loc}')}: {code}: {loc}: {first['msg']}") from error
        _hold(code, said, path, lines)
        found[code] = Word(said.active, said.severity, said.act, said.says, said.of)
    return found


def _hold(code: str, said: Said, path: Path, lines: Lines) -> None:
    """The parameters are the rule's own, of their kind, and the sentence leaves open only what the rule fills."""
    known: Mapping[str, object] = parameters_of(code)
    for name, value in said.of.items():
        where = place(path, lines, f"{code}.of.{name}")
        if name not in known:
            what = meant(name, known) if known else "; it has none"
            raise Misdeclared(f"{where}: {code}: no parameter {name!r}{what}")
        if type(value) is not type(known[name]):
            raise Misdeclared(f"{where}: {code}: {name!r} is {type(known[name]).__name__}, like {known[name]!r}")
    if said.says and (stray := holes(said.says) - holes(RULES[code].sentence) - {"label"}):
        where = place(path, lines, f"{code}.says")
        raise Misdeclared(f"{where}: {code}: nothing fills {{{min(stray)}}}{meant(min(stray), holes(RULES[code].sentence))}")


def _digest(told: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:12]
