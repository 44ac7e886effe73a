"""One field over many papers: what is laid out, what a confirmation does, and what two hands on one paper come to."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from PIL import Image
from sqlalchemy import select

from tests.desk.conftest import Desk, Person
from tsuzuri.model import Document, Step
from tsuzuri.store.desk_tables import strokes

RUN = "/desk/runs/kodomo_seikyu/days"


def _more(person: Person, path: str = RUN, **after: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = person.post(f"{path}/more", after).json()["waiting"]
    return told


def _keyed(field: str, value: str) -> dict[str, Any]:
    return {"field": field, "value": value, "took_ms": 640, "keys": 2, "changed": True}


def _confirm(person: Person, paper: Document, version: int, **values: str) -> Any:
    keyed = [_keyed(field, value) for field, value in values.items()]
    return person.post(f"/desk/papers/{paper.id}/confirm", {"version": version, "keyed": keyed})


def test_what_waits_is_listed_by_form_and_field_with_its_age(desk: Desk) -> None:
    desk.paper(doubt=("days",))
    desk.paper(doubt=("days",))
    desk.clock.now += timedelta(hours=3)
    page = desk.person("sato").web.get("/desk/runs").text
    assert f'href="{RUN}"' in page and "診療実日数" in page and "3時間" in page
    assert "2 項目" in page
    assert desk.person("kansa").web.get("/desk/runs").status_code == 403


def test_a_run_shows_the_papers_of_ones_ward_that_nobody_else_holds_and_holds_them(desk: Desk) -> None:
    mine, theirs, west = desk.paper(doubt=("days",)), desk.paper(doubt=("days",)), desk.paper(doubt=("days",), batch="bt_west")
    desk.person("suzuki").post(f"/desk/sheets/{theirs.id}/lease")
    sato = desk.person("sato")
    assert [one["document"] for one in _more(sato)] == [mine.id, west.id]
    assert desk.stored(mine).leased_by == "sato"
    assert _more(desk.person("nishi")) == []         # held by sato by now
    sato.post("/desk/runs/release", {"documents": [mine.id, west.id]})
    assert [one["document"] for one in _more(desk.person("nishi"))] == [west.id]


def test_a_run_goes_on_behind_what_was_shown(desk: Desk) -> None:
    papers, sato = [desk.paper(doubt=("days",)) for _ in range(22)], desk.person("sato")
    first = _more(sato)
    assert [one["document"] for one in first] == [paper.id for paper in papers[:20]]
    rest = _more(sato, n=first[-1]["n"], field=first[-1]["field"])
    assert [one["document"] for one in rest] == [paper.id for paper in papers[20:]]
    assert first[0]["shown"] == "2" and first[0]["label"] == "診療実日数" and first[0]["says"] == []


def test_a_paper_whose_last_doubt_is_confirmed_goes_on_by_itself_and_how_it_was_keyed_is_kept(desk: Desk) -> None:
    paper, sato = desk.paper(doubt=("days", "patient_name")), desk.person("sato")
    told = _confirm(sato, paper, paper.version, days="3").json()
    assert not told["settled"] and told["fields"]["days"]["shown"] == "3" and told["refused"] == {}
    told = _confirm(sato, paper, told["version"], patient_name="阿蘇　夏海").json()
    assert told["settled"] and desk.stored(paper).step is Step.CLEAN
    with desk.line.store.read() as look:
        rows = look.connection.execute(select(strokes).order_by(strokes.c.n)).all()
    assert [(row.field, row.mode, row.by, row.took_ms, row.keys) for row in rows] == [
        ("days", "run", "sato", 640, 2), ("patient_name", "run", "sato", 640, 2)]


def test_a_value_that_is_not_of_its_kind_is_refused_and_settles_nothing(desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    told = _confirm(desk.person("sato"), paper, paper.version, days="ふつか").json()
    assert "整数" in told["refused"]["days"] and desk.stored(paper).version == paper.version


def test_who_confirms_second_gets_what_is_stored_and_overwrites_nothing(desk: Desk) -> None:
    paper, sato, suzuki = desk.paper(doubt=("days", "patient_name")), desk.person("sato"), desk.person("suzuki")
    assert _confirm(suzuki, paper, paper.version, days="4").status_code == 200
    told = _confirm(sato, paper, paper.version, days="3", patient_name="阿蘇　夏海")
    assert told.status_code == 409 and told.json()["by"] == "suzuki" and told.json()["agreed"] == []
    assert told.json()["fields"]["days"]["shown"] == "4" and not told.json()["fields"]["patient_name"]["by_person"]
    assert desk.stored(paper).values["days"] == 4
    # An answer that was lost on the way: what is stored is what was sent.
    assert _confirm(suzuki, paper, paper.version, days="４").json()["agreed"] == ["days"]


def test_a_confirmation_taken_back_leaves_the_field_waiting_as_before(desk: Desk) -> None:
    paper, sato = desk.paper(doubt=("days",)), desk.person("sato")
    version = _confirm(sato, paper, paper.version, days="3").json()["version"]
    assert _more(sato) == []
    told = sato.post(f"/desk/papers/{paper.id}/take-back", {"version": version, "field": "days"}).json()
    assert told["fields"]["days"] | {"shown": "2", "state": "pending", "by_person": False} == told["fields"]["days"]
    assert [one["document"] for one in _more(sato)] == [paper.id]
    twice = sato.post(f"/desk/papers/{paper.id}/take-back", {"version": told["version"], "field": "days"})
    assert (twice.status_code, twice.json()["code"]) == (409, "nothing_to_undo")
    with desk.line.store.read() as look:
        assert [review.action for review in look.reviews(paper.id)] == ["correct", "take_back"]


def test_nobody_takes_back_what_another_person_confirmed(desk: Desk) -> None:
    paper = desk.paper(doubt=("days",))
    version = _confirm(desk.person("suzuki"), paper, paper.version, days="3").json()["version"]
    told = desk.person("sato").post(f"/desk/papers/{paper.id}/take-back", {"version": version, "field": "days"})
    assert told.status_code == 409 and desk.stored(paper).values["days"] == 3


def test_a_crop_is_the_fields_box_with_a_little_paper_around_it_for_those_who_may_see_it(desk: Desk) -> None:
    paper = desk.paper(draw=True, doubt=("days",))
    told = desk.person("sato").web.get(f"/desk/sheets/{paper.id}/crops/days")
    assert told.headers["cache-control"] == "private, no-store" and told.headers["content-type"] == "image/jpeg"
    _, _, w, h = desk.line.forms["kodomo_seikyu"].fields["days"].area
    with Image.open(io.BytesIO(told.content)) as image:
        assert abs(image.width / 100 * 25.4 - (w + 5)) < 0.6 and abs(image.height / 100 * 25.4 - (h + 5)) < 0.6
        assert image.getextrema()[0] < 100               # the ink is on it
    assert desk.person("nishi").web.get(f"/desk/sheets/{paper.id}/crops/days").status_code == 404
    assert desk.person("sato").web.get(f"/desk/sheets/{paper.id}/crops/nothing").status_code == 404
