"""抜き取り検査 and 品質 at the desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.desk.conftest import CHROMIUM, Desk
from tsuzuri import flow
from tsuzuri.flow import Plan
from tsuzuri.model import Document, Step
from tsuzuri.store.desk_tables import samples, strokes

FORM = "kodomo_seikyu"


def _passed(desk: Desk, batch: str = "bt_east", by: str = "suzuki") -> Document:
    """An approved paper whose amount `by` has confirmed."""
    paper = desk.paper(draw=True, batch=batch)
    after = flow.correct(desk.line, paper.id, paper.version, {"amount": "3,020"}, by)
    flow.approve(desk.line, paper.id, after.version, by)
    return paper


def _draw(desk: Desk, asked: str = "amount", many: int = 3) -> int:
    return flow.draw_sample(desk.line, Plan("2025-06", FORM, asked, many), "kanto", seed=3)


def _verdicts(desk: Desk) -> list[tuple[str, str | None]]:
    with desk.line.store.read() as look:
        return [(row.verdict, row.by) for row in look.connection.execute(select(samples).order_by(samples.c.n))]


def test_a_supervisor_draws_a_sample_and_sees_what_it_says(desk: Desk) -> None:
    for _ in range(3):
        _passed(desk)
    kanto = desk.person("kanto")
    told = kanto.send("/desk/quality/draw", month="2025-06", which=f"{FORM} amount", many="3")
    assert told.headers["location"] == "/desk/quality?month=2025-06&said=drawn-3"
    assert "3 項目を抜き取りました" in kanto.web.get(told.headers["location"]).text
    sato = desk.person("sato")
    for n, verdict in ((1, "right"), (2, "wrong"), (3, "illegible")):
        assert sato.post("/desk/sample/verdict", {"n": n, "verdict": verdict}).status_code == 200
    page = kanto.web.get("/desk/quality?month=2025-06").text
    assert "50.0%" in page and "1.26%～98.7%" in page and "人が確認" in page and "suzuki" in page
    assert kanto.web.get("/desk/quality?month=2025-05").text.count("まだありません") >= 2
    assert kanto.web.get("/desk/quality?month=x").status_code == 422


def test_who_judges_sees_neither_reader_nor_person_and_never_ones_own_work(desk: Desk) -> None:
    _passed(desk)
    _passed(desk, by="sato")
    _draw(desk)
    told = desk.person("sato").web.get("/desk/sample/more").json()
    assert told["waiting"] == 1 and [one["value"] for one in told["samples"]] == ["3,020"]
    assert not {"reader", "operator", "flagged", "state"} & told["samples"][0].keys()
    assert desk.person("sato").web.get(told["samples"][0]["crop"]).headers["content-type"] == "image/jpeg"
    own = next(n for n in (1, 2) if n != told["samples"][0]["n"])
    reply = desk.person("sato").post("/desk/sample/verdict", {"n": own, "verdict": "right"})
    assert (reply.status_code, reply.json()["code"]) == (409, "already_judged")


def test_another_wards_sample_does_not_exist(desk: Desk) -> None:
    _passed(desk, batch="bt_east")
    _draw(desk)
    nishi = desk.person("nishi")
    assert nishi.web.get("/desk/sample/more").json() == {"samples": [], "waiting": 0}
    assert nishi.post("/desk/sample/verdict", {"n": 1, "verdict": "right"}).status_code == 404
    assert nishi.post("/desk/sample/undo", {"n": 1}).status_code == 404


def test_todays_pace_is_ones_own_and_the_supervisors_tomorrow(desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    sato = desk.person("sato")
    told = {"version": paper.version, "changes": {"days": "3"}, "how": {"days": {"took_ms": 740, "keys": 2}}}
    assert sato.post(f"/desk/sheets/{paper.id}/save", told).status_code == 200
    assert "0.8" in sato.web.get("/desk/mine").text and "一枚ごと" in sato.web.get("/desk/mine").text
    assert "built-in" not in sato.web.get("/desk/mine").text
    assert "一枚ごと" not in desk.person("suzuki").web.get("/desk/mine").text
    assert "一枚ごと" not in desk.person("kanto").web.get("/desk/quality").text
    desk.clock.now = desk.clock.now.replace(day=4)
    page = desk.person("kanto").web.get("/desk/quality?month=2025-06").text
    assert "一枚ごと" in page and "V54" in page and "100.0%" in page
    with desk.line.store.read() as look:
        (row,) = look.connection.execute(select(strokes)).all()
    assert (row.mode, row.by, row.took_ms, row.changed, row.flagged) == ("sheet", "sato", 740, 1, "V54")
    assert not any(str(part) == "2" for part in (row.lure, row.caught))      # nothing of what was read is kept beside it


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_sample_is_judged_by_keyboard_alone(page: Page, desk: Desk) -> None:
    papers = [_passed(desk) for _ in range(4)]
    _draw(desk, many=4)
    page.goto(f"{desk.url}/desk/sample")
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#value")).to_have_text("3,020")
    expect(page.locator("#left")).to_have_text("残り 4 項目")
    page.keyboard.press("F2")
    expect(page.locator("#sheet")).to_be_visible()
    page.keyboard.press("1")                            # not while the whole paper lies in front
    page.keyboard.press("F2")
    page.keyboard.press("1")
    expect(page.locator("#left")).to_have_text("残り 3 項目")
    page.keyboard.press("2")
    expect(page.locator("#above")).to_contain_text("要確認に戻しました")
    page.keyboard.press("3")
    expect(page.locator("#left")).to_have_text("残り 1 項目")
    page.keyboard.press("Control+z")
    expect(page.locator("#left")).to_have_text("残り 2 項目")
    page.keyboard.press("1")
    expect(page.locator("#left")).to_have_text("残り 1 項目")
    page.keyboard.press("3")
    expect(page.locator("#above")).to_contain_text("判定を待つ項目はありません")
    assert _verdicts(desk) == [("right", "sato"), ("wrong", "sato"), ("right", "sato"), ("illegible", "sato")]
    assert sorted(desk.stored(paper).step for paper in papers) == [Step.APPROVED] * 3 + [Step.REVIEW]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_who_confirms_faster_than_anybody_reads_is_asked_to_look(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("patient_name", "inst_tel", "days", "symbol", "inst_name"))
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")
    page.evaluate("performance.now = () => 0")      # no time at all passes between two keys
    for _ in range(2):
        page.keyboard.press("Enter")
    expect(page.locator(".hasty")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".hasty")).to_be_visible()
    expect(page.locator("#saved")).to_contain_text("保存済み")
    with desk.line.store.read() as look:
        assert look.connection.execute(select(strokes.c["keys"])).scalars().all() == [1, 1, 1]
