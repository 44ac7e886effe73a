from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tsuzuri.settings import REPO
from tsuzuri.synth import claims, fonts, people
from tsuzuri.synth.fonts import FontMissing, can_write, font_path

HERE = Path(people.__file__).parent


def test_fonts_for_tuning_and_for_tests_are_not_the_same_ones() -> None:
    assert not set(fonts.PRINT["tuning"]) & set(fonts.PRINT["test"])
    assert not set(fonts.HAND["tuning"]) & set(fonts.HAND["test"])


@pytest.mark.parametrize("purpose", ["tuning", "sample", "test"])
def test_every_name_and_town_can_be_written_so_that_no_sheet_shows_an_empty_box(purpose: fonts.Purpose) -> None:
    if not fonts.have_fonts(purpose):
        pytest.skip("the fonts of figures come with `make bench`")
    written = "".join(path.read_text("utf-8") for path in (Path(claims.__file__), Path(people.__file__)))
    written += "".join(path.read_text("utf-8") for path in (REPO / "schemas").glob("*.json"))
    japanese = "".join(c for c in written if ord(c) > 0x3000 and c.isalpha())
    for file in ("names.csv", "places.csv"):
        with (HERE / file).open(encoding="utf-8") as lines:
            japanese += "".join("".join(row.values()) for row in csv.DictReader(lines))
    for names in (fonts.PRINT[purpose], fonts.HAND[purpose]):
        assert [c for c in sorted(set(japanese)) if not any(can_write(name, c) for name in names)] == []


@pytest.mark.parametrize("purpose", ["sample", "tuning"])
def test_no_test_needs_a_font_that_no_package_brings(purpose: fonts.Purpose) -> None:
    assert fonts.have_fonts(purpose)


def test_a_font_is_said_to_lack_what_it_cannot_write() -> None:
    assert can_write("ipag.ttf", "熊本 市") and not can_write("ipag.ttf", "\U0001f600")


def test_a_missing_font_is_named_with_the_packages_that_bring_it() -> None:
    with pytest.raises(FontMissing, match="fonts-klee"):
        font_path("NoSuchFont.ttf")
