"""No keystroke is lost: the server is killed in the middle of keying and comes again, in a real browser and a real process."""

from __future__ import annotations

import subprocess

import pytest
from playwright.sync_api import Page, Route, expect

from tests.desk.conftest import CHROMIUM, PASSWORD, Desk
from tests.desk.killed import desk_process

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


def test_a_server_that_is_killed_and_comes_again_while_somebody_keys_loses_and_doubles_nothing(
    births: subprocess.Popen[str], page: Page, desk: Desk,
) -> None:
    paper = desk.paper(doubt=("patient_kana", "patient_name", "days"))
    with desk_process(births, desk.home) as server:
        page.goto(f"{server.url}/desk/login")
        page.wait_for_selector("input[autofocus]:focus")
        page.keyboard.type("sato")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/")
        page.goto(f"{server.url}/desk/sheets/{paper.id}")
        page.wait_for_selector("body[data-ready]")
        page.keyboard.type("アソ ナツミ")
        page.keyboard.press("Enter")
        expect(page.locator("[data-field=patient_kana] .mark")).to_have_text("✓ 確認済")
        server.kill()
        page.keyboard.type("阿蘇　夏海")                   # keyed on, into nowhere
        page.keyboard.press("Enter")
        expect(page.locator("#reach")).to_contain_text("サーバーにつながりません")
        expect(page.locator("#saved")).to_have_text("保存できていません")
        assert page.evaluate("document.activeElement.name") == "days"
        page.keyboard.type("3")
        page.keyboard.press("Enter")
        server.begin()
        expect(page.locator("#saved")).to_contain_text("保存済み", timeout=20_000)
        expect(page.locator("#reach")).not_to_contain_text("つながりません")
        stored = desk.stored(paper)
        assert [stored.values[name] for name in ("patient_kana", "patient_name", "days")] == ["アソ　ナツミ", "阿蘇　夏海", 3]
        with desk.line.store.read() as look:
            told = [name for review in look.reviews(paper.id) for name in review.changes]
        assert sorted(told) == ["days", "patient_kana", "patient_name"]
        assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('tsuzuri.typed')).length") == 0


def test_an_answer_that_breaks_off_is_none_and_nothing_is_lost_by_it(page: Page, desk: Desk) -> None:
    paper, torn = desk.paper(doubt=("days",)), []

    def tear(route: Route) -> None:
        torn.append(route.request.url)
        route.fulfill(content_type="application/json", body='{"vers')

    page.route("**/beside", tear)
    page.route("**/save", tear, times=1)
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.locator("#reach")).to_contain_text("サーバーにつながりません")
    expect(page.locator("#saved")).to_contain_text("保存済み")
    assert desk.stored(paper).values["days"] == 4
    assert {url.rpartition("/")[2] for url in torn} == {"beside", "save"}


def test_what_was_keyed_while_the_server_was_away_outlives_the_window(
    births: subprocess.Popen[str], page: Page, desk: Desk,
) -> None:
    paper = desk.paper(doubt=("days",))
    with desk_process(births, desk.home) as server:
        page.goto(f"{server.url}/desk/login")
        page.wait_for_selector("input[autofocus]:focus")
        page.keyboard.type("sato")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/")
        page.goto(f"{server.url}/desk/sheets/{paper.id}")
        page.wait_for_selector("body[data-ready]")
        server.kill()
        page.keyboard.type("4")
        page.keyboard.press("Enter")
        expect(page.locator("#reach")).to_contain_text("サーバーにつながりません")
        server.begin()
        again = page.context.new_page()
        page.close()
        again.goto(f"{server.url}/desk/sheets/{paper.id}")
        expect(again.locator("[data-field=days] input[type=text]")).to_have_value("4")
