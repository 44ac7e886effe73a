"""Confidences as probabilities: what one voice is worth, and several."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tsuzuri.engines.calibration import (
    FILE,
    NEVER,
    UNPROVEN,
    after_second,
    chance,
    demanded,
    heard_of,
    pooled,
    slip,
    use,
    worth,
)

FAMILIES = ("numeric", "kana")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_surer_reading_is_never_worth_less_and_nothing_is_certain(family: str) -> None:
    worth = [chance(family, confidence) for confidence in (0.0, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 1.0)]
    assert worth == sorted(worth) and worth[0] > 0 and worth[-1] < 1


def test_a_family_that_was_never_measured_is_worth_what_it_says() -> None:
    assert chance("kanji", 0.7) == 0.7


@pytest.mark.parametrize("family", FAMILIES)
def test_shares_of_spellings_leave_room_for_none_of_them(family: str) -> None:
    shares = pooled(family, {"own": {"1": 0.6, "7": 0.3}, "ppocr": {"7": 0.9}}, ["1", "7", "4"])
    assert 0.5 < sum(shares.values()) < 1
    assert list(shares.values()) == sorted(shares.values(), reverse=True) and set(shares) == {"1", "7", "4"}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_voice_more_for_a_spelling_raises_it(family: str) -> None:
    own = {"1": 0.6, "7": 0.3}
    alone = pooled(family, {"own": own}, ["1", "7"])["1"]
    assert pooled(family, {"own": own, "ppocr": {"1": 0.99}}, ["1", "7"])["1"] > alone
    assert pooled(family, {"own": own, "ppocr": {"7": 0.99}}, ["1", "7"])["1"] < alone


def test_the_file_says_where_its_numbers_come_from() -> None:
    told = json.loads(FILE.read_text("utf-8"))
    assert "seeds" in told["from"] and told["sheets"] > 0 and set(told["families"]) == set(FAMILIES)


def test_in_every_group_and_constellation_a_better_score_is_worth_as_much_or_more() -> None:
    told = json.loads(FILE.read_text("utf-8"))
    for group, constellations in told["worth"].items():
        for heard in constellations:
            worths = [worth(group, heard, score) for score in (0.0, 0.3, 0.7, 0.9, 0.99, 0.999, 1.0)]
            assert worths == sorted(worths) and worths[0] > 0 and worths[-1] < 1, (group, heard)


def test_a_stricter_target_never_demands_less() -> None:
    for group in json.loads(FILE.read_text("utf-8"))["passing"]:
        demands = [demanded(group, target) for target in (0.0, 0.5, 0.9, 0.95, 0.998, 0.9995, 0.999999)]
        assert demands == sorted(demands) and demands[0] == 0.0 and demands[-1] <= NEVER, group


def test_what_was_never_measured_demands_its_target_proves_nothing_and_changes_no_odds() -> None:
    assert demanded("runes", 0.998) == 0.998 and slip("moon_phase", "day") == 1.0
    assert after_second("runes", "oracle agrees", 0.7) == pytest.approx(0.7) and not heard_of("runes", "oracle agrees")


@pytest.mark.parametrize("score", [0.1, 0.7, 0.99, 1.0])
def test_a_stranger_is_not_taken_at_its_word(score: float) -> None:
    for group in ("money", "runes"):
        assert worth(group, "a-stranger", score) <= UNPROVEN < demanded("money", 0.998)


FLAT = {name: {"curve": [[0.1, sure], [0.9, sure]]} for name, sure in
        {"own": 0.99, "own+ppocr agreed": 0.999, "own+ppocr differed": 0.6, "ppocr": 0.9, "marks": 0.3}.items()}


@pytest.fixture
def little() -> Iterator[None]:
    """Measured of money alone, which is told by numbers where it was not measured, as are dates."""
    use({"wider": {"money": "numeric", "date": "numeric"}, "worth": {"money": FLAT, "numeric": {"own+stain": FLAT["ppocr"]}},
         "passing": {"numeric": [[0.985, 100, 0, 0.001]]}, "seconds": {"numeric": {"tesseract agrees": {"odds": 9.0}}}})
    yield
    use(None)


@pytest.mark.usefixtures("little")
def test_where_a_group_was_not_measured_what_is_more_general_speaks() -> None:
    assert worth("money", "own+stain", 0.5) == worth("date", "own+stain", 0.5) == pytest.approx(0.9)
    assert demanded("date", 0.998) == 0.985 and demanded("date", 0.9999) == NEVER
    assert after_second("date", "tesseract agrees", 0.5) == pytest.approx(0.9)


@pytest.mark.usefixtures("little")
def test_a_reading_that_is_far_worse_than_the_others_does_not_pass_with_them() -> None:
    assert demanded("date", 0.99) == demanded("date", 0.998) == 0.985      # by what was measured
    assert demanded("date", 0.9989) == pytest.approx(0.989)                # by how much worse than the others it is


@pytest.mark.usefixtures("little")
def test_those_who_were_never_heard_together_are_worth_the_least_that_one_of_them_is() -> None:
    assert worth("money", "own+ppocr+oracle agreed", 0.99) == pytest.approx(0.6)
    assert worth("money", "ppocr+oracle agreed", 0.99) == pytest.approx(0.6)
