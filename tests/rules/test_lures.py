"""A misreading looks like one: another value of the same kind, one digit off."""

from __future__ import annotations

from random import Random

import pytest

from tsuzuri.model import Value
from tsuzuri.rules import mean, show
from tsuzuri.rules.lures import misread


@pytest.mark.parametrize(("kind", "value"), [
    ("yen", 3020), ("yen", 1), ("int", 12), ("wareki", "2025-05-08"), ("ym", "2025-04"),
    ("phone", "0960001234"), ("digits", "2718281"),
])
def test_a_misreading_is_another_value_of_the_kind_and_as_long(kind: str, value: Value) -> None:
    shown = show(kind, value)
    for seed in range(50):
        wrong = misread(kind, value, Random(seed))
        assert wrong is not None and wrong != shown and len(wrong) == len(shown)
        assert sum(a != b for a, b in zip(wrong, shown, strict=True)) == 1
        assert mean(kind, wrong) != value and show(kind, mean(kind, wrong)) == wrong


@pytest.mark.parametrize(("kind", "value"), [("name", "阿蘇　春斗"), ("recipient_no", "1045821"), ("seal", True), ("yen", None)])
def test_where_a_wrong_digit_would_be_found_anyway_or_there_is_none_nothing_is_misread(kind: str, value: Value) -> None:
    assert misread(kind, value, Random(1)) is None
