"""精度目標: the dial compares, changes nothing by itself, and a proposal goes to another supervisor as a diff."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.desk.conftest import Desk
from tsuzuri.desk.plot import plot
from tsuzuri.forms.drafted import Folders
from tsuzuri.settings import REPO


def test_the_dial_shows_todays_point_and_the_candidates_and_changes_nothing(desk: Desk) -> None:
    kanto = desk.person("kanto")
    page = kanto.web.get("/desk/dial?form=kodomo_seikyu").text
    assert "いまの目標" in page and 'class="now"' in page and 'class="then"' not in page and "提案する" not in page
    page = kanto.web.get("/desk/dial", params={"form": "kodomo_seikyu", "kind yen": "50", "replay": "50"}).text
    assert 'class="then"' in page and "この案を提案する" in page and "保管した書類で（実測）" in page and page.count("◆ 変更") == 1
    assert desk.line.forms["kodomo_seikyu"].review.targets["yen"] == 0.9995


def test_a_proposal_needs_a_reason_and_shows_what_would_change(desk: Desk, tmp_path: Path, web: Any) -> None:
    city = Folders(tmp_path / "pipelines", tmp_path / "schemas")
    shutil.copytree(REPO / "pipelines", city.pipelines)
    shutil.copytree(REPO / "schemas", city.schemas)
    desk.line = web[0].state.line = replace(desk.line, folders=city)
    kanto, moved = desk.person("kanto"), {"form": "kodomo_seikyu", "kind yen": "10"}
    assert kanto.send("/desk/dial/propose", **moved).status_code == 422
    assert kanto.send("/desk/dial/propose", form="kodomo_seikyu", why="x").status_code == 422
    went = kanto.send("/desk/dial/propose", why="待ちが多い", **moved).headers["location"]
    page = kanto.web.get(went).text
    assert "yen: 0.999" in page and "作成した人とは別の監督者" in page
    past = kanto.web.get("/desk/dial?form=kodomo_seikyu").text
    assert "待ちが多い" in past and "金額の項目 5 → 10" in past


@pytest.mark.parametrize("sent", [{"whole": "x"}, {"whole": "10001"}, {"kind yen": "-1"}, {"replay": "999"}])
def test_targets_that_are_no_count_are_refused(desk: Desk, sent: dict[str, str]) -> None:
    assert desk.person("kanto").web.get("/desk/dial", params={"form": "kodomo_seikyu", **sent}).status_code == 422


def test_the_dial_is_for_the_citys_supervisors_and_for_forms_that_are_read(desk: Desk) -> None:
    assert desk.person("higashi").web.get("/desk/dial").status_code == 403 == desk.person("sato").web.get("/desk/dial").status_code
    assert desk.person("kanto").web.get("/desk/dial?form=kodomo_rezept").status_code == 404


def test_a_plots_points_lie_within_it_and_what_is_worse_lies_higher() -> None:
    drawn = plot([(1.5, 7.0), (20.0, 1.2), (0.3, 0.0)])
    assert drawn.left < drawn.x(1.5) < drawn.x(20.0) < drawn.right and drawn.top < drawn.y(7.0) < drawn.y(1.2) < drawn.bottom
    assert [word for _, word in drawn.across] == ["0", "5", "10", "15", "20"]
    assert [word for _, word in drawn.up] == ["1", "2", "5", "10"]
    assert plot([]).y(0) == plot([]).bottom
