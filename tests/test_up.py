"""One machine: its port, its lock, its parts kept alive, and the environment that they are given."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.test_queue import wait_for
from tsuzuri import up
from tsuzuri.errors import Refused, Stuck
from tsuzuri.queue import Queue
from tsuzuri.settings import Settings
from tsuzuri.up import Part, Running, free_port, keep, machine_up, queue_command


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A machine's settings, its home in a folder of the test."""
    return Settings(home=tmp_path / "home", redis_url="", database_url="", exports=tmp_path / "out", port=0, workers=1)


def child(tmp_path: Path, does: str = "") -> Part:
    """A part that runs a line of Python."""
    return Part("child", [sys.executable, "-S", "-c", does], dict(os.environ), tmp_path / "logs" / "child.log")


def pid(part: Part) -> int:
    """The number of the part's process."""
    assert part.process is not None
    return part.process.pid


def test_the_wanted_port_is_taken_if_it_is_free_and_another_if_it_is_not() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        given = free_port("127.0.0.1", taken)
        assert given not in (0, taken)
    assert free_port("127.0.0.1", taken) == taken
    with pytest.raises(Stuck) as stuck:
        free_port("192.0.2.1", 8420)     # an address that no machine has
    assert stuck.value.code == "no_port"


def test_a_second_machine_in_the_same_home_is_refused(settings: Settings) -> None:
    settings.home.mkdir()
    with up._only_one(settings.home / "up.lock"):
        with pytest.raises(Refused) as refused, machine_up(settings):
            pytest.fail("two machines in one home")
        assert refused.value.code == "home_in_use"
    with up._only_one(settings.home / "up.lock"):
        pass     # and the home is free again once the first has gone


def test_the_parts_are_told_what_the_machine_was_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    told = up._as_environment(settings)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    heard = Settings()
    assert heard.model_dump(exclude={"home"}) == settings.model_dump(exclude={"home"})
    assert heard.home == settings.home.resolve()


def test_a_receivers_password_is_not_written_out_for_the_parts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSUZURI_DELIVERY_PASSWORDS", '{"benefits": "hush"}')
    told = Settings(home=settings.home)
    assert told.passwords == {"benefits": "hush"} and "hush" not in repr(told), "the environment has it, and the parts inherit that"
    assert "TSUZURI_DELIVERY_PASSWORDS" not in up._as_environment(told)


def test_a_part_runs_in_the_environment_it_is_given_and_prints_into_its_log(tmp_path: Path) -> None:
    part = child(tmp_path, "import os; print(os.environ['TSUZURI_HOME'])")
    part.env["TSUZURI_HOME"] = "/srv/tsuzuri"
    part.start()
    assert part.process is not None and part.process.wait(10) == 0
    assert part.output.read_text() == "/srv/tsuzuri\n"


def test_a_part_that_ends_is_started_again_and_ever_more_slowly_if_it_ends_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(up, "time", SimpleNamespace(monotonic=lambda: now[0]))
    part = child(tmp_path)
    part.start()
    pauses = []
    for _ in range(8):
        assert part.process is not None
        part.process.wait(10)
        before, began = pid(part), part.started
        while pid(part) == before:
            now[0] += 0.25
            part.watch()
        pauses.append(part.started - began)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    now[0] += 3600      # one that has lived for an hour is started again at once
    assert part.process is not None
    part.process.wait(10)
    before = pid(part)
    part.watch()
    assert pid(part) != before
    part.stop()


def test_a_part_that_lives_is_left_alone_and_ends_when_told(tmp_path: Path) -> None:
    part = child(tmp_path, "import sys; sys.stdin.read(); import time; time.sleep(60)")
    part.watch()
    part.stop()      # not started: nothing to do
    part.start()
    before = pid(part)
    part.watch()
    assert pid(part) == before
    part.stop()
    assert part.process is not None and part.process.returncode is not None


def test_a_part_that_will_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "STOP_S", 0.05)
    part = child(tmp_path, "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)")
    part.start()
    while not part.output.read_text():
        pass
    part.stop()
    assert part.process is not None and part.process.returncode == -9


def test_a_part_that_does_not_start_says_why(tmp_path: Path, settings: Settings) -> None:
    part = child(tmp_path, "raise SystemExit('the disk is gone')")
    part.start()
    assert part.process is not None
    part.process.wait(10)
    running = Running("", settings, line=None, parts=[part])  # type: ignore[arg-type]
    with pytest.raises(Stuck, match="child ended at once: the disk is gone"):
        up._wait(running, lambda: False, "child")


@pytest.mark.parametrize("fault", [Stuck("silent"), OSError(11, "no more processes"), KeyError("a bug")])
def test_whatever_the_clock_stumbles_over_the_machine_stays_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, fault: Exception,
) -> None:
    told: list[str] = []

    def stumbles(what: str) -> Any:
        def act(*_: object) -> None:
            told.append(what)
            raise fault
        return act

    part = SimpleNamespace(watch=stumbles("watch"))
    monkeypatch.setattr(up, "sweep", stumbles("sweep"))
    monkeypatch.setattr(up, "_night_if_due", stumbles("night"))
    monkeypatch.setattr(up, "time", SimpleNamespace(monotonic=lambda: 1e6 + 60 * len(told), sleep=lambda _: None))
    eager = Running("", settings, line=None, parts=[part])  # type: ignore[arg-type, list-item]
    keep(eager, until=lambda: len(told) >= 6)
    assert told == ["watch", "sweep", "night"] * 2


def test_a_queue_server_that_a_killed_machine_left_behind_is_ended_with_its_nudges_kept(settings: Settings) -> None:
    with subprocess.Popen(queue_command(settings), stdout=subprocess.DEVNULL) as left:
        wait_for(settings.queue_url)
        Queue(settings.queue_url).send([("read_page", "pg_1")])
        up._end_leftover(settings.queue_url)
        assert left.wait(10) == 0
    up._end_leftover(settings.queue_url)      # nobody there: nothing to do
    with subprocess.Popen(queue_command(settings), stdout=subprocess.DEVNULL) as anew:
        wait_for(settings.queue_url)
        assert Queue(settings.queue_url).waiting() == 1
        anew.terminate()


def test_the_queue_server_keeps_what_it_is_given_and_listens_to_nobody_else(settings: Settings) -> None:
    said = queue_command(settings)
    options = dict(zip(said[1::2], said[2::2], strict=True))
    assert (options["--port"], options["--appendonly"], options["--appendfsync"]) == ("0", "yes", "always")
    assert options["--maxmemory-policy"] == "noeviction"
    assert settings.queue_socket.parent.stat().st_mode & 0o077 == 0
