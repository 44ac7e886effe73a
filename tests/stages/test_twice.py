"""Two entries settle a field only if two made them and both mean the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsuzuri.rules import same
from tsuzuri.stages.twice import READER, Blind, agreeing, differ, fuller

WHO = st.sampled_from(["sato", "ito", "ono", READER])
AMOUNTS = st.builds(
    lambda by, value, legible: Blind(by, str(value), value if legible else None, legible or by == READER),
    WHO, st.integers(1, 3), st.booleans())


@given(st.lists(AMOUNTS, max_size=5))
def test_one_account_or_two_values_never_settle_a_field(entries: list[Blind]) -> None:
    pair = agreeing("yen", entries)
    if pair is None:
        for i, a in enumerate(entries):
            for b in entries[:i]:
                assert a.by == b.by or a.legible is not b.legible or (a.legible and not same("yen", a.value, b.value))
    else:
        first, second = pair
        assert first.by != second.by and first.legible is second.legible and first.value == second.value


def test_a_gap_in_a_name_is_no_difference_and_the_name_with_it_counts() -> None:
    bare, gapped = Blind("sato", "阿蘇春斗", "阿蘇春斗"), Blind("ito", "阿蘇 春斗", "阿蘇　春斗")
    assert agreeing("name", [bare, gapped]) == (bare, gapped) and fuller(bare, gapped) is gapped
    assert agreeing("name", [bare, Blind("ito", "阿蘇　春人", "阿蘇　春人")]) is None


@pytest.mark.parametrize(("by", "two"), [(("sato",), False), (("sato", READER), False), (("sato", "ito"), True)])
def test_who_differs_must_be_two_people(by: tuple[str, ...], two: bool) -> None:
    assert differ([Blind(name, str(i), i) for i, name in enumerate(by)]) is two
