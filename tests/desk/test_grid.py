"""A sheet that lists patients: its rows are a table, walked by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import CHROMIUM, Desk
from tests.desk.papers import numbered
from tsuzuri.model import Document

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


def _listed(desk: Desk, doubt: tuple[str, ...], **more: str) -> Document:
    values: dict[str, object] = {}
    for n in range(1, 19):
        row = {"recipient_no": numbered(f"{104500 + n}"), "patient_name": f"阿蘇　春斗{n}", "insurer_no": numbered("43012"),
               "inout": "外来", "days": 2, "points": 1240, "ratio": "3割", "copay": 3720, "patient_paid": 700, "amount": 3020}
        values |= {f"patients.{n}.{column}": value for column, value in row.items()}
    return desk.paper("kodomo_renki20", draw=True, doubt=doubt, **{**values, **more})


def _at(page: Page) -> str:
    name: str = page.evaluate("document.activeElement.name")
    return name


def test_rows_are_walked_cell_by_cell_and_from_doubt_to_doubt(page: Page, desk: Desk) -> None:
    evil = "<script>alert(1)</script>"
    paper = _listed(desk, ("patients.3.days", "patients.17.points"), **{"patients.4.remarks": evil})
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator(".grid tbody tr")).to_have_count(20)
    expect(page.locator("[data-field='patients.4.remarks'] input[type=text]")).to_have_value(evil)
    page.locator("[data-field='patients.3.days'] input[type=text]").focus()
    expect(page.locator(".row-strip canvas")).to_be_visible()
    for chord, name in (("Alt+ArrowDown", "4.days"), ("Alt+ArrowRight", "4.points"), ("Alt+ArrowUp", "3.points"),
                        ("Alt+ArrowLeft", "3.days")):
        page.keyboard.press(chord)
        assert _at(page) == f"patients.{name}"
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator("[data-field='patients.3.days'] .mark")).to_have_text("✓ 確認済")
    assert desk.stored(paper).values["patients.3.days"] == 5
