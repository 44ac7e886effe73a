"""A form drawn at the desk is the files that somebody would have written: read again the same form, a change a small one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tsuzuri.engines import READERS
from tsuzuri.forms import load_forms
from tsuzuri.forms.drafted import Draft, Folders, Misfit, completed, drafted_from, held, texts
from tsuzuri.forms.shapes import SHAPES
from tsuzuri.forms.source import read_form, read_schema
from tsuzuri.forms.written import form_text, same, schema_text
from tsuzuri.rules import KINDS
from tsuzuri.settings import REPO

CITY = Folders(REPO / "pipelines", REPO / "schemas")
NAMES = sorted(path.stem for path in CITY.pipelines.glob("*.yaml") if not path.name.startswith("_"))


@pytest.mark.parametrize("name", NAMES)
def test_every_form_laid_open_and_written_again_says_the_same(name: str, tmp_path: Path) -> None:
    draft = drafted_from(name, CITY)
    (tmp_path / "x.yaml").write_text(form_text(draft.tree), "utf-8")
    (tmp_path / "x.json").write_text(schema_text(draft.schema), "utf-8")
    assert same(read_form(tmp_path / "x.yaml")[0], draft.tree)
    assert same(read_schema(tmp_path / "x.json"), draft.schema)
    yaml, schema = texts(completed(draft, CITY), CITY)
    assert yaml == (CITY.pipelines / f"{name}.yaml").read_text("utf-8")
    assert schema == (CITY.schemas / f"{draft.tree.get('schema', name)}.json").read_text("utf-8")


def test_forms_written_anew_load_as_equal_forms(tmp_path: Path) -> None:
    there = Folders(tmp_path / "pipelines", tmp_path / "schemas")
    shutil.copytree(CITY.pipelines, there.pipelines)
    there.schemas.mkdir()
    for name in NAMES:
        draft = drafted_from(name, CITY)
        (there.pipelines / f"{name}.yaml").write_text(form_text(draft.tree), "utf-8")
        (there.schemas / f"{draft.tree.get('schema', name)}.json").write_text(schema_text(draft.schema), "utf-8")
    was, now = (load_forms(city.pipelines, city.schemas) for city in (CITY, there))
    # The rule book's version is a digest of the files themselves.
    assert {n: f.model_copy(update={"rulebook": was[n].rulebook}) for n, f in now.items()} == dict(was)


def test_a_box_moved_changes_its_line_and_the_version_and_keeps_every_comment() -> None:
    draft = drafted_from("shugaku_enjo", CITY)
    draft.tree["fields"]["pre_entry"]["box"] = [74, 50, 8, 8]
    before = (CITY.pipelines / "shugaku_enjo.yaml").read_text("utf-8").splitlines()
    after = texts(completed(draft, CITY), CITY)[0].splitlines()
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        ("version: 1", "version: 2"),
        ("  pre_entry: {kind: tick, box: [72, 50, 8, 8]}", "  pre_entry: {kind: tick, box: [74, 50, 8, 8]}")]


def test_a_form_that_extends_another_says_only_what_differs() -> None:
    draft = drafted_from("kodomo_shinsei", CITY)
    draft.tree["fields"]["amount"]["box"] = [116, 226, 63, 8.5]
    draft.tree["fields"].pop("seal")
    yaml, _ = texts(completed(draft, CITY), CITY)
    assert "extends: _shinsei" in yaml and "  amount: {box: [116, 226, 63, 8.5]}\n  seal: null\n" in yaml
    assert len(yaml.splitlines()) < 20


def drawn(**fields: object) -> Draft:
    """A paper of one field and a title."""
    tree = {"version": 1, "title": "試しの届", "title_box": [60, 15, 90, 12], "fields": fields}
    return Draft("tameshi", tree, {"type": "object", "properties": {}})


def test_what_the_loader_says_names_the_field_that_it_means() -> None:
    good = drawn(amount={"kind": "yen", "box": [100, 50, 60, 9], "cells": 7},
                 answer={"kind": "choice", "choices": {"有": [20, 50, 12, 9]}})
    form = held(completed(good, CITY), CITY, tuple(READERS))
    assert form.json_schema["properties"]["answer"]["enum"] == ["有"] and form.label("amount") == "amount"
    for field, word in (({"kind": "yeen", "box": [1, 2, 3, 4]}, "yen"), ({"kind": "yen", "box": [200, 2, 30, 4]}, "210")):
        with pytest.raises(Misfit, match=word) as misfit:
            held(completed(drawn(day={"kind": "yen", "box": [1, 20, 9, 9]}, amount=field), CITY), CITY, tuple(READERS))
        assert misfit.value.place == "fields.amount" and "/tmp" not in misfit.value.message
    good.tree["checks"] = [{"check": "positive", "of": {"amount": "$amuont"}}]
    with pytest.raises(Misfit, match="amuont"):
        held(completed(good, CITY), CITY, tuple(READERS))


@pytest.mark.parametrize("name", ["../x", "X", "", "_shinsei"])
def test_a_name_that_is_no_name_of_a_form_writes_no_file(name: str) -> None:
    with pytest.raises(Misfit):
        completed(Draft(name, {"fields": {}}, {}), CITY)
    with pytest.raises(Misfit):
        completed(Draft("x", {"schema": f"{name}/../x", "fields": {}}, {}), CITY)


def test_every_kind_has_a_shape_in_a_schema() -> None:
    assert set(SHAPES) == set(KINDS)
