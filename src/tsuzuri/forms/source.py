"""The author's files as read: YAML with its line numbers, JSON Schemas, and sentences that say which line and what was meant.

Both may say `extends`: what a base declares holds where the file itself is silent.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from copy import deepcopy
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY

from tsuzuri.errors import Misdeclared
from tsuzuri.forms.moved import moved

Lines = dict[str, str]        # dotted place → "file:line"
Tree = dict[str, Any]

# libyaml's parser where PyYAML was built with it: sixteen forms in 0.4 s instead of 1.2.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Lists in which a form and its base add up: what is printed, what is checked. Any other list is said anew.
ADDED = frozenset({"print.frames", "print.lines", "print.faint", "print.texts", "checks"})

ADDED_OF_SCHEMA = frozenset({"required"})


def read_schema(path: Path, asked_by: tuple[Path, ...] = ()) -> Tree:
    """A JSON Schema, over what it extends; its `required` and its base's add up. Raises Misdeclared when it is none."""
    try:
        schema: Tree = json.loads(path.read_text("utf-8"))
        base = schema.pop("extends", None)
        if base is not None:
            schema = over(read_schema(_base(path, base, "json", asked_by), (*asked_by, path)), schema, ADDED_OF_SCHEMA)
    except ValueError as error:
        raise Misdeclared(f"{path}: not JSON: {error}") from error
    if (fault := _fault_of(json.dumps(schema))) is not None:
        raise Misdeclared(f"{path}: no JSON Schema: {fault}")
    return schema


@lru_cache(256)     # a base is read for every schema that extends it
def _fault_of(schema: str) -> str | None:
    """Why this is no JSON Schema, or None."""
    fault = next(_of_schemas().iter_errors(json.loads(schema)), None)
    return fault and str(fault.message)


@cache
def _of_schemas() -> Draft202012Validator:
    """What the standard says of schemas, its seven vocabularies in one: said apart, every place is gone through seven times."""
    whole = Draft202012Validator.META_SCHEMA
    parts = [whole, *(REGISTRY.contents(urljoin(whole["$id"], one["$ref"])) for one in whole["allOf"])]
    told = {word: {name: said for part in parts for name, said in part.get(word, {}).items()} for word in ("properties", "$defs")}
    here = json.dumps({"type": whole["type"], **told}).replace('"$dynamicRef": "#meta"', '"$ref": "#"')
    flat = json.loads(re.sub(r'"meta/[a-z-]+#', '"#', here))
    return Draft202012Validator(flat, format_checker=Draft202012Validator.FORMAT_CHECKER)


def read_form(path: Path, asked_by: tuple[Path, ...] = ()) -> tuple[Tree, Lines]:
    """A form's YAML over what it extends, and where each of its dotted places stands."""
    declared, lines = read_yaml(path)
    base, moves = declared.pop("extends", None), declared.pop("moved", None)
    if base is None:
        return declared, lines
    parent, there = read_form(_base(path, base, "yaml", asked_by), (*asked_by, path))
    if moves is not None:
        parent = moved(parent, moves, place(path, lines, "moved"))
    return over(parent, declared, ADDED), {**there, **_moved(lines, parent)}


def parent_of(path: Path) -> Tree | None:
    """What a form's YAML extends, moved as it says; None for one that stands for itself."""
    declared, lines = read_yaml(path)
    if (base := declared.get("extends")) is None:
        return None
    parent, _ = read_form(_base(path, base, "yaml", ()), (path,))
    return moved(parent, declared["moved"], place(path, lines, "moved")) if declared.get("moved") else parent


def schema_parent_of(path: Path) -> Tree | None:
    """What a JSON Schema extends; None for one that stands for itself."""
    base = json.loads(path.read_text("utf-8")).get("extends")
    return None if base is None else read_schema(_base(path, base, "json", ()), (path,))


def over(base: Tree, own: Tree, added: frozenset[str], at: str = "") -> Tree:
    """`own` laid over `base`: mappings merge, null removes, lists at the places `added` add up, all else is said anew."""
    merged = dict(base)
    for key, value in own.items():
        there = merged.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            merged[key] = over(there, value, added, f"{at}{key}.")
        elif isinstance(value, list) and isinstance(there, list) and f"{at}{key}" in added:
            merged[key] = [*there, *value]
        else:
            merged[key] = value
    return {key: value for key, value in merged.items() if value is not None}


def _base(path: Path, base: Any, suffix: str, asked_by: tuple[Path, ...]) -> Path:
    found = existing((path.parent / f"{base}.{suffix}").resolve(), path, f"extends: {base}")
    if found in {asker.resolve() for asker in (*asked_by, path)}:
        raise Misdeclared(f"{path}: extends: {base}: they extend one another")
    return found


def _moved(lines: Lines, parent: Tree) -> Lines:
    """The lines of a form whose lists come behind its parent's: checks.0 is checks.5 where the parent has five."""
    counts = {"checks": len(parent.get("checks", ())),
              **{f"print.{name}": len(items) for name, items in parent.get("print", {}).items()}}
    moved = {}
    for spot, line in lines.items():
        for name, count in counts.items():
            if spot.startswith(f"{name}."):
                number, dot, rest = spot[len(name) + 1:].partition(".")
                spot = f"{name}.{int(number) + count}{dot}{rest}"
        moved[spot] = line
    return moved


def read_yaml(path: Path) -> tuple[Tree, Lines]:
    """The mapping in a YAML file, and where each of its dotted places stands."""
    declared, lines = _parsed(path, path.read_text("utf-8"))
    return deepcopy(declared), dict(lines)


@lru_cache(256)     # a base is read for every form that extends it
def _parsed(path: Path, told: str) -> tuple[Tree, Lines]:
    try:
        loader = LOADER(told)
        node = loader.get_single_node()
        numbers: dict[str, int] = {}
        if node is not None:
            _note_lines(node, "", numbers, path)
        declared = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        raise Misdeclared(f"{path}: not YAML: {error}") from error
    if not isinstance(declared, dict):
        raise Misdeclared(f"{path}:1: a form is a mapping of words; see pipelines/README.md")
    return declared, {spot: f"{path}:{number}" for spot, number in numbers.items()}


def _note_lines(node: yaml.Node, prefix: str, lines: dict[str, int], path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here, at = f"{prefix}.{key.value}" if prefix else str(key.value), key.start_mark.line + 1
            if here in lines:
                raise Misdeclared(f"{path}:{at}: {here!r} is said twice, first in line {lines[here]}; the later would win unseen")
            lines[here] = at
            _note_lines(value, here, lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            lines[f"{prefix}.{i}"] = value.start_mark.line + 1
            _note_lines(value, f"{prefix}.{i}", lines, path)


def place(path: Path, lines: Lines, *locs: str) -> str:
    """"file:line" of the first of these places that is known, or of what holds it; the file alone if none is."""
    for loc in locs:
        while loc:
            if loc in lines:
                return lines[loc]
            loc = loc.rpartition(".")[0]
    return f"{path}"


def meant(word: str, known: Iterable[Any]) -> str:
    """The end of a sentence: the known word that is closest, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(map(str, known)))}"


def existing(path: Path, asker: Path, word: str) -> Path:
    """The path, if there is such a file."""
    if not path.is_file():
        raise Misdeclared(f"{asker}: {word}: {path} does not exist")
    return path
