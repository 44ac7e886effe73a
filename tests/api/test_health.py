"""Whether it lives, whether papers would be kept, and figures without a word from paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import httpx
import pytest

from tests.api.conftest import Caller, Switch, bound, new_app, picture
from tsuzuri.api import metrics
from tsuzuri.api.metrics import Figures
from tsuzuri.errors import Stuck
from tsuzuri.flow import Line
from tsuzuri.store import books


def test_it_lives_and_is_ready(web: httpx.Client) -> None:
    assert web.get("/healthz").json()["status"] == "ok"
    assert web.get("/readyz").json() == {"status": "ok", "database": "ok", "files": "ok", "queue": "ok", "nights": "ok"}


@pytest.mark.parametrize(("what", "where", "code"), [
    ("database", "tsuzuri.store.engine.Store.check", "database_unreachable"),
    ("files", "tsuzuri.store.files.Files.check", "disk_full"),
])
def test_it_is_not_ready_while_papers_would_not_be_kept(web: httpx.Client, monkeypatch, what, where, code) -> None:
    def stuck(_: object) -> None:
        raise Stuck("", code=code)

    monkeypatch.setattr(where, stuck)
    answer = web.get("/readyz")
    assert answer.status_code == 503 and answer.json()[what] == code and "Retry-After" in answer.headers
    assert web.get("/healthz").status_code == 200


def test_a_silent_queue_is_told_but_sends_nobody_away(web: httpx.Client, line: Line) -> None:
    line.queue.silent = True
    answer = web.get("/readyz")
    assert answer.status_code == 200 and answer.json()["queue"] == "queue_silent"


def test_figures_count_papers_and_requests_and_name_nobody(
    line: Line, station: Caller, served: tuple[Switch, str],
) -> None:
    served[0].app = new_app(line)
    batch = station.batch(1)
    station.send(batch, 1, picture(), "氏名.png")
    bound(line, batch)
    station.get("/v1/batches/none")
    station.get("/someone/probing/花子")
    told = station.get("/metrics").text
    assert 'tsuzuri_documents{step="review"} 1.0' in told
    assert 'tsuzuri_pages{account="stored",ward="東区"} 1.0' in told
    assert 'tsuzuri_oldest_seconds{step="review"} 0.0' in told
    assert "tsuzuri_queue_waiting 1.0" in told
    route = "/v1/batches/{batch_id}"
    assert f'tsuzuri_requests_total{{method="GET",route="{route}",status="404"}} 1.0' in told
    assert 'route="",status="404"' in told
    for secret in ("花子", "EAST-1", batch, "氏名", "probing"):
        assert secret not in told


def test_a_strangers_methods_make_no_figures(line: Line, web: httpx.Client, served: tuple[Switch, str]) -> None:
    served[0].app = new_app(line)
    for method in ("BREW", "X" * 40, "get"):
        web.request(method, "/v1/batches")
    told = web.get("/metrics").text
    assert 'method="other"' in told
    assert "BREW" not in told and "XXX" not in told


def test_rows_are_counted_once_in_ten_seconds(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    counted, now, reckon = [], [line.clock()], books.books
    monkeypatch.setattr(metrics, "monotonic", lambda: 0.0)
    monkeypatch.setattr(books, "books", lambda *told: counted.append(1) or reckon(*told))
    figures = Figures(replace(line, clock=lambda: now[0]))
    for seconds, times in ((0, 1), (9, 1), (2, 2), (-60, 3)):
        now[0] += timedelta(seconds=seconds)
        assert b"tsuzuri_pages{" in figures.told()
        assert len(counted) == times


@pytest.mark.parametrize(("took", "told_again"), [(0.001, 10), (0.1, 30), (5.0, 60)])
def test_a_full_house_is_counted_the_more_seldom_the_longer_it_takes(
    line: Line, monkeypatch: pytest.MonkeyPatch, took: float, told_again: int,
) -> None:
    ticks, asked, begun, now = count(), list[str](), line.clock(), [line.clock()]
    monkeypatch.setattr(metrics, "monotonic", lambda: next(ticks) * took)
    monkeypatch.setattr(books, "books", lambda *_: asked.append("the wards") or {})
    figures = Figures(replace(line, clock=lambda: now[0]))
    for later, at, times in ((0, 0, 1), (told_again - 1, 0, 1), (told_again, told_again, 2)):
        now[0] = begun + timedelta(seconds=later)
        (told,) = [said for said in figures.told().decode().splitlines() if said.startswith("tsuzuri_counted_timestamp_seconds")]
        assert float(told.split()[1]) == begun.timestamp() + at and len(asked) == times


def test_figures_leave_out_a_neighbour_that_is_silent(
    line: Line, web: httpx.Client, served: tuple[Switch, str], monkeypatch,
) -> None:
    served[0].app = new_app(line)
    def away(*_: object) -> None:
        raise Stuck("away")

    line.queue.silent = True
    monkeypatch.setattr("tsuzuri.store.engine.Store._engine", away)
    answer = web.get("/metrics")
    assert answer.status_code == 200 and "tsuzuri_documents{" not in answer.text


def test_the_description_names_every_answer(web: httpx.Client) -> None:
    told = web.get("/openapi.json").json()
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
            if path.startswith("/v1/") and path != "/v1/station-key":       # which is open to all
                assert {"401", "403", "503"} <= set(operation["responses"]), (method, path)
                assert operation["security"], (method, path)
                problem = operation["responses"]["401"]["content"]
                assert "application/problem+json" in problem, (method, path)
