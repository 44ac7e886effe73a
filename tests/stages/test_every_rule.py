"""All 62 rules of claims and 14 of other papers: one paper that trips each, upon the city's own forms, and one that does not.

The paper that does not is the form's sample, with ledgers in which everything is as it says.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.conftest import SAMPLES
from tsuzuri.forms import Forms, asked, load_forms
from tsuzuri.model import WHITENED, Document, Field, Value
from tsuzuri.rules import RULES, Asked, Known
from tsuzuri.rules.known import Earlier, Institution, Recipient, Usual
from tsuzuri.settings import REPO
from tsuzuri.stages.validate import validate

DOMAIN = [f"V{i:02}" for i in range(1, 63)] + [f"W{i:02}" for i in range(1, 15)]
CLAIM, SHEET, REFUND, DISABLED = "kodomo_seikyu", "kodomo_renki", "kodomo_shinsei", "jyudo_seikyu"
ACCOUNT, FIRE, SCHOOL, RECEIPT = "koza_furikae", "shobo_tenken", "shugaku_enjo", "ryoshusho"
NUMBER, INST = "5411772", "4310118544"

PERSON = Recipient(
    "01", NUMBER, "P1", "中村　弥生", "ナカムラ　ヤヨイ", "2013-03-20", "2013-03-20", sex="2", ward="東区", insurer_no="00430017",
    symbol="熊市", number="2046034")
PLACE = Institution(INST, "風の丘皮ふ科クリニック", "1", "2001-04-01", contract_since="2001-04-01")
SAME = Asked(scheme="01", recipient_no=NUMBER, inst_code=INST, month="2025-08", care="外来", channel="1", points=2663, copay=7989,
             paid=1200, amount=6789, days=5)


def ledgers(*rows: Recipient, places: tuple[Institution, ...] = (PLACE,), **more: Any) -> dict[str, Any]:
    """What the office knows: these recipients and institutions."""
    return {"loaded": frozenset({"recipients", "institutions"}), "recipients": rows, "institutions": places, "ward": "東区"} | more


def met(step: str = "clean", **changes: Any) -> dict[str, Any]:
    """What the office knows: a claim like the sample, but for the changes, came before."""
    return ledgers(PERSON, earlier=(Earlier(replace(SAME, **changes), "dc_before", step),))


# code, form, what the paper says otherwise, what is known beside it
TRIPS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("V06", CLAIM, {"service_ym": None}, {}),
    ("V07", CLAIM, {"service_ym": "2026-02"}, {}),
    ("V08", CLAIM, {"claim_date": "2026-10-01"}, {}),
    ("V09", CLAIM, {"claim_date": "2025-08-20"}, {}),
    ("V10", CLAIM, {"birth": Field("2024-04-01", 1, "平成36年4月1日", "ppocr")}, {}),
    ("V11", CLAIM, {"birth": Field(None, 1, "平成25年2月30日", "ppocr")}, {}),
    ("V12", CLAIM, {"recipient_no": "5411773"}, {}),
    ("V13", CLAIM, {}, ledgers()),
    ("V14", CLAIM, {}, ledgers(replace(PERSON, until="2024-11-30", next_no="0001230"))),
    ("V15", CLAIM, {}, ledgers(replace(PERSON, until="2025-07-31"))),
    ("V16", CLAIM, {}, ledgers(replace(PERSON, until="2025-08-15"), replace(PERSON, since="2025-08-16", insurer_no="01430016"))),
    ("V17", CLAIM, {"patient_kana": "ナカタ　ユイ"}, {}),
    ("V18", CLAIM, {"birth": "2013-03-21"}, {}),
    ("V19", CLAIM, {"sex": "男"}, {}),
    ("V20", CLAIM, {"birth": "2001-03-20"}, {}),
    ("V21", CLAIM, {"payer_no": "80430010"}, {}),
    ("V22", CLAIM, {}, ledgers(PERSON, replace(PERSON, scheme="02", recipient_no="0045674"), earlier=(
        Earlier(replace(SAME, scheme="02", recipient_no="0045674"), "dc_before", "clean"),))),
    ("V23", CLAIM, {}, ledgers(replace(PERSON, others=("52",)))),
    ("V24", CLAIM, {"insurer_no": "430018"}, {}),
    ("V25", CLAIM, {"insurer_no": "01430016"}, {}),
    ("V26", CLAIM, {"number": "2046035"}, {}),
    ("V27", REFUND, {"insurer_no": "06431001"}, {}),
    ("V28", CLAIM, {"ratio": "2割"}, {}),
    ("V29", CLAIM, {"inst_code": "4310118545"}, {}),
    ("V30", CLAIM, {}, ledgers(PERSON, places=(replace(PLACE, until="2025-07-31"),))),
    ("V31", CLAIM, {"inout": "歯科"}, {}),
    ("V32", CLAIM, {"inout": "調剤"}, {}),
    ("V33", CLAIM, {"days": 32}, {}),
    ("V34", CLAIM, {"points": 0}, {}),
    ("V35", CLAIM, {}, ledgers(PERSON, usual={0: Usual(points_a_day=531)})),
    ("V36", CLAIM, {"fee": 26640}, {}),
    ("V37", CLAIM, {"copay": 7990}, {}),
    ("V38", CLAIM, {"points": 100_000, "copay": 300_000}, {}),
    ("V39", DISABLED, {"copay": 21_000}, {}),
    ("V40", CLAIM, {"patient_paid": 1100}, {}),
    ("V41", CLAIM, {"amount": 6788}, {}),
    ("V42", CLAIM, {"amount": 0}, {}),
    ("V43", CLAIM, {"copay": 7989 + 3 * 510}, {}),
    ("V44", SHEET, {"total_points": 6212}, {}),
    ("V45", SHEET, {"total_count": 6}, {}),
    ("V46", CLAIM, {}, met()),
    ("V46", SHEET, {"patients.2.recipient_no": "6360416"}, {}),
    ("V47", CLAIM, {}, met(inst_code="4310299328")),
    ("V47", CLAIM, {}, met(recipient_no="5411782")),
    ("V48", CLAIM, {}, met(channel="2", inst_code="0118544")),
    ("V49", CLAIM, {}, met("returned")),
    ("V50", CLAIM, {"seal": False}, {}),
    ("V51", CLAIM, {"amount": Field(6789, 1, "6789", "ppocr", marks=(WHITENED,))}, {}),
    ("V52", REFUND, {"account_no": "0000000"}, {}),
    ("V54", CLAIM, {"days": Field(5, 0.5, "5", "ppocr")}, {}),
    ("V56", RECEIPT, {"points": None}, {}),
    ("V57", REFUND, {"third_party": "有"}, {}),
    ("V58", CLAIM, {}, ledgers(PERSON, usual={0: Usual(None, 100_000, 5_000, 120_000)})),
    ("V62", CLAIM, {}, ledgers(PERSON, ward="西区")),
    ("W01", ACCOUNT, {"bank_code": "0183"}, {}),
    ("W02", ACCOUNT, {"account_no": None, "yucho_bangou": None}, {}),
    ("W03", ACCOUNT, {"bank_seal": False}, {}),
    ("W04", ACCOUNT, {"holder_name": "架空　次郎", "holder_relation": None}, {}),
    ("W05", FIRE, {"floors_above": 0}, {}),
    ("W06", FIRE, {"use": "(21)項"}, {}),
    ("W07", FIRE, {"use": "(5)項イ", "inspect_from": "2024-05-01", "inspect_to": "2024-05-02"}, {}),
    ("W08", FIRE, {"licence_no": None}, {}),
    ("W09", FIRE, {"inspect_to": "2025-09-01"}, {}),
    ("W10", SCHOOL, {"reason": "国民年金の免除", "enclosed": False}, {}),
    ("W11", SCHOOL, {"children.1.grade": 4}, {}),
    ("W12", SCHOOL, {"children.2.name": "高田　奏太"}, {}),
    ("W13", SCHOOL, {"year": 9}, {}),
    ("W14", SCHOOL, {"family.2.name": "高田　浩二"}, {}),
]
# What no paper's values tell: the stage that finds it, and where that is tested.
ON_THE_LINE = {
    "V01": ("flow.intake: closing a batch", "tests/flow/test_intake.py"),
    "V02": ("stages.ill_seen: how a page lies", "tests/stages/test_ill_seen.py"),
    "V03": ("stages.align, stages.find: no form", "tests/stages/test_find.py"),
    "V04": ("flow.reading: the same file again", "tests/flow/test_reading.py"),
    "V05": ("a word for forms that are found by labels", "tests/rules/test_checks.py"),
    "V53": ("stages.mask: a 個人番号", "tests/stages/test_mask.py"),
    "V55": ("flow.second: two who keyed blind", "tests/flow/test_second.py"),
    "V59": ("uke: a file that does not add up", "tests/flow/test_electronic.py"),
    "V60": ("uke: another prefecture's payer", "tests/uke"),
    "V61": ("uke: a claim once more", "tests/flow/test_electronic.py"),
}


@cache
def city() -> Forms:
    return load_forms(REPO / "pipelines", REPO / "schemas")


@cache
def sample(form: str) -> dict[str, Value]:
    truth = SAMPLES / form / ("b.truth.json" if form == ACCOUNT else "a.truth.json")
    told: dict[str, Value] = json.loads((truth if truth.exists() else SAMPLES / form / "a.truth.json").read_text("utf-8"))["fields"]
    return told


def codes(form_name: str, changed: dict[str, Any], beside: dict[str, Any]) -> set[str]:
    said = sample(form_name) | changed
    fields = {name: _field(said.get(name)) for name in city()[form_name].fields}
    document = Document("dc_now", "bt", form_name, 1, date(2025, 11, 20), fields)
    form = city().of(document)
    assert form is not None
    own = asked(form, document.values)
    found = validate(document, form, Known(**({"own": own} | (beside or as_it_says(form_name)))))
    return {finding.code for finding in found.findings}


def as_it_says(form: str) -> dict[str, Any]:
    """Ledgers in which everything is as the sample claim says; none of other papers."""
    return ledgers(PERSON) if form == CLAIM else {}


def _field(value: Value | Field) -> Field:
    return value if isinstance(value, Field) else Field(value, 1.0, "" if value in (None, False) else str(value), "ppocr")


@pytest.mark.parametrize(("code", "form", "changed", "beside"), TRIPS, ids=[f"{trip[0]}-{i}" for i, trip in enumerate(TRIPS)])
def test_a_paper_trips_the_rule_and_another_does_not(code: str, form: str, changed: dict[str, Any], beside: dict[str, Any]) -> None:
    assert code in codes(form, changed, beside)
    assert code not in codes(form, {}, {})


def test_every_rule_of_the_domain_has_a_row_here() -> None:
    told = {trip[0] for trip in TRIPS} | set(ON_THE_LINE)
    assert sorted(told) == DOMAIN
    assert set(DOMAIN) <= set(RULES)
    assert not {trip[0] for trip in TRIPS} & set(ON_THE_LINE)


@pytest.mark.parametrize("code", ON_THE_LINE)
def test_what_the_line_finds_is_tested_there(code: str) -> None:
    place = REPO / ON_THE_LINE[code][1]
    texts = [path.read_text("utf-8") for path in (place.rglob("*.py") if place.is_dir() else [place])]
    assert any(code in text or {"V60": "U408"}.get(code, code) in text for text in texts)


def test_where_no_ledger_is_loaded_nothing_is_said_of_it() -> None:
    silent = codes(CLAIM, {}, {"own": ()})
    assert not silent & {"V13", "V14", "V15", "V16", "V17", "V18", "V19", "V22", "V23", "V25", "V26", "V30", "V62"}


def test_one_persons_letters_in_another_shape_are_no_other_person() -> None:
    row = replace(PERSON, name="中邨　弥生")
    assert "V17" not in codes(CLAIM, {"patient_name": "中村　彌生"}, ledgers(PERSON))
    assert "V17" in codes(CLAIM, {"patient_kana": None}, ledgers(row))
    assert "V17" not in codes(CLAIM, {}, ledgers(row)), "the kana say that it is her"


def test_rows_that_say_the_same_one_after_another_are_no_change() -> None:
    assert "V16" not in codes(CLAIM, {}, ledgers(replace(PERSON, until="2025-08-15"), replace(PERSON, since="2025-08-16")))


def test_a_returned_claim_is_no_duplicate_and_a_later_month_none() -> None:
    assert not codes(CLAIM, {}, met("merged")) & {"V46", "V47", "V48", "V49"}
    assert not codes(CLAIM, {}, met(month="2025-07")) & {"V46", "V47", "V48", "V49"}


def test_a_month_out_of_the_usual_is_said_of_one_claim() -> None:
    after = ledgers(PERSON, usual={0: Usual(None, 100_000, 5_000, 130_000)})
    before = ledgers(PERSON, usual={0: Usual(None, 100_000, 5_000, 110_000)})
    assert "V58" not in codes(CLAIM, {}, after) | codes(CLAIM, {}, before)
