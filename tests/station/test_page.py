"""The operator's page: on this machine only; what stands on it, and what its buttons do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.station.conftest import Desk
from tsuzuri.model import Step
from tsuzuri.station.journal import File
from tsuzuri.station.page import serve


@pytest.fixture
def page(desk: Desk) -> Iterator[httpx.Client]:
    """The page of a station that has taken two sheets of which the words are not all said."""
    for n in (1, 2):
        desk.scanned(f"{n}.png", 90 * n)
    station = desk.station(looks=1, defaults={"ward": "東区", "procedure": "kodomo"})
    desk.work(station, 2)
    with serve(desk.home, desk.root, station.defaults, 0) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def press(page: httpx.Client, do: str, n: int = 1, **said: object) -> httpx.Response:
    """Press a button of the page."""
    token = re.search(r'name="token" value="([^"]+)"', page.get("/batch").text)
    assert token
    return page.post("/", data={"token": token[1], "do": do, "n": n, **said})


def test_a_batch_is_declared_and_closed_on_the_page(desk: Desk, page: httpx.Client) -> None:
    shown = page.get("/").text
    assert "箱番号、枚数を入力してください" in shown and "手元に保管中: 2 件" in shown and desk.key not in shown
    assert press(page, "declare", box="KM-5", ward="東区", procedure="kodomo", sheets="２枚").status_code == 422
    assert press(page, "declare", box="KM-5", ward="東区", procedure="kodomo", sheets="2").status_code == 303
    desk.work(desk.opened[0], 3)
    assert "すべて届いています" in page.get("/").text
    press(page, "close")
    desk.work(desk.opened[0], 3)
    ((batch, scans),) = desk.stored("KM-5")
    assert batch.step is Step.CLOSED and len(scans) == 2 and "締切済" in page.get("/").text


def test_a_batch_that_has_not_what_was_declared_is_closed_only_if_it_is_meant(desk: Desk, page: httpx.Client) -> None:
    press(page, "declare", box="KM-5", ward="東区", procedure="kodomo", sheets="3")
    desk.work(desk.opened[0], 3)
    asked = press(page, "close")
    assert asked.status_code == 200 and "申告 3 枚に対して、届いているのは 2 面です" in asked.text
    desk.work(desk.opened[0], 3)
    assert desk.stored("KM-5")[0][0].step is Step.OPEN
    press(page, "close-surely")
    desk.work(desk.opened[0], 3)
    assert desk.stored("KM-5")[0][0].step is Step.CLOSED and "数え直し" in page.get("/").text


@pytest.mark.parametrize(("code", "title", "kind"), [
    ("away", "サーバーを待っています", "away"), ("key_refused", "止まっています", "bad")])
def test_what_waits_by_itself_looks_other_than_what_somebody_must_mend(
    desk: Desk, page: httpx.Client, code: str, title: str, kind: str,
) -> None:
    desk.opened[0].journal.note("office", {"code": code, "said": "理由"})
    shown = page.get("/").text
    assert f'<header class="{kind}"' in shown and title in shown and "理由" in shown


def test_a_new_batch_begins_before_its_first_sheet(desk: Desk, page: httpx.Client) -> None:
    assert "受付中のバッチがあります" in press(page, "declare", 0, box="K", ward="東区", procedure="kodomo", sheets="1").text
    press(page, "declare", box="KM-5", ward="東区", procedure="kodomo", sheets="2")
    press(page, "close-surely")
    desk.work(desk.opened[0], 4)
    assert press(page, "declare", 0, box="KM-6", ward="東区", procedure="kodomo", sheets="1").status_code == 303
    desk.scanned("3.png", 30)
    desk.work(desk.opened[0], 4)
    ((_, scans),) = desk.stored("KM-6")
    assert len(scans) == 1


def test_how_the_sides_come_and_what_is_brought_again_is_said_on_the_page(desk: Desk, page: httpx.Client) -> None:
    journal = desk.opened[0].journal
    journal.note("rescans", [{"batch": 1, "box": "KM-1", "files": [2], "why": "二重送り", "names": ["2.png"], "document": "d1"}])
    words = {"box": "KM-5", "ward": "東区", "procedure": "kodomo", "sheets": "1"}
    press(page, "declare", **words)
    assert not {"collate", "rescans"} & journal.batches()[0].declared.keys(), "what nobody says is not sent"
    press(page, "declare", collate="odd_even", **words, **{"rescan d1": "on", "rescan d2": "on"})
    (row,) = journal.batches()
    assert (row.declared["collate"], row.declared["rescans"]) == ("odd_even", ["d1"])
    shown = page.get("/batch?n=1").text
    assert '"odd_even" selected' in shown and 'name="rescan d1" checked' in shown and "箱 KM-1 の 2.png" in shown
    press(page, "declare", collate="as_fed", **words)
    assert journal.batches()[0].declared["rescans"] == []
    journal.note("rescans", [])
    desk.work(desk.opened[0], 3)
    assert [len(scans) for _, scans in desk.stored("KM-5")] == [2]


def test_a_refused_file_is_tried_again_or_laid_aside(desk: Desk, page: httpx.Client) -> None:
    (desk.root / "3.png").write_bytes(b"<script>alert(1)</script>")
    press(page, "declare", box="<b>KM-5", ward="東区", procedure="kodomo", sheets="2")
    desk.work(desk.opened[0], 4)
    shown = page.get("/").text
    assert "3.png は受け付けられませんでした" in shown and "<b>KM-5" not in shown and "&lt;b&gt;KM-5" in shown
    (refused,) = desk.opened[0].journal.files(None, File.REFUSED)
    press(page, "again", refused.n)
    assert desk.opened[0].journal.file(refused.n).state is File.WAITING
    desk.work(desk.opened[0], 2)
    press(page, "drop", refused.n)
    desk.work(desk.opened[0], 2)
    assert desk.opened[0].journal.file(refused.n).state is File.GONE and "受け付けられませんでした" not in page.get("/").text


def test_nobody_but_this_machines_own_page_presses_its_buttons(desk: Desk, page: httpx.Client) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        assert page.get("/", headers=headers).status_code == 403
        assert page.post("/", data={"do": "close", "n": 1}, headers=headers).status_code == 403
    assert page.post("/", data={"do": "close", "n": 1}).status_code == 403
    assert page.post("/", data={"do": "close", "n": 1, "token": "x" * 20_000}).status_code == 403
    assert page.get("/etc/passwd").status_code == 404
    assert "default-src 'none'" in page.get("/").headers["Content-Security-Policy"]
