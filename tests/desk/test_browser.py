"""The desk in a real browser: hands never leave the keys, and nothing typed is lost or overwritten unseen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.desk.conftest import CHROMIUM, Desk
from tsuzuri.model import Document, Step

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
COUNT_APPROVALS = "() => performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/approve')).length"


def _open(page: Page, desk: Desk, paper: Document) -> None:
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")


def _at(page: Page) -> str | None:
    """Name of the field that has the focus."""
    name: str | None = page.evaluate("document.activeElement.name || document.activeElement.id")
    return name


def test_a_paper_goes_from_the_queue_to_approval_by_keyboard_alone(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("days",), amount=3120)
    page.keyboard.press("Enter")  # the next paper
    page.wait_for_selector("body[data-ready]")
    assert paper.id in page.url and _at(page) == "days"  # straight to the first doubt
    assert desk.stored(paper).leased_by == "sato"
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=days] .mark")).to_have_text("✓ 確認済")
    assert _at(page) == "amount"
    page.keyboard.press("Control+Enter")  # not while a finding blocks
    expect(page.locator("#why")).to_contain_text("V41")
    assert desk.stored(paper).step is Step.REVIEW
    page.keyboard.type("3020")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/?said=none")     # that was the last, and nothing speaks against it any more
    expect(page.locator("[role=status]").first).to_have_text("いま取れる書類はありません。")
    assert (desk.stored(paper).step, desk.stored(paper).values["amount"]) == (Step.APPROVED, 3020)
    with desk.line.store.read() as look:
        assert [review.action for review in look.reviews(paper.id)] == ["correct", "correct", "approve"]


def test_who_confirms_hastily_is_stopped_before_the_approval_and_approves_once(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("patient_kana", "patient_name", "days"))
    _open(page, desk, paper)
    page.evaluate("""() => {
        const enter = () => new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true});
        for (let i = 0; i < 4; i += 1) document.activeElement.dispatchEvent(enter());
    }""")
    expect(page.locator("#approve")).to_be_focused()
    expect(page.locator(".hasty")).to_be_visible()
    assert page.evaluate(COUNT_APPROVALS) == 0
    page.keyboard.press("Control+Enter")  # on a focused button: once, not twice
    page.wait_for_url("**/desk/?said=none")
    with desk.line.store.read() as look:
        assert [review.action for review in look.reviews(paper.id)].count("approve") == 1
    assert desk.stored(paper).step is Step.APPROVED


def test_two_tabs_of_one_person_on_one_sheet_lose_nothing_of_either(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("patient_name", "days"))
    other = page.context.new_page()
    for tab in (page, other):
        _open(tab, desk, paper)
    page.keyboard.type("阿蘇　夏海")
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=patient_name] .mark")).to_have_text("✓ 確認済")
    page.keyboard.type("4")                     # and not confirmed yet
    other.keyboard.type("阿蘇　冬子")           # upon what was there before
    other.keyboard.press("Enter")
    expect(other.locator("#comparing-title")).to_have_text("別の画面で先に保存されました")
    expect(other.locator("#comparing tbody tr td")).to_have_text(["受給者氏名", "阿蘇　冬子", "阿蘇　夏海"])
    assert desk.stored(paper).values["patient_name"] == "阿蘇　夏海"
    for tab in (other, page):                   # each keeps what it typed, and sees what the other stored
        if tab is page:
            tab.keyboard.press("Enter")
            expect(tab.locator("#comparing tbody tr td")).to_have_text(["診療実日数", "4", "2"])
        tab.keyboard.press("Space")
        tab.locator("#settle").click()
        expect(tab.locator("#saved")).to_contain_text("保存済み")
    stored = desk.stored(paper)
    assert (stored.step, stored.values["patient_name"], stored.values["days"]) == (Step.CLEAN, "阿蘇　冬子", 4)
    with desk.line.store.read() as look:
        assert [list(review.changes) for review in look.reviews(paper.id)] == [["patient_name"], ["patient_name"], ["days"]]


def test_an_enter_that_chooses_kanji_does_not_confirm_the_field(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("patient_name", "days"))
    _open(page, desk, paper)
    assert _at(page) == "patient_name"
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "阿蘇", "selectionStart": 2, "selectionEnd": 2})
    keys.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    keys.send("Input.insertText", {"text": "阿蘇　夏海"})
    assert _at(page) == "patient_name" and desk.stored(paper).version == paper.version
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=patient_name] .mark")).to_have_text("✓ 確認済")
    assert _at(page) == "days" and desk.stored(paper).values["patient_name"] == "阿蘇　夏海"


def test_a_stale_save_lays_both_values_side_by_side_and_the_person_chooses(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("days", "points"), amount=3120)
    _open(page, desk, paper)
    desk.clock.now += desk.line.limits.lease * 2  # the paper was left lying, and somebody else took it
    suzuki = desk.person("suzuki")
    suzuki.post(f"/desk/sheets/{paper.id}/lease")
    suzuki.post(
        f"/desk/sheets/{paper.id}/save",
        {"version": paper.version, "changes": {"days": "4", "amount": "3,020"}},
    )
    suzuki.post(f"/desk/sheets/{paper.id}/release")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    row = page.locator("#comparing tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("td")).to_have_text(["診療実日数", "3", "4"])
    expect(page.locator("#by-whom")).to_contain_text("suzuki")
    expect(page.locator("#settle")).to_be_disabled()
    page.keyboard.press("Escape")  # no way round the choice
    expect(page.locator("#comparing")).to_be_visible()
    assert desk.stored(paper).values["days"] == 4
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("保存済み")
    assert desk.stored(paper).values["days"] == 3 and desk.stored(paper).values["amount"] == 3020


def test_what_was_typed_outlives_a_reload_and_a_lost_lease(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    _open(page, desk, paper)
    page.keyboard.type("5")
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("[data-field=days] input[type=text]")).to_have_value("5")
    expect(page.locator("#above")).to_contain_text("未保存の入力")
    desk.clock.now += desk.line.limits.lease * 2
    desk.person("suzuki").post(f"/desk/sheets/{paper.id}/lease")
    page.keyboard.press("Control+s")
    expect(page.locator("#above")).to_contain_text("ほかの担当者がこの書類を処理中です")
    expect(page.locator("[data-field=days] input[type=text]")).to_have_value("5")
    assert desk.stored(paper).values["days"] == 2


def test_a_refused_value_stays_where_it_was_typed_with_what_is_expected(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("claim_date",))
    _open(page, desk, paper)
    page.keyboard.type("七月")
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=claim_date] .refused")).to_contain_text("R6.4.12")
    expect(page.locator("[data-field=claim_date] input[type=text]")).to_have_value("七月")
    expect(page.locator("[data-field=claim_date] input[type=text]")).to_be_focused()
    page.keyboard.type("R7.5.9")
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=claim_date] input[type=text]")).to_have_value("令和7年5月9日")


def test_a_warning_that_stands_is_ticked_by_keyboard_before_approval(page: Page, desk: Desk) -> None:
    paper = desk.paper(claim_date="2025-04-20", doubt=())  # before the month's end: V09, and it stays
    _open(page, desk, paper)
    assert _at(page) == "claim_date"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the amount, which is always asked
    expect(page.locator("input[data-key='V09:claim_date']")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#above")).to_contain_text("確認した")
    assert desk.stored(paper).step is Step.REVIEW
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/?said=none")
    assert desk.stored(paper).step is Step.APPROVED


def test_focus_frames_the_field_on_the_picture_and_a_click_on_the_picture_focuses_the_field(
    page: Page, desk: Desk
) -> None:
    paper = desk.paper(draw=True, doubt=("days",))
    _open(page, desk, paper)
    expect(page.locator("#boxes g.active")).to_have_count(1)
    page.keyboard.press("F2")  # the whole sheet
    page.locator("#boxes g").nth(2).click()
    assert _at(page) == "recipient_no"
    expect(page.locator("[data-field=recipient_no] canvas")).to_be_visible()


def test_a_script_written_on_the_paper_is_shown_and_does_not_run(page: Page, desk: Desk) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    paper = desk.paper(remarks=evil, doubt=("remarks",))
    _open(page, desk, paper)
    expect(page.locator("[data-field=remarks] input[type=text]")).to_have_value(evil)
    page.locator("[data-field=remarks] input[type=text]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#history")).to_contain_text("<script>")
    assert page.locator("#desk img[src=x], .history img").count() == 0


def test_an_unknown_paper_gets_its_form_by_keyboard(page: Page, desk: Desk) -> None:
    paper = desk.paper(form=None, draw=True)
    _open(page, desk, paper)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    second = list(desk.line.forms.values())[1]
    expect(page.locator("h1")).to_have_text(second.title)
    assert desk.stored(paper).form == second.name


def test_a_paper_is_returned_with_its_reason_by_keyboard(page: Page, desk: Desk) -> None:
    paper = desk.paper(amount=9)
    _open(page, desk, paper)
    page.keyboard.press("Alt+r")
    page.keyboard.type("請求額が合いません")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/?said=none")
    with desk.line.store.read() as look:
        assert look.reviews(paper.id)[-1].note == "請求額が合いません"
    assert desk.stored(paper).step is Step.RETURNED


def _slow(page: Page, verb: str) -> list[Route]:
    """What is asked for by `verb` from now on waits in the list until it is let through."""
    waiting: list[Route] = []
    page.route(f"**/{verb}", lambda route: waiting.append(route))
    return waiting


def _until(page: Page, waiting: list[Route], count: int = 1) -> None:
    while len(waiting) < count:
        page.evaluate("0")  # one round to the browser and back lets the request come in


@pytest.mark.parametrize("verb", ["save", "approve"])
def test_what_is_typed_while_an_approval_is_under_way_is_not_approved_away(page: Page, desk: Desk, verb: str) -> None:
    paper = desk.paper(doubt=("days",))
    _open(page, desk, paper)
    waiting = _slow(page, verb)
    page.keyboard.type("3")
    page.keyboard.press("Control+Enter")
    _until(page, waiting)
    name = page.locator("[data-field=inst_name] input[type=text]")
    name.focus()
    page.keyboard.type("X")
    page.locator("[data-field=sex] input[type=radio]").last.focus()
    page.keyboard.press("1")
    expect(name).to_have_value("やまぶき小児科医院")  # what is seen is what is approved
    waiting[0].continue_()
    page.wait_for_url("**/desk/?said=none")
    stored = desk.stored(paper)
    assert stored.step is Step.APPROVED and stored.values["days"] == 3
    assert stored.values["inst_name"] == "やまぶき小児科医院"


def test_a_paper_is_open_again_after_an_approval_that_did_not_get_through(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    _open(page, desk, paper)
    waiting = _slow(page, "approve")
    page.keyboard.type("3")
    page.keyboard.press("Control+Enter")
    _until(page, waiting)
    waiting[0].abort()
    expect(page.locator("#reach")).to_contain_text("サーバーにつながりません")
    assert _at(page) == "days"
    page.keyboard.press("Control+a")
    page.keyboard.type("4")
    page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("保存済み")
    assert desk.stored(paper).values["days"] == 4 and desk.stored(paper).step is not Step.APPROVED


def test_a_paper_with_a_refused_value_is_not_returned_over_it(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    _open(page, desk, paper)
    page.keyboard.type("ふつか")
    page.keyboard.press("Alt+r")
    page.keyboard.type("判読できない")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#above")).to_contain_text("受け付けられない値が残っています")
    assert _at(page) == "days" and desk.stored(paper).step is Step.REVIEW
    expect(page.locator("[data-field=days] input[type=text]")).to_have_value("ふつか")
    expect(page.locator("[data-field=days] input[type=text]")).to_be_editable()


def test_an_answer_that_comes_late_does_not_take_the_keys_away(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("claim_date",))
    _open(page, desk, paper)
    waiting = _slow(page, "save")
    page.keyboard.type("七月")
    page.keyboard.press("Enter")
    _until(page, waiting)
    page.keyboard.press("Control+a")
    page.keyboard.type("R7.5")
    with page.expect_response("**/save"):
        waiting[0].continue_()
    expect(page.locator("#saved")).to_have_text("未保存 1 項目")
    expect(page.locator("[data-field=claim_date] .refused")).to_be_hidden()  # it was said of what stood there before
    page.keyboard.type(".9")
    expect(page.locator("[data-field=claim_date] input[type=text]")).to_have_value("R7.5.9")


def test_a_refused_value_is_asked_for_once(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("claim_date",))
    _open(page, desk, paper)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/save") else None)
    page.keyboard.type("七月")
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=claim_date] .refused")).to_be_visible()
    page.keyboard.press("Control+s")
    page.evaluate("0")
    assert len(asked) == 1


def test_my_own_other_window_is_not_called_another_person(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    _open(page, desk, paper)
    other = desk.person("sato")
    other.post(f"/desk/sheets/{paper.id}/save", {"version": paper.version, "changes": {"days": "4"}})
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator("#comparing-title")).to_have_text("別の画面で先に保存されました")
    expect(page.locator("#by-whom")).not_to_contain_text("sato")


def test_a_form_chosen_by_mistake_is_chosen_anew_by_keyboard(page: Page, desk: Desk) -> None:
    paper = desk.paper(form=None, draw=True)
    _open(page, desk, paper)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    first, second, *_ = desk.line.forms.values()
    expect(page.locator("h1")).to_have_text(second.title)
    page.wait_for_selector("body[data-ready]")
    assert page.locator("#boxes g").count() == 0
    expect(page.locator(".field canvas")).to_be_hidden()
    page.keyboard.type("x")  # goes with the form
    page.locator("#again summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(first.title)
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#comparing")).to_be_hidden()
    assert desk.stored(paper).form == first.name


def test_the_page_shows_how_the_claim_is_reckoned(page: Page, desk: Desk) -> None:
    _open(page, desk, desk.paper(patient_paid=1200))
    table = page.locator("#accounts table")
    assert table.locator("tr").count() == 3 and "misfit" in str(table.get_attribute("class"))
    assert "1,240点 × 10円 × 3割 = 3,720円" in table.inner_text() and "計算の内訳" in page.locator("#accounts").inner_text()


def test_a_reason_for_a_return_that_did_not_get_through_stands_there_again(page: Page, desk: Desk) -> None:
    paper = desk.paper(amount=9)
    _open(page, desk, paper)
    waiting = _slow(page, "return")
    page.keyboard.press("Alt+r")
    page.keyboard.type("請求額が合いません")
    page.keyboard.press("Control+Enter")
    _until(page, waiting)
    waiting[0].abort()
    expect(page.locator("#reach")).to_contain_text("サーバーにつながりません")
    page.keyboard.press("Alt+r")
    expect(page.locator("#note")).to_have_value("請求額が合いません")
    page.keyboard.type("。")
    page.unroute("**/return")
    _open(page, desk, paper)        # logged in anew, or another day
    page.keyboard.press("Alt+r")
    expect(page.locator("#note")).to_have_value("請求額が合いません。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/?said=none")
    assert desk.stored(paper).step is Step.RETURNED
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.endsWith('.reason')).length") == 0
