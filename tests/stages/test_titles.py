"""Which form a page is among siblings and strangers, by what is printed on it."""

from __future__ import annotations

import pytest

from tsuzuri.engines import Reader, open_readers
from tsuzuri.forms import Form, Forms, load_forms
from tsuzuri.image import Picture
from tsuzuri.settings import REPO
from tsuzuri.stages.align import align
from tsuzuri.stages.titles import likeness
from tsuzuri.synth.draw import blank_picture
from tsuzuri.synth.foreign import kinds
from tsuzuri.synth.papers import make
from tsuzuri.synth.scan import scan
from tsuzuri.synth.strangers import TWIN_TITLES, foreign_paper, twin

SEIKYU, SHINSEI = "kodomo_seikyu", "kodomo_shinsei"


@pytest.fixture(scope="module")
def forms() -> Forms:
    return load_forms(REPO / "pipelines", REPO / "schemas")


@pytest.fixture(scope="module")
def readers() -> dict[str, Reader]:
    return open_readers(["ppocr", "tesseract"])


def sibling(form: Form, name: str, title: str, number: str = "", subtitle: str = "") -> Form:
    """The form with the same rules under another name."""
    texts = tuple(t.model_copy(update={"text": subtitle}) if subtitle and t.size == 3.6 else t for t in form.print.texts)
    named = {"name": name, "title": title, "number": number or form.number}
    return form.model_copy(update={**named, "print": form.print.model_copy(update={"texts": texts})})


def seen(form: Form, seed: int, recipe: str = "office") -> Picture:
    return Picture(scan(blank_picture(form, 200), 200, seed, recipe))


@pytest.mark.parametrize("recipe", ["office", "fax"])
def test_siblings_with_the_same_rules_are_told_by_their_titles(
        forms: Forms, readers: dict[str, Reader], recipe: str) -> None:
    titles = ("母子医療費請求書", "障害者医療費請求書", "妊産婦医療費請求書")
    family = {title: sibling(forms[SEIKYU], title, title) for title in titles}
    for i, (name, form) in enumerate(family.items()):
        assert align(Picture(make(form, 51 + i, "hand", recipe).picture), {**forms, **family}, readers).form == name


@pytest.mark.parametrize(("number", "subtitle"), [("様式第４号（第６条関係）", ""), ("", "（はりきゅう用）")])
def test_forms_of_one_title_are_told_by_their_number_or_by_the_line_below_it(
        forms: Forms, readers: dict[str, Reader], number: str, subtitle: str) -> None:
    other = sibling(forms[SEIKYU], "other", forms[SEIKYU].title, number, subtitle)
    both = {SEIKYU: forms[SEIKYU], "other": other}
    for name, form in both.items():
        assert align(seen(form, 8), both, readers).form == name


@pytest.mark.parametrize("recipe", ["office", "fax", "poor"])
@pytest.mark.parametrize("name", [SEIKYU, f"{SEIKYU}_kyu"])
def test_two_prints_of_one_title_and_number_are_never_taken_for_each_other(
        forms: Forms, readers: dict[str, Reader], name: str, recipe: str) -> None:
    assert align(Picture(make(forms[name], 53, "hand", recipe).picture), forms, readers).form == name


def test_forms_that_nothing_tells_apart_are_no_form(forms: Forms, readers: dict[str, Reader]) -> None:
    both = {SEIKYU: forms[SEIKYU], "copy": sibling(forms[SEIKYU], "copy", forms[SEIKYU].title)}
    placement = align(seen(forms[SEIKYU], 9), both, readers)
    assert placement.form is None and "apart" in placement.note


@pytest.mark.parametrize("title", ["子ども医療費請求書", "こども医療費証明書", "旧こども医療費請求書", "こども医療費請求書（控）"])
def test_one_letter_more_or_less_is_another_paper(forms: Forms, readers: dict[str, Reader], title: str) -> None:
    assert align(Picture(twin(forms[SEIKYU], title, 61)[0]), forms, readers).form is None


@pytest.mark.parametrize("kind", ["bouka_tenken", "bousai_tenken", "other_kodomo", "kodomo_shikyu", "receden_ika", "tegami"])
def test_other_offices_papers_are_no_form_of_ours(forms: Forms, readers: dict[str, Reader], kind: str) -> None:
    placement = align(Picture(foreign_paper(kind, 71, "office", "tuning")[0]), forms, readers)
    assert placement.form is None and not placement.blank


@pytest.mark.slow
@pytest.mark.timeout(900)      # some 250 sheets, each held against all forms
def test_of_two_hundred_unknown_sheets_none_is_taken_for_known(forms: Forms, readers: dict[str, Reader]) -> None:
    recipes = ("clean", "office", "poor", "fax")
    sheets = [foreign_paper(kind, 7_000_000 + 3 * i + j, recipes[(i + j) % 4], "test")
              for i, kind in enumerate(kinds()) for j in range(4)]
    sheets += [twin(forms[name], title, 7_001_000 + 2 * i + j, recipes[(i + j) % 4], "test")
               for i, title in enumerate(TWIN_TITLES) for j, name in enumerate((SEIKYU, SHINSEI))]
    taken = [n for n, (pixels, dpi) in enumerate(sheets) if align(Picture(pixels, dpi), forms, readers).form]
    assert len(sheets) >= 200 and not taken


def test_likeness_forgives_a_misread_letter_and_not_another_word() -> None:
    assert likeness("こども 医療費請求書", "こども医療費請求書") == 1
    assert likeness("こども医療貴請求書", "こども医療費請求書") > 0.85
    assert likeness("重度医療費請求書", "こども医療費請求書") < 0.7
    assert likeness("", "こども") == 0
