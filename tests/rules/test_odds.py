"""What a counted share is worth."""

from __future__ import annotations

import pytest

from tsuzuri.rules.odds import interval


@pytest.mark.parametrize(("wrong", "n", "low", "high"), [
    (0, 100, 0.0, 0.03622), (1, 477, 0.000053, 0.01162), (5, 50, 0.03328, 0.21814), (50, 50, 0.92888, 1.0), (0, 0, 0.0, 1.0),
])
def test_an_interval_is_clopper_and_pearsons(wrong: int, n: int, low: float, high: float) -> None:
    assert interval(wrong, n) == pytest.approx((low, high), abs=1e-5)
