"""What no single claim shows: a group that a condition dropped, a sum that is several times the usual."""

from __future__ import annotations

import pytest

from tsuzuri.rules.amiss import LEVELS, Group, Sum, amiss, moved

EAST, WEST = Group("4310100013", "kodomo_seikyu", "東区"), Group("4310100021", "jyudo_seikyu", "西区")
USUAL = {EAST: Sum(100, 200_000), WEST: Sum(50, 100_000)}


def found(now: dict[Group, Sum], nights: int = 3) -> set[tuple[str, str, str]]:
    """Level, group and word of what looks wrong."""
    return {(one.level, "/".join(one.of), one.word) for one in amiss([USUAL] * nights, now)}


def test_a_night_like_the_others_is_nothing_to_tell() -> None:
    assert found({EAST: Sum(110, 260_000), WEST: Sum(40, 90_000)}) == set() and amiss([], USUAL) == []


def test_a_group_that_every_night_had_and_this_one_has_not_is_told_at_every_level() -> None:
    assert found({EAST: USUAL[EAST]}) == {
        ("form", "jyudo_seikyu", "gone"), ("ward", "西区", "gone"), ("form_ward", "jyudo_seikyu/西区", "gone"),
        ("institution", "4310100021", "gone")}


def test_of_an_empty_night_the_forms_are_told_and_not_two_thousand_institutions() -> None:
    assert found({}) == {("form", "kodomo_seikyu", "gone"), ("form", "jyudo_seikyu", "gone")}


def test_a_form_of_which_few_are_left_is_told_and_a_small_institution_may_come_and_go() -> None:
    assert ("form", "kodomo_seikyu", "fell") in found({**USUAL, EAST: Sum(20, 40_000)})
    rare = Group("4310100039", "kodomo_seikyu", "東区")
    past = [USUAL, {**USUAL, rare: Sum(1, 900)}, USUAL]
    assert amiss(past, USUAL) == []


@pytest.mark.parametrize(("yen", "told"), [(599_999, False), (600_000, True)])
def test_three_times_the_usual_sum_is_told(yen: int, told: bool) -> None:
    assert (("ward", "東区", "leapt") in found({**USUAL, EAST: Sum(100, yen)})) is told


def test_small_sums_leap_without_a_word() -> None:
    small = {EAST: Sum(1, 900)}
    assert amiss([small], {EAST: Sum(9, 90_000)}) == []


def test_what_moved_is_told_by_its_weight() -> None:
    now = {EAST: Sum(101, 200_500), Group("4310100047", "kodomo_seikyu", "北区"): Sum(2, 900)}
    assert [(one.group.ward, one.word, one.now.yen - one.was.yen) for one in moved(USUAL, now)] == [
        ("西区", "gone", -100_000), ("北区", "new", 900), ("東区", "changed", 500)]


def test_every_level_is_made_of_a_groups_parts() -> None:
    assert all(set(parts) <= set(Group._fields) for parts in LEVELS.values())
