"""The program as it is started: killed without warning at any moment, and as a single command."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.station.conftest import Desk, sha
from tsuzuri.model import Step
from tsuzuri.settings import REPO
from tsuzuri.station import program
from tsuzuri.station.cli import run
from tsuzuri.station.lock import alone
from tsuzuri.station.settings import settled
from tsuzuri.station.trouble import Misused

PATIENCE_S = 60.0


def told(desk: Desk) -> dict[str, str]:
    """The environment of a program that may send."""
    return {"TSUZURI_STATION_URL": desk.url, "TSUZURI_STATION_KEY": desk.key, "TSUZURI_STATION_HOME": str(desk.home),
            "TSUZURI_STATION_PORT": "0"}


def watching(desk: Desk) -> subprocess.Popen[bytes]:
    """`tsuzuri station watch`, a process of its own."""
    env = {**os.environ, **told(desk), "PYTHONPATH": str(REPO / "src")}
    command = [sys.executable, "-m", "tsuzuri", "station", "watch", str(desk.root)]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_killed_again_and_again_every_sheet_arrives_once(desk: Desk) -> None:
    bodies, chance = desk.batch("KM-1", count=5), random.Random(3)
    steps: list[Callable[[], bool]] = [
        lambda: (desk.home / "journal.sqlite3").exists(), lambda: any((desk.home / "spool").glob("*")),
        lambda: bool(desk.stored("KM-1")), lambda: any(scans for _, scans in desk.stored("KM-1")),
        lambda: len(desk.stored("KM-1")[0][1]) > 2, lambda: desk.stored("KM-1")[0][0].step is Step.CLOSED]
    for step in steps:
        running = watching(desk)
        until(step)
        time.sleep(chance.random() / 20)
        running.kill()
        running.wait()
    ((batch, scans),) = desk.stored("KM-1")
    assert [scan.sha256 for scan in scans] == [sha(body) for body in bodies] and not batch.findings
    running = watching(desk)
    until(lambda: not (desk.root / "KM-1").exists())
    running.terminate()
    assert running.wait(20) == 0 and len(desk.sent("KM-1")) == 5 and len(desk.stored("KM-1")[0][1]) == 5


def test_files_are_sent_as_one_batch_and_its_balance_is_the_exit_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in told(desk).items():
        monkeypatch.setenv(name, value)
    paths = [desk.root.parent / f"{n}.png" for n in (1, 2)]
    for n, path in enumerate(paths, 1):
        desk.scanned(f"../{path.name}", 90 * n)
    words = ["send", *map(str, paths), "--ward", "東区", "--procedure", "kodomo", "--box", "KM-1", "--sheets"]
    assert run([*words, "2"]) == 0 and "送信済 2" in capsys.readouterr().out
    ((batch, scans),) = desk.stored("KM-1")
    assert (batch.step, len(scans)) == (Step.CLOSED, 2) and all(path.exists() for path in paths)
    assert run([*words, "3"]) == 1 and "申告 3 枚に対して保管 2 枚" in capsys.readouterr().out
    assert run([*words, "1", "--collate", "odd_even"]) == 0, "two files are the two sides of one sheet"
    assert run(["status"]) == 1 and "数え直し" in capsys.readouterr().out
    monkeypatch.setenv("TSUZURI_STATION_URL", "http://127.0.0.1:9")
    assert run([*words, "2"]) == 3 and "届きません" in capsys.readouterr().out
    desk.work(desk.station())
    assert [len(scans) for _, scans in desk.stored("KM-1")] == [2, 2, 2, 2]
    assert run(["send", str(paths[0])]) == 2 and "--sheets" in capsys.readouterr().err
    assert run(["rescans"]) == 0 and run(["close", "1"]) == 2


def test_whatever_the_program_stumbles_over_it_goes_on(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    station, stop, turns = desk.station(), threading.Event(), []

    def turn() -> bool:
        turns.append(1)
        if len(turns) > 1:
            stop.set()
            return True
        raise RuntimeError("a bug of ours")

    station.turn = turn
    program.EVERY_S, every = 0.0, program.EVERY_S
    program.keep(station, stop)
    program.EVERY_S = every
    assert len(turns) == 2 and "RuntimeError" in capsys.readouterr().err


def test_one_program_works_in_a_home_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path) as first, alone(tmp_path) as second:
        assert first and not second
    with alone(tmp_path) as third:
        assert third


def test_settings_come_from_words_then_environment_then_file_and_the_key_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text('url = "https://a"\nkey = "tz_a"\nrate_kib = 5\n[batch]\nward = "東区"\n', "utf-8")
    set_ = settled({"home": tmp_path, "url": None, "batch": {"sheets": 3, "ward": None}}, environ={"TSUZURI_STATION_URL": "https://b"})
    assert (set_.url, set_.key, set_.rate_kib, set_.batch) == ("https://b", "tz_a", 5, {"ward": "東区", "sheets": 3})
    assert "tz_a" not in repr(set_)
    with pytest.raises(Misused, match="鍵"):
        settled({"home": tmp_path / "none"}, environ={}).must_reach()
    (tmp_path / "station.toml").write_text("url = ", "utf-8")
    with pytest.raises(Misused, match=r"station\.toml"):
        settled({"home": tmp_path}, environ={})


@pytest.mark.parametrize(("words", "named"), [
    (["--home", "/proc/home", "--url", "http://localhost:1"], "/proc/home"),
    (["--port", "99999", "--url", "http://localhost:1"], "65535"), (["--url", "localhost:8420"], "https://"),
], ids=["home", "port", "url"])
def test_a_place_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], named: str,
) -> None:
    home = [] if "--home" in words else ["--home", str(tmp_path / "home")]
    assert run(["watch", str(tmp_path), "--key", "tz_1", *home, *words]) == 2
    complaint = capsys.readouterr().err
    assert named in complaint and "Traceback" not in complaint


def test_a_home_in_which_nothing_was_sent_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--home", str(tmp_path / "home")]) == 0
    assert "バッチはまだありません" in capsys.readouterr().out
