"""例外, in a real browser: what does not go the usual way is dealt with by key, and papers are cut and bound anew in a row."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page as Window
from playwright.sync_api import expect

from tests.desk.conftest import CHROMIUM, NOW, Desk
from tsuzuri.model import Document, Page, Scan, Step

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")]


def _go(page: Window, desk: Desk, path: str) -> None:
    page.goto(f"{desk.url}{path}")
    page.wait_for_selector("body[data-ready]")


def _behind(desk: Desk, document: Document) -> str:
    """One more page of no form, bound behind a document; its id."""
    number = secrets.token_hex(4)
    with desk.line.unit() as unit:
        seq = len(unit.scans_of_batch(document.batch_id)) + 1
        scan = Scan(f"sc_{number}", document.batch_id, seq, f"{seq:04d}.jpg", "0" * 64, 1, "image/jpeg", 1, NOW, step=Step.OPENED)
        unit.add_scan(scan)
        unit.add_page(Page(f"pg_{number}", scan.id, document.batch_id, 1, NOW, Step.BOUND, 0, None, document.id, None))
    return f"pg_{number}"


def _pages(desk: Desk, document: Document) -> list[str]:
    with desk.line.store.read() as look:
        return [page.id for page in look.pages_of_document(document.id)]


def test_a_paper_of_no_known_form_is_named_by_keyboard(page: Window, desk: Desk) -> None:
    paper = desk.paper(form=None, draw=True)
    _go(page, desk, "/desk/exceptions")
    page.keyboard.press("n")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#unknown")).to_have_count(0)
    assert desk.stored(paper).form == next(iter(name for name, form in desk.line.forms.items() if form.found != "records"))


def test_a_rescan_is_asked_for_by_keyboard_and_leaves_the_queue(page: Window, desk: Desk) -> None:
    paper = desk.paper(form=None, draw=True)
    _go(page, desk, "/desk/exceptions")
    page.keyboard.press("r")
    page.keyboard.type("半分かすれています")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="再スキャン待ち")).to_contain_text("半分かすれています")
    with desk.line.store.read() as look:
        wanted = look.wanted_scans(paper.batch_id)
    assert [(one.document_id, one.why, one.seqs) for one in wanted] == [(paper.id, "半分かすれています", (1,))]
    assert desk.person("suzuki").send("/desk/next").headers["location"] == "/desk/?said=none"
    assert desk.person("kanto").post(f"/desk/sheets/{paper.id}/answer", {"kind": "rescan"}).status_code == 200
    with desk.line.store.read() as look:
        assert look.wanted_scans(paper.batch_id) == []


def test_a_document_is_cut_tied_again_and_a_page_moved_by_key(page: Window, desk: Desk) -> None:
    first, second = desk.paper(draw=True), desk.paper(draw=True)
    behind = _behind(desk, second)
    _go(page, desk, f"/desk/batches/{second.batch_id}/papers")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    expect(page.locator(".bundle")).to_have_count(3)
    assert _pages(desk, second) == [second.id.replace("dc_", "pg_")]
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("document.activeElement.dataset.page") == behind
    page.keyboard.press("j")
    expect(page.locator(".bundle")).to_have_count(2)
    page.wait_for_selector("body[data-ready]")
    assert behind in _pages(desk, second)
    page.keyboard.press("Control+x")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+v")
    expect(page.locator(f".bundle[data-document={first.id}] .paper")).to_have_count(2)
    assert _pages(desk, first)[-1] == behind and behind not in _pages(desk, second)
    with desk.line.store.read() as look:
        assert [review.action for review in look.reviews(first.id)] == ["join"]


def test_a_page_is_dragged_to_another_document(page: Window, desk: Desk) -> None:
    first, second = desk.paper(draw=True), desk.paper(draw=True)
    _go(page, desk, f"/desk/batches/{second.batch_id}/papers")
    leaf = page.locator(f".paper[data-page={second.id.replace('dc_', 'pg_')}]")
    leaf.drag_to(page.locator(f".bundle[data-document={first.id}]"))
    expect(page.locator(".bundle")).to_have_count(1)
    assert len(_pages(desk, first)) == 2 and desk.stored(second).step is Step.MERGED


def test_a_page_goes_to_no_other_batch_and_to_no_settled_document(desk: Desk) -> None:
    paper, west = desk.paper(draw=True), desk.paper(draw=True, batch="bt_west")
    page = paper.id.replace("dc_", "pg_")
    reply = desk.person("sato").post(f"/desk/pages/{page}/move", {"version": paper.version, "to": west.id})
    assert reply.status_code == 409 and _pages(desk, west) == [west.id.replace("dc_", "pg_")]
    stale = desk.person("sato").post(f"/desk/pages/{page}/move", {"version": 99, "to": desk.paper().id})
    assert stale.json()["code"] == "stale_version"


def test_what_has_not_come_is_named_by_its_numbers(page: Window, desk: Desk) -> None:
    with desk.line.unit() as unit:
        unit.add_scan(Scan("sc_far", "bt_east", 3, "0003.jpg", "0" * 64, 1, "image/jpeg", 1, NOW, step=Step.RECEIVED))
    _go(page, desk, "/desk/exceptions")
    expect(page.get_by_role("row", name="EAST-1")).to_contain_text("1、2")
