"""作業割当: what a supervisor puts first comes first, and the clerk is told why; nobody oversees another ward."""

from __future__ import annotations

from tests.desk.conftest import NOW, Desk, Person
from tsuzuri.store.samples import Sample, add_samples


def _next(person: Person) -> str:
    return person.send("/desk/next").headers["location"].rpartition("/")[2]


def test_what_a_supervisor_puts_first_is_the_next_sheet_and_says_why(desk: Desk) -> None:
    old, new = desk.paper(amount=9), desk.paper(batch="bt_west", amount=9)
    kanto, sato = desk.person("kanto"), desk.person("sato")
    kanto.send("/desk/work/first", level="1", place="KM-20250603-WEST-B001", why="支払日が近い", due="2025-06-10")
    assert _next(sato) == new.id
    page = sato.web.get(f"/desk/sheets/{new.id}").text
    assert "至急：箱 KM-20250603-WEST-B001（6月10日まで）" in page and "支払日が近い" not in page
    assert "受付の古い順" in sato.web.get(f"/desk/sheets/{old.id}").text
    told = kanto.web.get("/desk/work").text
    assert "支払日が近い" in told and "1 件" in told and "期限切れ" not in told
    kanto.send("/desk/work/first/end", n="1")
    assert _next(desk.person("suzuki")) == old.id


def test_a_clerk_gets_only_what_is_assigned_and_the_rest_again_when_it_ends(desk: Desk) -> None:
    east, west = desk.paper(amount=9), desk.paper(batch="bt_west", amount=9)
    kanto, sato = desk.person("kanto"), desk.person("sato")
    assert kanto.send("/desk/work/assign", name="sato", ward="西区").headers["location"] == "/desk/work?said=assign"
    assert "西区" in kanto.web.get("/desk/work").text.partition("担当者ごとの割当")[2]
    assert _next(sato) == west.id and sato.send("/desk/next", skip=west.id).headers["location"] == "/desk/?said=none"
    kanto.send("/desk/work/unassign", n="1")
    assert sato.send("/desk/next", skip=west.id).headers["location"].endswith(east.id)


def test_runs_blind_keying_and_samples_obey_what_is_assigned_too(desk: Desk) -> None:
    paper, kanto, sato = desk.paper(doubt=("days",)), desk.person("kanto"), desk.person("sato")
    more = "/desk/runs/kodomo_seikyu/days/more"
    assert "診療実日数" in sato.web.get("/desk/runs").text
    kanto.send("/desk/work/assign", name="sato", mode="second")
    assert "診療実日数" not in sato.web.get("/desk/runs").text and sato.post(more).json()["waiting"] == []
    kanto.send("/desk/work/assign", name="sato", mode="run", form="kodomo_seikyu", ward="東区")
    assert "診療実日数" in sato.web.get("/desk/runs").text
    assert [one["document"] for one in sato.post(more).json()["waiting"]] == [paper.id]
    assert sato.send("/desk/next").headers["location"] == "/desk/?said=none"
    with desk.line.unit() as unit:
        add_samples(unit, [Sample("2025-06", paper.id, "amount", "kodomo_seikyu", "amount", "東区", 1, "own", None, "")])
    assert sato.web.get("/desk/sample/more").json()["waiting"] == 0
    kanto.send("/desk/work/assign", name="sato", mode="sample")
    assert sato.web.get("/desk/sample/more").json()["waiting"] == 1


def test_a_supervisor_sees_who_holds_what_and_takes_it_back(desk: Desk) -> None:
    paper, kanto, sato = desk.paper(amount=9), desk.person("kanto"), desk.person("sato")
    _next(sato)
    desk.clock.now = NOW.replace(minute=35)
    page = kanto.web.get("/desk/work").text
    assert "10:30" in page and paper.id[-8:] in page and "5分" in page
    assert kanto.send("/desk/work/free", document=paper.id).headers["location"] == "/desk/work?said=take_paper_back"
    assert _next(desk.person("suzuki")) == paper.id
    assert "sato さんの " + paper.id[-8:] in kanto.web.get("/desk/work").text


def test_what_a_senior_is_asked_about_is_a_supervisors_next_sheet(desk: Desk) -> None:
    first, asked = desk.paper(amount=9), desk.paper(amount=9)
    kanto, sato = desk.person("kanto"), desk.person("sato")
    told = sato.post(f"/desk/sheets/{asked.id}/ask", {"version": asked.version, "kind": "senior", "why": "決められません"})
    assert told.status_code == 200
    assert _next(sato) == first.id and _next(kanto) == asked.id

    assert "1 件あります" in kanto.web.get("/desk/work").text


def test_orders_that_name_nothing_or_nowhere_are_refused_and_another_wards_are_not_there(desk: Desk) -> None:
    paper, kanto, higashi = desk.paper(batch="bt_west"), desk.person("kanto"), desk.person("higashi")
    for sent in ({"level": "1", "why": "x"}, {"level": "1", "why": " ", "ward": "東区"},
                 {"level": "1", "why": "x", "place": "KM-9"},
                 {"level": "1", "why": "x", "ward": "月区"}, {"level": "1", "why": "x", "form": "no"}, {"level": "3", "why": "x"},
                 {"level": "1", "why": "x", "ward": "東区", "due": "2025-02-31"}):
        assert kanto.send("/desk/work/first", **sent).status_code == 422
    assert kanto.send("/desk/work/assign", name="sato").status_code == 422
    assert kanto.send("/desk/work/assign", name="nobody", ward="東区").status_code == 404
    assert higashi.send("/desk/work/first", level="1", why="x", ward="西区").status_code == 404
    assert higashi.send("/desk/work/assign", name="sato", form="kodomo_seikyu").status_code == 404
    desk.person("sato").send("/desk/next")
    assert higashi.send("/desk/work/free", document=paper.id).status_code == 404
    kanto.send("/desk/work/first", level="2", why="x", ward="西区")
    assert higashi.send("/desk/work/first/end", n="1").status_code == 404
    assert paper.id[-8:] not in higashi.web.get("/desk/work").text and "西区" not in higashi.web.get("/desk/work").text
    assert desk.person("sato").web.get("/desk/work").status_code == 403
