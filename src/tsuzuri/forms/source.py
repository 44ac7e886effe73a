"""The author's files as read: YAML with its line numbers, JSON Schemas, and sentences that say which line and what was meant."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tsuzuri.errors import Misdeclared


def read_schema(path: Path) -> dict[str, Any]:
    """A JSON Schema; raises Misdeclared when it is none."""
    try:
        schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise Misdeclared(f"{path}: not JSON: {error}") from error
    Draft202012Validator.check_schema(schema)
    return schema


def read_yaml(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The mapping in a YAML file, and the line at which each of its dotted places stands."""
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
        declared = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise Misdeclared(f"{path}: not YAML: {error}") from error
    if not isinstance(declared, dict) or node is None:
        raise Misdeclared(f"{path}:1: a form is a mapping of words; see pipelines/README.md")
    lines: dict[str, int] = {}
    _note_lines(node, "", lines)
    return declared, lines


def _note_lines(node: yaml.Node, prefix: str, lines: dict[str, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = f"{prefix}.{key.value}" if prefix else str(key.value)
            lines[here] = key.start_mark.line + 1
            _note_lines(value, here, lines)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            lines[f"{prefix}.{i}"] = value.start_mark.line + 1
            _note_lines(value, f"{prefix}.{i}", lines)


def place(path: Path, lines: dict[str, int], *locs: str) -> str:
    """"file:line" of the first of these places that is known, or of what holds it."""
    for loc in locs:
        while loc:
            if loc in lines:
                return f"{path}:{lines[loc]}"
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
