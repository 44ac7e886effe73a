"""What a table prints in every row is told for its first one."""

from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.forms import Forms, load_forms
from tsuzuri.settings import REPO
from tsuzuri.synth.draw import blank_picture

LISTS = [f"{scheme}_renki{many}" for scheme in ("kodomo", "hitorioya", "jyudo") for many in ("", "20")]


@pytest.fixture(scope="module")
def forms() -> Forms:
    return load_forms(REPO / "pipelines", REPO / "schemas")


@pytest.mark.parametrize("name", LISTS)
def test_every_row_of_a_list_is_ruled_and_numbered_though_only_the_first_is_told(forms: Forms, name: str) -> None:
    form, rows = forms[name], forms[name].rows["patients"]
    numbers = [text for text in form.print.texts if text.text.isdigit()]
    assert [text.text for text in numbers] == [str(i) for i in range(1, rows.count + 1)]
    for i, text in enumerate(numbers, 1):
        x, y, w, h = form.fields[f"patients.{i}.void"].area
        assert y < text.at[1] < y + h
        assert (x, y + h, x + w, y + h) in form.print.lines


def test_upright_lines_that_meet_from_row_to_row_are_one(forms: Forms) -> None:
    form = forms["kodomo_renki20"]
    upright = {line for line in form.print.lines if line[0] == line[2] and line[3] - line[1] > 100}
    assert {line[1::2] for line in upright} == {(80.0, 380.0)} and len(upright) == 11


def test_siblings_differ_in_what_they_say_and_not_in_where_they_say_it(forms: Forms) -> None:
    first, *others = (forms[name] for name in LISTS if not name.endswith("20"))
    for other in others:
        assert other.fields == first.fields and other.print.lines == first.print.lines
        assert other.export.constants["scheme"] != first.export.constants["scheme"]
    below = slice(500, None)
    pictures = [np.asarray(blank_picture(forms[name])[below]) for name in LISTS if not name.endswith("20")]
    assert all(np.array_equal(pictures[0], picture) for picture in pictures[1:])
