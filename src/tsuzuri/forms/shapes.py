"""What a JSON Schema says of a value of each kind, where its author says no more. One word, one row."""

from __future__ import annotations

from typing import Any

from tsuzuri.forms.source import Tree

_DAY, _MONTH = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", r"^[0-9]{4}-(0[1-9]|1[0-2])$"


def _pattern(pattern: str) -> Tree:
    return {"type": "string", "pattern": pattern}


def _letters(most: int) -> Tree:
    return {"type": "string", "minLength": 1, "maxLength": most}


SHAPES: dict[str, Tree] = {
    "digits": _pattern("^[0-9]+$"),
    "recipient_no": _pattern("^[0-9]{7}$"), "payer_no": _pattern("^[0-9]{8}$"), "insurer_no": _pattern("^([0-9]{6}|[0-9]{8})$"),
    "inst_code": _pattern("^([0-9]{7}|[0-9]{10})$"), "account_no": _pattern("^[0-9]{7}$"),
    "postal": _pattern("^[0-9]{3}-[0-9]{4}$"), "phone": _pattern("^0[0-9]{9,10}$"),
    "int": {"type": "integer", "minimum": 0, "maximum": 99999999}, "yen": {"type": "integer", "minimum": 0, "maximum": 99999999},
    "decimal": _pattern(r"^[0-9]+\.[0-9]{2}$"), "code": _pattern("^[0-9A-Z/-]+$"),
    "kana": _letters(40), "account_kana": _letters(40), "name": _letters(40), "text": _letters(60), "address": _letters(80),
    "wareki": _pattern(_DAY), "ym": _pattern(_MONTH),
    "choice": {"enum": []},
    "seal": {"type": "boolean"}, "tick": {"type": "boolean"}, "struck": {"type": "boolean"},
}


def shaped(name: str, spec: Tree, there: Tree) -> Tree:
    """A field's property: as it stands `there`, unless it fits the field's kind or words no more."""
    title = there.get("title", name)
    shape: dict[str, Any] = dict(SHAPES.get(str(spec.get("kind")), {}))
    if "enum" in shape:
        shape["enum"] = list(spec.get("choices") or spec.get("words") or ())
    fits = set(there.get("enum", ())) == set(shape["enum"]) if "enum" in shape else there.get("type") == shape.get("type")
    return there if fits and "title" in there else {"title": title, **shape}


def fitted(tree: Tree, schema: Tree) -> Tree:
    """The schema with a property for each field and table of a form, in their order where they are new, and for nothing else."""
    properties = schema.get("properties", {})
    named = [*tree.get("fields", {}), *tree.get("rows", {})]
    order = [*(name for name in properties if name in named), *(name for name in named if name not in properties)]
    found = {name: _property(name, tree, properties.get(name, {})) for name in order}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": False}
    whole = {**(schema or head), "properties": found}
    if "required" in whole:
        whole["required"] = [name for name in whole["required"] if name in found]
    return whole


def _property(name: str, tree: Tree, there: Tree) -> Tree:
    spec = tree.get("fields", {}).get(name)
    if spec is not None:
        return shaped(name, spec, there)
    rows = tree["rows"][name]
    items = there.get("items", {"type": "object", "additionalProperties": False})
    return {**(there or {"title": name, "type": "array", "maxItems": rows["count"]}),
            "items": fitted({"fields": rows.get("fields", {})}, items)}
