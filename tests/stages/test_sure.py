"""What speaks for a reading, and whether it is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stages.claims import little_form
from tsuzuri.model import RESCUED, STAINED, Reading
from tsuzuri.stages.sure import Evidence, enough, evidence, sureness

pytestmark = pytest.mark.usefixtures("at_their_word")
FORM = little_form()
SPEC = FORM.fields["points"]


def said(ink: str, reader: str = "own-1", confidence: float = 0.9, order: int = 1) -> Reading:
    return Reading("points", ink, confidence, reader, SPEC.area, order=order)


def weighed(ink: str, *voices: tuple[str, str], suffix: str = "") -> Evidence:
    """A reading of two readers together, and what each of them said."""
    behind = [said(word, reader, order=2 + n) for n, (reader, word) in enumerate(voices)]
    return evidence([said(ink, f"own-1+ppocr-v6-small{suffix}"), *behind], SPEC)


@pytest.mark.parametrize(("reader", "ink", "heard"), [
    ("own-1", "561", "own"), ("ppocr-v6-small", "561", "ppocr"), ("own-1", "", "blank"), ("marks-1", "1", "marks"),
    ("marks-1", "", "marks blank"), (f"own-1{STAINED}", "561", "own+stain"),
    (f"own-1+ppocr-v6-small{RESCUED}", "561", "own+ppocr+check"),
    (f"own-1+ppocr-v6-small{STAINED}{RESCUED}", "561", "own+ppocr+stain+check"),
])
def test_who_was_heard_is_told_without_their_versions(reader: str, ink: str, heard: str) -> None:
    assert evidence([said(ink, reader)], SPEC).heard == heard


def test_readers_who_spell_differently_and_mean_the_same_agree() -> None:
    assert weighed("561", ("own-1", "561"), ("ppocr-v6-small", "５６１")).heard == "own+ppocr agreed"
    assert weighed("561", ("own-1", "561"), ("own-1/boxes", "567"), ("ppocr-v6-small", "561")).heard == "own+ppocr differed"
    assert weighed("561", ("own-1", "561"), ("ppocr-v6-small", ""), suffix=STAINED).heard == "own+ppocr+stain differed"


def test_agreement_never_makes_a_reading_less_sure() -> None:
    agreed = weighed("561", ("own-1", "561"), ("ppocr-v6-small", "561"))
    assert agreed.alone == Evidence("own", 0.9)
    assert sureness(SPEC, replace(agreed, score=0.3)) == sureness(SPEC, Evidence("own", 0.9))


@pytest.mark.parametrize(("ink", "second"), [
    ("561", "tesseract agrees"), ("５６１", "tesseract agrees"), ("567", "tesseract differs"), ("", ""), ("あ", ""),
])
def test_an_independent_reader_agrees_or_differs_or_says_nothing(ink: str, second: str) -> None:
    assert evidence([said("561"), said(ink, "tesseract-5.3", order=2)], SPEC).second == second


def test_an_independent_yes_raises_and_a_no_lowers() -> None:
    plain, yes, no = (sureness(SPEC, Evidence("own", 0.9, says)) for says in ("", "tesseract agrees", "tesseract differs"))
    assert no < plain < yes < 1


def test_a_field_passes_from_its_target_on() -> None:
    assert enough(FORM, "points", 0.9, "561") and not enough(FORM, "points", 0.89, "561")
    kinds = little_form(review={"target": 0.9, "targets": {"int": 0.999}})
    assert not enough(kinds, "points", 0.99, "561") and enough(kinds, "amount", 0.99, "561")
    fields = {**kinds.fields, "points": SPEC.model_copy(update={"target": 0.0})}
    assert enough(kinds.model_copy(update={"fields": fields}), "points", 0.01, "561")
