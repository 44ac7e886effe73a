"""Letters at the desk: printed by who may, shown to nobody else, and nothing on them comes to life."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.desk.conftest import CHROMIUM, Desk
from tests.desk.papers import CLAIM
from tsuzuri import flow
from tsuzuri.flow.judging import judge
from tsuzuri.model import Document

TODAY = "2025-06-03"


def _back(desk: Desk, **changed: object) -> tuple[Document, str]:
    """A paper that sato returned, and where its letter is."""
    paper = desk.paper(amount=3120, **changed)  # type: ignore[arg-type]
    sent = {"version": paper.version, "note": "V41 差し引きは3,020円ですが、請求額は3,120円です。"}
    assert desk.person("sato").post(f"/desk/sheets/{paper.id}/return", sent).status_code == 200
    return paper, f"/desk/sheets/{paper.id}/letter.pdf"


def test_a_return_is_followed_by_its_letter_the_same_whenever_it_is_printed(desk: Desk) -> None:
    _, there = _back(desk)
    first = desk.person("sato").web.get(there)
    assert first.status_code == 200 and first.headers["content-type"] == "application/pdf" and first.content[:5] == b"%PDF-"
    assert first.headers["cache-control"] == "private, no-store" and "inline" in first.headers["content-disposition"]
    desk.clock.now += timedelta(days=9)
    assert desk.person("kanto").web.get(there).content == first.content


@pytest.mark.parametrize(("name", "status"), [("sato", 200), ("kanto", 200), ("higashi", 200), ("kansa", 403), ("nishi", 404)])
def test_a_letter_is_for_clerks_of_its_ward(desk: Desk, name: str, status: int) -> None:
    _, there = _back(desk)
    person = desk.person(name)
    assert person.web.get(there, headers={"Accept": "application/json"}).status_code == status
    day = person.web.get(f"/desk/letters.pdf?day={TODAY}", headers={"Accept": "application/json"})
    assert day.status_code == status


def test_no_letter_of_a_paper_that_did_not_go_back(desk: Desk) -> None:
    paper = desk.paper()
    answer = desk.person("sato").web.get(f"/desk/sheets/{paper.id}/letter.pdf", headers={"Accept": "application/json"})
    assert answer.status_code == 404


def test_a_return_taken_back_takes_its_letter_with_it(desk: Desk) -> None:
    paper, there = _back(desk)
    sato = desk.person("sato")
    sato.send(f"/desk/sheets/{paper.id}/reopen", version=str(desk.stored(paper).version))
    assert sato.web.get(there, headers={"Accept": "application/json"}).status_code == 409
    assert "取消" in sato.web.get(f"/desk/sheets/{paper.id}").text


def test_the_list_tells_what_is_out_and_what_is_overdue(desk: Desk) -> None:
    paper, _ = _back(desk)
    shown = desk.person("kansa").web.get("/desk/letters").text
    assert paper.id in shown and "やまぶき小児科医院　御中" in shown and "2025-07-03" in shown and "超過" not in shown
    desk.clock.now += timedelta(days=40)
    kanto = desk.person("kanto")
    assert "10日超過" in kanto.web.get("/desk/letters").text
    assert kanto.send(f"/desk/sheets/{paper.id}/remind").status_code == 303
    later = kanto.web.get("/desk/letters").text
    assert "督促 1 回" in later and "日超過" not in later
    assert paper.id not in desk.person("nishi").web.get("/desk/letters").text


def test_a_call_is_written_down_listed_by_its_promise_and_ended(desk: Desk) -> None:
    paper = desk.paper(amount=3120)
    sato = desk.person("sato")
    told = {"way": "電話", "counterpart": "受付の田中様", "code": "V41", "note": "折り返すとのこと", "promised": "2025-06-05"}
    assert sato.send(f"/desk/sheets/{paper.id}/talks", **told).status_code == 303
    assert "受付の田中様" in sato.web.get(f"/desk/sheets/{paper.id}").text
    assert "受付の田中様" in sato.web.get("/desk/letters").text
    assert sato.send("/desk/talks/1", outcome="差し替えを送るとのこと").status_code == 303
    assert "受付の田中様" not in sato.web.get("/desk/letters").text
    for wrong in ({**told, "promised": "2025-02-31"}, {**told, "way": "伝書鳩"}):
        assert sato.send(f"/desk/sheets/{paper.id}/talks", **wrong).status_code == 422
    assert desk.person("nishi").send("/desk/talks/1", outcome="見えないはず").status_code == 404


def test_a_question_is_printed_while_the_paper_stays(desk: Desk) -> None:
    paper = desk.paper(amount=3120)
    sato = desk.person("sato")
    answer = sato.post(f"/desk/sheets/{paper.id}/inquire", {"note": "V17 氏名が受給者台帳と違います。"})
    assert answer.status_code == 200
    assert sato.web.get(answer.json()["letter"]).content[:5] == b"%PDF-"
    assert desk.stored(paper).step is paper.step


def test_a_script_in_a_name_or_a_reason_stays_text(desk: Desk) -> None:
    nasty = "<script>alert(1)</script>"
    paper, there = _back(desk, inst_name=nasty)
    sato = desk.person("sato")
    sato.send(f"/desk/sheets/{paper.id}/talks", way="電話", counterpart=nasty, code="", note=nasty, promised="2025-06-05")
    for page in ("/desk/letters", f"/desk/sheets/{paper.id}"):
        shown = sato.web.get(page).text
        assert nasty not in shown and "&lt;script&gt;" in shown
    assert sato.web.get(there).status_code == 200


def test_a_finding_is_explained_to_who_may_see_the_paper(desk: Desk) -> None:
    paper = desk.paper(amount=3120)
    there = f"/desk/sheets/{paper.id}/why?key=V41:amount"
    told = desk.person("sato").web.get(there).json()
    assert told["title"] and set(told["fields"]) >= {"amount", "copay", "patient_paid"} and told["letter"] == "返戻票"
    assert desk.person("kansa").web.get(there).json()["letter"] == ""        # who may not return a paper is offered no letter
    json = {"Accept": "application/json"}
    assert desk.person("nishi").web.get(there, headers=json).status_code == 404
    assert desk.person("sato").web.get(there.replace("V41", "V37"), headers=json).status_code == 404


def test_a_ledger_beside_a_paper_is_not_spelled_out_to_who_sees_masked_values(desk: Desk, tmp_path: Path) -> None:
    paper = desk.paper()
    row = {"scheme": "01", "recipient_no": paper.values["recipient_no"], "person": "p1", "name": "阿蘇　冬樹",
           "kana": "アソ　フユキ", "birth": CLAIM["birth"], "since": "2020-04-01"}
    (tmp_path / "people.csv").write_text(",".join(row) + "\n" + ",".join(map(str, row.values())) + "\n", "utf-8")
    flow.import_ledger(desk.line, flow.Brought("recipients", True, "kanto"), tmp_path / "people.csv")
    with desk.line.unit() as unit:
        unit.save_document(judge(desk.line, unit, paper), was_version=paper.version)
    finding = next(one for one in desk.stored(paper).findings if one.code == "V17")
    there = f"/desk/sheets/{paper.id}/why?key=V17:{finding.field}"
    seen, masked = (desk.person(name).web.get(there) for name in ("sato", "kansa"))
    assert "冬樹" in seen.text and "阿蘇　春斗" in seen.text
    assert "冬樹" not in masked.text and "相違" in masked.text and "一致" in masked.text


def test_the_code_on_a_letter_read_by_hand_opens_its_paper(desk: Desk) -> None:
    paper, sato = desk.paper(doubt=("days",)), desk.person("sato")
    sato.post(f"/desk/sheets/{paper.id}/inquire", {"note": "V17 氏名が受給者台帳と違います。"})
    with desk.line.store.read() as look:
        (letter,) = look.letters_of(paper.id)
    assert letter.wording.asks == paper.id and letter.wording.answers == ""
    told = sato.web.get("/desk/letters/paper", params={"code": f"tsuzuri:ask:{paper.id}"}, follow_redirects=False)
    assert (told.status_code, told.headers["location"]) == (303, f"/desk/sheets/{paper.id}")
    assert sato.web.get("/desk/letters/paper", params={"code": "4310123452"}).status_code == 404
    nishi = desk.person("nishi")
    assert nishi.web.get("/desk/letters/paper", params={"code": f"tsuzuri:ask:{paper.id}"}).status_code == 404


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_letter_opens_in_the_browsers_own_viewer(page: Page, desk: Desk) -> None:
    _, there = _back(desk)
    page.goto(f"{desk.url}/desk/letters")
    with page.expect_popup() as popup:
        page.click("td >> text=印刷")
    shown = popup.value
    while not any(frame.url.endswith(there) for frame in shown.frames[1:]):       # the viewer's frame around the letter's
        shown.wait_for_event("framenavigated", timeout=10_000)
