"""Forms and schemas as the files that a person would have written: one line a field, and what stands there already kept as it is.

The other way of source: what is read from what is written here is the same tree, in the same order.
"""

from __future__ import annotations

import json
from functools import lru_cache
from textwrap import fill
from typing import Any

import yaml

from tsuzuri.forms.source import LOADER, Tree, over

WIDTH = 140                                                     # a longer line is told over several
SPREAD = frozenset({"fields", "rows", "takes", "print", "export", "review"})        # words whose own words stand a line each
LISTED = frozenset({"frames", "lines", "faint", "texts", "checks"})                 # lists that stand an item a line
Kept = dict[tuple[str, ...], tuple[str, str, Any]]             # place → comments before it, its lines, what they say


def same(a: Any, b: Any) -> bool:
    """Whether two trees say the same in the same order; 16.0 is 16, a date is its text."""
    return json.dumps(neat(a), default=str) == json.dumps(neat(b), default=str)


def neat(value: Any) -> Any:
    """The tree with each place to a hundredth of a millimetre at most, whole numbers without a point."""
    if isinstance(value, dict):
        return {key: neat(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [neat(one) for one in value]
    if isinstance(value, float):
        return int(value) if value == int(value) else value
    return value


def beneath(base: Tree, whole: Tree, added: frozenset[str]) -> Tree | None:
    """What must be said over `base` so that it becomes `whole`; None where that cannot be said (a thing of a list that adds up
    taken away, another order)."""
    said = _beneath(base, whole, added, "")
    return said if said is not None and same(over(base, said, added), whole) else None


def _beneath(base: Tree, whole: Tree, added: frozenset[str], at: str) -> Tree | None:
    said: Tree = {}
    for key, value in whole.items():
        there = base.get(key)
        if there is not None and same(there, value):
            continue
        if isinstance(value, dict) and isinstance(there, dict):
            said[key] = _beneath(there, value, added, f"{at}{key}.")
        elif isinstance(value, list) and isinstance(there, list) and f"{at}{key}" in added:
            said[key] = value[len(there):] if same(value[:len(there)], there) else None
        else:
            said[key] = value
        if said[key] is None:
            return None
    return said | {key: None for key, there in base.items() if key not in whole and there is not None}


def form_text(tree: Tree, before: str = "") -> str:
    """A form's YAML. Of the text that stood there `before`, whatever still says the same stays, comments and all."""
    kept, tree = _kept(before), neat(tree)
    parts = []
    for key, value in tree.items():
        lead, lines, was = kept.get((key,), ("\n" if key in SPREAD | LISTED else "", "", None))
        if lines and same(was, value):
            parts.append(lead + lines)
        elif key == "fields" and isinstance(was, dict) and lines:
            parts.append(f"{lead}fields:\n" + "".join(_field(name, spec, kept) for name, spec in value.items()))
        else:
            parts.append(lead + _entry((key,), value))
    return "".join(parts).lstrip("\n")


def _field(name: str, spec: Any, kept: Kept) -> str:
    lead, lines, was = kept.get(("fields", name), ("", "", None))
    return lead + lines if lines and same(was, spec) else lead + _entry(("fields", name), spec)


def _kept(text: str) -> Kept:
    """The text cut into its words, and its fields one by one; each with the comments above it."""
    node = yaml.compose(text, Loader=LOADER) if text else None
    if not isinstance(node, yaml.MappingNode):
        return {}
    lines, told = text.splitlines(keepends=True), yaml.load(text, Loader=LOADER)  # noqa: S506  a safe loader
    kept = _cut((), node, told, lines, len(lines))
    for key, value in node.value:
        if key.value == "fields" and isinstance(value, yaml.MappingNode) and not value.flow_style:
            end = key.start_mark.line + kept[("fields",)][1].count("\n")
            kept |= _cut(("fields",), value, told["fields"], lines, end)
    return kept


def _cut(at: tuple[str, ...], node: yaml.MappingNode, told: Tree, lines: list[str], end: int) -> Kept:
    starts = [key.start_mark.line for key, _ in node.value]
    leads = [_lead(lines, start, starts[i - 1] + 1 if i else (0 if not at else start)) for i, start in enumerate(starts)]
    return {(*at, key.value): ("".join(lines[lead:start]), "".join(lines[start:stop]), told[key.value])
            for (key, _), lead, start, stop in zip(node.value, leads, starts, [*leads[1:], end], strict=True)}


def _lead(lines: list[str], start: int, floor: int) -> int:
    """Where the comments and blank lines above a line begin."""
    while start > floor and (not lines[start - 1].strip() or lines[start - 1].lstrip().startswith("#")):
        start -= 1
    return start


def _entry(at: tuple[str, ...], value: Any) -> str:
    """One word and what it says, in as few lines as can be read."""
    pad, key = "  " * (len(at) - 1), _scalar(at[-1])
    line = f"{pad}{key}: {_flow(value)}\n"
    if isinstance(value, dict) and value and (_spread(at) or len(line) > WIDTH):
        return f"{pad}{key}:\n" + "".join(_entry((*at, word), one) for word, one in value.items())
    if isinstance(value, list) and value and (at[-1] in LISTED or len(line) > WIDTH):
        return f"{pad}{key}:\n" + "".join(_item(one, len(at)) for one in value)
    return line


def _spread(at: tuple[str, ...]) -> bool:
    if at[0] == "rows":
        return len(at) < 3 or (len(at) == 3 and at[2] in SPREAD)
    return len(at) == 1 and at[0] in SPREAD


def _item(value: Any, depth: int) -> str:
    line = f"{'  ' * depth}- {_flow(value)}\n"
    if not isinstance(value, dict) or len(line) <= WIDTH:
        return line
    words = "".join(_entry(("",) * (depth + 1) + (word,), one) for word, one in value.items())
    return f"{'  ' * depth}- {words.lstrip()}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


@lru_cache(4096)
def _plain(text: str) -> bool:
    """Whether YAML takes these letters for themselves, as a word and as what a word says."""
    try:
        return bool(yaml.load(f"{{{text}: {text}}}", Loader=LOADER) == {text: text})  # noqa: S506  a safe loader
    except (yaml.YAMLError, TypeError, ValueError):
        return False


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if not isinstance(value, str):
        return str(value)               # a date
    return value if value and "\n" not in value and _plain(value) else json.dumps(value, ensure_ascii=False)


def schema_text(tree: Tree) -> str:
    """A JSON Schema: one line a property where it fits."""
    return _json(tree, 0, spread=True) + "\n"


def _json(value: Any, depth: int, *, spread: bool) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or (not spread and len(line) + 4 * depth <= WIDTH):
        return line
    pad = "  " * (depth + 1)
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return "[\n" + fill(line[1:-1], WIDTH, initial_indent=pad, subsequent_indent=pad) + f"\n{'  ' * depth}]"
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"{pad}{_json(one, depth + 1, spread=False)}" for one in value) + f"\n{'  ' * depth}]"
    words = (f"{pad}{json.dumps(key, ensure_ascii=False)}: {_json(one, depth + 1, spread=key == 'properties')}"
             for key, one in value.items())
    return "{\n" + ",\n".join(words) + f"\n{'  ' * depth}}}"
