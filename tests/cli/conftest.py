"""`tsuzuri WORDS…`, as an operator types it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tsuzuri import cli
from tsuzuri.settings import Settings

Tsuzuri = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tsuzuri(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Tsuzuri:
    """`tsuzuri WORDS…` in a home of its own; its exit code, what it printed and what it complained of."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TSUZURI_{name.upper()}", raising=False)
    monkeypatch.setenv("TSUZURI_HOME", str(tmp_path / "[home]"))     # a name that must not be taken for markup

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tsuzuri", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
