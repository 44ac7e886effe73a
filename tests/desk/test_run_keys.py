"""A field run in a real browser, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import CHROMIUM, Desk

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
MARKS = "#cards .mark"


def _begin(page: Page, desk: Desk, field: str = "days") -> None:
    page.goto(f"{desk.url}/desk/runs/kodomo_seikyu/{field}")
    page.wait_for_selector("body[data-ready]")


def _focused(page: Page) -> int:
    """Which card has the caret."""
    at: int = page.evaluate("[...document.querySelectorAll('.card')].findIndex((c) => c.contains(document.activeElement))")
    return at


def test_a_run_is_keyed_without_leaving_the_keys(page: Page, desk: Desk) -> None:
    papers = [desk.paper(draw=n == 0, doubt=("days",)) for n in range(22)]
    page.goto(f"{desk.url}/desk/runs")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#cards .card")).to_have_count(20)
    assert _focused(page) == 0
    page.keyboard.press("Enter")                    # as it was read
    page.keyboard.type("3")                         # typing replaces
    page.keyboard.press("Enter")
    page.keyboard.press("F9")                       # nothing is written there
    page.keyboard.type("ふつか")
    page.keyboard.press("Enter")
    expect(page.locator(".card").nth(3).locator(".told")).to_contain_text("整数")
    assert _focused(page) == 4                      # the hands are not called back
    page.keyboard.press("Control+z")                # … but may go back
    assert _focused(page) == 3
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    for _ in range(16):
        page.keyboard.press("Enter")
    expect(page.locator("#cards .card")).to_have_count(2)       # the next ones come by themselves
    expect(page.locator("#saved")).to_have_text("")
    assert [desk.stored(paper).values["days"] for paper in papers[:5]] == [2, 3, None, 12, 2]
    page.keyboard.press("Control+z")                # goes back over the screen's edge, and on the server too
    expect(page.locator("#cards .card")).to_have_count(3)
    page.keyboard.type("9")
    for _ in range(3):
        page.keyboard.press("Enter")
    expect(page.locator("#above")).to_contain_text("もうありません")
    expect(page.locator("#saved")).to_have_text("")
    assert [desk.stored(paper).values["days"] for paper in papers[19:]] == [9, 2, 2]


def test_what_cannot_be_read_is_said_so_and_what_cannot_be_decided_leaves_with_its_paper(page: Page, desk: Desk) -> None:
    papers = [desk.paper(doubt=("days",)) for _ in range(3)]
    _begin(page, desk)
    page.keyboard.type("１２")
    expect(page.locator(".card").first.locator(".will")).to_contain_text("保存される値：12")    # before it is confirmed
    page.keyboard.press("F10")
    page.keyboard.press("F11")
    page.keyboard.type("何日か分かりません")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".card").nth(1).locator(".mark")).to_have_text("↑ 依頼済")
    assert _focused(page) == 2
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
    page.evaluate(f"document.activeElement.dispatchEvent({composing})")
    assert _focused(page) == 2                      # Enter that chooses kanji confirms nothing
    page.keyboard.press("Enter")
    expect(page.locator("#above")).to_contain_text("もうありません")
    expect(page.locator("#saved")).to_have_text("")
    assert [finding.code for finding in desk.stored(papers[0]).findings if finding.field == "days"] == ["H43"]
    with desk.line.store.read() as look:
        (question,) = look.open_questions(papers[1].id)
    assert question.why == "診療実日数：何日か分かりません"
    _begin(page, desk)                              # it is in nobody's run meanwhile
    expect(page.locator(".card")).to_have_count(0)


def test_the_whole_paper_is_one_key_away_with_the_box_lit(page: Page, desk: Desk) -> None:
    desk.paper(draw=True, doubt=("days",))
    _begin(page, desk)
    expect(page.locator(".card img")).to_be_visible()
    assert page.evaluate("document.querySelector('.card img').decode().then(() => true)")
    page.keyboard.press("F2")
    expect(page.locator("#lit")).to_be_visible()
    page.keyboard.press("F2")
    expect(page.locator("#sheet")).to_be_hidden()
    assert _focused(page) == 0


def test_a_choice_is_picked_by_its_digit_and_a_script_on_the_paper_stays_text(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("seal",))
    _begin(page, desk, "seal")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("#above")).to_contain_text("もうありません")
    expect(page.locator("#saved")).to_have_text("")
    assert desk.stored(paper).values["seal"] is False
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    desk.paper(inst_name=evil, doubt=("inst_name",))
    _begin(page, desk, "inst_name")
    expect(page.locator(".card input")).to_have_value(evil)


def test_keying_goes_on_while_nobody_answers_and_nothing_is_lost_or_doubled(page: Page, desk: Desk) -> None:
    papers = [desk.paper(doubt=("days",)) for _ in range(3)]
    _begin(page, desk)
    page.route("**/confirm", lambda route: route.abort())
    for days in ("4", "5"):
        page.keyboard.type(days)
        page.keyboard.press("Enter")
    expect(page.locator("#reach")).to_contain_text("サーバーにつながりません")
    assert _focused(page) == 2 and desk.stored(papers[0]).values["days"] == 2
    page.unroute("**/confirm")
    page.reload()                                   # even so
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#saved")).to_have_text("")
    expect(page.locator("#cards .card")).to_have_count(1)
    assert [desk.stored(paper).values["days"] for paper in papers] == [4, 5, 2]


def test_who_was_faster_is_told_with_both_values_and_the_hands_decide(page: Page, desk: Desk) -> None:
    mine, theirs = desk.paper(doubt=("days",)), desk.paper(doubt=("days", "patient_name"))
    _begin(page, desk)
    desk.clock.now += desk.line.limits.lease * 2
    suzuki = desk.person("suzuki")
    for paper, field in ((mine, "days"), (theirs, "patient_name")):
        keyed = {"field": field, "value": "7" if field == "days" else "阿蘇　夏海", "took_ms": 1, "keys": 1, "changed": True}
        suzuki.post(f"/desk/papers/{paper.id}/confirm", {"version": paper.version, "keyed": [keyed]})
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator(".card").first.locator(".told")).to_contain_text("suzuki さんが先に「7」")
    assert desk.stored(mine).values["days"] == 7
    page.keyboard.type("4")                         # there another field was changed: nothing to decide
    page.keyboard.press("Enter")
    assert _focused(page) == 0
    page.keyboard.press("Enter")                    # mine holds
    expect(page.locator("#above")).to_contain_text("もうありません")
    expect(page.locator("#saved")).to_have_text("")
    assert [desk.stored(paper).values["days"] for paper in (mine, theirs)] == [3, 4]
