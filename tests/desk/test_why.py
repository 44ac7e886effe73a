"""A finding explained in a real browser: by key and by click, its boxes lit, and what was written on paper stays text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import CHROMIUM, Desk
from tsuzuri.model import Document

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


def _open(page: Page, desk: Desk, paper: Document) -> None:
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")


def test_a_key_explains_the_fields_finding_and_lights_all_that_it_rests_on(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, amount=3120)
    _open(page, desk, paper)
    page.locator("[data-field=amount] input[type=text]").focus()
    page.keyboard.press("Alt+KeyK")
    expect(page.locator("[data-field=amount] .explained h3")).to_contain_text("V41")
    expect(page.locator("#boxes g.lit")).to_have_count(5)      # copay, paid, others, kougaku, amount
    page.keyboard.press("Alt+KeyK")
    expect(page.locator(".explained")).to_have_count(0)
    expect(page.locator("#boxes g.lit")).to_have_count(0)


def test_a_click_explains_where_it_falls_and_a_question_is_written_from_there(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("days",), days=31, service_ym="2025-04")
    _open(page, desk, paper)
    button = page.locator("[data-why^=V33]")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="照会文を作る").click()
    expect(page.get_by_text("照会文を開く（PDF）")).to_be_focused()
    with desk.line.store.read() as look:
        (letter,) = look.letters_of(paper.id)
    assert letter.wording.reasons[0].code == "V33" and desk.stored(paper).step is paper.step


def test_a_script_in_what_the_paper_says_stays_text_in_its_explanation(page: Page, desk: Desk) -> None:
    nasty = "<img src=x onerror=document.title='pwned'>"
    paper = desk.paper(amount=3120, inst_name=nasty)
    _open(page, desk, paper)
    page.locator("[data-why^=V41]").click()
    expect(page.locator(".explained h3")).to_be_visible()
    page.goto(f"{desk.url}/desk/letters")
    assert page.title() != "pwned"
