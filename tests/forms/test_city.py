"""The city's own page beside its forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsuzuri.errors import Misdeclared
from tsuzuri.forms import load_city
from tsuzuri.settings import REPO


def test_the_city_has_five_wards_with_two_digits_each() -> None:
    city = load_city(REPO / "pipelines")
    assert city.code == "431001"
    assert city.wards == {"中央区": "01", "東区": "02", "西区": "03", "南区": "04", "北区": "05"}


@pytest.mark.parametrize(("told", "where"), [
    ("code: '12'\nname: x\nwards: {}\n", ":1: code"),
    ("code: '431001'\nname: x\nwards:\n  東区: '2'\n", ":4: wards.東区"),
    ("code: '431001'\nname: x\nward: {}\n", "wards"),
])
def test_a_slip_in_the_citys_page_is_told_with_its_line(tmp_path: Path, told: str, where: str) -> None:
    (tmp_path / "_city.yaml").write_text(told, "utf-8")
    with pytest.raises(Misdeclared, match=where):
        load_city(tmp_path)


def test_a_folder_of_forms_without_its_city_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misdeclared, match=r"_city\.yaml does not exist"):
        load_city(tmp_path)
