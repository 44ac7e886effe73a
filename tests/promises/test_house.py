"""The house's own rules, as tests: what review would otherwise have to say twice."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from tsuzuri.settings import REPO, Settings

# A migration is a list of what was done once.
SOURCES = sorted(path for path in (REPO / "src" / "tsuzuri").rglob("*.py") if path.parent.name != "versions")
LONGEST_FILE = 340
LONGEST_FUNCTION = 50


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(REPO / "src")))
def test_no_file_and_no_function_outgrows_its_room(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(REPO / "src")))
def test_every_room_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


def test_the_top_level_holds_what_was_agreed_and_nothing_else() -> None:
    agreed = {
        "pyproject.toml", "src", "pipelines", "schemas", "tests", "samples", "Dockerfile", "Makefile", "README.md",
        "constraints.txt", ".ci", ".gitignore", "LICENSE",
    }
    listed = subprocess.run(["git", "ls-files"], cwd=REPO, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("not a git checkout")
    assert {line.split("/")[0] for line in listed.splitlines()} <= agreed


def test_the_readme_names_every_setting() -> None:
    readme = (REPO / "README.md").read_text("utf-8")
    missing = [name for name in Settings.model_fields if f"TSUZURI_{name.upper()}" not in readme]
    assert not missing
