"""What many pages have alike is print: a column that a new print run moved is told, single folds are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tsuzuri.forms import Form, load_forms
from tsuzuri.image import Pixels
from tsuzuri.image.align import fits
from tsuzuri.image.atlas import atlas
from tsuzuri.image.lie import settled
from tsuzuri.image.overview import overview
from tsuzuri.image.rules import layout
from tsuzuri.model import Placement
from tsuzuri.settings import REPO
from tsuzuri.stages.drift import Lay, drifts, shifts
from tsuzuri.synth.draw import blank_picture

FORMS = load_forms(REPO / "pipelines", REPO / "schemas")
MONDAY = datetime(2025, 6, 2, 0, 0, tzinfo=UTC)


def lays(*pages: dict[str, tuple[float, float]]) -> list[Lay]:
    """Pages, one an hour."""
    return [Lay(MONDAY + timedelta(hours=i), page) for i, page in enumerate(pages)]


def laid(pixels: Pixels, form: Form) -> Placement:
    """A page laid on its form by its rules alone."""
    view = overview(pixels)
    known = atlas({form.name: layout(form.paper, form.anchors, form.anchor_mm, form.print.frames, form.print.lines)})
    lie = settled(view, known.layouts[form.name], fits(view, known)[0].homography)
    return Placement(form.name, bend=lie.bend.plain if lie.bend else ())


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
    frames = tuple((x + 2.0, y, w, h) if (x, y) == (160.0, 18.5) else (x, y, w, h) for x, y, w, h in form.print.frames)
    moved = form.model_copy(update={"print": form.print.model_copy(update={"frames": frames})})     # the box for the stamp
    assert shifts(laid(blank_picture(form, 150), form), form) == {}
    said = shifts(laid(blank_picture(moved, 150), form), form)
    assert set(said) == {"received_stamp"} and said["received_stamp"][0] == pytest.approx(2.0, abs=0.25)
