"""Nobody comes in by default: every endpoint against every role."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from tests.api.conftest import Caller, bound, caller, digest_of, picture
from tsuzuri.api.who import May
from tsuzuri.flow import Line
from tsuzuri.store import accounts
from tsuzuri.store.accounts import Role

# What each role may do; what is not named here nobody may.
EVERYONE, OFFICE = {*Role}, {Role.CLERK, Role.SUPERVISOR, Role.AUDITOR}
MAY = {
    ("POST", "/v1/batches"): {Role.STATION},
    ("GET", "/v1/batches"): EVERYONE,
    ("GET", "/v1/batches/{batch_id}"): EVERYONE,
    ("POST", "/v1/batches/{batch_id}/close"): {Role.STATION},
    ("PUT", "/v1/batches/{batch_id}/scans/{seq}"): {Role.STATION},
    ("GET", "/v1/batches/{batch_id}/rescans"): EVERYONE,
    ("GET", "/v1/batches/{batch_id}/documents"): OFFICE,
    ("GET", "/v1/documents/{document_id}"): OFFICE,
    ("GET", "/v1/pages/{page_id}/picture"): {Role.CLERK, Role.SUPERVISOR},
    ("POST", "/v1/batches/{batch_id}/approve-clean"): {Role.SUPERVISOR},
    ("POST", "/v1/batches/{batch_id}/recount"): {Role.SUPERVISOR},
    ("GET", "/v1/ledger"): OFFICE,
    ("GET", "/v1/boxes"): EVERYONE,
    ("GET", "/v1/boxes/{number}"): EVERYONE,
}
# Held by test_ledgers, test_uploads and test_boxes.
ELSEWHERE = {("PUT", "/v1/boxes/{number}"), ("POST", "/v1/boxes/{number}/moves"),
             ("GET", "/v1/ledgers"), ("PUT", "/v1/ledgers/{ledger}"), ("GET", "/v1/ledgers/{ledger}/rows/{number}"),
             ("POST", "/v1/uploads"), *((method, "/v1/uploads/{upload_id}") for method in ("HEAD", "PATCH", "DELETE"))}
OPEN = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/station-key"}


def test_every_endpoint_is_in_the_table(app: FastAPI) -> None:
    schema = app.openapi()["paths"]
    served = {(method.upper(), path) for path, methods in schema.items() for method in methods}
    assert {(method, path) for method, path in served if path not in OPEN} == set(MAY) | ELSEWHERE
    assert {path for _, path in served} - {path for _, path in {*MAY, *ELSEWHERE}} == OPEN - {"/openapi.json"}


@pytest.mark.parametrize(("method", "path"), MAY)
def test_only_the_named_roles_come_in(line: Line, station: Caller, method: str, path: str) -> None:
    batch = station.batch()
    station.send(batch, 9, picture())
    bound(line, batch)
    asked = path.format(batch_id=batch, seq=1, document_id="d1", page_id="p-d1", number="KM-0001")
    more = {"content": picture(), "headers": {"Content-Digest": digest_of(picture())}} if method == "PUT" else {
        "json": {"box": "K", "ward": "東区", "procedure": "kodomo", "sheets": 1} if path == "/v1/batches" else {"sheets": 1},
    } if method == "POST" else {}
    let_in = set()
    for role in Role:
        status = caller(line, station.web, "EAST-1", role).ask(method, asked, **more).status_code
        assert status == 403 or status < 300, (role, status)
        let_in |= {role} if status != 403 else set()
    assert let_in == MAY[method, path]
    for key in (None, "tz_guess", ""):
        answer = Caller(station.web, key).ask(method, asked, **more)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == "not_authenticated"


def test_a_revoked_key_opens_nothing_from_that_moment(line: Line, station: Caller) -> None:
    assert station.get("/v1/batches").status_code == 200
    with line.unit() as unit:
        accounts.revoke_keys(unit, "EAST-1", line.clock())
    assert station.get("/v1/batches").status_code == 401


def test_a_guard_without_roles_lets_nobody_in(line: Line, station: Caller) -> None:
    from fastapi.security import HTTPAuthorizationCredentials

    from tsuzuri.errors import NotAllowed

    with pytest.raises(NotAllowed):
        May()(line, HTTPAuthorizationCredentials(scheme="Bearer", credentials=station.key or ""))
