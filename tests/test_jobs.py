"""The workers' door: one broken page ends no worker, and no log repeats what a citizen wrote."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from tsuzuri import jobs
from tsuzuri.errors import Stuck
from tsuzuri.rules.lists import open_names


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, str]]:
    """What the flow was told, by the one job that there is here."""
    heard: list[tuple[object, str]] = []
    monkeypatch.setattr(jobs, "_line", lambda: "the line")
    monkeypatch.setattr(jobs, "JOBS", {"read_page": lambda line, paper: heard.append((line, paper))})
    return heard


def test_a_nudge_runs_its_function_upon_its_paper(told: list[tuple[object, str]]) -> None:
    jobs.run("read_page", "pg_1")
    assert told == [("the line", "pg_1")]


@pytest.mark.parametrize(("error", "event"), [
    (Stuck("綴 花子", code="disk_full"), {"event": "job_put_off", "code": "disk_full"}),
    (ValueError("綴 花子"), {"event": "job_broke", "error": "ValueError"}),
])
def test_whatever_a_job_stumbles_over_ends_at_the_door_without_a_citizens_name(
    told: list[tuple[object, str]], monkeypatch: pytest.MonkeyPatch, error: Exception, event: dict[str, str],
) -> None:
    def stumbles(*_: object) -> None:
        raise error

    monkeypatch.setattr(jobs, "JOBS", {"read_page": stumbles})
    with capture_logs() as logs:
        jobs.run("read_page", "pg_1")
    (entry,) = logs
    assert event.items() <= entry.items() and entry["id"] == "pg_1"
    assert "花子" not in str(entry)


def test_a_nudge_of_an_unknown_name_is_written_down_and_forgotten(told: list[tuple[object, str]]) -> None:
    with capture_logs() as logs:
        jobs.run("nonsense", "pg_1")
    assert logs[0]["event"] == "job_broke" and told == []


def test_what_every_sheet_asks_for_is_loaded_before_a_worker_forks() -> None:
    asked: list[str] = []
    line = SimpleNamespace(readers=lambda: asked.append("readers"), finder=lambda: asked.append("finder"))
    open_names.cache_clear()
    jobs._warm(line)  # type: ignore[arg-type]
    assert asked == ["readers", "finder"] and open_names.cache_info().currsize == 1
