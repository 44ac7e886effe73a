"""What a form's targets cost in looks and leave in errors: read off what was measured, target by target."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk import papers
from tsuzuri.engines import calibration
from tsuzuri.stages.labour import WHOLE, Aims, Expected, aimed, aims_of, decided_by_target, expected, leaving, lever_of

FORM = papers.FORMS["kodomo_seikyu"]


@pytest.fixture
def measured() -> Iterator[None]:
    """Of 100 amounts 80 pass at 0.99 with 1 in 1,000 wrong, all at 0.5 with 1 in 10; of 10 blanks all with none wrong."""
    curves = {"money": [[0.99, 80, 0, 0.001], [0.5, 100, 9, 0.1]], "blank": [[0.999, 10, 0, 0.0]]}
    calibration.use({"passing": curves, "families": {}})
    yield
    calibration.use(None)


def test_a_looser_target_lets_more_pass_and_more_of_it_wrong(measured: None) -> None:
    strict, loose = calibration.passes("money", 0.999), calibration.passes("money", 0.89)
    assert (strict.share, strict.wrong, strict.n) == (0.8, 0.001, 100) and (loose.share, loose.wrong) == (1.0, 0.1)
    assert calibration.passes("money", 0.9999).share == 0 == calibration.passes("kana", 0.9).n
    assert calibration.passes("money", 0).share == 1


def test_a_forms_labour_is_the_sum_of_its_fields_and_a_blank_box_asks_for_less(measured: None) -> None:
    form = aimed(FORM, Aims(0.999, {"yen": 0.999}))
    (full,) = expected(form, {}, ["copay"]).values()
    (half,) = expected(form, {"copay": 0.5}, ["copay"]).values()
    assert full == Expected(pytest.approx(0.2), 0.8, 0.8 * 0.001) and half.shown == pytest.approx(0.1)
    (twice,) = expected(form, {}, ["amount"]).values()
    assert twice.shown == pytest.approx(0.4)              # keyed by two where it is in doubt
    (unknown,) = expected(form, {}, ["patient_kana"]).values()
    assert unknown == Expected(shown=1.0)                 # nothing like it was measured: a person sees it
    assert (full + twice).share_wrong == pytest.approx(0.001)


def test_each_field_has_one_lever_and_moving_it_moves_only_its_own(measured: None) -> None:
    aims = aims_of(FORM)
    assert [lever_of(FORM, name) for name in ("copay", "fee", "days")] == ["kind yen", "field fee", WHOLE]
    moved = aimed(FORM, aims.moved({"kind yen": 0.9, "field fee": 0.5, "kind kana": 0.1}))
    assert [moved.target(name) for name in ("copay", "fee", "days")] == [0.9, 0.5, FORM.review.target]
    assert aimed(FORM, aims).target("copay") == FORM.target("copay") and aims.moved({}) == aims
    assert aims.loosened(2).kinds["yen"] == pytest.approx(0.999) and Aims(0.5).loosened(3).whole == 0
    assert {lever_of(FORM, name) for name in decided_by_target(FORM)} <= set(aims.levers())


def test_what_leaves_with_the_feed_is_what_is_paid_and_to_whom() -> None:
    assert "amount" in leaving(FORM) and "inst_address" not in leaving(FORM)
    assert "patients.1.amount" in leaving(papers.FORMS["kodomo_renki"])
    records = papers.FORMS["shobo_tenken"]
    assert leaving(records) == decided_by_target(records)
