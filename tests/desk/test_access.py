"""Every page of the desk against WCAG 2.1 AA, measured in a real browser: names, landmarks, the way of the focus, contrast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.desk.conftest import CHROMIUM, Desk

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
PAGES = ("/desk/", "/desk/batches", "/desk/nights", "/desk/rules", "/desk/ledgers", "/desk/runs", "/desk/runs/kodomo_seikyu/days",
         "/desk/keys", "/desk/exceptions", "/desk/batches/bt_east/papers", "/desk/sheets/{paper}", "/desk/sheets/{unknown}")

FAULTS = (Path(__file__).parent / "access.js").read_text("utf-8")


def _faults(page: Page) -> Any:
    return page.evaluate(FAULTS)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_what_it_shows_and_can_be_read(page: Page, desk: Desk, path: str) -> None:
    paper, unknown = desk.paper(draw=True, doubt=("days",), amount=3120), desk.paper(form=None, draw=True)
    desk.person("sato").post(f"/desk/sheets/{desk.paper().id}/ask", {"version": 1, "kind": "senior", "why": "決められません"})
    page.context.clear_cookies()
    page.goto(f"{desk.url}/desk/login")
    assert [fault for fault in _faults(page) if fault[0] != "no named nav"] == []      # nobody is in yet
    page.keyboard.type("kanto")
    page.keyboard.press("Tab")
    page.keyboard.type("kusamakura-1906")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    page.goto(desk.url + path.format(paper=paper.id, unknown=unknown.id))
    page.wait_for_load_state("networkidle")
    assert _faults(page) == []


def test_tab_goes_through_a_sheet_in_the_order_of_its_fields_and_shows_where_it_is(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("service_ym",))
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")
    order = page.eval_on_selector_all(".field", "(rows) => rows.map((row) => row.dataset.field)")
    been = [page.evaluate("document.activeElement.closest('.field')?.dataset.field")]
    while len(been) < 12:
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.closest('.field')?.dataset.field")
        assert page.evaluate("document.activeElement.matches(':focus-visible')")
        if at != been[-1]:
            been.append(at)
    assert been == order[order.index("service_ym"):][:12]
