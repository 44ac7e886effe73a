"""A crooked scan of a blank form lies straight, as large as its paper, with its rules where they are printed."""

from __future__ import annotations

import cv2
import pytest

from tsuzuri.forms import load_forms
from tsuzuri.image import Picture, as_pixels
from tsuzuri.image.blanks import blank_form
from tsuzuri.image.rules import Line
from tsuzuri.settings import REPO
from tsuzuri.synth.draw import blank_picture

FORMS = load_forms(REPO / "pipelines", REPO / "schemas")


@pytest.mark.parametrize(("name", "paper"), [("shobo_tenken", (210, 297)), ("kodomo_renki", (297, 210))])
def test_a_crooked_blank_is_made_straight_and_its_rules_are_found(name: str, paper: tuple[int, int]) -> None:
    form, dpi = FORMS[name], 150
    drawn = blank_picture(form, dpi)
    high, wide = drawn.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), 1.2, 1.0)
    scan = as_pixels(cv2.warpAffine(drawn, turn, (wide, high), borderValue=255))
    found = blank_form(Picture(scan, dpi))
    assert found.paper == paper and found.picture.pixels.shape[1] == pytest.approx(paper[0] * 8, abs=2)
    long = [line for line in form.print.lines if abs(line[2] - line[0]) + abs(line[3] - line[1]) > 40]
    assert all(any(_covers(other, line) for other in found.lines) for line in long)     # one that is told in two is found whole
    assert len(found.anchors) == len(form.anchors)
    assert all(min(abs(x - a) + abs(y - b) for a, b in found.anchors) < 1.5 for x, y in form.anchors)


def _covers(found: Line, told: Line) -> bool:
    """Whether a rule lies along another, and as far as it."""
    (a1, b1, a2, b2), (x1, y1, x2, y2) = found, told
    return a1 < x1 + 1.5 and b1 < y1 + 1.5 and a2 > x2 - 1.5 and b2 > y2 - 1.5 and min(
        max(abs(a1 - x1), abs(a2 - x2)), max(abs(b1 - y1), abs(b2 - y2))) < 1.0


def test_a_scan_that_tells_no_size_is_an_a4() -> None:
    drawn = blank_picture(FORMS["shobo_tenken"], 100)
    assert blank_form(Picture(drawn)).paper == (210.0, 297.0)
