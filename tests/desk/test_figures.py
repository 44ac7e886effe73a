"""品質の内訳と業務の指標: one table of errors by any sides, with drill-down; a share is told only where enough was judged."""

from __future__ import annotations

from tests.desk import papers
from tests.desk.conftest import NOW, Desk
from tsuzuri.store.samples import Sample, add_samples, judge_sample

TABLE = "/desk/quality/table"


def _sampled(desk: Desk, many: int, wrong: int, asked: str = "amount", operator: str | None = None) -> None:
    """So many papers' fields of this month, judged."""
    with desk.line.unit() as unit:
        before = unit.connection.exec_driver_sql("select coalesce(max(n), 0) from samples").scalar() or 0
    laid = desk.paper()
    with desk.line.unit() as unit:
        add_samples(unit, [Sample("2025-06", laid.id, f"{asked}.{before + i}", papers.FORMS["kodomo_seikyu"].name, asked, "東区", 1,
                                  "own", operator, "") for i in range(many)])
        for i in range(many):
            judge_sample(unit, before + i + 1, "wrong" if i < wrong else "right", "kansa", NOW)


def test_errors_are_told_by_the_sides_that_are_asked_for_and_only_where_enough_was_judged(desk: Desk) -> None:
    _sampled(desk, 40, 2)
    _sampled(desk, 3, 1, "days", "sato")
    kanto = desk.person("kanto")
    page = kanto.web.get(TABLE, params={"by": ["field", "person"]}).text
    assert "5.00%" in page and "少なすぎて言えません" in page and "33.3%" not in page and ">43<" in page
    alone = kanto.web.get(TABLE, params={"by": ["field"], "person": "sato"}).text
    assert ">3<" in alone and ">43<" not in alone and "5.00%" not in alone
    assert "field=amount" in page                       # a row leads to the same table of that row's alone
    assert kanto.web.get(TABLE, params={"by": ["field"], "field": "amount"}).text.count("5.00%") >= 2


def test_the_months_work_is_told_without_shares_of_nothing(desk: Desk) -> None:
    desk.paper(amount=9)
    page = desk.person("kanto").web.get("/desk/quality/work").text
    assert "ベリファイ一致率" in page and "要確認の滞留日数（いま 1 件）" in page and "中央 0 日" in page
    higashi = desk.person("higashi").web.get("/desk/quality/work").text
    assert "枚/時" not in higashi.partition("<main")[2] and "返戻率" in higashi
    for path in (TABLE, "/desk/quality/work"):
        assert desk.person("kanto").web.get(path, params={"month": "2025-13"}).status_code in (200, 422)
        assert desk.person("sato").web.get(path).status_code == 403
