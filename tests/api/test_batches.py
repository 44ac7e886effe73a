"""Batches over HTTP: declared once, closed with a balance, seen by those who may."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import Caller, bound, caller, picture
from tsuzuri.flow import Line
from tsuzuri.model import Step


def test_a_declared_batch_waits_for_its_files(station: Caller) -> None:
    answer = station.declare(3)
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/batches/{told['id']}"
    assert (told["station"], told["declared"], told["stored"], told["step"]) == ("EAST-1", 3, 0, "open")
    assert told["business_date"] == "2025-11-07"
    assert station.get(answer.headers["Location"]).json() == told


def test_a_batch_declared_twice_under_one_key_is_one_batch(line: Line, station: Caller) -> None:
    first, again = (station.declare(3, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json() == again.json()
    other = station.declare(4, **{"Idempotency-Key": "k1"})
    assert other.status_code == 409 and other.json()["code"] == "idempotency_conflict"
    neighbour = caller(line, station.web, "WEST-1", "station")
    assert neighbour.declare(4, **{"Idempotency-Key": "k1"}).status_code == 201
    assert len(station.get("/v1/batches").json()["items"]) == 1


@pytest.mark.parametrize("wrong", [
    {"sheets": -1}, {"sheets": "many"}, {"box": ""}, {"ward": "x" * 65}, {"box": "a\u0000b"}, {"box": "a\nb"},
    {"business_date": "2025-13-01"}, {"owner": "me"}, {"sheets": True}, {"sheets": "3"}, {"sheets": 3.0},
    {"box": "KM\u202e1"}, {"box": "KM\u0085"}, {"procedure": "\u200b"}, {"ward": " "}, {"box": "\ud800"},
])
def test_a_declaration_that_makes_no_sense_is_refused_by_field(station: Caller, wrong: dict[str, object]) -> None:
    told = {"box": "KM-0001", "ward": "東区", "procedure": "kodomo", "sheets": 1, **wrong}
    as_ascii = {"Content-Type": "application/json"}     # half a character can be sent by its number only
    answer = station.ask("POST", "/v1/batches", content=json.dumps(told), headers=as_ascii)
    assert answer.status_code == 422 and answer.json()["code"] == "bad_request"
    assert answer.json()["errors"][0]["at"] == f"body.{next(iter(wrong))}"


def test_a_closed_batch_balances_or_says_what_is_missing(station: Caller) -> None:
    whole, short = station.batch(2), station.batch(3)
    for batch, numbers in ((whole, (1, 2)), (short, (1, 4))):
        for seq in numbers:
            station.send(batch, seq, picture(seq))
    balanced = station.ask("POST", f"/v1/batches/{whole}/close").json()
    assert (balanced["step"], balanced["balanced"], balanced["stored"]) == ("closed", True, 2)
    assert balanced["findings"] == [] and balanced["closed_at"]
    off = station.ask("POST", f"/v1/batches/{short}/close")
    assert off.status_code == 200
    assert (off.json()["balanced"], off.json()["missing"]) == (False, [2, 3])
    assert off.json()["findings"][0]["code"] == "V01"
    assert station.ask("POST", f"/v1/batches/{short}/close").json() == off.json()


def test_paper_counted_again_mends_the_balance(line: Line, station: Caller) -> None:
    head = caller(line, station.web, "head", "supervisor")
    batch = station.batch(5)
    station.send(batch, 1, picture())
    assert not station.ask("POST", f"/v1/batches/{batch}/close").json()["balanced"]
    mended = head.ask("POST", f"/v1/batches/{batch}/recount", json={"sheets": 1}).json()
    assert mended["balanced"] and mended["declared"] == 1
    assert [(told["code"], told["severity"]) for told in mended["findings"]] == [("V01", "I")]


def test_batches_are_listed_page_by_page_and_each_station_sees_its_own(line: Line, station: Caller) -> None:
    mine = {station.batch() for _ in range(5)}
    other = caller(line, station.web, "WEST-1", "station")
    theirs = other.batch()
    seen, after = [], None
    while True:
        page = station.get("/v1/batches", params={"limit": 2, **({"after": after} if after else {})}).json()
        seen += [batch["id"] for batch in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == 5 and set(seen) == mine
    assert other.get(f"/v1/batches/{theirs}").status_code == 200
    assert station.get(f"/v1/batches/{theirs}").status_code == 404
    head = caller(line, station.web, "head", "supervisor")
    assert len(head.get("/v1/batches").json()["items"]) == 6


def test_a_key_of_one_ward_knows_nothing_of_another(line: Line, station: Caller) -> None:
    batch = station.batch()
    station.send(batch, 1, picture())
    bound(line, batch)
    west = caller(line, station.web, "west", "supervisor", ward="西区")
    east = caller(line, station.web, "east", "supervisor", ward="東区")
    paths = [f"/v1/batches/{batch}", f"/v1/batches/{batch}/documents", "/v1/documents/d1", "/v1/pages/p-d1/picture"]
    assert [west.get(path).status_code for path in paths] == [404] * 4
    assert [east.get(path).status_code for path in paths] == [200] * 4
    assert west.get("/v1/batches").json()["items"] == []
    for act in ("approve-clean", "recount"):
        assert west.ask("POST", f"/v1/batches/{batch}/{act}", json={"sheets": 1}).status_code == 404


def test_a_batch_shows_its_progress_and_its_documents(line: Line, station: Caller) -> None:
    clerk = caller(line, station.web, "clerk", "clerk")
    batch = station.batch(1)
    station.send(batch, 1, picture())
    assert station.get(f"/v1/batches/{batch}").json()["in_reading"] == 1
    bound(line, batch)
    now = station.get(f"/v1/batches/{batch}").json()
    assert (now["in_reading"], now["review"], now["balanced"]) == (0, 1, True)
    listed = clerk.get(f"/v1/batches/{batch}/documents").json()
    assert [item["id"] for item in listed["items"]] == ["d1"] and listed["next"] is None
    assert "fields" not in listed["items"][0]
    assert clerk.get(f"/v1/batches/{batch}/documents", params={"step": "clean"}).json()["items"] == []
    assert clerk.get(f"/v1/batches/{batch}/documents", params={"limit": 1}).json()["next"] == 1
    ledger = clerk.get("/v1/ledger").json()
    assert ledger == {
        "fed": 1, "awaited": 0, "off": 0,
        "stored": 1, "exported": 0, "filed": 0, "in_work": 1, "returned": 0, "blank": 0, "separator": 0,
        "balanced": True}


def test_a_supervisor_asks_for_clean_papers_to_be_approved(line: Line, station: Caller, monkeypatch) -> None:
    head = caller(line, station.web, "head", "supervisor")
    asked = []
    monkeypatch.setattr("tsuzuri.flow.approve_clean", lambda *told: asked.append(told) or 7)
    batch = station.batch()
    assert head.ask("POST", f"/v1/batches/{batch}/approve-clean").json() == {"approved": 7}
    assert asked == [(line, "head", batch)]
    assert head.ask("POST", "/v1/batches/bt_none/approve-clean").status_code == 404


def test_a_paper_in_review_is_not_approved_by_asking(line: Line, station: Caller) -> None:
    head = caller(line, station.web, "head", "supervisor")
    batch = station.batch()
    station.send(batch, 1, picture())
    bound(line, batch, step=Step.REVIEW)
    assert head.ask("POST", f"/v1/batches/{batch}/approve-clean").json() == {"approved": 0}


def test_a_box_may_be_named_with_a_wide_space(station: Caller) -> None:
    told = {"box": "箱　1", "ward": "東区", "procedure": "kodomo", "sheets": 1}
    assert station.ask("POST", "/v1/batches", json=told).json()["box"] == "箱　1"


def test_paper_is_not_counted_in_words(line: Line, station: Caller) -> None:
    head, batch = caller(line, station.web, "head", "supervisor"), station.batch()
    for sheets in (True, "3", 1.0):
        assert head.ask("POST", f"/v1/batches/{batch}/recount", json={"sheets": sheets}).status_code == 422


@pytest.mark.parametrize(("after", "status"), [(10**30, 422), (2**63, 422), (-1, 422), (2**63 - 1, 200)])
def test_a_list_is_asked_for_behind_a_number_that_there_can_be(
    line: Line, station: Caller, after: int, status: int,
) -> None:
    clerk, batch = caller(line, station.web, "clerk", "clerk"), station.batch()
    assert clerk.get(f"/v1/batches/{batch}/documents", params={"after": after}).status_code == status
