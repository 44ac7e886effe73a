"""The rules as an operator sees them, and past claims judged again."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Tsuzuri
from tsuzuri.rules import RULES
from tsuzuri.settings import REPO


def test_the_rules_are_listed_as_they_hold(tsuzuri: Tsuzuri) -> None:
    code, out, _ = tsuzuri("rules", "list", "--json")
    head, *rules = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and head["version"] and {rule["code"] for rule in rules} == set(RULES)
    (contracts,) = [rule for rule in rules if rule["code"] == "V30"]
    assert contracts["of"] == {"contracts": False} and contracts["changed"] and contracts["words"] == ["institution_open"]
    _, table, _ = tsuzuri("rules", "list")
    assert "V58" in table and "sigma=5" in table


def test_a_replay_without_claims_finds_nothing_and_says_what_was_changed(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    code, out, _ = tsuzuri("rules", "replay", "--from", "2025-01-01", "--with", REPO / "pipelines", "--json")
    told = json.loads(out.splitlines()[-1])
    assert code == 0 and told["documents"] == 0 and told["changed"] == [] and told["now"] == told["then"]
    code, _, _ = tsuzuri("rules", "replay", "--from", "yesterday", "--with", REPO / "pipelines")
    assert code == 2
