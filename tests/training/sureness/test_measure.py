"""Papers of known truth are read, and what that shows is written where every threshold looks it up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.stages.claims import VALUES, little_form
from tsuzuri.engines import calibration
from tsuzuri.forms import Forms
from tsuzuri.model import Reading
from tsuzuri.rules import KINDS, show
from tsuzuri.stages.sure import Evidence, enough, sureness
from tsuzuri.training.sureness.measure import fit
from tsuzuri.training.sureness.papers import Sheet

FORMS = Forms({"little": little_form(review={"target": 0.99})})
FORM = FORMS["little"]


def sheet(*, misread: int | None = None, confidence: float = 0.99) -> Sheet:
    """The fictional claim as it was read, its amount perhaps wrongly."""
    truth = {name: VALUES.get(name) for name in FORM.fields}
    inks = {name: "1" if value is True else show(FORM.fields[name].kind, value) for name, value in truth.items()}
    marks = {name for name, spec in FORM.fields.items() if KINDS[spec.kind].reads in ("choice", "seal", "tick")}
    readings = [
        Reading(name, ink, 0.99, "marks-1" if name in marks else "own-1", FORM.fields[name].area) for name, ink in inks.items()
    ]
    if misread is not None:
        readings = [replace(r, ink=str(misread), confidence=confidence) if r.field == "amount" else r for r in readings]
    return Sheet("little", tuple(readings), truth)


@pytest.fixture
def measured(at_their_word: None) -> dict[str, Any]:
    """300 papers, of ten the amount was misread with a poor score."""
    read = [sheet() for _ in range(290)] + [sheet(misread=900 + i, confidence=0.6) for i in range(10)]
    return fit(read, FORMS, {"families": {}})


def test_a_poor_score_is_worth_what_it_was_and_a_good_one_more(measured: dict[str, Any]) -> None:
    good, poor = (sureness(FORM.fields["amount"], Evidence("own", score)) for score in (0.99, 0.6))
    assert good > 0.99 > 0.5 > poor


def test_the_target_decides_what_passes_and_a_stricter_one_lets_less_through(measured: dict[str, Any]) -> None:
    loose, strict = calibration.demanded("money", 0.9), calibration.demanded("money", 0.999)
    assert loose < strict <= calibration.NEVER
    careful = little_form(review={"target": 0.999})
    proven = 1 - (1 - sureness(FORM.fields["amount"], Evidence("own", 0.99))) * calibration.slip("balance", "amount")
    assert enough(careful, "amount", proven, "983") and not enough(careful, "amount", 0.3, "983")
    assert enough(little_form(review={"target": 0.9}), "amount", 0.3, "983")      # nine in ten are right if all of them pass


def test_a_target_that_so_few_papers_cannot_prove_lets_nothing_pass(measured: dict[str, Any]) -> None:
    assert calibration.demanded("money", 0.99999) == calibration.NEVER


def test_a_sum_that_no_misread_amount_closes_is_a_proof(measured: dict[str, Any]) -> None:
    assert calibration.slip("balance", "amount") < 0.1
    assert calibration.slip("points_given", "points") == 1.0


def test_what_is_written_tells_how_many_papers_it_comes_from(measured: dict[str, Any]) -> None:
    assert measured["sheets"] == 300 and "300 tuning papers" in measured["from"]
    assert measured["worth"]["money"]["own"]["wrong"] == 10
