"""Who may come to the desk, and what each role finds there."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from tests.desk.conftest import PASSWORD, Desk

PAPER, RUN = "/desk/sheets/{paper}", "/desk/runs/kodomo_seikyu/days"
# method, path, and who may: clerk, supervisor, auditor; anyone else is sent to the log-in.
MATRIX = [
    ("GET", "/desk/", "csa"),
    ("GET", PAPER, "csa"),
    ("GET", "/desk/pages/{page}/picture", "csa"),
    ("GET", "/desk/batches", "s"),
    ("GET", "/desk/nights", "s"),
    ("GET", "/desk/ledgers", "csa"),
    ("PUT", "/desk/ledgers/{ledger}/file", "s"),
    ("GET", PAPER + "/why", "csa"),
    ("GET", "/desk/letters", "csa"),
    ("GET", "/desk/letters.pdf", "cs"),
    ("GET", "/desk/letters/paper", "csa"),
    ("POST", PAPER + "/inquire", "cs"),
    ("POST", PAPER + "/talks", "cs"),
    ("POST", "/desk/talks/{n}", "cs"),
    ("POST", "/desk/next", "cs"),
    ("POST", "/desk/approve-clean", "s"),
    ("POST", PAPER + "/lease", "cs"),
    ("POST", PAPER + "/release", "cs"),
    ("POST", PAPER + "/save", "cs"),
    ("POST", PAPER + "/approve", "cs"),
    ("POST", PAPER + "/return", "cs"),
    ("POST", PAPER + "/join", "cs"),
    ("POST", PAPER + "/split", "cs"),
    ("POST", PAPER + "/blot", "cs"),
    ("POST", PAPER + "/form", "cs"),
    ("POST", PAPER + "/reopen", "cs"),
    ("POST", "/desk/batches/{batch}/settle", "s"),
    ("GET", PAPER + "/crops/days", "csa"),
    ("GET", "/desk/keys", "csa"),
    ("POST", "/desk/keys", "csa"),
    ("GET", "/desk/exceptions", "cs"),
    ("POST", "/desk/ahead", "cs"),
    ("GET", "/desk/batches/{batch}/papers", "cs"),
    ("GET", "/desk/pages/{page}/thumb", "cs"),
    ("POST", "/desk/pages/{page}/move", "cs"),
    ("GET", PAPER + "/beside", "cs"),
    ("POST", PAPER + "/normal", "cs"),
    ("POST", PAPER + "/ask", "cs"),
    ("POST", PAPER + "/answer", "s"),
    ("POST", PAPER + "/take-back", "cs"),
    ("POST", PAPER + "/unapprove", "cs"),
    ("POST", PAPER + "/correct-sent", "s"),
    ("GET", "/desk/runs", "cs"),
    ("GET", RUN, "cs"),
    ("POST", RUN + "/more", "cs"),
    ("POST", "/desk/runs/hold", "cs"),
    ("POST", "/desk/runs/release", "cs"),
    ("POST", "/desk/papers/{paper}/confirm", "cs"),
    ("POST", "/desk/papers/{paper}/senior", "cs"),
    ("POST", "/desk/carpet/undo", "cs"),
    ("POST", "/desk/papers/{paper}/take-back", "cs"),
    ("GET", "/desk/carpet", "cs"),
    ("POST", "/desk/carpet/more", "cs"),
    ("POST", "/desk/carpet/tiles", "cs"),
    ("POST", "/desk/carpet/seen", "cs"),
    ("GET", "/desk/second", "cs"),
    ("POST", "/desk/second/more", "cs"),
    ("POST", "/desk/papers/{paper}/key", "cs"),
    ("POST", "/desk/papers/{paper}/unkey", "cs"),
    ("GET", "/desk/judge", "s"),
    ("POST", "/desk/judge/more", "s"),
    ("POST", "/desk/papers/{paper}/judge", "s"),
    ("GET", "/desk/sample", "cs"),
    ("GET", "/desk/sample/more", "cs"),
    ("POST", "/desk/sample/verdict", "cs"),
    ("POST", "/desk/sample/undo", "cs"),
    ("GET", "/desk/work", "s"),
    ("POST", "/desk/work/first", "s"),
    ("POST", "/desk/work/first/end", "s"),
    ("POST", "/desk/work/assign", "s"),
    ("POST", "/desk/work/unassign", "s"),
    ("POST", "/desk/work/free", "s"),
    ("GET", "/desk/dial", "s"),
    ("POST", "/desk/dial/propose", "s"),
    ("GET", "/desk/quality/table", "s"),
    ("GET", "/desk/quality/work", "s"),
    ("GET", "/desk/boxes", "s"),
    ("GET", "/desk/boxes/one", "s"),
    ("POST", "/desk/boxes/receive", "s"),
    ("POST", "/desk/boxes/move", "s"),
    ("POST", "/desk/boxes/remove", "s"),
    ("GET", "/desk/ledger.pdf", "s"),
    ("GET", "/desk/quality", "s"),
    ("POST", "/desk/quality/draw", "s"),
    ("GET", "/desk/mine", "cs"),
    ("GET", "/desk/people", "s"),
    ("POST", "/desk/people/add", "s"),
    ("POST", "/desk/people/stop", "s"),
    ("POST", "/desk/people/password", "s"),
    ("POST", "/desk/people/role", "s"),
    ("GET", "/desk/studio", "s"),
    ("GET", "/desk/studio/draft", "s"),
    ("PUT", "/desk/studio/blank", "s"),
    ("POST", "/desk/studio/check", "s"),
    ("POST", "/desk/studio/keep", "s"),
    ("POST", "/desk/studio/try", "s"),
]
PEOPLE = {"c": "sato", "s": "kanto", "a": "kansa"}


def _routes(desk: Desk) -> set[tuple[str, str]]:
    from tsuzuri.desk import (
        asking,
        boxes,
        carpet,
        dial,
        drifting,
        exceptions,
        figures,
        gate,
        keys,
        ledgers,
        letters,
        lists,
        nights,
        people,
        pictures,
        quality,
        runs,
        samples,
        second,
        sheets,
        studio,
        why,
        work,
    )

    return {
        (method, route.path)
        for part in (asking, exceptions, keys, ledgers, letters, lists, nights, sheets, people, pictures, quality, runs, samples,
                     second, carpet, why, drifting, studio, work, dial, figures, boxes)
        for route in part.router.routes
        for method in route.methods
    } | {("POST", "/logout") for route in gate.router.routes if route.path == "/logout"}


def _declared(path: str) -> str:
    return path.replace("/kodomo_seikyu/days", "/{{form}}/{{asked}}").replace("/crops/days", "/crops/{{field}}")


def test_no_route_of_the_desk_is_missing_from_the_matrix(desk: Desk) -> None:
    told = {
        (m, _declared(p.removeprefix("/desk")).format(
            paper="{document_id}", page="{page_id}", batch="{batch_id}", ledger="{ledger}", n="{n}"))
        for m, p, _ in MATRIX
    }
    # A receipt's picture there is only for what came as records, a letter only of what was returned: who sees those is held in
    # test_receipts and test_letters; a draft of a form, a night only where there is one: test_studio, test_nights.
    elsewhere = {("POST", "/logout"), ("GET", "/receipts/{document_id}/picture"), ("GET", "/sheets/{document_id}/letter.pdf"),
                 ("POST", "/sheets/{document_id}/remind"), *(("GET", f"/nights/{{run_id}}{more}") for more in ("", "/held.csv")),
                 *(("POST", f"/nights/{{run_id}}/{act}") for act in ("sign", "withdraw", "again")),
                 *(("GET", f"/studio/{way}") for way in ("pictures/{name}", "drafts/{n}.diff", "drafts/{n}.zip", "drift/{name}")),
                 ("POST", "/studio/drafts/{n}/live"),
                 # Boxes that left: test_boxes.
                 *(("POST", f"/boxes/removals/{{n}}/{act}") for act in ("agree", "drop")),
                 ("GET", "/boxes/removals/{n}/certificate.pdf")}
    assert _routes(desk) - elsewhere == told


@pytest.mark.parametrize("letter", "csa")
def test_each_role_may_do_what_the_matrix_says_and_nothing_else(desk: Desk, letter: str) -> None:
    paper = desk.paper(draw=True)
    person = desk.person(PEOPLE[letter])
    for method, path, allowed in MATRIX:
        there = path.format(paper=paper.id, page=paper.id.replace("dc_", "pg_"), batch=paper.batch_id, ledger="banks", n=1)
        headers = {"X-CSRF-Token": person.csrf, "Accept": "application/json"}
        status = person.web.request(method, there, headers=headers, follow_redirects=False).status_code
        # Empty bodies: what is allowed answers 200, leads elsewhere (303), comes too early (409) or misses something (422).
        assert (status in (200, 303, 409, 422)) == (letter in allowed), (method, path, status)
        assert status != 401


def test_nobody_sees_anything_without_a_session(desk: Desk) -> None:
    paper = desk.paper(draw=True)
    with httpx.Client(base_url=desk.url, trust_env=False) as stranger:
        for method, path, _ in MATRIX:
            there = path.format(paper=paper.id, page=paper.id.replace("dc_", "pg_"), batch=paper.batch_id, ledger="banks", n=1)
            told = stranger.request(method, there, headers={"Accept": "application/json"})
            assert told.status_code == 401, path
            page = stranger.request(method, there)
            assert page.status_code == 303 and page.headers["location"].startswith("/desk/login?to=/desk/")


def test_a_change_without_the_sessions_token_is_refused(desk: Desk) -> None:
    paper = desk.paper()
    person = desk.person("sato")
    for headers in ({}, {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": desk.person("suzuki").csrf}):
        told = person.web.post(
            f"/desk/sheets/{paper.id}/lease", json={}, headers={"Accept": "application/json", **headers}
        )
        assert (told.status_code, told.json()["code"]) == (403, "bad_token")
    assert person.web.post("/desk/next", data={"csrf": "guess"}).status_code == 403
    assert desk.stored(paper).leased_by is None


def test_a_change_asked_for_by_another_site_is_refused(desk: Desk) -> None:
    paper = desk.paper()
    person = desk.person("sato")
    for told in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        reply = person.web.post(
            f"/desk/sheets/{paper.id}/lease", json={}, headers={"X-CSRF-Token": person.csrf, **told}
        )
        assert reply.status_code == 403
        login = httpx.post(
            f"{desk.url}/desk/login",
            data={"name": "sato", "password": PASSWORD},
            headers=told,
            trust_env=False,
        )
        assert login.status_code == 403 and "set-cookie" not in login.headers
    own = person.web.post(
        f"/desk/sheets/{paper.id}/lease",
        json={},
        headers={"X-CSRF-Token": person.csrf, "Origin": desk.url},
    )
    assert own.status_code == 200


def test_the_cookie_is_for_the_server_alone_and_ends_with_the_log_out(desk: Desk) -> None:
    with httpx.Client(base_url=desk.url, trust_env=False) as web:
        cookie = web.post("/desk/login", data={"name": "sato", "password": PASSWORD}).headers["set-cookie"]
    assert {"httponly", "samesite=strict", "path=/desk"} <= {part.strip().lower() for part in cookie.split(";")}
    person = desk.person("sato")
    kept = dict(person.web.cookies)
    assert person.send("/desk/logout").headers["location"] == "/desk/login?said=out"
    assert httpx.get(f"{desk.url}/desk/", cookies=kept, trust_env=False).status_code == 303


def test_a_session_left_alone_ends_and_the_page_is_told_so(desk: Desk) -> None:
    paper = desk.paper()
    person = desk.person("sato")
    desk.clock.now += timedelta(minutes=31)
    told = person.post(f"/desk/sheets/{paper.id}/lease")
    assert (told.status_code, told.json()["code"]) == (401, "not_authenticated")
    assert "ログアウト" in told.json()["message"]


def test_five_wrong_passwords_shut_the_door_and_the_page_says_for_how_long(desk: Desk) -> None:
    with httpx.Client(base_url=desk.url, trust_env=False) as web:
        for _ in range(5):
            wrong = web.post("/desk/login", data={"name": "sato", "password": "not-the-password"})
            assert wrong.status_code == 401 and "15 分間" in wrong.text
        assert web.post("/desk/login", data={"name": "sato", "password": PASSWORD}).status_code == 401
        desk.clock.now += timedelta(minutes=16)
        assert web.post("/desk/login", data={"name": "sato", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/desk/..//evil", "/desk/\\evil", "javascript:alert(1)"]
)
def test_logging_in_leads_nowhere_but_to_the_desk(desk: Desk, to: str) -> None:
    told = httpx.post(f"{desk.url}/desk/login", data={"name": "sato", "password": PASSWORD, "to": to}, trust_env=False)
    assert told.headers["location"] == "/desk/"


def test_another_wards_paper_does_not_exist(desk: Desk) -> None:
    east, west = desk.paper(draw=True, batch="bt_east"), desk.paper(doubt=("days",), batch="bt_west")
    nishi = desk.person("nishi")
    assert west.id in nishi.web.get("/desk/").text
    assert east.id not in nishi.web.get("/desk/").text and "東区" not in nishi.web.get("/desk/").text
    for path in (f"/desk/sheets/{east.id}", f"/desk/pages/{east.id.replace('dc_', 'pg_')}/picture"):
        assert nishi.web.get(path).status_code == 404
    for verb, told in (
        ("lease", {}),
        ("save", {"version": east.version, "changes": {"days": "3"}}),
        ("release", {}),
    ):
        assert nishi.post(f"/desk/sheets/{east.id}/{verb}", told).status_code == 404
    assert nishi.send("/desk/next").headers["location"].endswith(west.id)


def test_every_answer_forbids_scripts_frames_and_keeping(desk: Desk) -> None:
    paper = desk.paper(draw=True)
    person = desk.person("sato")
    paths = (
        "/desk/",
        f"/desk/sheets/{paper.id}",
        "/desk/sheets/none",
        f"/desk/pages/{paper.id.replace('dc_', 'pg_')}/picture",
        "/desk/login",
    )
    for path in paths:
        told = person.web.get(path).headers
        policy = told["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy and told["x-content-type-options"] == "nosniff"
        assert told["cache-control"] == "private, no-store"
