"""What comes as records, as an author declares it, and what a slip is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tsuzuri.errors import Misdeclared
from tsuzuri.forms import NOWHERE, Forms, load_forms

SLIP = """
version: 1
title: 併用レセプト
found: records
fields:
  paid: {kind: yen, fact: paid}
  sex: {kind: choice, fact: sex, words: {男: ["1"], 女: ["2"]}}
"""
SCHEMA = {"type": "object", "properties": {
    "paid": {"title": "負担額", "type": "integer"}, "sex": {"title": "性別", "enum": ["男", "女"]}}}


def city(folder: Path, yaml: str = SLIP) -> Forms:
    for part in ("pipelines", "schemas"):
        (folder / part).mkdir()
    (folder / "pipelines" / "slip.yaml").write_text(yaml, "utf-8")
    (folder / "schemas" / "slip.json").write_text(json.dumps(SCHEMA), "utf-8")
    return load_forms(folder / "pipelines", folder / "schemas")


def test_what_comes_as_records_is_a_yaml_without_boxes_that_no_scan_is_taken_for(tmp_path: Path) -> None:
    forms = city(tmp_path)
    assert all(spec.sought and spec.area == NOWHERE for spec in forms["slip"].fields.values())
    assert forms["slip"].fields["sex"].options == ("男", "女")
    assert list(forms.found_by("records")) == ["slip"] and not forms.found_by("rules") and not forms.found_by("labels")


@pytest.mark.parametrize(("slip", "slipped", "told"), [
    ("fact: paid", "fact: payed", r"slip\.yaml:6.*unknown fact 'payed'; did you mean 'paid'"),
    ("fact: paid", "box: [1, 2, 30, 8]", r"paid: found by records, a field has a fact"),
    ("fact: paid", "fact: paid, box: [1, 2, 30, 8]", r"slip\.yaml:6.*exactly one of"),
    (', words: {男: ["1"], 女: ["2"]}', "", r"slip\.yaml:7.*sex.*has words"),
    ("found: records", "found: records\nanchors: [[13, 13]]", r"slip\.yaml.*no rows, anchors or print"),
])
def test_a_slip_in_it_is_told_with_what_is_wrong(tmp_path: Path, slip: str, slipped: str, told: str) -> None:
    assert slip in SLIP
    with pytest.raises(Misdeclared, match=told):
        city(tmp_path, SLIP.replace(slip, slipped, 1))
