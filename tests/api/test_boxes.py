"""Boxes over HTTP: received once, listed for those who may see them, moved on only where nothing hinders."""

from __future__ import annotations

from tests.api.conftest import Caller, caller, picture
from tsuzuri.flow import Line

TOLD = {"ward": "東区", "procedure": "kodomo", "seal": "S-1", "sheets": 1}


def test_a_box_is_received_once_and_goes_its_way(line: Line, station: Caller) -> None:
    where = "/v1/boxes/KM-0001"
    assert station.ask("PUT", where, json=TOLD).status_code == 201
    again = station.ask("PUT", where, json=TOLD)
    assert again.status_code == 200 and again.json()["step"] == "received"
    assert station.ask("PUT", where, json={**TOLD, "seal": "S-2"}).json()["code"] == "box_known"
    batch = station.batch(1)
    station.send(batch, 1, picture())
    clerk = caller(line, station.web, "clerk", "clerk")
    assert station.get(where).json()["step"] == "opened"
    assert clerk.ask("POST", where + "/moves", json={"step": "scanned"}).json()["code"] == "box_hindered"
    station.ask("POST", f"/v1/batches/{batch}/close")
    for step in ("scanned", "verified", "stored"):
        assert clerk.ask("POST", where + "/moves", json={"step": step}).json()["step"] == step
    assert clerk.ask("POST", where + "/moves", json={"step": "received"}).status_code == 409
    for role in ("station", "auditor"):
        assert caller(line, station.web, role, role).ask("POST", where + "/moves", json={"step": "opened"}).status_code == 403
    assert clerk.ask("PUT", where, json=TOLD).status_code == 403
    assert [box["number"] for box in clerk.get("/v1/boxes", params={"step": "stored"}).json()] == ["KM-0001"]


def test_another_wards_box_is_not_there(line: Line, station: Caller) -> None:
    station.ask("PUT", "/v1/boxes/KM-0001", json=TOLD)
    west = caller(line, station.web, "west", "clerk", "西区")
    assert west.get("/v1/boxes/KM-0001").status_code == 404 and west.get("/v1/boxes").json() == []
    assert station.get("/v1/boxes/KM-0002").json()["code"] == "no_such_box"
    assert station.ask("PUT", "/v1/boxes/KM-0003", json={**TOLD, "ward": "港区"}).status_code == 422
