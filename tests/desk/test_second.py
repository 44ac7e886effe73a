"""Blind keying and judging over HTTP: who is shown what, and what an entry comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from tests.desk.conftest import PASSWORD, Desk, Person
from tsuzuri.desk.second import marked
from tsuzuri.desk.show import BLIND
from tsuzuri.forms import Forms
from tsuzuri.model import Document, Step
from tsuzuri.store import accounts
from tsuzuri.store.desk_tables import strokes


def _more(person: Person, path: str = "/desk/second/more") -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = person.post(path).json()["waiting"]
    return told


def _key(person: Person, paper: Document, value: str | None, version: int | None = None, act: str = "key", **more: Any) -> Any:
    told = {"version": version or paper.version, "field": "amount", "value": value, "took_ms": 900, "keys": 5, **more}
    return person.post(f"/desk/papers/{paper.id}/{act}", told)


def test_who_keys_is_shown_a_picture_and_no_value(desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("amount",), amount=3920)
    sato = desk.person("sato")
    (one,) = _more(sato)
    assert (one["document"], one["field"], one["label"], one["version"]) == (paper.id, "amount", "請求額", paper.version)
    assert "3920" not in str(one).replace(paper.id, "") and "3,920" not in str(one)
    assert sato.web.get(one["crop"]).headers["content-type"] == "image/jpeg"
    assert _more(desk.person("nishi")) == [] and desk.person("kansa").post("/desk/second/more").status_code == 403


def test_nobody_sees_on_the_sheet_what_two_have_to_key(desk: Desk) -> None:
    paper = desk.paper(doubt=("amount", "days"), amount=3920)
    for name in ("sato", "kanto", "kansa"):
        page = desk.person(name).web.get(f"/desk/sheets/{paper.id}").text
        assert "3920" not in page and "3,920" not in page and BLIND in page
    said = desk.person("sato").post(f"/desk/sheets/{paper.id}/save", {"version": paper.version, "changes": {"amount": "1"}})
    assert (said.status_code, said.json()["code"]) == (409, "keyed_blind")
    _, kind = desk.person("sato").web.get("/desk/runs").text.split("/desk/runs/kodomo_seikyu/")
    assert kind.startswith("days")


def test_two_who_agree_settle_the_field_and_are_not_told(desk: Desk) -> None:
    paper = desk.paper(doubt=("amount",))
    sato, suzuki = desk.person("sato"), desk.person("suzuki")
    assert _key(sato, paper, "千円").json()["refused"] == {"amount": "「円単位の金額」で入力してください。"}
    assert _key(sato, paper, "３０２０").json() == {"version": paper.version, "refused": {}}
    assert _key(sato, paper, "3020").json()["code"] == "keyed_already" and _more(sato) == []
    told = _key(suzuki, paper, "3,020円")
    assert told.status_code == 200 and set(told.json()) == {"version", "refused"}
    assert desk.stored(paper).step is Step.CLEAN and desk.stored(paper).values["amount"] == 3020
    with desk.line.store.read() as look:
        rows = look.connection.execute(select(strokes).order_by(strokes.c.n)).all()
    assert [(row.mode, row.by, row.took_ms, row.keys, row.changed) for row in rows] == [
        ("second", "sato", 900, 5, 0), ("second", "suzuki", 900, 5, 0)]


def test_a_screen_that_is_older_gets_the_field_as_it_is_now(desk: Desk) -> None:
    paper = desk.paper(doubt=("amount", "days"))
    sato, suzuki = desk.person("sato"), desk.person("suzuki")
    (before,) = _more(sato)
    suzuki.post(f"/desk/sheets/{paper.id}/save", {"version": paper.version, "changes": {"days": "3"}})
    told = _key(sato, paper, "3020")
    assert told.status_code == 409 and told.json()["now"]["box"] == before["box"]
    assert _key(sato, paper, "3020", version=told.json()["version"]).status_code == 200


def test_a_third_judges_and_is_not_told_who_keyed_which(desk: Desk) -> None:
    paper = desk.paper(doubt=("amount",))
    for name, value in (("sato", "3020"), ("suzuki", "3820")):
        _key(desk.person(name), paper, value)
    kanto = desk.person("kanto")
    assert desk.person("sato").post("/desk/judge/more").status_code == 403
    (one,) = _more(kanto, "/desk/judge/more")
    assert [option["ink"] for option in one["options"]] == ["3020", "3820"]
    assert one["options"][0]["parts"] == [["3,", False], ["0", True], ["20", False]]
    assert "sato" not in str(one)
    assert _key(kanto, paper, "3820", one["version"], "judge", verdict="right").status_code == 200
    assert desk.stored(paper).values["amount"] == 3820 and "V41" in {f.code for f in desk.stored(paper).findings}
    page = kanto.web.get(f"/desk/sheets/{paper.id}").text
    assert "裁定" in page and "二人の入力が不一致" in page


def test_an_adjudicator_judges_and_oversees_nothing(desk: Desk) -> None:
    with desk.line.unit() as unit:
        accounts.add_user(unit, "saitei", PASSWORD, "adjudicator", desk.clock())
    saitei = desk.person("saitei")
    told = [saitei.web.get(f"/desk/{page}").status_code for page in ("", "second", "judge", "batches")]
    assert told == [200, 200, 200, 403]


def test_none_is_right_and_two_key_again(desk: Desk) -> None:
    paper = desk.paper(doubt=("amount",))
    sato = desk.person("sato")
    for person, value in ((sato, "1"), (desk.person("suzuki"), None)):
        _key(person, paper, value)
    assert _more(sato) == []
    kanto = desk.person("kanto")
    (one,) = _more(kanto, "/desk/judge/more")
    assert [option["legible"] for option in one["options"]] == [True, False]
    _key(kanto, paper, None, one["version"], "judge", verdict="again")
    assert [one["field"] for one in _more(sato)] == ["amount"] and _more(kanto) == []


def test_ones_entry_is_taken_back(desk: Desk) -> None:
    paper = desk.paper(doubt=("amount",))
    sato = desk.person("sato")
    _key(sato, paper, "1")
    assert sato.post(f"/desk/papers/{paper.id}/unkey", {"version": paper.version, "field": "amount"}).status_code == 200
    assert [one["field"] for one in _more(sato)] == ["amount"]


def test_differences_are_marked_character_by_character() -> None:
    assert marked("阿蘇　春斗", "阿蘇　春人") == [[("阿蘇　春", False), ("斗", True)], [("阿蘇　春", False), ("人", True)]]
    assert marked("12", "123") == [[("12", False)], [("12", False), ("3", True)]]


def test_who_differs_is_asked_once_more_where_the_form_says_so(desk: Desk) -> None:
    form = desk.line.forms["kodomo_seikyu"]
    asking = form.model_copy(update={"review": form.review.model_copy(update={"ask_again": True})})
    desk.app.state.line = desk.line = replace(desk.line, forms=Forms({**desk.line.forms, form.name: asking}))
    slip, stays = desk.paper(doubt=("amount",)), desk.paper(doubt=("amount",))
    sato, suzuki = desk.person("sato"), desk.person("suzuki")
    for paper in (slip, stays):
        _key(sato, paper, "3020")
        told = _key(suzuki, paper, "3820").json()["refused"]["amount"]
        assert "もう一人の入力と違います" in told and "3020" not in told and "3,020" not in told
        assert desk.stored(paper).blind == {"amount"} and _more(desk.person("kanto"), "/desk/judge/more") == []
    assert _key(suzuki, slip, "3020").json()["refused"] == {}
    assert _key(suzuki, stays, "3820").json()["refused"] == {}
    assert desk.stored(slip).step is Step.CLEAN and desk.stored(slip).values["amount"] == 3020
    (one,) = _more(desk.person("kanto"), "/desk/judge/more")
    assert one["document"] == stays.id and len(one["options"]) == 2


def test_what_one_third_has_before_them_is_another_thirds_neither_to_see_nor_to_judge(desk: Desk) -> None:
    paper = desk.paper(doubt=("amount",))
    _key(desk.person("sato"), paper, "3020")
    _key(desk.person("suzuki"), paper, "3820")
    kanto, higashi = desk.person("kanto"), desk.person("higashi")
    assert len(_more(kanto, "/desk/judge/more")) == 1 and _more(higashi, "/desk/judge/more") == []
    now = desk.stored(paper)
    told = _key(higashi, paper, "3020", version=now.version, act="judge", verdict="right")
    assert (told.status_code, told.json()["code"]) == (409, "leased")
    assert _key(kanto, paper, "3020", version=now.version, act="judge", verdict="right").status_code == 200
    assert desk.stored(paper).leased_by is None and desk.stored(paper).values["amount"] == 3020
