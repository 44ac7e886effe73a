"""What forms.py makes of a city's folder, and what it tells the author of a form who slipped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tsuzuri.errors import Misdeclared
from tsuzuri.forms import Forms, load_forms
from tsuzuri.settings import REPO

SLIP = """
version: 1
title: 見本票
title_box: [60, 20, 60, 10]
fields:
  paid: {kind: yen, box: [20, 40, 40, 8]}
  told: {kind: wareki, era: 令和, parts: [{box: [70, 40, 13, 8], after: 年}]}
rows:
  lines:
    count: 3
    pitch: 10
    fields:
      who: {kind: name, box: [20, 60, 60, 8]}
      care: {kind: choice, choices: {入院: [100, 60, 15, 8], 外来: [116, 60, 15, 8]}}
"""
SCHEMA = {
    "type": "object",
    "required": ["paid"],
    "properties": {
        "paid": {"title": "金額", "type": "integer"},
        "told": {"title": "届出日", "type": "string"},
        "lines": {
            "title": "明細",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "who": {"title": "氏名", "type": "string"},
                    "care": {"title": "区分", "enum": ["入院", "外来"]},
                },
            },
        },
    },
}


def _city(folder: Path, yaml: str = SLIP, schema: object = SCHEMA, name: str = "slip") -> Forms:
    for part in ("pipelines", "schemas"):
        (folder / part).mkdir(exist_ok=True)
    (folder / "pipelines" / f"{name}.yaml").write_text(yaml, "utf-8")
    (folder / "schemas" / "slip.json").write_text(json.dumps(schema), "utf-8")
    return load_forms(folder / "pipelines", folder / "schemas")


def test_a_new_paper_is_a_yaml_and_a_schema_and_no_python(tmp_path: Path) -> None:
    form = _city(tmp_path)["slip"]
    assert form.title == "見本票" and form.label("paid") == "金額" and form.required("paid")
    assert form.label("lines.2.who") == "氏名（2行目）"


def test_rows_of_a_table_stand_one_pitch_below_each_other(tmp_path: Path) -> None:
    form = _city(tmp_path)["slip"]
    assert form.fields["lines.1.who"].box == (20, 60, 60, 8) and form.fields["lines.3.who"].box == (
        20,
        80,
        60,
        8,
    )
    assert form.fields["lines.2.care"].choices["外来"] == (116, 70, 15, 8)
    assert form.fields["lines.2.care"].area == (100, 70, 31, 8)


def test_flat_values_nest_as_the_schema_wants_them_without_blanks_or_empty_rows(tmp_path: Path) -> None:
    form = _city(tmp_path)["slip"]
    flat = {
        "paid": 500,
        "told": None,
        "lines.1.who": "甲",
        "lines.1.care": None,
        "lines.2.who": None,
        "lines.3.care": "外来",
    }
    assert form.nest(flat) == {"paid": 500, "lines": [{"who": "甲"}, {"care": "外来"}]}


def test_a_sibling_form_says_only_what_differs(tmp_path: Path) -> None:
    _city(tmp_path)
    forms = _city(
        tmp_path,
        "extends: slip\nschema: slip\ntitle: 別票\nfields: {paid: {box: [30, 40, 40, 8]}}\n",
        name="twin",
    )
    twin = forms["twin"]
    assert (
        twin.title == "別票"
        and twin.fields["paid"].box == (30, 40, 40, 8)
        and twin.fields["paid"].kind == "yen"
    )


@pytest.mark.parametrize(
    ("slip", "slipped", "told"),
    [
        ("kind: yen", "kind: yenn", r"slip\.yaml:6.*unknown kind 'yenn'; did you mean 'yen'"),
        (
            "box: [20, 40, 40, 8]",
            "bx: [20, 40, 40, 8]",
            r"slip\.yaml:6.*unknown word 'bx'; did you mean 'box'",
        ),
        ("box: [20, 40, 40, 8]", "box: [20, 40, 400, 8]", r"slip\.yaml:6.*does not lie on a"),
        (
            "kind: yen, box: [20, 40, 40, 8]",
            "kind: yen",
            r"slip\.yaml:6.*exactly one of: box, choices, parts",
        ),
        ("paid:", "payd:", r"slip\.yaml:6.*'payd' stands in no property.*did you mean 'paid'"),
        ("version: 1", "version: 1\ncolour: red", r"slip\.yaml:3.*unknown word 'colour'"),
        (
            "version: 1",
            "version: 1\nchecks: [{check: positiv, of: {amount: $paid}}]",
            r"slip\.yaml:3.*'positiv'; did you mean 'positive'",
        ),
        (
            "version: 1",
            "version: 1\nchecks: [{check: positive, of: {amount: $pid}}]",
            r"'pid' is named.*did you mean 'paid'",
        ),
        (
            "version: 1",
            "version: 1\nexport: {columns: {amont: paid}}",
            r"slip\.yaml:3.*'amont'; did you mean 'amount'",
        ),
        ("version: 1", "version: 1\nreview: {always: [totl]}", r"'totl' is named"),
        ("version: 1", "version: 1\nextends: nobody", r"nobody\.yaml does not exist"),
        ("version: 1", "version: [1", r"not YAML"),
        (
            "kind: yen,",
            "kind: yen, second: teseract,",
            r"unknown reader 'teseract'; did you mean 'tesseract'",
        ),
    ],
)
def test_a_slip_of_the_author_stops_the_start_up_with_file_line_and_what_was_meant(
    tmp_path: Path, slip: str, slipped: str, told: str
) -> None:
    with pytest.raises(Misdeclared, match=told):
        _city(tmp_path, SLIP.replace(slip, slipped, 1))


def test_a_property_without_a_box_and_a_column_too_many_are_told(tmp_path: Path) -> None:
    more = json.loads(json.dumps(SCHEMA))
    more["properties"]["extra"] = {"type": "string"}
    with pytest.raises(Misdeclared, match=r"'extra' has no box"):
        _city(tmp_path, schema=more)
    other = json.loads(json.dumps(SCHEMA))
    other["properties"]["lines"]["items"]["properties"]["sum"] = {"type": "integer"}
    with pytest.raises(Misdeclared, match=r"columns of 'lines' differ .*sum"):
        _city(tmp_path, schema=other)


def test_a_city_without_forms_is_told_how_to_name_its_folder(tmp_path: Path) -> None:
    with pytest.raises(Misdeclared, match="TSUZURI_PIPELINES"):
        load_forms(tmp_path / "nowhere", tmp_path)
    with pytest.raises(Misdeclared, match="holds no form"):
        load_forms(tmp_path, tmp_path)


def test_the_words_of_the_vocabulary_page_are_the_words_that_forms_know(forms: Forms) -> None:
    from tsuzuri.forms import Check, Export, FieldSpec, Form, Print, ReviewPolicy, Rows
    from tsuzuri.rules import CHECKS, FEED_COLUMNS, KINDS

    page = (REPO / "pipelines" / "README.md").read_text("utf-8")
    words = {*KINDS, *CHECKS, *FEED_COLUMNS}
    for block in (Form, FieldSpec, Rows, Print, Check, ReviewPolicy, Export):
        words |= set(block.model_fields)
    assert sorted(w for w in words - {"json_schema", "name", "city"} if f"`{w}`" not in page) == []


def test_a_folder_copied_elsewhere_gives_the_same_forms(forms: Forms, tmp_path: Path) -> None:
    for part in ("pipelines", "schemas"):
        shutil.copytree(REPO / part, tmp_path / part)
    again = load_forms(tmp_path / "pipelines", tmp_path / "schemas")
    assert {n: f.model_dump() for n, f in again.items()} == {n: f.model_dump() for n, f in forms.items()}
