"""Papers of any layout as an author declares them, and what a slip is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tsuzuri.errors import Misdeclared
from tsuzuri.forms import NOWHERE, Forms, load_forms

BILL = """
version: 1
title: 領収書
found: labels
others: [消費税]
fields:
  paid: {kind: yen, labels: [合計, 領収額]}
  share: {kind: choice, labels: [負担割合], words: {3割: [3割, 30%]}}
  tel: {kind: phone, alone: true}
  copied: {kind: tick, said: [写]}
"""
SCHEMA = {"type": "object", "properties": {
    "paid": {"title": "領収額", "type": "integer"}, "share": {"title": "負担割合", "enum": ["3割"]},
    "tel": {"title": "電話番号", "type": "string"}, "copied": {"title": "写し", "type": "boolean"},
}}


def city(folder: Path, yaml: str = BILL) -> Forms:
    for part in ("pipelines", "schemas"):
        (folder / part).mkdir()
    (folder / "pipelines" / "bill.yaml").write_text(yaml, "utf-8")
    (folder / "schemas" / "bill.json").write_text(json.dumps(SCHEMA), "utf-8")
    return load_forms(folder / "pipelines", folder / "schemas")


def test_a_paper_of_any_layout_is_a_yaml_without_boxes(tmp_path: Path) -> None:
    forms = city(tmp_path)
    bill = forms["bill"]
    assert all(spec.sought and spec.area == NOWHERE for spec in bill.fields.values())
    assert bill.fields["share"].options == ("3割",)
    assert list(forms.found_by("labels")) == ["bill"] and not forms.found_by("rules")


@pytest.mark.parametrize(("slip", "slipped", "told"), [
    ("found: labels", "found: label", r"bill\.yaml:4"),
    ("found: labels\n", "", r"bill\.yaml.*title_box"),
    ("yen, labels: [合計, 領収額]", "yen, box: [1, 2, 30, 8]", r"paid: found by labels, a field has labels"),
    ("labels: [合計, 領収額]", "lables: [合計]", r"bill\.yaml:7.*unknown word 'lables'; did you mean 'labels'"),
    ("labels: [合計, 領収額]", "labels: [合計], box: [1, 2, 30, 8]", r"bill\.yaml:7.*exactly one of"),
    (", words: {3割: [3割, 30%]}", "", r"bill\.yaml:8.*share.*has words"),
    ("kind: phone, alone: true", "kind: yen, alone: true", r"bill\.yaml:9.*yen is not known by its shape alone.*phone"),
    ("kind: tick, said: [写]", "kind: tick, labels: [写]", r"bill\.yaml:10.*known by what is said"),
    ("labels: [合計, 領収額]", "labels: [合計], first: own", r"bill\.yaml:7.*takes no first reader"),
    ("others: [消費税]", "others: [消費税]\nanchors: [[13, 13]]", r"bill\.yaml.*no rows, anchors or print"),
])
def test_a_slip_in_such_a_paper_is_told_with_file_line_and_what_is_wrong(
    tmp_path: Path, slip: str, slipped: str, told: str,
) -> None:
    assert slip in BILL
    with pytest.raises(Misdeclared, match=told):
        city(tmp_path, BILL.replace(slip, slipped, 1))
