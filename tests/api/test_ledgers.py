"""Ledgers over HTTP: shown first, taken as a whole, by who may."""

from __future__ import annotations

import httpx
import pytest

from tests.api.conftest import Caller, caller
from tsuzuri.flow import Line

HEAD = "保険者番号,保険者名"
LIST = f"{HEAD}\r\n01430016,架空けんぽ\r\n430017,架空国保\r\n".encode("cp932")


@pytest.fixture
def city(line: Line, web: httpx.Client) -> Caller:
    """A supervisor's machine that is bound to no ward."""
    return caller(line, web, "CITY-1", "supervisor")


def test_what_was_shown_is_what_is_taken(city: Caller) -> None:
    shown = city.ask("PUT", "/v1/ledgers/insurers?dry_run=true", content=LIST).json()
    assert (shown["new"], shown["done"]) == (2, False) and shown["diff"][0]["name"] == "架空けんぽ"
    other = city.ask("PUT", f"/v1/ledgers/insurers?digest={shown['digest']}", content=LIST + b"06431001,x\r\n")
    assert other.status_code == 409 and other.json()["code"] == "other_file"
    assert city.ask("PUT", f"/v1/ledgers/insurers?digest={shown['digest']}", content=LIST).json()["done"]
    assert city.ask("PUT", "/v1/ledgers/insurers", content=LIST).json()["again"]
    held = {told["ledger"]: told["rows"] for told in city.get("/v1/ledgers").json()}
    assert held["insurers"] == 2 and held["recipients"] == 0
    assert [row["cells"]["name"] for row in city.get("/v1/ledgers/insurers/rows/430017").json()] == ["架空国保"]


def test_a_malformed_file_is_refused_with_its_lines_and_leaves_nothing(city: Caller) -> None:
    answer = city.ask("PUT", "/v1/ledgers/insurers", content=LIST + b"12,x\r\n")
    assert answer.status_code == 422 and answer.json()["code"] == "ledger_malformed"
    assert answer.json()["errors"][0]["line"] == "4" and answer.json()["errors"][0]["column"] == "保険者番号"
    assert {told["rows"] for told in city.get("/v1/ledgers").json()} == {0}


@pytest.mark.parametrize("path", ["/v1/ledgers", "/v1/ledgers/insurers/rows/430017"])
def test_nobody_without_a_key_looks_at_a_ledger(city: Caller, path: str) -> None:
    assert Caller(city.web, None).ask("GET", path).status_code == 401


def test_only_a_supervisor_of_the_whole_city_brings_a_ledger(line: Line, web: httpx.Client, city: Caller) -> None:
    for role, ward in (("station", None), ("clerk", None), ("auditor", None), ("supervisor", "東区")):
        other = caller(line, web, f"X-{role}", role, ward)
        assert other.ask("PUT", "/v1/ledgers/insurers", content=LIST).status_code == 403
        assert other.get("/v1/ledgers/insurers/rows/430017").status_code == 403
        assert (other.get("/v1/ledgers").status_code == 403) is (role != "supervisor")
    assert city.ask("PUT", "/v1/ledgers/people", content=LIST).status_code == 404
