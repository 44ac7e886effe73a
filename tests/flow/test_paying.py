"""Money: what has left is paid once, a sum a payee, and not a yen before two people have signed."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tests.flow.conftest import DAY, Clock, approved_batch, claim_values, declared, store_document
from tests.flow.power import broken_off_everywhere
from tsuzuri import flow
from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.flow import Brought, Line
from tsuzuri.flow.holding import REASONS, reason_help, reason_word
from tsuzuri.flow.night import untold
from tsuzuri.flow.notices import notice
from tsuzuri.forms.targets import load_targets
from tsuzuri.model import Claim, Document, ExportRun, RunStep, Step, Transfer, Value
from tsuzuri.rules.writers import DATA, Row
from tsuzuri.rules.zengin_reader import read_transfers
from tsuzuri.settings import REPO

INST, PARENTS = "payments_institutions", "payments_recipients"
TELLS = "notices_institutions"
CLINIC, OTHER = "4310118544", "4310106655"
LEDGER = f"""医療機関コード,医療機関名,点数表,有効開始日,金融機関コード,支店コード,口座種目,口座番号,口座名義カナ
{CLINIC},風の丘皮ふ科クリニック,1,2010-04-01,0182,103,普通,7654321,イリョウホウジン　カゼノオカ
{OTHER},あおば眼科医院,1,2010-04-01,,,,,
"""


@pytest.fixture
def paying(line: Line, tmp_path: Path) -> Line:
    """The line with all the city's targets, and one clinic whose account is known."""
    _ledger(line, tmp_path, LEDGER)
    return replace(line, city=line.city.model_copy(update={"targets": load_targets(REPO / "pipelines")}))


def _ledger(line: Line, tmp_path: Path, text: str) -> None:
    path = tmp_path / "inst.csv"
    path.write_text(text, "utf-8")
    flow.import_ledger(line, Brought("institutions", whole=True, by="sato"), path, many_end=True)


def transfers(line: Line, run: ExportRun) -> list[Transfer]:
    """What each payee gets."""
    with line.store.read() as look:
        return list(look.transfers_of(run.id))


def approved(line: Line, form: str, papers: dict[str, dict[str, Value]]) -> None:
    """A closed batch of papers that say this, each approved, whatever rules would find."""
    batch = declared(line, len(papers))
    for name, values in papers.items():
        store_document(line, Document(name, batch.id, form, 1, batch.business_date, step=Step.APPROVED))
        with line.unit() as unit:
            unit.add_claim(Claim(f"CL-{name}", name, batch.id, batch.ward, form, values, "sato", line.clock()))
    flow.close_batch(line, batch.id)


def handed_over(line: Line) -> list[str]:
    """What the bank may take."""
    folder = line.exports / "bank"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def prepared(line: Line) -> list[str]:
    """What waits."""
    folder = line.exports / "prepared"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_claims_that_left_are_paid_as_one_sum_a_clinic_and_once(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 3)
    flow.nights(paying, DAY)
    run = flow.night(paying, DAY, INST)
    assert (run.step, run.count, run.eligible, run.amount) == (RunStep.PREPARED, 3, 3, 3 * 6789)
    assert run.pays_on == date(2025, 11, 12)
    (paid,) = transfers(paying, run)
    assert (paid.payee, paid.amount, paid.claims, paid.holder) == (CLINIC, 3 * 6789, 3, "ｲ)ｶｾﾞﾉｵｶ")
    told = read_transfers(Path(run.path).read_bytes())
    assert (told.total, told.day, told.rows[0]["account"], told.rows[0]["customer"]) == (20367, "1112", "018210317654321", CLINIC)
    flow.sign_run(paying, run.id, "kanto")
    flow.sign_run(paying, run.id, "mori")
    clock.on(days=1)
    assert flow.night(paying, DAY + timedelta(days=1), INST).eligible == 0


def test_no_claim_is_paid_before_it_has_left(paying: Line) -> None:
    approved_batch(paying, 1)
    assert flow.night(paying, DAY, INST).eligible == 0


def test_what_left_before_the_city_changed_over_is_paid_elsewhere(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 2)
    flow.nights(paying, DAY)
    clock.on(days=1)
    later = paying.city.targets[INST].model_copy(update={"since": DAY + timedelta(days=1)})
    line = replace(paying, city=paying.city.model_copy(update={"targets": {**paying.city.targets, INST: later}}))
    run = flow.night(line, DAY + timedelta(days=1), INST)
    assert run.eligible == 0
    flow.withdraw_run(line, run.id, "kanto", "移行の前の分も払う")
    assert flow.night(paying, DAY + timedelta(days=1), INST).eligible == 2


def test_the_bank_gets_nothing_before_two_people_have_signed(paying: Line) -> None:
    approved_batch(paying, 1)
    flow.nights(paying, DAY)
    run = flow.night(paying, DAY, INST)
    assert handed_over(paying) == [] and prepared(paying) == ["sofuri_inst_20251107.txt"]
    assert flow.sign_run(paying, run.id, "kanto").step is RunStep.PREPARED
    with pytest.raises(WrongTurn) as twice:
        flow.sign_run(paying, run.id, "kanto")
    assert twice.value.code == "same_person" and handed_over(paying) == []
    done = flow.sign_run(paying, run.id, "mori")
    assert done.step is RunStep.SENT and done.sha256 == run.sha256
    assert handed_over(paying) == ["sofuri_inst_20251107.fin", "sofuri_inst_20251107.txt"] and prepared(paying) == []
    with paying.store.read() as look:
        signed = [(one.by, one.told["sha256"]) for one in flow.signatures(look, done)]
    assert signed == [("kanto", run.sha256), ("mori", run.sha256)]
    with pytest.raises(WrongTurn):
        flow.withdraw_run(paying, run.id, "kanto", "遅い")
    assert flow.night(paying, DAY, INST) == done
    assert json.loads((paying.exports / "bank" / "sofuri_inst_20251107.fin").read_text("utf-8"))["pays_on"] == "2025-11-12"


def test_what_is_withdrawn_is_paid_anew_and_needs_two_new_signatures(paying: Line, tmp_path: Path) -> None:
    approved_batch(paying, 2)
    flow.nights(paying, DAY)
    run = flow.night(paying, DAY, INST)
    flow.sign_run(paying, run.id, "kanto")
    with pytest.raises(Refused):
        flow.withdraw_run(paying, run.id, "kanto", " ")
    assert flow.withdraw_run(paying, run.id, "kanto", "口座が違う").step is RunStep.WITHDRAWN
    assert prepared(paying) == [] and transfers(paying, run) == []
    _ledger(paying, tmp_path, LEDGER.replace("7654321", "7654399"))
    again = flow.night(paying, DAY, INST)
    assert (again.id, again.step, again.count) == (run.id, RunStep.PREPARED, 2) and again.sha256 != run.sha256
    assert flow.sign_run(paying, run.id, "kanto").step is RunStep.PREPARED
    assert flow.sign_run(paying, run.id, "mori").step is RunStep.SENT


def test_an_account_that_changes_after_the_freeze_changes_no_byte_of_what_was_signed(paying: Line, tmp_path: Path) -> None:
    approved_batch(paying, 1)
    flow.nights(paying, DAY)
    run = flow.night(paying, DAY, INST)
    flow.sign_run(paying, run.id, "kanto")
    _ledger(paying, tmp_path, LEDGER.replace("7654321", "7654399"))
    assert flow.sign_run(paying, run.id, "mori").sha256 == run.sha256


def test_no_second_payment_begins_while_one_waits_and_nobody_is_told_that_it_is_due(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 1)
    flow.nights(paying, DAY)
    flow.night(paying, DAY, INST)
    clock.on(days=1)
    with pytest.raises(Refused) as waits:
        flow.night(paying, DAY + timedelta(days=1), INST)
    assert waits.value.code == "release_waits"
    daily = {name: target.model_copy(update={"when": "every_day"}) for name, target in paying.city.targets.items()}
    every = replace(paying, city=paying.city.model_copy(update={"targets": daily}))
    assert INST not in {run.target for run in flow.nights(every, DAY + timedelta(days=1))}


def test_whom_nobody_can_pay_is_held_and_listed(paying: Line) -> None:
    approved(paying, "kodomo_seikyu", {name: claim_values() | {"inst_code": code} for name, code in (
        ("known", CLINIC), ("bare", OTHER), ("strange", "4310304128"))})
    flow.nights(paying, DAY)
    run = flow.night(paying, DAY, INST)
    assert (run.count, run.held) == (1, {"no_account": 2}) and run.eligible == 3
    assert run.files[-1].word == "held" and run.files[-1].count == 2


def test_a_payment_is_told_to_every_institution_once_it_is_handed_over(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 3)
    flow.nights(paying, DAY)
    run = flow.night(paying, DAY, INST)
    flow.sign_run(paying, run.id, "kanto")
    with pytest.raises(WrongTurn):
        flow.night(paying, DAY, TELLS)
    flow.sign_run(paying, run.id, "mori")
    with paying.store.read() as look:
        told = look.run_for(DAY, TELLS)
    assert told is not None and (told.step, told.count, told.amount) == (RunStep.SENT, 1, 3 * 6789)
    pdf, table = (paying.exports / file.name for file in told.files)
    assert pdf.read_bytes().startswith(b"%PDF") and not list((paying.exports / "bank").glob("shiharai*"))
    lines = list(csv.DictReader(table.read_text("cp932").splitlines()))
    assert [(one["医療機関コード"], one["処理"], one["金額（円）"]) for one in lines] == [(CLINIC, "新規", "6789")] * 3
    clock.on(days=1)
    assert TELLS not in {one.target for one in flow.nights(paying, DAY + timedelta(days=1))}


def test_a_payment_that_could_not_be_told_of_is_told_by_the_next_night(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 1)
    flow.nights(paying, DAY)
    run = flow.night(paying, DAY, INST)
    silent = {name: target for name, target in paying.city.targets.items() if name != TELLS}
    for by in ("kanto", "mori"):
        flow.sign_run(replace(paying, city=paying.city.model_copy(update={"targets": silent})), run.id, by)
    clock.on(days=1)
    told = [one for one in flow.nights(paying, DAY + timedelta(days=1)) if one.target == TELLS]
    assert [(one.business_date, one.count) for one in told] == [(DAY, 1)]


def test_a_notice_says_what_was_set_off_and_that_nothing_is_paid(paying: Line) -> None:
    payee = Transfer(CLINIC, "風の丘皮ふ科クリニック", "0182", "103", "1", "7654321", "ｲ)ｶｾﾞﾉｵｶ", CLINIC, 0, 0)
    run = ExportRun("r", DAY, INST, "", "", 1, 0, 0, 1, {}, paying.clock(), pays_on=DAY)
    rows: list[Row] = [
        {"service_ym": "202509", "scheme_name": "子ども", "action": action, "points": sign * 100, "amount": sign * 1000}
        for action, sign in (("1", 1), ("1", 1), ("3", -1))]
    said = notice(paying, run, replace(payee, gross=1000, before=-1800, amount=0, carried=-800), rows)
    assert said.tables[0].rows == (("2025年09月", "子ども", "取消", "1", "-100", "-1,000"),
                                   ("2025年09月", "子ども", "新規", "2", "200", "2,000"))
    facts = dict(said.about)
    assert facts["振込額"] == "0 円" and facts["振込日"] == "—" and facts["次回への繰越"] == "-800 円" and len(said.closing) == 2
    assert "***4321" in facts["振込先"] and "765" not in facts["振込先"]


def test_why_a_paper_stays_is_said_in_words_and_what_helps_as_well() -> None:
    columns = {column.name for column in DATA if column.kind not in ("text", "kana")} - {"record", "line", "action", "error"}
    codes = [*REASONS, "unfit:form", *(f"unfit:{name}" for name in columns)]
    for code in codes:
        assert not re.search("[a-z_]", reason_word(code)) and reason_help(code).endswith("。"), code


def test_a_parent_is_paid_to_the_account_on_the_application(paying: Line) -> None:
    told = json.loads((SAMPLES / "kodomo_shinsei" / "a.truth.json").read_text("utf-8"))["fields"]
    approved(paying, "kodomo_shinsei", {"d1": told})
    flow.nights(paying, DAY)
    assert flow.night(paying, DAY, INST).eligible == 0
    run = flow.night(paying, DAY, PARENTS)
    (paid,) = transfers(paying, run)
    assert (paid.amount, paid.holder, paid.number, paid.customer) == (4340, "ﾔﾏﾀﾞ ﾖｳﾀ", "9574784", "0396432")
    assert read_transfers(Path(run.path).read_bytes()).total == 4340


def test_the_power_may_go_before_any_step_of_a_payment(paying: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    approved_batch(paying, 2)
    flow.nights(paying, DAY)
    tells = paying.city.targets[TELLS]
    quick = {**paying.city.targets, TELLS: tells.model_copy(update={"files": tells.files[1:]})}      # a PDF takes its time
    line = replace(paying, city=paying.city.model_copy(update={"targets": quick}))
    assert broken_off_everywhere(line, tmp_path, monkeypatch, lambda line: pay(line, INST)) > 10


def test_the_power_may_go_before_any_step_of_paying_parents(paying: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads((SAMPLES / "kodomo_shinsei" / "a.truth.json").read_text("utf-8"))["fields"]
    approved(paying, "kodomo_shinsei", {"d1": told, "d2": told})
    flow.nights(paying, DAY)
    assert broken_off_everywhere(paying, tmp_path, monkeypatch, lambda line: pay(line, PARENTS)) > 10


def pay(line: Line, target: str) -> None:
    """Whatever is left to do until the money is handed over and told of."""
    run = flow.night(line, DAY, target)
    for by in ("kanto", "mori"):
        if run.step is RunStep.PREPARED and by not in _signed(line, run):
            run = flow.sign_run(line, run.id, by)
    assert run.step is RunStep.SENT
    for name, day in untold(line, DAY):
        flow.night(line, day, name)


def _signed(line: Line, run: ExportRun) -> set[str]:
    with line.store.read() as look:
        return {one.by for one in flow.signatures(look, run)}
