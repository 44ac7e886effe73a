"""What waits, what every batch has come to, and what a supervisor may do at one stroke."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk import papers
from tests.desk.conftest import NOW, Desk
from tsuzuri.model import ExportRun, Scan, Step


def _clean(desk: Desk, batch: str = "bt_east") -> str:
    """A paper that speaks for itself: a clerk has confirmed what is always asked."""
    paper = desk.paper(batch=batch)
    sato = desk.person("sato")
    told = sato.post(f"/desk/sheets/{paper.id}/save", {"version": paper.version, "changes": {"amount": "3,020"}}).json()
    assert told["state"]["step_word"].endswith("指摘なし")
    return paper.id


def test_the_queue_shows_what_waits_with_its_worst_finding_and_its_age(desk: Desk) -> None:
    desk.paper(amount=9)
    desk.clock.now = NOW.replace(hour=NOW.hour + 3)
    page = desk.person("sato").web.get("/desk/").text
    assert "こども医療費請求書" in page and "▲ エラー" in page and "3時間" in page and "次の一枚" in page
    assert "まとめて承認" not in page and "夜間連携" not in page


def test_the_queue_says_how_long_the_oldest_unread_paper_has_waited(desk: Desk) -> None:
    sato = desk.person("sato")
    with desk.line.unit() as unit:
        unit.add_scan(Scan("sc_unread", "bt_east", 99, "a.jpg", "ab" * 32, 9, "image/jpeg", 1, NOW))
    assert "読み取りを待つ紙" not in sato.web.get("/desk/").text
    desk.clock.now = NOW.replace(minute=NOW.minute + 12)
    assert "読み取りを待つ紙があります（最も古いもので 12分）" in sato.web.get("/desk/").text


def test_batches_are_balanced_page_by_page(desk: Desk) -> None:
    desk.paper(amount=9)
    _clean(desk)
    page = desk.person("kanto").web.get("/desk/batches").text
    assert "保管 2 ＝ 連携済 0 ＋ 綴込済 0 ＋ 作業中 2 ＋ 返戻 0 ＋ 白紙 0" in page and "合っています" in page


def test_a_supervisor_approves_all_clean_papers_and_no_other(desk: Desk) -> None:
    waiting = desk.paper(amount=9)
    clean = [_clean(desk), _clean(desk, "bt_west")]
    kanto = desk.person("kanto")
    assert "2 件をまとめて承認" in kanto.web.get("/desk/").text
    told = kanto.send("/desk/approve-clean", batch="bt_west").headers["location"]
    assert told == "/desk/batches?said=approved-1"
    told = kanto.send("/desk/approve-clean").headers["location"]
    assert "1 件を承認しました" in kanto.web.get(told).text
    with desk.line.store.read() as look:
        assert {look.document(one).step for one in clean} == {Step.APPROVED}
    assert desk.stored(waiting).step is Step.REVIEW


def test_the_nights_files_are_listed_with_their_proof(desk: Desk) -> None:
    run = ExportRun(
        "xr_1",
        papers.DAY,
        "benefits",
        "/srv/tsuzuri/exports/benefits_20250603.dat",
        "ab" * 32,
        2,
        6040,
        2480,
        3,
        {"review": 1},
        NOW,
    )
    records = replace(run, id="xr_2", target="records:kodomo_renki", path="/srv/tsuzuri/exports/records_kodomo_renki_20250603.csv")
    with desk.line.unit() as unit:
        unit.add_run(run)
        unit.add_run(records)
    page = desk.person("kanto").web.get("/desk/nights").text
    for part in ("2025-06-03", "6,040", "ab" * 32, "benefits_20250603.dat", "要確認 1", "<td>給付システム</td>",
                 "<td>記録（CSV） こども医療費請求書（連記式）</td>"):
        assert part in page
    assert "/srv/" not in page


def test_the_nights_files_of_the_whole_city_are_not_for_one_wards_supervisor(desk: Desk) -> None:
    higashi, kanto = desk.person("higashi"), desk.person("kanto")
    assert higashi.web.get("/desk/nights").status_code == 403 and kanto.web.get("/desk/nights").status_code == 200
    assert "夜間連携" not in higashi.web.get("/desk/").text and "夜間連携" in kanto.web.get("/desk/").text


@pytest.mark.parametrize("after", [10**30, -1, 2**63])
def test_a_place_in_the_list_that_no_list_has_is_refused(desk: Desk, after: int) -> None:
    assert desk.person("sato").web.get(f"/desk/?after={after}").status_code == 422


def test_words_in_the_address_bar_are_never_repeated(desk: Desk) -> None:
    page = desk.person("sato").web.get("/desk/?said=approved-<b>x").text
    assert "<b>x" not in page and "承認しました" not in page


def test_a_supervisor_counts_again_and_closes_a_batch_that_its_station_left_open(desk: Desk) -> None:
    paper, kanto = desk.paper(), desk.person("kanto")
    told = kanto.send(f"/desk/batches/{paper.batch_id}/settle", sheets="7").headers["location"]
    assert told == "/desk/batches?said=short"
    assert "申告 7 枚" in kanto.web.get(told).text
    with desk.line.store.read() as look:
        stored = sum(scan.pages for scan in look.scans_of_batch(paper.batch_id))
    told = kanto.send(f"/desk/batches/{paper.batch_id}/settle", sheets=str(stored)).headers["location"]
    assert told == "/desk/batches?said=settled"
    page = kanto.web.get(told).text
    assert "枚数が合いました" in page and "数え直し" in page


def test_everybody_sees_the_rules_as_they_hold(desk: Desk) -> None:
    page = desk.person("sato").web.get("/desk/rules").text
    assert "点検規則" in page and "V01" in page and "W14" in page and "市の設定" in page and "標準偏差の倍数 5" in page
    assert "契約の有無も見る いいえ" in page and "…" not in page.partition("<main")[2]
    assert "{" not in page.partition("<main")[2].partition("</main>")[0]
