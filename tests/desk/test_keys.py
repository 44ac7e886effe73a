"""The whole key map, in a real browser: every key does its one thing, is shown by F1, and can be another person's other key."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import CHROMIUM, Desk
from tsuzuri.desk import keymap
from tsuzuri.model import Document, Reading, Step

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


def _open(page: Page, desk: Desk, paper: Document) -> None:
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")


def _at(page: Page) -> str | None:
    name: str | None = page.evaluate("document.activeElement.name || document.activeElement.id")
    return name


def test_f1_shows_every_key_in_effect(page: Page, desk: Desk) -> None:
    _open(page, desk, desk.paper())
    page.keyboard.press("F1")
    told = page.locator("#keys").inner_text()
    assert all(act.word in told and keymap.shown(act.chord) in told for act in keymap.of("sheet"))


def test_a_person_chooses_another_key_and_has_it_at_every_desk(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.url}/desk/keys")
    page.wait_for_selector("body[data-ready]")
    page.get_by_label("判読不能").focus()
    page.keyboard.press("Alt+u")
    page.locator("#save-keys").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("保存しました")
    paper = desk.paper(doubt=("days",))
    _open(page, desk, paper)
    page.keyboard.press("F10")
    assert _at(page) == "days" and desk.stored(paper).version == paper.version     # no longer its key
    page.keyboard.press("Alt+u")
    expect(page.locator("[data-field=days] .findings")).to_contain_text("H43")
    page.keyboard.press("F1")
    expect(page.locator("#keys")).to_contain_text("Alt+U")


TAKEN = [("blank", "F5"), ("blank", "F8"), ("blank", "KeyA"), ("blank", "Ctrl+KeyW"), ("fly", "F9")]


@pytest.mark.parametrize(("act", "chord"), TAKEN)
def test_a_key_that_is_taken_or_types_is_not_to_be_had(desk: Desk, act: str, chord: str) -> None:
    reply = desk.person("sato").post("/desk/keys", {"keys": {act: chord}})
    assert reply.status_code == 422 and act in reply.json()["wrong"]
    assert desk.person("sato").web.get("/desk/keys").text.count("Ctrl+W") == 0


def test_two_people_may_swap_two_keys_of_the_house(desk: Desk) -> None:
    reply = desk.person("sato").post("/desk/keys", {"keys": {"blank": "F10", "unreadable": "F9"}})
    assert reply.status_code == 200
    assert 'data-chord="F9"' in desk.person("suzuki").web.get("/desk/keys").text.partition('name="blank"')[2][:80]


def test_the_picture_is_turned_and_made_stronger_by_key(page: Page, desk: Desk) -> None:
    _open(page, desk, desk.paper(draw=True, doubt=("days",)))
    page.keyboard.press("F6")
    assert "rotate(90deg)" in str(page.locator("#leaf").get_attribute("style"))
    page.keyboard.press("F7")
    assert "contrast" in page.locator("#picture").evaluate("(picture) => getComputedStyle(picture).filter")


def test_blank_on_paper_is_said_by_one_key(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("branch",))
    _open(page, desk, paper)
    page.keyboard.press("F9")
    expect(page.locator("[data-field=branch] .mark")).to_have_text("✓ 確認済")
    stored = desk.stored(paper)
    assert stored.values["branch"] is None and stored.fields["branch"].reader == "person"


@pytest.mark.parametrize(("field", "severity"), [("days", "E"), ("rep_name", "W")])
def test_what_nobody_can_read_blocks_where_the_form_needs_it_and_asks_elsewhere(
    page: Page, desk: Desk, field: str, severity: str,
) -> None:
    paper = desk.paper(doubt=(field,))
    _open(page, desk, paper)
    page.keyboard.press("F10")
    expect(page.locator(f"[data-field={field}] .findings")).to_contain_text("判読できません")
    found = [finding for finding in desk.stored(paper).findings if finding.field == field]
    assert [(finding.code, finding.severity.value) for finding in found] == [("H43", severity)]
    page.locator(f"[data-field={field}] input").first.select_text()
    page.keyboard.type("水前寺　薫" if field == "rep_name" else "2")
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-field={field}] .findings li")).to_have_count(0)


def test_a_value_is_taken_over_from_the_sheet_before(page: Page, desk: Desk) -> None:
    before, paper = desk.paper(doubt=("days",), inst_name="さくら小児科"), desk.paper(doubt=("inst_name",))
    desk.person("sato").post(f"/desk/sheets/{before.id}/save", {"version": before.version, "changes": {"days": "2"}})
    _open(page, desk, paper)
    expect(page.locator(".beside")).to_contain_text("さくら小児科")
    page.keyboard.press("F8")
    expect(page.locator("[data-field=inst_name] .mark")).to_have_text("✓ 確認済")
    assert desk.stored(paper).values["inst_name"] == "さくら小児科"


def test_only_the_same_patients_or_institutions_fields_are_taken_over_and_else_it_is_said_why(page: Page, desk: Desk) -> None:
    before, paper = desk.paper(doubt=("days",), patient_name="阿蘇　夏海"), desk.paper(doubt=("patient_name",))
    sato = desk.person("sato")
    sato.post(f"/desk/sheets/{before.id}/save", {"version": before.version, "changes": {"days": "2"}})
    told = sato.web.get(f"/desk/sheets/{paper.id}/beside").json()
    assert told["ditto"].keys() >= {"inst_name", "inst_tel", "service_ym"} and "patient_name" not in told["ditto"]
    assert "days" not in told["ditto"] and "recipient_no" not in told["ditto"]          # nobody's but this sheet's
    _open(page, desk, paper)
    expect(page.locator("#i-patient_name")).to_be_focused()
    page.keyboard.press("F8")
    expect(page.locator("#above")).to_contain_text("直前の書類とは受給者番号が違います")
    assert desk.stored(paper).values["patient_name"] == "阿蘇　春斗"
    same = desk.paper(doubt=("patient_name",), recipient_no=before.values["recipient_no"])
    assert sato.web.get(f"/desk/sheets/{same.id}/beside").json()["ditto"]["patient_name"] == "阿蘇　夏海"


def test_a_senior_is_asked_and_answers_and_meanwhile_the_paper_is_in_no_queue(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    _open(page, desk, paper)
    page.keyboard.press("F11")
    page.keyboard.type("5か3か分かりません")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/?said=none")
    stored = desk.stored(paper)
    assert stored.step is Step.REVIEW and stored.leased_by is None
    kanto = desk.person("kanto")
    told = kanto.web.get(f"/desk/sheets/{paper.id}").text
    assert "5か3か分かりません" in told and "sato" in told
    assert kanto.post(f"/desk/sheets/{paper.id}/answer", {"kind": "senior", "note": "3です"}).status_code == 200
    assert kanto.post(f"/desk/sheets/{paper.id}/answer", {"kind": "senior", "note": "3です"}).json()["code"] == "already_told"
    assert desk.person("suzuki").send("/desk/next").headers["location"].endswith(paper.id)


def test_a_readers_candidate_is_taken_by_its_number_and_the_reader_named_only_then(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    with desk.line.unit() as unit:
        told = (("2", 0.5, "ppocr 6"), ("7", 0.3, "own 1"))
        seen = [Reading("days", ink, sure, reader, (0, 0, 1, 1)) for ink, sure, reader in told]
        unit.add_readings(paper.id.replace("dc_", "pg_"), seen)
    _open(page, desk, paper)
    expect(page.locator(".beside")).to_contain_text("Alt+2 7")
    assert "own" not in page.locator("#fields").inner_text()
    page.keyboard.press("Alt+2")
    expect(page.locator("[data-field=days] .mark")).to_have_text("✓ 確認済")
    page.locator("[data-field=days] input").focus()
    expect(page.locator(".beside")).to_contain_text("own 1")
    assert desk.stored(paper).values["days"] == 7


def test_confirmations_are_taken_back_even_after_the_next_sheet_has_come(page: Page, desk: Desk) -> None:
    first, second = desk.paper(doubt=("patient_name", "days")), desk.paper(doubt=("days",))
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready]")
    page.keyboard.press("Enter")                       # the name, as it was read
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{second.id}")               # nothing speaks against it: the last Enter finished the sheet
    while desk.stored(first).step is not Step.APPROVED:
        page.evaluate("0")
    page.keyboard.press("Control+z")
    page.wait_for_url(f"**/{first.id}")
    page.wait_for_selector("body[data-ready]")
    with desk.line.store.read() as look:
        assert list(look.claims_due(first.business_date)) == []
    page.keyboard.press("Control+z")
    expect(page.locator("#i-days")).to_have_value("2")
    expect(page.locator("[data-field=days] .mark")).to_have_text("● 要確認")
    assert desk.stored(first).values["days"] == 2 and _at(page) == "days"
    page.keyboard.press("Control+z")
    expect(page.locator("[data-field=patient_name] .mark")).to_have_text("● 要確認")
    page.keyboard.press("Control+z")
    expect(page.locator("#above")).to_contain_text("取り消せる確認はありません")


def test_an_approval_that_has_left_or_is_another_persons_is_not_taken_back(desk: Desk) -> None:
    paper = desk.paper()
    sato, suzuki = desk.person("sato"), desk.person("suzuki")
    told = sato.post(f"/desk/sheets/{paper.id}/save", {"version": paper.version, "changes": {"amount": "3020"}}).json()
    assert sato.post(f"/desk/sheets/{paper.id}/approve", {"version": told["state"]["version"]}).status_code == 200
    assert suzuki.post(f"/desk/sheets/{paper.id}/unapprove").json()["code"] == "nothing_to_undo"
    assert desk.stored(paper).step is Step.APPROVED
    assert sato.post(f"/desk/sheets/{paper.id}/unapprove").status_code == 200
    assert desk.stored(paper).step is Step.REVIEW
    assert sato.post(f"/desk/sheets/{paper.id}/unapprove").json()["code"] == "nothing_to_undo"


def test_undoing_what_is_being_typed_is_the_browsers(page: Page, desk: Desk) -> None:
    paper = desk.paper(doubt=("patient_name", "days"))
    _open(page, desk, paper)
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=patient_name] .mark")).to_have_text("✓ 確認済")
    page.keyboard.type("9")
    page.keyboard.press("Control+z")
    assert _at(page) == "days" and desk.stored(paper).fields["patient_name"].reader == "person"


def test_the_sheet_before_is_looked_at_and_cannot_be_changed(page: Page, desk: Desk) -> None:
    before, paper = desk.paper(doubt=("days",)), desk.paper(doubt=("days",))
    desk.person("sato").post(f"/desk/sheets/{before.id}/save", {"version": before.version, "changes": {"days": "2"}})
    _open(page, desk, paper)
    page.keyboard.press("Alt+ArrowLeft")
    page.wait_for_url(f"**/{before.id}?look=true")
    page.wait_for_selector("body[data-ready]")
    assert desk.stored(before).leased_by is None
    expect(page.locator("[data-field=days] input")).not_to_be_editable()
    page.keyboard.press("Alt+ArrowRight")
    page.wait_for_url(f"**/{paper.id}")


@pytest.mark.parametrize(("field", "typed", "stored"), [
    ("claim_date", "R7.5.9", "令和7年5月9日"), ("claim_date", "5070509", "令和7年5月9日"), ("patient_paid", "７００円也", "700"),
    ("patient_kana", "あそ はると", "アソ　ハルト"),
])
def test_what_will_be_stored_is_in_sight_before_it_is(page: Page, desk: Desk, field: str, typed: str, stored: str) -> None:
    paper = desk.paper(doubt=("days",))
    _open(page, desk, paper)
    page.locator(f"[data-field={field}] input").first.select_text()
    page.keyboard.type(typed)
    expect(page.locator(".beside .will")).to_contain_text(stored)
    assert desk.stored(paper).version == paper.version
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-field={field}] input[type=text]")).to_have_value(stored)


PLACES = {"sheet": "/desk/sheets/{}", "run": "/desk/runs/kodomo_seikyu/days", "carpet": "/desk/carpet", "second": "/desk/second",
          "judge": "/desk/judge", "sample": "/desk/sample"}


@pytest.mark.parametrize("mode", PLACES)
def test_each_page_has_the_keys_of_its_mode_and_f1_shows_all_of_them(desk: Desk, mode: str) -> None:
    who = "kanto" if mode == "judge" else "sato"
    page = desk.person(who).web.get(PLACES[mode].format(desk.paper(doubt=("days",)).id)).text
    laid = json.loads(page.partition('id="keymap">')[2].partition("</script>")[0])
    assert laid == {act.name: act.chord for act in keymap.ACTS if mode in act.modes} and {"keys", "toggle"} <= laid.keys()
    listed = page.partition('<div class="key-groups">')[2].partition("</dialog>")[0]
    assert all(f"<dd>{act.word}</dd>" in listed for act in keymap.of(mode))
    assert len({*laid.values()}) == len(laid)                           # no key does two things on one page


def test_two_modes_may_give_one_key_two_meanings_but_one_page_may_not(desk: Desk) -> None:
    sato = desk.person("sato")
    assert sato.post("/desk/keys", {"keys": {"right": "Space", "first": "a", "doubt": "d"}}).status_code == 200
    for wrong in ({"right": "2"}, {"doubt": "5"}, {"undo": "z"}, {"blank": "Space"}):
        assert sato.post("/desk/keys", {"keys": wrong}).status_code == 422
    assert "<kbd>Space</kbd>" in sato.web.get("/desk/sample").text


def test_another_key_does_the_same_in_every_mode_that_has_the_act(page: Page, desk: Desk) -> None:
    desk.person("sato").post("/desk/keys", {"keys": {"blank": "Alt+KeyB", "toggle": "F8", "ditto": "F2"}})
    run, blind = desk.paper(draw=True, doubt=("days",)), desk.paper(draw=True, doubt=("amount",))
    page.goto(f"{desk.url}/desk/runs/kodomo_seikyu/days")
    page.wait_for_selector("body[data-ready]")
    page.keyboard.press("F9")                                           # no longer its key
    page.keyboard.press("F8")
    expect(page.locator("#lit")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.locator("#sheet")).to_be_hidden()
    page.keyboard.press("Alt+b")
    expect(page.locator("#saved")).to_have_text("")
    expect(page.locator("#above")).to_contain_text("もうありません")
    page.goto(f"{desk.url}/desk/second")
    page.wait_for_selector("body[data-ready]")
    page.keyboard.press("Alt+b")
    expect(page.locator("#saved")).to_have_text("")
    expect(page.locator("#above")).to_contain_text("いまありません")
    assert desk.stored(run).values["days"] is None
    with desk.line.store.read() as look:
        assert [entry.value for entry in look.entries(blind.id, "amount")] == [None]
