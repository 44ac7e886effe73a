"""夜間連携: a run page by page, and money that two people let go at the desk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk import papers
from tests.desk.conftest import NOW, PASSWORD, Desk
from tsuzuri import flow
from tsuzuri.flow.holding import Held, Stays
from tsuzuri.model import ExportRun, RunStep, Step, Transfer
from tsuzuri.rules.bank_days import bank_day_after
from tsuzuri.store import accounts

TARGET = "payments_institutions"
CLINIC = Transfer(
    "4310118544", "風の丘皮ふ科クリニック", "0182", "103", "1", "7654321", "ｲ)ｶｾﾞﾉｵｶ", "4310118544", 12, 81468, -1200, 80268)
OWING = Transfer("4310106655", "あおば眼科医院", "0182", "101", "2", "0001234", "ｱｵﾊﾞ", "4310106655", 1, -983, 0, 0, -983)


@pytest.fixture
def waiting(desk: Desk) -> ExportRun:
    """A payment that waits for two people, and one paper that stayed behind."""
    with Held(desk.line.files, {"kodomo_seikyu": "こども医療費請求書"}) as held:
        held.add("no_account", Stays("dc_1", "CL1", "kodomo_seikyu", "東区", "bt_east", papers.DAY))
        listed = held.kept()
    run = ExportRun("xr_pay", papers.DAY, TARGET, "x.txt", "", 13, 0, 0, 14, {"no_account": 1}, NOW, held_list=listed,
                    pays_on=bank_day_after(papers.DAY, 3))
    with desk.line.unit() as unit:
        unit.add_run(run)
        unit.add_transfers(run.id, TARGET, [(CLINIC, ()), (OWING, ())])
        accounts.add_user(unit, "mori", PASSWORD, "supervisor", NOW)
    return flow.night(desk.line, papers.DAY, TARGET)


def test_a_payment_shows_its_sums_and_its_payees_and_goes_when_two_people_have_signed(desk: Desk, waiting: ExportRun) -> None:
    kanto, mori = desk.person("kanto"), desk.person("mori")
    assert "二人の承認を待っています" in kanto.web.get("/desk/nights").text
    page = kanto.web.get("/desk/nights/xr_pay").text
    for part in ("80,268", "-1,200", "-983", "0182-103 普通 7654321", CLINIC.name, "口座の登録なし", "dc_1", "0 / 2 人"):
        assert part in page, part
    held = kanto.web.get("/desk/nights/xr_pay/held.csv")
    assert held.content.decode("utf-8-sig").splitlines()[1].startswith("口座の登録なし,no_account,dc_1,CL1")
    assert "1 / 2 人" in kanto.send("/desk/nights/xr_pay/sign").text or kanto.web.get("/desk/nights/xr_pay").text
    assert kanto.post("/desk/nights/xr_pay/sign").status_code == 409
    assert "この内容で承認する" not in kanto.web.get("/desk/nights/xr_pay").text
    assert mori.send("/desk/nights/xr_pay/sign").headers["location"].endswith("said=sent")
    with desk.line.store.read() as look:
        assert look.run("xr_pay").step is RunStep.SENT
    assert "引き渡し済" in mori.web.get("/desk/nights/xr_pay?said=sent").text


def test_a_payment_is_withdrawn_with_a_reason_and_made_anew(desk: Desk, waiting: ExportRun) -> None:
    kanto = desk.person("kanto")
    assert kanto.post("/desk/nights/xr_pay/withdraw").status_code == 422
    assert kanto.send("/desk/nights/xr_pay/withdraw", why="口座の確認").headers["location"].endswith("said=withdrawn")
    assert "もう一度作る" in kanto.web.get("/desk/nights/xr_pay").text
    assert kanto.send("/desk/nights/xr_pay/again").headers["location"].endswith("said=made")
    with desk.line.store.read() as look:
        assert (look.run("xr_pay").step, look.run("xr_pay").eligible) == (RunStep.PREPARED, 0)


@pytest.mark.parametrize("name", ["sato", "kansa", "higashi"])
def test_who_oversees_no_whole_city_neither_sees_nor_signs_a_payment(desk: Desk, waiting: ExportRun, name: str) -> None:
    person = desk.person(name)
    assert person.web.get("/desk/nights/xr_pay").status_code == 403
    assert {person.post(f"/desk/nights/xr_pay/{act}").status_code for act in ("sign", "withdraw", "again")} == {403}


def test_a_paper_that_has_left_says_on_its_sheet_that_it_is_being_corrected_and_why(desk: Desk) -> None:
    clean = desk.paper()
    flow.approve(desk.line, clean.id, clean.version, "sato")
    with desk.line.unit() as unit:
        gone = unit.document(clean.id)
        unit.save_document(replace(gone.to(Step.EXPORTED), version=gone.version + 1), was_version=gone.version)
        gone = unit.document(clean.id)
    kanto = desk.person("kanto")
    assert "訂正中" not in kanto.web.get(f"/desk/sheets/{clean.id}").text
    assert kanto.send(f"/desk/sheets/{clean.id}/correct-sent", version=str(gone.version), why="点数の誤り").status_code == 303
    assert "連携済みの書類の訂正中</b>（理由:「点数の誤り」" in kanto.web.get(f"/desk/sheets/{clean.id}").text
