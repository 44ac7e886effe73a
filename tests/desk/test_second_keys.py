"""Blind keying and judging in a real browser, by keyboard alone, each account in a window of its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.desk.conftest import CHROMIUM, Desk, window
from tsuzuri.model import Step

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


def _open(page: Page, desk: Desk, path: str) -> None:
    page.goto(f"{desk.url}/desk/{path}")
    page.wait_for_selector("body[data-ready]")


def _keyed(page: Page, *inks: str) -> None:
    for ink in inks:
        page.keyboard.type(ink)
        page.keyboard.press("Enter")


def _done(page: Page) -> None:
    expect(page.locator("#above")).to_contain_text("いまありません")
    expect(page.locator("#saved")).to_have_text("")


def test_two_key_blind_and_a_third_judges_by_keyboard_alone(chromium: Browser, page: Page, desk: Desk) -> None:
    papers = [desk.paper(draw=n == 0, doubt=("amount",), amount=3920) for n in range(5)]
    _open(page, desk, "second")
    expect(page.locator("#label")).to_have_text("請求額")
    expect(page.locator("#typed")).to_have_value("")
    expect(page.locator("#left")).to_have_text("あなたの入力待ち 5 欄")
    assert "3920" not in page.content() and "3,920" not in page.content()
    page.keyboard.press("F2")
    expect(page.locator("#lit")).to_be_visible()
    page.keyboard.press("F2")
    page.keyboard.press("Enter")                        # nothing typed is no blank
    expect(page.locator("#told")).to_contain_text("F9")
    _keyed(page, "3020", "3020", "9999")
    page.keyboard.type("３，０２０円")
    expect(page.locator("#will")).to_contain_text("保存される値：3,020")      # what will be stored, before it is
    page.keyboard.press("F10")                          # cannot be read
    page.keyboard.press("Control+z")                    # … can
    expect(page.locator("#told")).to_contain_text("取り消しました")
    _keyed(page, "3020")
    page.keyboard.press("F9")                           # nothing is written there
    _done(page)
    with window(chromium, desk, "suzuki") as second:
        _open(second, desk, "second")
        _keyed(second, "3,020円", "3820", "8888", "３０２０")
        second.keyboard.press("F9")
        _done(second)
    settled = [desk.stored(paper) for paper in papers]
    assert [one.values["amount"] for one in settled] == [3020, 3920, 3920, 3020, None]
    assert [one.blind for one in settled] == [set(), {"amount"}, {"amount"}, set(), set()]
    with window(chromium, desk, "kanto") as third:
        _open(third, desk, "judge")
        expect(third.locator(".side").first.locator("mark")).to_have_text("0")
        third.keyboard.press("1")
        third.keyboard.press("3")
        _keyed(third, "3020")
        expect(third.locator("#above")).to_contain_text("裁定を待つ欄はありません")
        expect(third.locator("#saved")).to_have_text("")
    assert [desk.stored(paper).step for paper in papers[:4]] == [Step.CLEAN] * 4
    assert [desk.stored(paper).values["amount"] for paper in papers[1:3]] == [3020, 3020]


def test_what_a_keyer_cannot_decide_leaves_with_its_paper(page: Page, desk: Desk) -> None:
    papers = [desk.paper(doubt=("amount", "recipient_no")), desk.paper(doubt=("amount",))]
    _open(page, desk, "second")
    page.keyboard.press("F11")
    page.keyboard.type("訂正印がありません")
    page.keyboard.press("Control+Enter")
    _keyed(page, "3020")                                # of the other paper: both fields of the first are gone
    _done(page)
    with desk.line.store.read() as look:
        assert [len(look.open_questions(paper.id)) for paper in papers] == [1, 0]
        assert len(look.entries(papers[1].id, "amount")) == 1
    assert desk.person("suzuki").post("/desk/second/more", {"n": 0, "field": ""}).json()["counts"] == [1, 0, 0]


def test_what_was_keyed_while_nobody_answers_is_there_after_all(page: Page, desk: Desk) -> None:
    papers = [desk.paper(doubt=("amount",)) for _ in range(3)]
    _open(page, desk, "second")
    page.route("**/key", lambda route: route.abort())
    _keyed(page, "3020", "3021")
    expect(page.locator("#reach")).to_contain_text("サーバーにつながりません")
    page.unroute("**/key")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#saved")).to_have_text("")
    expect(page.locator("#left")).to_have_text("あなたの入力待ち 1 欄")
    with desk.line.store.read() as look:
        assert [[e.value for e in look.entries(paper.id, "amount")] for paper in papers] == [[3020], [3021], []]


def test_an_entry_that_is_not_of_its_kind_comes_back_to_the_hands(page: Page, desk: Desk) -> None:
    for _ in range(2):
        desk.paper(doubt=("amount",))
    _open(page, desk, "second")
    _keyed(page, "千円")
    expect(page.locator("#told")).to_contain_text("円単位の金額")
    expect(page.locator("#typed")).to_have_value("千円")
    _keyed(page, "3020", "3020")
    _done(page)


def test_hands_that_are_at_the_next_field_already_are_not_called_back(page: Page, desk: Desk) -> None:
    papers = [desk.paper(doubt=("amount",)) for _ in range(2)]
    _open(page, desk, "second")
    held: list[Route] = []
    page.route("**/key", lambda route: held.append(route))
    with page.expect_request("**/key"):
        _keyed(page, "千円")
    page.keyboard.type("30")
    with page.expect_response("**/key"):
        held[0].continue_()
    page.unroute("**/key")
    expect(page.locator("#saved")).to_have_text("")
    expect(page.locator("#typed")).to_have_value("30")
    _keyed(page, "20")
    expect(page.locator("#told")).to_contain_text("円単位の金額")       # now it comes
    expect(page.locator("#typed")).to_have_value("千円")
    _keyed(page, "3021")
    _done(page)
    with desk.line.store.read() as look:
        assert [[e.value for e in look.entries(paper.id, "amount")] for paper in papers] == [[3021], [3020]]


def test_the_sheet_shows_that_two_key_a_field_and_lets_nobody_type_there(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("amount", "days"))
    _open(page, desk, f"sheets/{paper.id}")
    amount = page.locator("[data-field=amount]")
    expect(amount.locator("input")).to_have_value("ブラインド入力待ち")
    expect(amount.locator("input")).not_to_be_editable()
    expect(amount.locator(".mark")).to_have_text("◐ 二人入力")
    page.keyboard.type("3")                             # the caret went to the other doubt
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=days] .mark")).to_have_text("✓ 確認済")
    expect(page.locator("#why")).to_contain_text("二人が入力する")
