"""Every page of the desk against WCAG 2.1 AA, measured in a real browser: names, landmarks, the way of the focus, contrast."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.desk import papers
from tests.desk.conftest import CHROMIUM, NOW, Desk
from tsuzuri.desk.door import HERE
from tsuzuri.flow import studio
from tsuzuri.forms.drafted import Folders
from tsuzuri.model import ExportRun
from tsuzuri.settings import REPO
from tsuzuri.store.samples import Sample, add_samples, judge_sample

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]
# Each page of the desk by its template; a new one has to be put here.
PAGES = {
    "queue": "/desk/", "batches": "/desk/batches", "nights": "/desk/nights", "night": "/desk/nights/xr_1", "rules": "/desk/rules",
    "ledgers": "/desk/ledgers", "runs": "/desk/runs", "run": "/desk/runs/kodomo_seikyu/days", "carpet": "/desk/carpet",
    "second": "/desk/second", "judge": "/desk/judge", "sample": "/desk/sample", "quality": "/desk/quality?month=2025-06",
    "figures_table": "/desk/quality/table?by=field&by=person", "figures_work": "/desk/quality/work", "mine": "/desk/mine",
    "letters": "/desk/letters", "studio": "/desk/studio", "studio_draft": "/desk/studio/draft?form=ryoshusho",
    "studio_diff": "/desk/studio/drafts/{draft}.diff", "drift": "/desk/studio/drift/kodomo_seikyu", "people": "/desk/people",
    "work": "/desk/work", "dial": "/desk/dial?form=kodomo_seikyu&kind yen=20&replay=50", "keys": "/desk/keys",
    "exceptions": "/desk/exceptions", "papers": "/desk/batches/bt_east/papers", "sheet": "/desk/sheets/{paper}",
    "trouble": "/desk/sheets/nowhere", "login": "/desk/login", "rehearsal": "/desk/rehearsal",
    "boxes": "/desk/boxes", "box": "/desk/boxes/one?number=KM-0001",
}
FAULTS = (Path(__file__).parent / "access.js").read_text("utf-8")


def _faults(page: Page) -> Any:
    return page.evaluate(FAULTS)


def _scene(desk: Desk, web: Any) -> dict[str, object]:
    """Something to see on every page: doubts, questions, an order, a sample, a return, a night, a draft of a form."""
    desk.line = web[0].state.line = replace(desk.line, folders=Folders(REPO / "pipelines", REPO / "schemas"))
    paper, unknown = desk.paper(draw=True, doubt=("days",), amount=3120), desk.paper(form=None, draw=True)
    sato, kanto, asked, back = desk.person("sato"), desk.person("kanto"), desk.paper(), desk.paper(amount=9)
    for sent, told in ((f"{asked.id}/ask", {"version": asked.version, "kind": "senior", "why": "決められません"}),
                       (f"{back.id}/return", {"version": back.version, "note": "額が合いません。"})):
        assert sato.post(f"/desk/sheets/{sent}", told).status_code == 200
    kanto.send("/desk/work/first", level="1", why="締切", ward="東区", due="2025-06-02")
    kanto.send("/desk/work/assign", name="sato", form="kodomo_seikyu")
    kanto.send("/desk/boxes/receive", number="KM-0001", ward="東区", procedure="kodomo")
    run = ExportRun("xr_1", papers.DAY, "benefits", "b.dat", "ab" * 32, 2, 6040, 2480, 3, {"review": 1}, NOW)
    sampled = Sample("2025-06", paper.id, "amount", "kodomo_seikyu", "amount", "東区", 3120, "own", "sato", "", n=1)
    with desk.line.unit() as unit:
        unit.add_run(run)
        add_samples(unit, [sampled, replace(sampled, field="days", asked="days")])
        judge_sample(unit, 1, "wrong", "kansa", NOW)
        unit.lease(paper.id, "sato", NOW + timedelta(minutes=9), NOW)
    draft = studio.keep(desk.line, studio.drafted_from("ryoshusho", studio.folders(desk.line)), None, "kansa")
    return {"paper": paper.id, "unknown": unknown.id, "draft": draft.n}


def test_no_page_is_left_out() -> None:
    whole = {path.stem for path in (HERE / "templates").glob("*.html") if "{% extends" in path.read_text("utf-8")}
    assert whole == set(PAGES)


def test_every_page_names_what_it_shows_and_can_be_read(page: Page, desk: Desk, web: Any) -> None:
    there = _scene(desk, web)
    page.context.clear_cookies()
    found: dict[str, Any] = {}
    page.goto(f"{desk.url}/desk/login")
    found["login"] = [fault for fault in _faults(page) if fault[0] != "no named nav"]      # nobody is in yet
    page.keyboard.type("kanto")
    page.keyboard.press("Tab")
    page.keyboard.type("kusamakura-1906")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    for name, path in [*PAGES.items(), ("sheet of no form", "/desk/sheets/{unknown}")]:
        if name != "login":
            answer = page.goto(desk.url + path.format(**there))
            assert answer is not None and answer.status == (404 if name == "trouble" else 200), name
            page.wait_for_load_state("networkidle")
            found[name] = [fault for fault in _faults(page) if (name, fault[0]) != ("trouble", "no named nav")]
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_tab_goes_through_a_sheet_in_the_order_of_its_fields_and_shows_where_it_is(page: Page, desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("service_ym",))
    page.goto(f"{desk.url}/desk/sheets/{paper.id}")
    page.wait_for_selector("body[data-ready]")
    order = page.eval_on_selector_all(".field", "(rows) => rows.map((row) => row.dataset.field)")
    been = [page.evaluate("document.activeElement.closest('.field')?.dataset.field")]
    while len(been) < 12:
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.closest('.field')?.dataset.field")
        assert page.evaluate("document.activeElement.matches(':focus-visible')")
        if at != been[-1]:
            been.append(at)
    assert been == order[order.index("service_ym"):][:12]
