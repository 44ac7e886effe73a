"""The next sheet is there when this one is done: held, fetched, drawn; whatever the server does meanwhile."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.conftest import CHROMIUM, PASSWORD, Desk, window
from tests.desk.killed import Killed, desk_process
from tsuzuri.model import Document, Step

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
READ_MS = 320            # three fields in a row confirmed under 300 ms are haste (hasty.js), and no Enter finishes the sheet then
LOADED = "performance.getEntriesByType('navigation')[0].name"


@pytest.fixture
def many(desk: Desk) -> list[Document]:
    """Enough papers that some may be held ahead without others sitting idle."""
    return [desk.paper(draw=i < 5, doubt=("patient_name", "days")) for i in range(40)]


@pytest.fixture
def away(births: subprocess.Popen[str], page: Page, desk: Desk) -> Iterator[Killed]:
    """A clerk at a desk whose server can be killed."""
    with desk_process(births, desk.home) as server:
        page.goto(f"{server.url}/desk/login")
        page.wait_for_selector("input[autofocus]:focus")
        page.keyboard.type("sato")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/")
        yield server


def _take(page: Page, url: str) -> None:
    page.goto(f"{url}/desk/")
    with page.expect_response("**/picture?v=*"), page.expect_response("**/desk/ahead"):
        page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready]")


def _held(desk: Desk, papers: list[Document]) -> list[str | None]:
    return [desk.stored(paper).leased_by for paper in papers]


def _fetched(page: Page, paper: Document) -> None:
    """Once the sheet was fetched ahead, picture and all."""
    picture = f"performance.getEntriesByType('resource').some((one) => one.name.includes('pg_{paper.id[3:]}/picture'))"
    while not page.evaluate(picture):
        pass


def _keyed(page: Page, name: str, days: str) -> None:
    """Both doubtful fields of the sheet that is there, by keyboard and no faster than one reads: the last Enter finishes it, if
    the server is there."""
    for text, at in ((name, "patient_name"), (days, "days")):
        expect(page.locator(f"#i-{at}")).to_be_focused()
        page.keyboard.type(text, delay=READ_MS / len(text))
        page.keyboard.press("Enter")


def test_the_next_sheet_is_laid_there_without_a_page_being_loaded(
    chromium: Browser, page: Page, desk: Desk, many: list[Document],
) -> None:
    _take(page, desk.url)
    _fetched(page, many[2])
    assert _held(desk, many[:4]) == ["sato", "sato", "sato", None]        # two ahead, before they are asked for
    with window(chromium, desk, "suzuki") as other:
        _take(other, desk.url)
        assert many[3].id in other.url                                    # and nobody else gets one of them
    _keyed(page, "阿蘇　春斗", "3")
    page.wait_for_selector(f"body[data-sheet={many[1].id}]")
    assert many[1].id in page.url and many[0].id in page.evaluate(LOADED)
    expect(page.locator("[data-field=patient_name] canvas")).to_be_visible()
    expect(page.locator("#boxes g.active")).to_have_count(1)
    _keyed(page, "阿蘇　夏海", "4")
    page.wait_for_selector(f"body[data-sheet={many[2].id}]")
    while desk.stored(many[1]).step is not Step.APPROVED:                 # it may follow from behind
        page.evaluate("0")
    stored = [desk.stored(paper) for paper in many[:2]]
    assert [(one.step, one.values["patient_name"], one.values["days"]) for one in stored] == [
        (Step.APPROVED, "阿蘇　春斗", 3), (Step.APPROVED, "阿蘇　夏海", 4)]
    page.go_back()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#step")).to_contain_text("承認")
    assert many[1].id in page.url and page.locator("#i-days").input_value() == "4"
    while desk.stored(many[2]).leased_by is not None:                     # who leaves gives back what was held ahead
        page.evaluate("0")


def test_a_click_hits_what_was_under_it_when_the_button_went_down(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("days",))
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")
    choice = page.locator("[data-field=relation] label").first
    choice.scroll_into_view_if_needed()
    at = choice.bounding_box()
    assert at is not None
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.locator("[data-field=relation] input").first.focus()
    assert choice.bounding_box() == at
    page.mouse.up()
    expect(page.locator("[data-field=relation] input").first).to_be_checked()
    expect(page.locator("[data-field=relation] canvas")).to_be_visible()


def test_keying_goes_on_to_the_next_sheet_while_the_server_is_away(
    away: Killed, page: Page, desk: Desk, many: list[Document],
) -> None:
    _take(page, away.url)
    _fetched(page, many[2])
    away.kill()
    _keyed(page, "阿蘇　夏海", "3")
    expect(page.locator("#reach")).to_contain_text("サーバーにつながりません")
    expect(page.locator("#approve")).to_be_focused()      # what cannot be judged now waits for a key of its own
    page.keyboard.press("Enter")
    page.wait_for_selector(f"body[data-sheet={many[1].id}]")
    _keyed(page, "阿蘇　秋人", "4")
    expect(page.locator("#approve")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"body[data-sheet={many[2].id}]")
    page.keyboard.type("阿蘇　冬子")
    page.keyboard.press("Enter")
    with desk.line.unit() as unit:         # meanwhile, from another desk: the second's days, so that both values must be seen
        unit.release(many[1].id, "sato")
    away.begin()
    suzuki = desk.person("suzuki")
    suzuki.post(f"/desk/sheets/{many[1].id}/lease")
    suzuki.post(f"/desk/sheets/{many[1].id}/save", {"version": many[1].version, "changes": {"days": "9"}})
    suzuki.post(f"/desk/sheets/{many[1].id}/release")
    expect(page.locator("#reach")).to_contain_text("終わっていません", timeout=20_000)
    expect(page.locator("#saved")).to_contain_text("保存済み", timeout=20_000)
    first, second, third = (desk.stored(paper) for paper in many[:3])
    assert first.step is Step.APPROVED and (first.values["patient_name"], first.values["days"]) == ("阿蘇　夏海", 3)
    assert second.step is Step.REVIEW and second.values["days"] == 9 and third.values["patient_name"] == "阿蘇　冬子"
    with desk.line.store.read() as look:
        assert [review.action for review in look.reviews(first.id)] == ["correct", "approve"]
    page.keyboard.press("Enter")           # finishes the third; the next one is the one that came back
    page.wait_for_url(f"**/{many[1].id}")
    row = page.locator("#comparing tbody tr", has_text="診療実日数")
    expect(row.locator("td")).to_have_text(["診療実日数", "4", "9"])


def test_what_was_left_unanswered_goes_from_whatever_page_is_opened_next(
    away: Killed, page: Page, desk: Desk, many: list[Document],
) -> None:
    _take(page, away.url)
    _fetched(page, many[1])
    away.kill()
    _keyed(page, "阿蘇　夏海", "3")
    expect(page.locator("#approve")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"body[data-sheet={many[1].id}]")
    again = page.context.new_page()
    page.close()
    away.begin()
    with again.expect_response("**/approve") as answered:
        again.goto(f"{away.url}/desk/keys")
    assert answered.value.ok and desk.stored(many[0]).step is Step.APPROVED
    again.wait_for_function("!Object.keys(localStorage).some((name) => name.startsWith('tsuzuri.typed'))")


def test_a_sheet_can_be_keyed_before_the_database_takes_a_write(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("days",))
    with desk.line.unit(), page.expect_request("**/lease"):
        page.goto(f"{desk.url}/desk/sheets/{paper.id}", wait_until="commit")
        expect(page.locator("#i-days")).to_be_focused()
        page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/?said=none")
    assert (desk.stored(paper).step, desk.stored(paper).values["days"]) == (Step.APPROVED, 4)
