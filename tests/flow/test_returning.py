"""The list of what was returned: every paper once, whenever it went back, with its reason and its day."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.conftest import DAY, Clock, declared, lay, stored
from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.forms.targets import load_targets
from tsuzuri.model import ExportRun
from tsuzuri.settings import REPO


@pytest.fixture
def telling(line: Line) -> Line:
    """The line with all the city's targets."""
    return replace(line, city=line.city.model_copy(update={"targets": load_targets(REPO / "pipelines")}))


def told(run: ExportRun) -> list[dict[str, str]]:
    """The list."""
    return list(csv.DictReader(Path(run.path).read_bytes().decode("cp932").splitlines()))


def test_what_went_back_is_listed_once_with_reason_and_day_also_after_the_list_was_written(telling: Line, clock: Clock) -> None:
    batch = declared(telling, 4)
    version = {name: lay(telling, name, batch).version for name in ("d0", "d1", "d2", "d3")}
    flow.give_back(telling, "d0", version["d0"], "sato", "V50 押印がありません")
    flow.give_back(telling, "d1", version["d1"], "sato", "合計が違います")
    flow.reopen(telling, "d1", stored(telling, "d1").version, "sato")
    first = flow.night(telling, DAY, "returned")
    (row,) = told(first)
    assert (row["書類"], row["区"], row["様式"]) == ("d0", "東区", "こども医療費請求書")
    assert row["返戻日"] == "2025-11-07" < row["再提出期限"] and row["文書番号"]
    flow.give_back(telling, "d2", version["d2"], "sato", "押印がありません")      # the same day, after the list
    clock.on(days=1)
    flow.give_back(telling, "d3", version["d3"], "sato", "押印がありません")
    second = flow.night(telling, DAY + timedelta(days=1), "returned")
    assert [row["書類"] for row in told(second)] == ["d2", "d3"] and second.count == 2
    body = Path(first.path).read_bytes()
    Path(first.path).unlink()
    flow.reopen(telling, "d0", stored(telling, "d0").version, "sato")
    assert flow.night(telling, DAY, "returned") == first and Path(first.path).read_bytes() == body
