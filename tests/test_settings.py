"""What the machine says: one variable a setting, and a home from which everything else follows."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from tsuzuri.settings import REPO, SOCKET_PATH_MAX, Settings


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting comes from whoever runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TSUZURI_{name.upper()}", raising=False)


def test_without_a_word_everything_lies_in_one_folder() -> None:
    said = Settings()
    home = Path(".work").resolve()
    assert said.database == f"sqlite:///{home / 'tsuzuri.sqlite3'}"
    assert said.export_folder == home / "exports"
    assert said.queue_url == f"unix://{home / 'queue' / 'queue.sock'}" or len(str(home)) > SOCKET_PATH_MAX - 20
    assert (said.pipelines, said.schema_folder) == (REPO / "pipelines", REPO / "schemas")


def test_what_is_said_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = {"HOME": str(tmp_path), "DATABASE_URL": "postgresql://db/t", "REDIS_URL": "redis://queue:6379/1", "PORT": "9000",
            "EXPORTS": "/srv/out", "NIGHT_AT": "20:30", "PIPELINES": str(tmp_path / "city" / "pipelines"), "WORKERS": "3"}
    for name, value in said.items():
        monkeypatch.setenv(f"TSUZURI_{name}", value)
    heard = Settings()
    assert (heard.database, heard.queue_url, heard.port, heard.workers) == ("postgresql://db/t", "redis://queue:6379/1", 9000, 3)
    assert (heard.export_folder, heard.night_at) == (Path("/srv/out"), time(20, 30))
    assert heard.schema_folder == tmp_path / "city" / "schemas"


def test_a_home_deep_in_the_disk_still_has_a_queue_socket_that_a_system_can_open(tmp_path: Path) -> None:
    deep = Settings(home=tmp_path / ("a" * 120))
    other = Settings(home=tmp_path / ("b" * 120))
    assert len(str(deep.queue_socket)) <= SOCKET_PATH_MAX
    assert deep.queue_socket != other.queue_socket
    assert deep.queue_socket == Settings(home=tmp_path / ("a" * 120)).queue_socket


@pytest.mark.parametrize(("name", "value"), [
    ("port", "eighty"), ("timezone", "Asia/Atlantis"), ("night_at", "late"),
])
def test_what_makes_no_sense_is_refused_before_anything_starts(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TSUZURI_{name.upper()}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert refused.value.errors()[0]["loc"] == (name,)


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_every_setting_stands_in_the_readme_as_it_is_declared() -> None:
    readme = (REPO / "README.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        line = next((row for row in readme.splitlines() if row.startswith(f"| `TSUZURI_{name.upper()}` |")), "")
        assert line.endswith(f"| {field.description} |"), name
