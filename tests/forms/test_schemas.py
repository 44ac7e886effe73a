"""A JSON Schema is held against the standard before any form is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from tsuzuri.errors import Misdeclared
from tsuzuri.forms.source import read_schema

PLACES: list[Any] = [
    {"type": "sum"}, {"required": "days"}, {"properties": {"days": {"minimum": "0"}}}, {"properties": {"days": 3}},
    {"properties": {"name": {"pattern": "(["}}}, {"properties": {"rows": {"items": {"type": "row"}}}}, {"title": 1},
    {"$ref": 1}, {"allOf": []}, {"$defs": {"money": {"multipleOf": 0}}}, {"properties": {"a": {"not": {"enum": 1}}}},
    {"unevaluatedProperties": 1}, {"dependencies": {"a": 1}}, {"format": 1}, {"contentEncoding": 1},
    {"dependentRequired": {"a": 1}},
]


@pytest.mark.parametrize("schema", PLACES, ids=json.dumps)
def test_what_is_no_schema_is_refused_as_the_standard_refuses_it(tmp_path: Path, schema: dict[str, Any]) -> None:
    path = tmp_path / "slip.json"
    path.write_text(json.dumps(schema), "utf-8")
    with pytest.raises(SchemaError) as standard:
        Draft202012Validator.check_schema(schema)
    with pytest.raises(Misdeclared) as ours:
        read_schema(path)
    assert str(ours.value) == f"{path}: no JSON Schema: {standard.value.message}"


def test_every_word_of_the_standard_may_stand_in_a_schema(tmp_path: Path) -> None:
    schema = {
        "$id": "https://example.org/slip", "$defs": {"a": True}, "title": "紙", "format": "date", "contentEncoding": "base64",
        "unevaluatedItems": False, "properties": {"a": {"$ref": "#/$defs/a"}}, "allOf": [{"minimum": 1}], "deprecated": True,
    }
    (tmp_path / "slip.json").write_text(json.dumps(schema), "utf-8")
    assert read_schema(tmp_path / "slip.json") == schema
