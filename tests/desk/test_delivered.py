"""夜間連携: how the files arrived, what the receivers said, and the night rehearsed, as supervisors see them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.desk import papers
from tests.desk.conftest import NOW, Desk
from tsuzuri import flow
from tsuzuri.api.metrics import Figures
from tsuzuri.delivery import Told
from tsuzuri.desk.delivered import ANSWERS
from tsuzuri.forms.receivers import Directory
from tsuzuri.forms.targets import PLAIN
from tsuzuri.model import ExportRun
from tsuzuri.store.deliveries import Word


@pytest.fixture
def night(desk: Desk, tmp_path: Path) -> ExportRun:
    """A night that was written for a receiver that is away."""
    receiver = Directory(to="directory", path=str(tmp_path / "there"), answers="answers", answer_by=time(6), since=papers.DAY)
    benefits = PLAIN["benefits"].model_copy(update={"deliver": receiver})
    city = desk.line.city.model_copy(update={"targets": {"benefits": benefits}})
    desk.line = desk.app.state.line = replace(desk.line, city=city)  # type: ignore[attr-defined]
    paper = desk.paper()
    flow.approve(desk.line, paper.id, paper.version, "sato")
    with desk.line.unit() as unit:
        batch = unit.batch(paper.batch_id)
    flow.close_batch(desk.line, batch.id)
    return flow.night(desk.line, papers.DAY)


def test_every_word_of_an_answer_is_said() -> None:
    assert ANSWERS.keys() == set(Word)


def test_supervisors_see_what_did_not_arrive_what_was_answered_and_is_late(desk: Desk, night: ExportRun, tmp_path: Path) -> None:
    kanto = desk.person("kanto")
    flow.deliver(desk.line)
    listed = kanto.web.get("/desk/nights").text
    assert "1 回分が配信できていません（連携先が応答しません）" in listed and "… 配信待ち" in listed
    (tmp_path / "there").mkdir()
    flow.deliver(desk.line, force=True)
    desk.line = desk.app.state.line = replace(desk.line, clock=lambda: NOW + timedelta(days=5))  # type: ignore[attr-defined]
    kanto = desk.person("kanto")       # a session does not last so long
    listed = kanto.web.get("/desk/nights").text
    assert "✓ 配信済" in listed and "の受領結果が、期限" in listed
    assert b'tsuzuri_answers_late{target="benefits"} 1.0' in Figures(desk.line).told()
    with desk.line.store.read() as look:
        claim = next(look.claims_of_run(night.id), None)
    errors: list[dict[str, Any]] = [{"claim": claim.id if claim else "CL0", "code": "E12", "message": "受給者番号なし"}]
    files = [{"name": night.files[0].name, "count": night.count + 1}]
    content = json.dumps({"tsuzuri_answer": 1, "run": night.id, "files": files, "errors": errors}).encode()
    flow.take_answer(desk.line, (content,), Told("b.answer.json", "", len(content)))
    page = kanto.web.get(f"/desk/nights/{night.id}").text
    for part in ("✗ 受領結果 不一致", "件数が違います", "E12", "受給者番号なし", "連携先が応答しません", "✓ 配信済", "benefits_"):
        assert part in page, part
    assert "の受領結果が、送った内容と合いません" in kanto.web.get("/desk/nights").text
    assert desk.person("sato").web.get("/desk/nights").status_code == 403


def test_the_night_is_rehearsed_at_the_desk(desk: Desk) -> None:
    kanto, before = desk.person("kanto"), sorted(desk.line.exports.rglob("*"))
    page = kanto.web.get("/desk/rehearsal").text
    assert "夜間連携の試算" in page and "何も書き込みません" in page and "給付システム" in page
    assert kanto.web.get("/desk/rehearsal?day=2025-13-01").status_code == 422
    assert desk.person("sato").web.get("/desk/rehearsal").status_code == 403
    assert sorted(desk.line.exports.rglob("*")) == before
