"""`tsuzuri deliver`, `answer`, `night --check`, as an operator and cron call them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Tsuzuri
from tsuzuri import flow
from tsuzuri.house import open_line
from tsuzuri.settings import REPO, Settings

DAY = "2025-11-07"
TARGETS = """benefits:
  title: 給付システム
  files: [{as: fixed, name: "b_{day}.dat"}]
  deliver: {to: directory, path: ../receiver, answers: ../receiver/answers, answer_by: "06:00", since: 2025-11-01}
"""


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder beside the house that receives its files."""
    for name in ("pipelines", "schemas"):
        shutil.copytree(REPO / name, tmp_path / name)
    (tmp_path / "pipelines" / "_targets.yaml").write_text(TARGETS, "utf-8")
    monkeypatch.setenv("TSUZURI_PIPELINES", str(tmp_path / "pipelines"))
    return Settings().export_folder.parent / "receiver"


def test_from_the_night_to_an_answer_that_agrees(tsuzuri: Tsuzuri, receiver: Path, tmp_path: Path) -> None:
    assert tsuzuri("night", DAY)[0] == 0
    code, out, err = tsuzuri("deliver")
    assert code == 3 and "receiver_away" in out and "undelivered: benefits: 1 runs wait (receiver_away)" in err
    assert tsuzuri("night", "--check")[0] == 1
    (receiver / "answers").mkdir(parents=True)
    code, out, _ = tsuzuri("deliver")
    assert (code, out.splitlines()) == (0, ["benefits b_20251107.dat delivered", "benefits b_20251107.fin delivered"])
    code, out, _ = tsuzuri("night", "--check")
    assert code == 1 and "受領結果がまだありません（期限 2025-11-10 06:00）" in out
    told = json.loads((receiver / "b_20251107.fin").read_text("utf-8"))
    answer = tmp_path / "b.answer.json"
    answer.write_text(json.dumps({"tsuzuri_answer": 1, "run": told["run"], "files": [{"name": "b_20251107.dat", "count": 1}]}))
    code, out, _ = tsuzuri("answer", answer)
    assert code == 1 and "件数が違います（送付 0 件、受領 1 件）" in out
    assert "受領結果が合いません" in tsuzuri("night", "--check")[1]
    answer.write_text(answer.read_text().replace('"count": 1', '"count": 0'))
    assert tsuzuri("answer", answer)[0] == 0
    line = open_line(Settings())
    assert not (flow.standing(line) or flow.late_answers(line) or flow.odd_answers(line))


def test_a_dry_run_writes_nothing_and_tells_by_its_exit_code(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    code, out, _ = tsuzuri("night", DAY, "--dry-run")
    assert code == 0 and "対象 0 = 送付 0 + 保留 0" in out and "試算だけです" in out
    told = json.loads(tsuzuri("night", DAY, "--dry-run", "--json", "--against", "2025-11-06")[1])
    assert (told["business_date"], told["left_out"], told["amiss"]) == (DAY, 0, False)
    assert {"target", "count", "held", "held_list", "against", "moved", "amiss", "rules"} <= told["targets"][0].keys()
    assert not list(tmp_path.rglob("*.fin")) and not list(tmp_path.rglob("benefits_*"))
