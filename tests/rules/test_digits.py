"""Check digits."""

from __future__ import annotations

import pytest

from tsuzuri.rules.digits import check_digit, fits, institution_fits


@pytest.mark.parametrize("number", [
    "33120015", "01130012", "138057", "110080", "54016027", "21136015", "82138009", "82138553", "81136244",
    "81137242", "88138243", "88131248", "89131247", "430017", "01430016", "06431001", "39430012", "80430010",
    "81430019", "88430012", "0001230", "0045674", "7654320", "1002005",
])
def test_a_published_or_reckoned_number_fits_and_its_neighbour_does_not(number: str) -> None:
    assert fits(number)
    assert not fits(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert check_digit(number[:-1]) == int(number[-1])


@pytest.mark.parametrize("code", ["0110113719", "4310100013", "4330100027", "4340100033"])
def test_most_prefectures_reckon_an_institutions_digit_over_nine(code: str) -> None:
    assert institution_fits(code)
    assert not institution_fits(code[:-1] + str((int(code[-1]) + 1) % 10))


@pytest.mark.parametrize("prefecture", ["11", "12", "13", "14"])
def test_four_prefectures_reckon_it_over_six(prefecture: str) -> None:
    body = "010001"
    assert institution_fits(f"{prefecture}1{body}{check_digit(body)}")
    assert not institution_fits(f"{prefecture}1{body}{(check_digit(body) + 1) % 10}")
    assert not institution_fits(f"431{body}{check_digit(body)}")


def test_the_short_form_cannot_be_judged() -> None:
    assert institution_fits("0100013") and institution_fits("0100014")
