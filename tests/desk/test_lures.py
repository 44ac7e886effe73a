"""A few fields are shown wrong or empty to see whether anybody looks: none of it is ever stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.desk.conftest import CHROMIUM, Desk
from tsuzuri.model import Step
from tsuzuri.store.desk_tables import strokes


@pytest.fixture
def luring(desk: Desk) -> Desk:
    """A desk at which every field that may be shown wrong is."""
    line = replace(desk.line, city=desk.line.city.model_copy(update={"lures": 0.999999}))
    desk.app.state.line = desk.line = line
    return desk


def _met(desk: Desk) -> list[tuple[str | None, int | None, str]]:
    with desk.line.store.read() as look:
        return [(row.lure, row.caught, row.by) for row in look.connection.execute(select(strokes).order_by(strokes.c.n))]


def _shown(desk: Desk, paper: Any, who: str = "sato") -> str:
    state = desk.person(who).post(f"/desk/sheets/{paper.id}/save", {"version": paper.version, "changes": {}}).json()["state"]
    told: str = state["fields"]["days"]["shown"]
    return told


def _save(desk: Desk, paper: Any, value: str) -> Any:
    told = {"version": paper.version, "changes": {"days": value}, "how": {"days": {"took_ms": 300, "keys": 1}}}
    return desk.person("sato").post(f"/desk/sheets/{paper.id}/save", told).json()


def test_who_confirms_a_lure_is_told_and_nothing_is_stored(luring: Desk) -> None:
    paper = luring.paper(doubt=("days",))
    lure = _shown(luring, paper)
    assert lure != "2" == str(luring.stored(paper).values["days"]) and _shown(luring, paper) == lure
    told = _save(luring, paper, lure)
    assert told["lured"] == ["days"] and told["state"]["fields"]["days"]["shown"] == "2"
    assert luring.stored(paper).values["days"] == 2 and luring.stored(paper).version == paper.version
    assert _met(luring) == [(lure, 0, "sato")]
    assert _save(luring, paper, lure)["lured"] == []          # shown once: now it is what the paper says
    assert str(luring.stored(paper).values["days"]) == lure


def test_who_sees_a_lure_types_what_the_paper_says(luring: Desk) -> None:
    paper = luring.paper(doubt=("days",))
    lure = _shown(luring, paper)
    assert _save(luring, paper, "2")["lured"] == []
    assert luring.stored(paper).values["days"] == 2 and luring.stored(paper).step is not Step.APPROVED
    assert _met(luring) == [(lure, 1, "sato")]
    assert "100.0%" in luring.person("sato").web.get("/desk/mine").text


def test_who_accepts_the_doubt_beside_a_lure_is_told_before_anything_is_approved(luring: Desk) -> None:
    paper = luring.paper(doubt=("days",))
    luring.person("sato").post(f"/desk/sheets/{paper.id}/lease")
    told = {"version": paper.version, "accepted": ["V54:days"]}
    reply = luring.person("sato").post(f"/desk/sheets/{paper.id}/approve", told)
    assert (reply.status_code, reply.json()["code"]) == (409, "lured")
    assert reply.json()["state"]["fields"]["days"]["shown"] == "2" and luring.stored(paper).step is Step.REVIEW
    assert luring.person("sato").post(f"/desk/sheets/{paper.id}/approve", told).json().get("code") != "lured"


def test_who_only_looks_is_shown_what_was_read(luring: Desk) -> None:
    paper = luring.paper(doubt=("days",))
    page = luring.person("kansa").web.get(f"/desk/sheets/{paper.id}").text
    assert '"days": {"shown": "2"' in page


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_confirmed_lure_comes_back_to_the_hands_at_once(page: Page, luring: Desk) -> None:
    paper = luring.paper(draw=True, doubt=("days",))
    page.goto(f"{luring.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")
    field = page.locator("#i-days")
    assert field.input_value() != "2"
    page.keyboard.press("Enter")
    expect(page.locator("#above")).to_contain_text("保存はしていません")
    expect(field).to_have_value("2")
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-field=days] .mark")).to_have_text("✓ 確認済")
