"""The sample deployments run what there is: every command exists, every unit is well-formed, and a backup is worth something."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from tests.flow.conftest import declared, picture, take
from tsuzuri import cli, flow
from tsuzuri.house import open_line
from tsuzuri.settings import REPO, Settings

DEPLOY = REPO / "samples" / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
CALL = re.compile(r"(?:^|[\s/])tsuzuri((?: (?:--)?[a-z][a-z-]*)+)")


def known(words: list[str]) -> bool:
    """Whether `tsuzuri WORDS` is a command with these options."""
    at: Any = get_command(cli.app)
    for word in words:
        if word.startswith("--"):
            if word not in {option for one in at.params for option in one.opts}:
                return False
        elif word in getattr(at, "commands", {}):
            at = at.commands[word]
    return not hasattr(at, "commands")


def calls() -> Iterator[tuple[str, list[str]]]:
    """Every `tsuzuri …` that a sample runs."""
    for path in UNITS:
        for told in re.findall(r"^ExecStart=(.*)$", path.read_text("utf-8"), re.M):
            yield from ((path.name, found.split()) for found in CALL.findall(told))
    for line in (DEPLOY / "crontab").read_text("utf-8").splitlines():
        if "$RUN" in line and not line.startswith("#"):
            yield from (("crontab", found.split()) for found in CALL.findall(line.split("$RUN", 1)[1]))
    for name, part in yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"].items():
        if (command := part.get("command", [""]))[0] == "tsuzuri":
            yield f"compose {name}", [word for word in command[1:] if not word.isdecimal()]


@pytest.mark.parametrize(("where", "words"), list(calls()), ids=lambda told: told if isinstance(told, str) else " ".join(told))
def test_every_command_that_a_sample_runs_exists(where: str, words: list[str]) -> None:
    assert known(words), (where, words)


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    assert not known(["night", "--dew"]) and len(list(calls())) > 12


def test_every_unit_is_one(tmp_path: Path) -> None:
    names = {path.name for path in UNITS}
    for path in UNITS:
        told = configparser.RawConfigParser(strict=False)
        told.optionxform = str  # type: ignore[assignment,method-assign]
        told.read_string(path.read_text("utf-8"))
        assert told.has_section("Timer" if path.suffix == ".timer" else "Service"), path
        if path.suffix == ".timer":
            assert path.with_suffix(".service").name in names and told["Timer"]["Persistent"] == "true"
    verify = shutil.which("systemd-analyze")
    if verify is None:
        return
    for path in UNITS:      # under paths that are there, or it would only say that they are not
        text = path.read_text("utf-8").replace("/opt/tsuzuri/.venv/bin/tsuzuri", "/bin/true").replace(
            "/opt/tsuzuri/samples/deploy/backup.sh", "/bin/true").replace("/usr/bin/logger", "/bin/true")
        (tmp_path / path.name).write_text(text, "utf-8")
    told = subprocess.run([verify, "verify", "--man=no", *(str(tmp_path / name) for name in sorted(names) if "@" not in name)],
                          capture_output=True, text=True, check=False)
    ours = [line for line in told.stderr.splitlines() if str(tmp_path) in line or line.startswith("tsuzuri")]
    assert ours == []


def test_every_setting_that_a_sample_names_is_one() -> None:
    there = {f"TSUZURI_{name.upper()}" for name in Settings.model_fields}
    for name in ("tsuzuri.env", "compose.yaml"):
        told = set(re.findall(r"^\s*#?\s*(TSUZURI_[A-Z_]+)[=:]", (DEPLOY / name).read_text("utf-8"), re.M))
        assert told and told <= there, told - there


def test_both_readmes_name_every_file() -> None:
    for readme in ("README.md", "README.ja.md"):
        text = (DEPLOY / readme).read_text("utf-8")
        for path in DEPLOY.iterdir():
            assert path.name.startswith("README") or path.name in text, (readme, path.name)


def run(script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """One of the scripts, as cron runs it."""
    return subprocess.run([str(DEPLOY / script), str(folder)], capture_output=True, text=True, check=False,
                          env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **env})


def test_a_backup_is_taken_of_a_house_in_work_and_a_drill_tells_whether_it_is_worth_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TSUZURI_HOME", str(tmp_path / "home"))
    line = open_line(Settings())
    line.store.create()
    batch = declared(line, sheets=2)
    scans = [take(line, batch, seq, picture(10 * seq, (60, 80 + seq)))[0] for seq in (1, 2)]
    flow.close_batch(line, batch.id)
    (tmp_path / "home" / "exports").mkdir()
    backup = tmp_path / "backup"
    told = run("backup.sh", backup)
    assert told.returncode == 0 and told.stdout.endswith(": 2 files\n"), told.stderr
    assert (backup / "rest" / "exports.tar").is_file()
    drill = run("restore-drill.sh", backup)
    assert drill.returncode == 0 and "2 files that rows name are there, byte for byte" in drill.stdout, drill.stderr
    gone = backup / "files" / scans[0].sha256[:2] / scans[0].sha256[2:4] / scans[0].sha256
    gone.chmod(0o640)
    gone.write_bytes(b"rotten")
    drill = run("restore-drill.sh", backup)
    assert drill.returncode == 1 and f"damaged: {scans[0].sha256}" in drill.stdout
    gone.unlink()
    assert f"missing: {scans[0].sha256}" in run("restore-drill.sh", backup).stdout
    line.files.forget(scans[1].sha256)          # as when a number was blacked out
    assert run("backup.sh", backup).returncode == 0
    assert [path.name for path in (backup / "files").rglob("*") if path.is_file()] == [scans[0].sha256]


def test_cron_reads_settings_as_systemd_does(tmp_path: Path) -> None:
    env = tmp_path / "tsuzuri.env"
    env.write_text('# a note\n\nTSUZURI_DELIVERY_PASSWORDS={"benefits": "a b$(x)"}\n', "utf-8")
    told = subprocess.run([str(DEPLOY / "with-env.sh"), "printenv", "TSUZURI_DELIVERY_PASSWORDS"], capture_output=True, text=True,
                          check=False, env={**os.environ, "TSUZURI_ENV": str(env)})
    assert told.stdout == '{"benefits": "a b$(x)"}\n'
