"""A few fields are shown wrong or empty to see whether anybody looks: none of it is ever stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.desk import papers
from tests.desk.conftest import CHROMIUM, Desk
from tsuzuri import flow
from tsuzuri.model import Act, Document, Finding, Severity, Step
from tsuzuri.store.desk_tables import strokes


@pytest.fixture
def luring(desk: Desk) -> Desk:
    """A desk at which every field that may be shown wrong is."""
    return _city(desk, lures=0.999999)


def _city(desk: Desk, **shares: float) -> Desk:
    line = replace(desk.line, city=desk.line.city.model_copy(update=shares))
    desk.app.state.line = desk.line = line
    return desk


def _critical(desk: Desk, field: str) -> Document:
    """A paper of which one field is always put before a person, however sure the readers are."""
    paper = desk.paper(draw=True)
    always = Finding("H06", Severity.W, Act.NONE, "必ず確認する項目です。", field)
    with desk.line.unit() as unit:
        unit.save_document(replace(paper, step=Step.REVIEW, findings=(always,)), was_version=paper.version)
    return desk.stored(paper)


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


def test_the_blind_share_comes_out_by_the_papers_names_alone(desk: Desk) -> None:
    _city(desk, blind=0.25)
    always = Finding("H06", Severity.W, Act.NONE, "必ず確認する項目です。", "number")
    many = [papers.read(papers.FORMS["kodomo_seikyu"], papers.CLAIM, id=f"dc_{n:06}", findings=(always,), step=Step.REVIEW)
            for n in range(600)]
    with desk.line.store.read() as look:
        told = [flow.lures(desk.line, look, paper) for paper in many]
        assert told == [flow.lures(desk.line, look, paper) for paper in many]
        doubted = [replace(paper, findings=(replace(always, code="V54"),)) for paper in many[:50]]
        assert not any(flow.lures(desk.line, look, paper) for paper in doubted)          # only what is always looked at
    assert all(shown in ({}, {"number": ""}) for shown in told)
    assert 0.20 < sum(map(bool, told)) / len(told) < 0.30


def test_what_is_to_be_keyed_from_the_paper_stands_nowhere_on_the_page(desk: Desk) -> None:
    _city(desk, blind=0.999999)
    paper, sato = _critical(desk, "number"), desk.person("sato")
    laid = sato.post("/desk/runs/kodomo_seikyu/number/more", {"n": 0, "field": ""})
    assert laid.json()["waiting"][0]["shown"] == ""
    pages = [sato.web.get(f"/desk/sheets/{paper.id}").text, sato.web.get(f"/desk/sheets/{paper.id}/beside").text, laid.text]
    assert not any("2718281" in page for page in pages)
    keyed = {"field": "number", "value": "2718281", "took_ms": 900, "keys": 8, "changed": True}
    told = sato.post(f"/desk/papers/{paper.id}/confirm", {"version": paper.version, "keyed": [keyed]}).json()
    assert told["lured"] == [] and desk.stored(paper).fields["number"].reader == "person"
    assert _met(desk) == [("", 1, "sato")]
    assert "2718281" in sato.web.get(f"/desk/sheets/{paper.id}").text


def test_what_is_reckoned_beside_a_lure_does_not_give_it_away(luring: Desk) -> None:
    paper = _critical(luring, "points")
    with luring.line.store.read() as look:
        (shown,) = flow.lures(luring.line, look, paper).values()
    accounts = str(luring.person("sato").post(f"/desk/sheets/{paper.id}/save", {"version": paper.version, "changes": {}})
                   .json()["state"]["accounts"])
    assert f"{int(shown):,}点" in accounts and "1,240" not in accounts


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_run_shows_the_same_lures_and_gives_the_reading_back(page: Page, luring: Desk) -> None:
    fallen, caught = (luring.paper(draw=True, doubt=("days",)) for _ in range(2))
    page.goto(f"{luring.url}/desk/runs/kodomo_seikyu/days")
    page.wait_for_selector("body[data-ready]")
    first = page.locator(".card").first
    lure = first.locator("input").input_value()
    assert lure != "2"
    page.keyboard.press("Enter")
    expect(first.locator(".told")).to_contain_text("保存していません")
    expect(first.locator("input")).to_have_value("2")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#above")).to_contain_text("もうありません")
    expect(page.locator("#saved")).to_have_text("")
    assert [luring.stored(paper).values["days"] for paper in (fallen, caught)] == [2, 2]
    assert [(one[1], one[2]) for one in _met(luring)] == [(0, "sato"), (1, "sato"), (None, "sato")]
    with luring.line.store.read() as look:
        assert {row.mode for row in look.connection.execute(select(strokes))} == {"run"}
