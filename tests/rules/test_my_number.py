"""個人番号 in ink: told by its check digit and how it stands, and blotted out."""

from __future__ import annotations

import pytest

from tsuzuri.rules.my_number import blotted, holds, named, twelves

# Synthetic examples, reckoned by the ordinance's rule; nobody's numbers.
RIGHT = ("123456789018", "987654321093", "000000000019", "111111111118", "209876543210")


@pytest.mark.parametrize("number", RIGHT)
def test_the_check_digit_is_the_ordinances(number: str) -> None:
    assert holds(number)
    assert not any(holds(number[:-1] + str(d)) for d in range(10) if str(d) != number[-1])


@pytest.mark.parametrize("ink", [
    "123456789018", "1234 5678 9018", "1234-5678-9018", "１２３４　５６７８　９０１８", "12345678901 8",
    "l234 5678 9O18", "番号:1234-5678-9018です",
])
def test_twelve_digits_are_seen_however_they_are_written_or_misread(ink: str) -> None:
    (seen,) = twelves(ink)
    assert seen.proven


@pytest.mark.parametrize("ink", ["12345678901", "1234567890181", "080-1234-5678", "令和6年4月12日 1,234円", "860-0001", ""])
def test_other_numbers_are_not_twelve_digits(ink: str) -> None:
    assert not list(twelves(ink))


def test_numbers_in_fours_are_told_from_bare_ones() -> None:
    assert [seen.grouped for seen in twelves("1234 5678 9018")] == [True]
    assert [seen.grouped for seen in twelves("123456789018")] == [False]


def test_what_is_found_is_blotted_out_and_the_rest_stays() -> None:
    ink = "備考 1234 5678 9018 以上"
    assert blotted(ink, tuple(twelves(ink))) == "備考 " + "●" * 14 + " 以上"


@pytest.mark.parametrize(("text", "speaks"), [
    ("個人番号", True), ("マイナンバー（個人番号）", True), ("個 人 番 号", True), ("通知カード", True), ("箇人番号", True),
    ("電話番号", False), ("受給者番号", False), ("個人情報", False),
])
def test_a_label_speaks_of_it_or_does_not(text: str, speaks: bool) -> None:
    assert named(text) is speaks
