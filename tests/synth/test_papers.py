from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tsuzuri.errors import Refused
from tsuzuri.forms import Form, Forms, load_forms
from tsuzuri.model import Document, Field, Severity, Step, Value
from tsuzuri.rules import KINDS
from tsuzuri.settings import REPO
from tsuzuri.stages.validate import validate
from tsuzuri.synth.draw import blank_picture
from tsuzuri.synth.faults import FAULTS
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.papers import Look, Paper, make, make_like
from tsuzuri.synth.stories import BUSINESS_DATE, tell

NAMES = [name for name, form in load_forms(REPO / "pipelines", REPO / "schemas").items() if form.found == "rules"]
PLAIN = [name for name in NAMES if "renki" not in name]      # no 〃 stands for what is above it


def _judged(forms: Forms, form: Form, truth: dict[str, Value]) -> list[tuple[str, str | None]]:
    fields = {name: Field(value, 1.0, "", "person") for name, value in truth.items()}
    document = Document("d", "b", form.name, form.version, date(2025, 10, 14), fields, step=Step.REVIEW)
    found = validate(document, forms.of(document)).findings
    return [(f.code, f.field) for f in found if f.severity in (Severity.F, Severity.E)]


@pytest.mark.parametrize("name", PLAIN)
def test_two_hundred_invented_stories_break_no_rule_of_their_form(forms: Forms, name: str) -> None:
    for seed in range(200):
        story = tell(forms[name], np.random.default_rng(seed))
        assert _judged(forms, forms[name], story) == []


@pytest.mark.parametrize(
    ("fault", "code", "field"),
    [
        ("wrong_sum", "V41", "amount"),
        ("bad_check", "V12", "recipient_no"),
        ("left_out:inst_name", "H01", "inst_name"),
    ],
)
def test_a_fault_put_in_on_purpose_is_one_that_the_rules_find(
    forms: Forms, fault: str, code: str, field: str
) -> None:
    form = forms["kodomo_seikyu"]
    paper = make_like(form, 31, Look(recipe="archive", faults=(fault,)))
    assert (code, field) in _judged(forms, form, paper.truth)


@pytest.mark.parametrize("name", PLAIN)
def test_every_value_of_a_story_is_as_its_kind_would_read_it_off_the_paper(forms: Forms, name: str) -> None:
    from tsuzuri.rules import show

    for seed in range(40):
        for field, value in tell(forms[name], np.random.default_rng(seed)).items():
            kind = forms[name].fields[field].kind
            if value is not None and not isinstance(value, bool):
                assert KINDS[kind].parse(show(kind, value)) == value, field


# Those of the other two schemes are drawn by the same words; tests/synth/test_samples.py draws each once.
@pytest.mark.parametrize("name", [
    pytest.param(name, marks=pytest.mark.slow) if name.startswith(("hitorioya_", "jyudo_")) else name for name in NAMES
])
def test_the_same_seed_gives_the_same_sheet_to_the_pixel_and_another_seed_another(
    forms: Forms, name: str
) -> None:
    first, again = (make(forms[name], 5, "hand", "poor") for _ in range(2))
    other = make(forms[name], 6, "hand", "poor")
    assert np.array_equal(first.picture, again.picture) and first.truth == again.truth
    assert other.truth != first.truth


def test_what_was_written_depends_on_the_seed_and_not_on_how_it_is_written_or_scanned(forms: Forms) -> None:
    form = forms["kodomo_seikyu"]
    assert make(form, 9, "typed", "fax").truth == make(form, 9, "hand", "archive", "sample").truth


def test_ink_lies_in_the_boxes_of_filled_fields_and_nowhere_in_those_left_blank(forms: Forms) -> None:
    form = forms["kodomo_shinsei"]
    flat = replace(Look(), recipe="archive")
    paper = make_like(form, 12, flat)
    assert {paper.how[n] for n, v in paper.truth.items() if v is None} == {"blank"}
    blanks = [n for n, how in paper.how.items() if how == "blank" and form.fields[n].box]
    filled = [n for n, how in paper.how.items() if how == "print" and form.fields[n].box]
    ink = {n: _darkness(paper.picture, form, n, paper.dpi) for n in blanks + filled}
    empty = blank_picture(form, paper.dpi)
    assert blanks and filled
    assert min(ink[n] - _darkness(empty, form, n, paper.dpi) for n in filled) > 0.004
    assert max(ink[n] - _darkness(empty, form, n, paper.dpi) for n in blanks) < 0.004


def test_nought_yen_is_written_and_not_left_blank(forms: Forms) -> None:
    form = forms["kodomo_seikyu"]
    seed = next(s for s in range(100) if make(form, s, "typed", "archive").truth["patient_paid"] == 0)
    paper = make(form, seed, "typed", "archive")
    empty = _darkness(blank_picture(form, paper.dpi), form, "patient_paid", paper.dpi)
    assert paper.how["patient_paid"] == "print"
    assert _darkness(paper.picture, form, "patient_paid", paper.dpi) - empty > 0.001


def _darkness(picture: np.ndarray, form: Form, name: str, dpi: int) -> float:
    x, y, w, h = (round(side * dpi / 25.4) for side in form.fields[name].area)
    return float((255 - picture[y + 12 : y + h - 12, x + 12 : x + w - 12]).mean() / 255)


def test_a_fax_is_black_and_white_and_a_colour_scan_has_colours(forms: Forms) -> None:
    form = forms["kodomo_seikyu"]
    assert set(np.unique(make(form, 3, "typed", "fax").picture)) == {0, 255}
    seen = make(form, 3, "typed", "colour").picture
    assert seen.ndim == 3 and int(np.ptp(seen.astype(int), axis=2).max()) > 80


def test_two_circles_round_one_question_are_no_value(forms: Forms) -> None:
    paper = make_like(forms["kodomo_seikyu"], 3, Look(recipe="archive", faults=("two_circles",)))
    assert paper.truth["inout"] is None and paper.how["inout"] == "mark"


@pytest.mark.parametrize("look", [Look(recipe="foggy"), Look(recipe="archive", faults=("torn",))])
def test_a_recipe_or_fault_that_nobody_knows_is_refused_with_those_there_are(
    forms: Forms, look: Look
) -> None:
    with pytest.raises(Refused, match="there are: "):
        make_like(forms["kodomo_seikyu"], 1, look)
    assert FAULTS


def test_all_papers_were_sent_before_the_day_on_which_they_are_looked_at(forms: Forms) -> None:
    for name, field in (("kodomo_seikyu", "claim_date"), ("kodomo_shinsei", "apply_date")):
        days = [str(tell(forms[name], np.random.default_rng(seed))[field]) for seed in range(100)]
        assert max(days) <= BUSINESS_DATE.isoformat()


def test_marks_are_drawn_alike_for_one_seed_otherwise_for_tests_and_a_doubtful_one_is_no_value(forms: Forms) -> None:
    def paper(fonts: Purpose, *ways: str) -> Paper:
        return make_like(forms["kodomo_seikyu"], 8, Look("typed", "archive", fonts, ways=ways))

    assert np.array_equal(paper("tuning", "open").picture, paper("tuning", "open").picture)
    assert not np.array_equal(paper("tuning", "open").picture, paper("test", "open").picture)
    assert paper("tuning", "open").truth["inout"] is not None
    assert paper("tuning", "half").how["inout"] == "mark half"
    assert paper("tuning", "half").truth["inout"] is None
