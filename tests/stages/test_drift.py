"""What many pages have alike is print: a column that a new print run moved is told, single folds are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tsuzuri.forms import Form, load_forms, regions
from tsuzuri.image import Picture, Pixels
from tsuzuri.image.align import fits
from tsuzuri.image.aside import Shift, aside, sides
from tsuzuri.image.atlas import atlas
from tsuzuri.image.lie import settled
from tsuzuri.image.overview import overview
from tsuzuri.image.rules import layout
from tsuzuri.model import Box
from tsuzuri.settings import REPO
from tsuzuri.stages.drift import Lay, drifts
from tsuzuri.synth.draw import blank_picture
from tsuzuri.synth.papers import make

FORMS = load_forms(REPO / "pipelines", REPO / "schemas")
MONDAY = datetime(2025, 6, 2, 0, 0, tzinfo=UTC)


def lays(*pages: dict[str, tuple[float, float]]) -> list[Lay]:
    """Pages, one an hour."""
    return [Lay(MONDAY + timedelta(hours=i), page) for i, page in enumerate(pages)]


def seen(pixels: Pixels, form: Form) -> dict[str, Shift]:
    """What lies aside on a page that is laid on its form by its rules alone."""
    view = overview(Picture(pixels).gray)
    known = atlas({form.name: layout(form.paper, form.anchors, form.anchor_mm, form.print.frames, form.print.lines)})
    lie = settled(view, known.layouts[form.name], fits(view, known)[0].homography)
    return aside(lie.off, sides(known.layouts[form.name], regions(form)))


def reprinted(form: Form, area: Box, right: float) -> Form:
    """The form in a new print run: what lies in an area lies so many mm further right."""
    left, top, wide, high = area

    def by(x: float, y: float, w: float, h: float) -> float:
        return right if left <= x and top <= y and x + w <= left + wide and y + h <= top + high else 0.0

    lines = tuple((x1 + (m := by(x1, y1, x2 - x1, y2 - y1)), y1, x2 + m, y2) for x1, y1, x2, y2 in form.print.lines)
    frames = tuple((x + by(x, y, w, h), y, w, h) for x, y, w, h in form.print.frames)
    fields = {name: spec.model_copy(update={"box": (spec.box[0] + by(*spec.box), *spec.box[1:])}) if spec.box else spec
              for name, spec in form.fields.items()}
    return form.model_copy(update={"print": form.print.model_copy(update={"lines": lines, "frames": frames}), "fields": fields})


def test_a_column_moved_by_two_millimetres_alarms_and_tells_since_when() -> None:
    found = drifts(lays(*[{}] * 12, *[{"amount": (1.9, 0.1)}, {"amount": (2.1, 0.0), "days": (0.0, -0.9)}] * 10))
    assert [(d.region, d.alarming, d.since, d.pages) for d in found] == [("amount", True, MONDAY + timedelta(hours=12), 20)]
    assert found[0].mm == pytest.approx(2.0, abs=0.15)


def test_a_millimetre_warns_and_less_is_silent() -> None:
    assert [d.alarming for d in drifts(lays(*[{"amount": (0.0, 1.2)}] * 8))] == [False]
    assert drifts(lays(*[{"amount": (0.0, 0.7)}] * 8)) == []


def test_folds_of_single_pages_and_too_few_pages_tell_nothing() -> None:
    assert drifts(lays(*[{"amount": (3.0, 0.0)}] * 4)) == []
    folded = [{"amount": (0.6 * i, 0.0)} if i % 3 == 0 else {} for i in range(1, 25)]
    assert drifts(lays(*folded)) == []


def test_a_page_on_which_a_box_was_printed_elsewhere_says_so_and_a_true_one_does_not() -> None:
    form = FORMS["kodomo_shinsei"]
    moved = reprinted(form, (160.0, 18.5, 34.0, 27.0), 2.0)                             # the box for the stamp
    assert seen(blank_picture(form, 150), form) == {}
    said = seen(blank_picture(moved, 150), form)
    assert set(said) == {"received_stamp"} and said["received_stamp"][0] == pytest.approx(2.0, abs=0.25)


@pytest.mark.parametrize(("name", "area", "region", "right"), [
    ("kodomo_renki", (157.5, 71.0, 12.0, 109.0), "patients.days", -2.0),
    ("kodomo_seikyu", (118.8, 108.0, 32.5, 11.0), "symbol", 2.0),
])
def test_a_narrow_column_of_a_new_print_run_is_told_within_twenty_sheets_and_its_neighbours_are_not(
    name: str, area: Box, region: str, right: float,
) -> None:
    form = FORMS[name]
    new = [seen(make(reprinted(form, area, right), 31_000 + i, style, recipe).picture, form)
           for i, (style, recipe) in enumerate((("typed", "clean"), ("hand", "poor")))]
    assert drifts(lays(*[{}] * 40, *new * 7)) == []
    found = drifts(lays(*[{}] * 40, *new * 8))
    assert [(drift.region, drift.alarming) for drift in found] == [(region, True)]
    assert found[0].right == pytest.approx(right, abs=0.2) and found[0].down == 0


def test_filled_sheets_of_the_print_that_is_known_tell_nothing() -> None:
    form = FORMS["kodomo_seikyu"]
    assert [seen(make(form, 31_100 + i, "hand", recipe).picture, form) for i, recipe in enumerate(("office", "fax"))] == [{}, {}]
