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
        ("version: 1", "version: 1\nexport: {target: records, columns: {amount: paid}}", r"slip\.yaml:3.*no columns"),
        ("version: 1", "version: 1\nexport: {target: records}\ntakes: {more: {form: slip}}", r"slip\.yaml:3.*takes no papers"),
        ("version: 1", "version: 1\nreview: {always: [totl]}", r"'totl' is named"),
        ("version: 1", "version: 1\nextends: nobody", r"nobody\.yaml does not exist"),
        ("version: 1", "version: [1", r"not YAML"),
        (
            "kind: yen,",
            "kind: yen, second: teseract,",
            r"unknown reader 'teseract'; did you mean 'tesseract'",
        ),
        ("kind: yen,", "kind: yen, listed: bank,", r"slip\.yaml:6.*'banks', 'branches' or 'institutions'"),
        ("kind: yen,", "kind: yen, code: paid,", r"slip\.yaml:6.*belong to a name that is listed"),
        ("kind: yen,", "kind: yen, listed: branches,", r"slip\.yaml:6.*needs within"),
        ("kind: yen,", "kind: yen, listed: banks, code: payd,", r"slip\.yaml:6.*kind digits or inst_code; did you mean 'paid'"),
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
    assert sorted(w for w in words - {"json_schema", "name", "city", "tables", "rulebook"} if f"`{w}`" not in page) == []


def test_a_folder_copied_elsewhere_gives_the_same_forms(forms: Forms, tmp_path: Path) -> None:
    for part in ("pipelines", "schemas"):
        shutil.copytree(REPO / part, tmp_path / part)
    again = load_forms(tmp_path / "pipelines", tmp_path / "schemas")
    assert {n: f.model_dump() for n, f in again.items()} == {n: f.model_dump() for n, f in forms.items()}


def test_what_a_base_prints_and_checks_is_printed_and_checked_with_the_forms_own(tmp_path: Path) -> None:
    base = SLIP + "print: {lines: [[1, 2, 3, 2]]}\nchecks: [{check: positive, of: {amount: $paid}}]\n"
    _city(tmp_path, base)
    more = "print: {lines: [[1, 9, 3, 9]]}\nchecks: [{check: not_future, of: {day: $told}}]\n"
    _city(tmp_path, "extends: slip\n" + more, name="_body")
    twin = _city(tmp_path, "extends: _body\nschema: slip\ntitle: 別票\n", name="twin")["twin"]
    assert twin.print.lines == ((1, 2, 3, 2), (1, 9, 3, 9))
    assert [check.check for check in twin.checks] == ["positive", "not_future"] and twin.title == "別票"


def test_a_null_of_a_base_keeps_a_fields_place_for_those_that_fill_it(tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    base = SLIP.replace("fields:", "fields:\n  late: null\n  never: null", 1)
    (tmp_path / "pipelines" / "_base.yaml").write_text(base, "utf-8")
    schema = json.loads(json.dumps(SCHEMA))
    schema["properties"]["late"] = {"title": "後", "type": "string"}
    twin = "extends: _base\nschema: slip\nfields: {late: {kind: text, box: [20, 120, 60, 8]}}\n"
    assert list(_city(tmp_path, twin, schema, name="twin")["twin"].fields)[:3] == ["late", "paid", "told"]


def test_a_schema_says_only_what_differs_from_the_one_it_extends(tmp_path: Path) -> None:
    _city(tmp_path)
    (tmp_path / "schemas" / "twin.json").write_text(json.dumps(
        {"extends": "slip", "title": "別票", "required": ["told"], "properties": {"told": {"title": "届出の日"}}}), "utf-8")
    (tmp_path / "pipelines" / "twin.yaml").write_text("extends: slip\n", "utf-8")
    twin = load_forms(tmp_path / "pipelines", tmp_path / "schemas")["twin"]
    assert (twin.label("told"), twin.label("paid")) == ("届出の日", "金額")
    assert twin.required("paid") and twin.required("told") and "extends" not in twin.json_schema


@pytest.mark.parametrize(("own", "told"), [
    ("fields: {paid: {kind: yenn}}\n", r"twin\.yaml:3.*unknown kind 'yenn'"),
    ("checks: [{check: positiv, of: {}}]\n", r"twin\.yaml:3.*'positiv'"),
    ("fields: {told: null}\n", r"'told' has no box"),
    ("checks: [{check: positive, of: {amount: $paid}}]\nreview: {alwys: [paid]}\n", r"twin\.yaml:4.*'alwys'"),
])
def test_a_slip_in_a_sibling_is_told_with_the_siblings_line(tmp_path: Path, own: str, told: str) -> None:
    _city(tmp_path, SLIP + "checks: [{check: positive, of: {amount: $paid}}]\n")
    with pytest.raises(Misdeclared, match=told):
        _city(tmp_path, "extends: slip\nschema: slip\n" + own, name="twin")


def test_a_slip_in_the_base_is_told_with_the_bases_line(tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "_base.yaml").write_text(SLIP.replace("kind: yen", "kind: yenn"), "utf-8")
    with pytest.raises(Misdeclared, match=r"_base\.yaml:6.*'yenn'"):
        _city(tmp_path, "extends: _base\nschema: slip\n", name="twin")


def test_forms_that_extend_one_another_are_refused(tmp_path: Path) -> None:
    _city(tmp_path)
    with pytest.raises(Misdeclared, match="extend one another"):
        _city(tmp_path, "extends: twin\n", name="twin")


def test_a_word_said_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    with pytest.raises(Misdeclared, match=r"slip\.yaml:\d+: 'version' is said twice, first in line \d+"):
        _city(tmp_path, SLIP + "version: 2\n")


def test_records_whose_columns_would_be_called_alike_are_told(tmp_path: Path) -> None:
    alike = json.loads(json.dumps(SCHEMA))
    for facts in alike["properties"].values():
        facts["title"] = "おなじ"
    slip = SLIP.replace("version: 1", "version: 1\nexport: {target: records, each: lines}", 1)
    for facts in alike["properties"]["lines"]["items"]["properties"].values():
        facts["title"] = "おなじ"
    with pytest.raises(Misdeclared, match=r"slip\.yaml:3.*two columns would be called 'おなじ'"):
        _city(tmp_path, slip, schema=alike)


def test_a_form_whose_check_reads_a_table_that_is_missing_is_told_so(tmp_path: Path) -> None:
    for part in ("pipelines", "schemas"):
        shutil.copytree(REPO / part, tmp_path / part)
    (tmp_path / "pipelines" / "tables" / "shares.csv").unlink()
    with pytest.raises(Misdeclared, match=r"yaml:\d+: check 'reckoned' reads .*tables/shares\.csv, which is missing"):
        load_forms(tmp_path / "pipelines", tmp_path / "schemas")


def test_a_form_may_extend_another_folders(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "base.yaml").write_text(SLIP, "utf-8")
    assert _city(tmp_path, "extends: ../other/base\ntitle: 別の市の見本票\n")["slip"].title == "別の市の見本票"
