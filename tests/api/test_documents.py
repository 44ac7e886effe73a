"""Documents over HTTP: everything that is known of a paper, for those who may know it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.api.conftest import Caller, bound, caller, picture
from tsuzuri.flow import Line
from tsuzuri.forms import Forms
from tsuzuri.model import Act, Finding, Severity


@pytest.fixture
def paper(line: Line, station: Caller) -> str:
    """The batch of one bound paper, d1."""
    batch = station.batch(1)
    station.send(batch, 1, picture(), "１枚目.png")
    bound(line, batch)
    return batch


def test_a_document_tells_its_fields_with_where_they_come_from(line: Line, station: Caller, paper: str) -> None:
    told = caller(line, station.web, "clerk", "clerk").get("/v1/documents/d1").json()
    assert (told["id"], told["batch"], told["file"], told["page"]) == ("d1", paper, "１枚目.png", 1)
    assert (told["step"], told["version"], told["score"]) == ("review", 1, 0.5)
    assert told["fields"]["patient_name"] == {
        "value": "綴 花子", "confidence": 0.9, "raw": "綴 花子", "reader": "ppocr/6s", "box": [1, 2, 3, 4], "page": 1}
    assert told["readings"][0]["ink"] == "0123457" and [page["id"] for page in told["pages"]] == ["p-d1"]


def test_an_auditor_sees_no_bank_account(app, line: Line, station: Caller, paper: str) -> None:
    fields = {"patient_name": SimpleNamespace(kind="name"), "account_no": SimpleNamespace(kind="account_no")}
    app.state.line = replace(line, forms=Forms({"kodomo_shinsei": SimpleNamespace(fields=fields, takes={})}))
    auditor = caller(line, station.web, "auditor", "auditor")
    unknown_form = auditor.get("/v1/documents/d1")
    assert "0123457" not in unknown_form.text and "花子" not in unknown_form.text
    bound(line, paper, "d2", form="kodomo_shinsei")
    answer = auditor.get("/v1/documents/d2")
    assert "0123457" not in answer.text
    assert answer.json()["fields"]["account_no"]["masked"] is True
    assert answer.json()["fields"]["patient_name"]["value"] == "綴 花子"


def test_a_field_that_two_people_have_yet_to_key_blind_is_told_to_no_machine(line: Line, station: Caller, paper: str) -> None:
    with line.unit() as unit:
        before = unit.document("d1")
        waits = Finding("H42", Severity.E, Act.AMEND, "二人が入力します。", "account_no")
        unit.save_document(replace(before, findings=(waits,), version=before.version + 1), was_version=before.version)
    for role in ("clerk", "supervisor"):
        answer = caller(line, station.web, f"x-{role}", role).get("/v1/documents/d1")
        assert answer.status_code == 200 and "0123457" not in answer.text and "花子" in answer.text


def test_a_page_is_shown_as_a_picture_that_nobody_keeps(line: Line, station: Caller, paper: str) -> None:
    clerk = caller(line, station.web, "clerk", "clerk")
    answer = clerk.get("/v1/pages/p-d1/picture")
    assert answer.headers["content-type"] == "image/jpeg" and answer.content.startswith(b"\xff\xd8")
    assert "no-store" in answer.headers["cache-control"]
    with line.store.read() as look:
        path = line.files.path(look.page("p-d1").picture)
    path.unlink()
    assert clerk.get("/v1/pages/p-d1/picture").json()["code"] == "no_picture"


@pytest.mark.parametrize("path", ["/v1/documents/none", "/v1/pages/none/picture", "/v1/batches/none", "/v1/nowhere"])
def test_what_is_not_there_is_a_problem_that_says_so(line: Line, station: Caller, path: str) -> None:
    answer = caller(line, station.web, "clerk", "clerk").get(path)
    assert answer.status_code == 404 and answer.json()["code"] == "not_found"
    assert answer.headers["content-type"] == "application/problem+json"
