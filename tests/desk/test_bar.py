"""The bar on top: each person sees the pages that are open to them, and reaches each by keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import CHROMIUM, Desk, window
from tsuzuri.desk.bar import ENTRIES


@pytest.mark.parametrize("name", ["sato", "kanto", "kansa", "higashi"])
def test_the_bar_shows_exactly_the_pages_that_open(desk: Desk, name: str) -> None:
    person = desk.person(name)
    shown = set(re.findall(r'href="(/desk/[^"]*)"', person.web.get("/desk/").text.partition("<nav")[2].partition("</nav>")[0]))
    assert shown
    for entry in ENTRIES:
        answer = person.web.get(f"/desk{entry.path}")
        assert (answer.status_code == 200) == (f"/desk{entry.path}" in shown), entry.path
        if answer.status_code == 200:
            assert f'href="/desk{entry.path}" aria-current="page"' in answer.text.partition("</nav>")[0]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_group_opens_by_key_shuts_by_escape_and_fits_a_narrow_screen(chromium: Any, desk: Desk) -> None:
    with window(chromium, desk, "kanto") as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        groups = page.locator(".bar summary")
        groups.nth(0).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".bar details").nth(0)).to_have_attribute("open", "")
        page.keyboard.press("Escape")
        assert _open(page) == 0
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.textContent") == page.locator(".bar li a").nth(1).text_content()
        groups.nth(1).click()
        assert _open(page) == 1                            # one at a time
        page.keyboard.press("ArrowUp")
        last = page.locator(".bar details").nth(1).locator("a").last
        expect(last).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{last.get_attribute('href')}")
        expect(page.locator(".bar summary.at")).to_have_count(1)
        page.locator(".bar summary.at").click()
        page.locator("h1").first.click()
        assert _open(page) == 0


def _open(page: Page) -> int:
    return page.locator(".bar details[open]").count()
