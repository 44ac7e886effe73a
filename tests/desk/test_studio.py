"""帳票スタジオ: a blank form is scanned, its boxes drawn and tried; another supervisor puts it among the city's forms."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.desk import papers
from tests.desk.conftest import CHROMIUM, NOW, PASSWORD, Desk
from tsuzuri.forms.drafted import Folders
from tsuzuri.model import Placement
from tsuzuri.settings import REPO
from tsuzuri.store import accounts
from tsuzuri.store.studio import note_lay
from tsuzuri.synth.draw import blank_png


@pytest.fixture
def studio(desk: Desk, tmp_path: Path, web: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk with a folder of forms of its own, and a second supervisor; its scans lie upright, no model is asked."""
    monkeypatch.setattr("tsuzuri.flow.studio._turns", lambda line, scanned: 0)
    city = Folders(tmp_path / "pipelines", tmp_path / "schemas")
    shutil.copytree(REPO / "pipelines", city.pipelines)
    shutil.copytree(REPO / "schemas", city.schemas)
    desk.line = web[0].state.line = replace(desk.line, folders=city)
    with desk.line.unit() as unit:
        accounts.add_user(unit, "kakari", PASSWORD, "supervisor", NOW, None)
    return desk


def told(name: str = "tameshi", **fields: Any) -> dict[str, Any]:
    """A draft as the page sends it."""
    tree = {"version": 1, "title": "試しの届", "title_box": [60, 15, 90, 12], "fields": fields}
    return {"name": name, "tree": tree, "schema": {"type": "object", "properties": {}}}


AMOUNT = {"kind": "yen", "box": [100, 50, 60, 9]}


def test_only_supervisors_of_the_whole_city_draw_forms(studio: Desk) -> None:
    for name in ("sato", "kansa", "higashi"):
        person = studio.person(name)
        assert person.web.get("/desk/studio").status_code == 403
        assert person.post("/desk/studio/keep", told(amount=AMOUNT)).status_code == 403
        assert person.send("/desk/studio/drafts/1/live").status_code == 403
        for way in ("drafts/1.diff", "drafts/1.zip", f"pictures/{'0' * 64}"):
            assert person.web.get(f"/desk/studio/{way}").status_code == 403
    assert "帳票スタジオ" in studio.person("kanto").web.get("/desk/studio").text


def test_the_check_names_the_field_and_a_kept_draft_goes_live_by_another_supervisor_only(studio: Desk) -> None:
    drawer, other = studio.person("kanto"), studio.person("kakari")
    said = drawer.post("/desk/studio/check", told(amount={**AMOUNT, "kind": "yeen"})).json()
    assert (said["fits"], said["place"]) == (False, "fields.amount")
    assert said["message"].endswith("「yeen」という種類はありません。「yen」ではありませんか。")
    kept = drawer.post("/desk/studio/keep", told(amount=AMOUNT)).json()
    assert "+  amount: {kind: yen, box: [100, 50, 60, 9]}" in kept["diff"]
    city = studio.line.folders
    assert city is not None
    assert drawer.send(f"/desk/studio/drafts/{kept['n']}/live").status_code == 403
    assert not (city.pipelines / "tameshi.yaml").exists()
    assert other.send(f"/desk/studio/drafts/{kept['n']}/live").status_code == 303
    assert "amount" in (city.pipelines / "tameshi.yaml").read_text("utf-8") and (city.schemas / "tameshi.json").is_file()
    with zipfile.ZipFile(io.BytesIO(drawer.web.get(f"/desk/studio/drafts/{kept['n']}.zip").content)) as archive:
        assert sorted(archive.namelist()) == ["pipelines/tameshi.yaml", "samples/tameshi/a.truth.json", "schemas/tameshi.json"]
        assert json.loads(archive.read("samples/tameshi/a.truth.json")) == {"form": "tameshi", "fields": {"amount": None}}


def test_a_changed_form_keeps_the_old_file_and_what_breaks_the_folder_is_undone(studio: Desk) -> None:
    drawer, other, city = studio.person("kanto"), studio.person("kakari"), studio.line.folders
    assert city is not None
    page = drawer.web.get("/desk/studio/draft?form=ryoshusho")
    assert page.status_code == 200
    before = (city.pipelines / "shinsei_ura.yaml").read_text("utf-8")
    page_text = drawer.web.get("/desk/studio/draft?form=shinsei_ura").text
    data = json.loads(page_text.partition('id="told">')[2].partition("</script>")[0])
    field = next(iter(data["tree"]["fields"]))
    data["tree"]["fields"][field]["target"] = 0.5
    kept = drawer.post("/desk/studio/keep", {key: data[key] for key in ("name", "tree", "schema")}).json()
    assert other.send(f"/desk/studio/drafts/{kept['n']}/live").status_code == 303
    assert [path.read_text("utf-8") for path in city.pipelines.glob("*.bak")] == [before]
    now = (city.pipelines / "shinsei_ura.yaml").read_text("utf-8")
    data["tree"]["fields"] = {"only": AMOUNT}           # forms that bind it behind them ask for its other columns
    data["tree"].pop("rows", None)
    data["tree"]["checks"] = []
    kept = drawer.post("/desk/studio/keep", {**{key: data[key] for key in ("name", "tree")}, "schema": {}}).json()
    (city.pipelines / "broken.yaml").write_text("version: 1\n", "utf-8")
    assert other.send(f"/desk/studio/drafts/{kept['n']}/live").status_code != 303
    assert (city.pipelines / "shinsei_ura.yaml").read_text("utf-8") == now


def test_boxes_that_many_pages_have_elsewhere_are_told_on_the_supervisors_pages_and_drawn(studio: Desk) -> None:
    person = studio.person("kanto")
    assert "様式のずれ" not in person.web.get("/desk/batches").text
    with studio.line.unit() as unit:
        for i in range(12):
            note_lay(unit, "kodomo_shinsei", NOW + timedelta(minutes=i), {"receipts.paid": (2.1, 0.0)} if i > 3 else {})
    page = person.web.get("/desk/batches").text
    assert "▲ 様式のずれ" in page and "支払額" in page and "右へ 2.1 mm" in page and "2025-06-03 10:34" in page
    drawing = person.web.get("/desk/studio/drift/kodomo_shinsei").text
    assert drawing.count('class="is"') == 4 and "ずれている欄" in drawing


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_boxes_are_drawn_by_mouse_and_keys_tried_on_a_sample_and_taken_away(
    page: Page, studio: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    _log_in(page, studio, "kanto")
    page.goto(f"{studio.url}/desk/studio/draft")
    page.wait_for_selector("body[data-ready]")
    scan = tmp_path / "blank.png"
    scan.write_bytes(blank_png(papers.FORMS["shinsei_ura"], 100))
    page.set_input_files("#blank", scan)
    page.wait_for_selector("#picture:not([hidden])")
    page.fill("#name", "tameshi")
    page.fill("#title", "試しの届")
    sheet = page.locator("#boxes")
    bounds = sheet.bounding_box()
    assert bounds is not None
    mm = bounds["width"] / 210

    def drag(x: float, y: float, w: float, h: float) -> None:
        page.mouse.move(bounds["x"] + x * mm, bounds["y"] + y * mm)
        page.mouse.down()
        page.mouse.move(bounds["x"] + (x + w) * mm, bounds["y"] + (y + h) * mm, steps=3)
        page.mouse.up()

    drag(60, 40, 50, 9)
    expect(page.locator("tr[data-name=field_1]")).to_be_visible()
    left = float(page.locator("tr[data-name=field_1] input[aria-label='左 mm']").input_value())
    sheet.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+ArrowRight")
    expect(page.locator("tr[data-name=field_1] input[aria-label='左 mm']")).to_have_value(f"{round(left + 1.1, 1):g}")
    page.locator("tr[data-name=field_1] select").select_option("yen")
    drag(60, 60, 60, 10)
    page.locator("tr[data-name=field_2] select").select_option("choice")
    expect(page.locator("#boxes .spot[data-name=field_2]")).to_have_count(2)
    _cells_are_moved_copied_and_put_back(page, drag)
    page.wait_for_selector("body[data-checked=fits]")
    monkeypatch.setattr("tsuzuri.flow.studio.judged_page", _read_as_if)
    page.set_input_files("#samples", scan)
    page.click("#try")
    expect(page.locator("#waiting")).to_contain_text("✓ 1 枚を読みました")
    expect(page.locator("#tried table")).to_contain_text("1,230")
    assert page.locator("#tried canvas").evaluate("(c) => c.width") > 500
    if pictures := os.environ.get("STUDIO_PICTURE"):
        page.screenshot(path=pictures)
    page.click("#keep")
    expect(page.locator("#diff")).to_contain_text("field_2: {kind: choice")
    with page.expect_download() as download:
        page.click("text=ZIP を取り出す")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "samples/tameshi/a.png" in archive.namelist()


def _cells_are_moved_copied_and_put_back(page: Page, drag: Any) -> None:
    """Of the choice that was just drawn: the second word dragged, its width typed, the field copied below; and all taken back."""
    second = page.locator("#boxes .spot[data-name=field_2]").nth(1)
    x, y, width = (float(second.get_attribute(name) or 0) for name in ("x", "y", "width"))
    second.click()
    drag(x + 5, y + 3, 7, 0)
    expect(second).not_to_have_attribute("x", f"{x:g}")
    assert float(second.get_attribute("x") or 0) == pytest.approx(x + 7, abs=1.6)          # a rule may be near
    page.locator("#fields tr.inner input[aria-label='無 幅 mm']").fill("12.5")
    page.keyboard.press("Enter")
    expect(second).to_have_attribute("width", "12.5")
    page.locator("#boxes").focus()
    page.keyboard.press("Control+d")
    expect(page.locator("tr[data-name=field_3]")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(page.locator("tr[data-name=field_3]")).to_have_count(0)
    expect(second).to_have_attribute("width", f"{width:g}")
    expect(second).to_have_attribute("x", f"{x:g}")


def _read_as_if(picture: Any, forms: Any, readers: Any, day: Any) -> Any:
    """What the readers would have said of the sample."""
    from tsuzuri.flow.binding import begin
    from tsuzuri.model import Document, Field

    form = next(iter(forms.values()))
    document: Document = begin("", day)
    read = {"field_1": Field(1230, 0.9, "1230", "own", (100.0, 50.0, 60.0, 9.0))}
    return Placement(None), replace(document, form=form.name, fields=read)


def _log_in(page: Page, desk: Desk, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{desk.url}/desk/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/")
