"""Each word that a form may use for a check: one paper that trips it, one that does not."""

from __future__ import annotations

import string
from datetime import date
from typing import Any

import pytest

from tsuzuri.model import Field, Severity, Value
from tsuzuri.rules import (
    BY_KIND,
    CHECKS,
    FINDS,
    KINDS,
    NOTHING,
    RULES,
    Asked,
    Entry,
    Known,
    Tables,
    beside_paper,
    complaint,
    entry,
    find,
    key,
    missing,
    parameters,
    unreadable,
    words,
)
from tsuzuri.rules.tables import read_tables
from tsuzuri.settings import REPO

TODAY = date(2025, 11, 20)
KIND_OF = {
    "points": "int", "fee": "yen", "copay": "yen", "paid": "yen", "amount": "yen", "total": "yen",
    "count": "int",
    "paid_total": "yen", "ratio": "choice", "care": "choice", "answer": "choice", "fuka": "choice",
    "seal": "seal", "shown": "int", "copied": "tick",
    "birth": "wareki", "month": "ym", "claimed": "wareki", "days": "int", "insurer_no": "insurer_no",
    "inst_code": "inst_code", "issuer": "inst_code", "kana": "account_kana", "number": "account_no",
    "payer_no": "payer_no", "first": "wareki", "then": "wareki", "year": "int", "holder": "name", "owner": "name",
    "relation": "text", "reason": "choice", "enclosed": "tick",
}
CONSTANTS = ("channel", "word", "column", "least", "needless", "asked", "known", "since", "until")
TABLES = read_tables(REPO / "pipelines" / "tables")


def said(name: str, value: Value, raw: str | None = None, kind: str | None = None) -> Entry:
    ink = raw if raw is not None else "" if value is None else str(value)
    return entry(name, f"題{name}", kind or KIND_OF[name], Field(value, 0.9, ink, "ppocr"))


def row(paid: int | None, shop: str | None = "架空薬局") -> dict[str, Entry]:
    return {"paid": said("paid", paid), "shop": said("shop", shop, kind="text")}


def bill(copay: int | None, paid: int | None) -> dict[str, Entry]:
    return {"copay": said("copay", copay), "paid": said("paid", paid)}


def parts(*amounts: int | None) -> list[Entry]:
    return [said(f"part{i}", amount, kind="yen") for i, amount in enumerate(amounts)]


def number(kind: str, value: str | None) -> dict[str, Entry]:
    return {"number": said("number", value, kind=kind)}


def account_at(bank_code: str | None, branch_code: str | None, bank: str | None, branch: str | None) -> dict[str, Entry]:
    written = {"bank_code": bank_code, "branch_code": branch_code, "bank": bank, "branch": branch}
    return {name: said(name, value, kind="text") for name, value in written.items()}


def day(value: str, raw: str, kind: str = "wareki") -> dict[str, Entry]:
    return {"day": said("day", value, raw, kind)}


MONEY = {"copay": 1683, "paid": 700, "amount": 983}
CHILD = {"birth": "2018-05-01", "month": "2025-10"}



def claim(**facts: Any) -> dict[str, Entry | list[Entry]]:
    """What a paper says of a child's visit, but for `facts`."""
    told = {**CHILD, "care": "外来", "copay": 1683, **facts}
    return {fact: value if isinstance(value, list) else said(fact, value) for fact, value in told.items()}


# word, a paper that trips it, the code it gives, a paper that does not
CASES: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("points_given", {"points": 0}, "V34", {"points": 1}),
    ("points_given", {"points": None}, "V34", {"points": said("points", None, "x")}),
    ("points_given", {"points": 10_000_000}, "V34", {"points": 9_999_999}),
    ("fee_is_points", {"points": 561, "fee": 5611}, "V36", {"points": 561, "fee": 5610}),
    ("fee_is_points", {"points": 0, "fee": 1}, "V36", {"points": 561, "fee": None}),
    ("copay_is_ratio", {"points": 561, "ratio": "3割", "copay": 1684}, "V37",
     {"points": 561, "ratio": "3割", "copay": 1683}),
    ("copay_is_ratio", {"points": 561, "ratio": "2割", "copay": 1683}, "V37",
     {"points": 561, "ratio": None, "copay": 1683}),
    ("copay_is_ratio", {"points": 561, "ratio": "3割", "copay": 1690, "channel": "3"}, "V37",
     {"points": 561, "ratio": "3割", "copay": 1685, "channel": "3"}),
    ("balance", {**MONEY, "amount": 984}, "V41", MONEY),
    ("balance", {**MONEY, "others": [said("other", 100, kind="yen")]}, "V41",
     {**MONEY, "amount": 883, "others": [said("other", 100, kind="yen"), said("more", None, kind="yen")]}),
    ("balance", {"copay": 0, "paid": 0, "amount": 1}, "V41", {**MONEY, "paid": None}),
    ("refund_balance", {"paid_total": 1000, "amount": 1001}, "V41", {"paid_total": 1000, "amount": 1000}),
    ("refund_balance", {"paid_total": 1000, "amount": 901, "others": [said("fuka_amt", 100, kind="yen")]},
        "V41",
     {"paid_total": 1000, "amount": 700, "others": [said("fuka_amt", 100, kind="yen")]}),
    ("positive", {"amount": 0}, "V42", {"amount": 1}),
    ("positive", {"amount": -5}, "V42", {"amount": None}),
    ("reckoned", {"paid": 701, "claim": claim()}, "V40", {"paid": 700, "claim": claim()}),
    ("reckoned", {"paid": 700, "claim": claim(care="入院")}, "V40", {"paid": 540, "claim": claim(copay=540)}),
    ("reckoned", {"paid": 700, "claim": claim(care="整体")}, "H36", {"paid": 700, "claim": claim(care="柔道整復")}),
    ("reckoned", {"paid": 222, "claim": claim(copay=668), "asked": Asked(scheme="02")}, "V40",
     {"paid": 223, "claim": claim(copay=668), "asked": Asked(scheme="02")}),
    ("reckoned", {"paid": 1, "claim": claim(copay=3210, birth="1980-05-01"), "asked": Asked(scheme="03")}, "V40",
     {"paid": 0, "claim": claim(copay=3210, birth="1980-05-01"), "asked": Asked(scheme="03")}),
    ("reckoned", {"paid": 1070, "claim": claim(copay=3210, birth="2010-05-01"), "asked": Asked(scheme="03")}, "V40",
     {"paid": 1070, "claim": claim(copay=3510, birth="1980-05-01", others=[said("other", 300, kind="yen")]),
      "asked": Asked(scheme="03")}),
    ("pages_sum", {"pages": (row(700), row(None)), "column": "paid", "total": 701}, "H23",
        {"pages": (row(700), row(1)), "column": "paid", "total": 701}),
    ("pages_same", {"pages": (row(1, "架空　花子"), row(1, "架空　太郎")), "column": "shop",
                    "value": said("value", "架空　花子", kind="name")}, "H24",
        {"pages": (row(1, "架空　花子"), row(1, None)), "column": "shop", "value": said("value", "架空花子", kind="name")}),
    ("pages_same", {"pages": (row(1, "高田　恵"),), "column": "shop", "value": said("value", "高野　恵", kind="name")}, "H24",
        {"pages": (row(1, "髙田　惠"),), "column": "shop", "value": said("value", "高田　恵", kind="name")}),
    ("pages_count", {"pages": (row(700),), "count": 2}, "H22", {"pages": (row(700), row(None, None)), "count": 2}),
    ("rows_sum", {"rows": (row(700), row(1)), "column": "paid", "total": 700}, "V44",
     {"rows": (row(700), row(None, None)), "column": "paid", "total": 700}),
    ("rows_sum", {"rows": (row(0),), "column": "paid", "total": 1}, "V44",
     {"rows": (row(None),), "column": "paid", "total": 700}),
    ("rows_count", {"rows": (row(700), row(0, None)), "count": 1}, "V45",
     {"rows": (row(700), row(0, None)), "count": 2}),
    ("rows_count", {"rows": (row(700), row(None, None)), "count": 2}, "V45",
     {"rows": (row(700), row(None), row(None, None)), "count": 2}),
    ("check_digit", number("recipient_no", "0001231"), "V12", number("recipient_no", "0001230")),
    ("check_digit", number("insurer_no", "01430017"), "V24", number("insurer_no", "138057")),
    ("check_digit", number("payer_no", "88430013"), "H05", number("payer_no", "88430012")),
    ("check_digit", number("inst_code", "4310100014"), "V29", number("inst_code", "0100014")),
    ("check_digit", number("inst_code", "1310100013"), "V29", number("recipient_no", None)),
    ("era_fits", day("2024-04-01", "平成36年4月1日"), "V10", day("2024-04-01", "R6.4.1")),
    ("era_fits", day("2019-05", "平成31年5月", "ym"), "V10", day("2019-05", "令和元年5月", "ym")),
    ("era_fits", day("2019-04-30", "R1.4.30"), "V10", day("2019-05-01", "6.4.1")),
    ("not_future", day("2025-11-21", "R7.11.21"), "H07", day("2025-11-20", "R7.11.20")),
    ("month_over", {"month": "2025-11"}, "V07", {"month": "2025-10"}),
    ("within_months", {"month": "2024-10", "claimed": "2025-11-01"}, "V08",
     {"month": "2024-11", "claimed": "2025-11-30"}),
    ("claimed_after_month", {"month": "2025-10", "claimed": "2025-10-30"}, "V09",
     {"month": "2025-10", "claimed": "2025-10-31"}),
    ("days_in_month", {"days": 0, "month": "2025-10"}, "V33", {"days": 31, "month": "2025-10"}),
    ("days_in_month", {"days": -1, "month": "2025-10"}, "V33", {"days": 1, "month": "2025-10"}),
    ("days_in_month", {"days": 29, "month": "2025-02"}, "V33", {"days": 29, "month": "2024-02"}),
    ("days_in_month", {"days": 32, "month": None}, "V33", {"days": None, "month": "2025-10"}),
    ("age_limit", {"birth": "2007-04-01", "month": "2025-04"}, "V20",
        {"birth": "2007-04-02", "month": "2025-04"}),
    ("age_limit", {"birth": "2025-11-01", "month": "2025-10"}, "V20",
        {"birth": "2025-10-31", "month": "2025-10"}),
    ("age_limit", {"birth": "2007-09-01", "month": "2023-11"}, "V20",
     {"birth": "2007-09-01", "month": "2023-12"}),      # the scheme widened from 15 to 18
    ("age_limit", {"birth": "2022-11-02", "month": "2025-10", "asked": Asked(scheme="03")}, "V20",
     {"birth": "2022-11-01", "month": "2025-10", "asked": Asked(scheme="03")}),      # three on the day before the birthday
    ("ratio_fits_age", {"birth": "1953-01-01", "month": "2025-10", "ratio": "1割"}, "V28",
     {"birth": "1953-01-01", "month": "2025-10", "ratio": "3割"}),
    ("ratio_fits_age", {**CHILD, "ratio": "2割"}, "V28", {**CHILD, "ratio": "3割"}),
    ("ratio_fits_age", {"birth": "2022-05-10", "month": "2025-10", "ratio": "3割"}, "V28",
     {"birth": "1950-01-01", "month": "2025-10", "ratio": "1割"}),
    ("parts_sum", {"parts": parts(700, 0, None), "total": 710}, "V44", {"parts": parts(700, 10, None), "total": 710}),
    ("parts_sum", {"parts": parts(700), "total": 710}, "V44", {"parts": parts(None, None), "total": 710}),
    ("on_receipt", {"shown": None}, "V56", {"shown": 561}),
    ("original", {"copied": True}, "H09", {"copied": False}),
    ("sealed", {"seal": False}, "V50", {"seal": True}),
    ("sealed", {"seal": None}, "V50", {"seal": True}),
    ("flagged", {"answer": "有"}, "V57", {"answer": "無"}),
    ("flagged", {"answer": "はい", "word": "はい"}, "V57", {"answer": None}),
    ("amount_with_answer", {"answer": "有", "amount": None}, "H08", {"answer": "有", "amount": 100}),
    ("amount_with_answer", {"answer": "無", "amount": 100}, "H08", {"answer": "無", "amount": 0}),
    ("prescriber", {"care": "調剤", "issuer": None}, "V32", {"care": "調剤", "issuer": "4310100013"}),
    ("prescriber", {"care": "調剤", "issuer": ""}, "V32", {"care": "外来", "issuer": None}),
    ("table_fits", {"inst_code": "4340100033", "care": "外来"}, "V31",
        {"inst_code": "4340100033", "care": "調剤"}),
    ("table_fits", {"inst_code": "4310100013", "care": "歯科"}, "V31",
        {"inst_code": "0100013", "care": "歯科"}),
    ("extra_benefit", {"insurer_no": "06431001", "fuka": "無"}, "V27",
        {"insurer_no": "06431001", "fuka": "有"}),
    ("extra_benefit", {"insurer_no": "32430011", "fuka": None}, "V27",
        {"insurer_no": "138057", "fuka": "無"}),
    ("account", {"number": "0000000", "kana": None}, "V52", {"number": "0000001", "kana": "カクウ　ハナコ"}),
    ("account", {"number": None, "kana": "ガ" * 16}, "V52", {"number": None, "kana": "ガ" * 15}),
    ("payer_fits", {"payer_no": "81430019"}, "V21", {"payer_no": "88430012"}),
    ("copay_of_fee", {"fee": 6125, "ratio": "3割", "copay": 1837}, "V37", {"fee": 6125, "ratio": "3割", "copay": 1838}),
    ("copay_of_fee", {"fee": 6124, "ratio": "1割", "copay": 613}, "V37", {"fee": 6124, "ratio": "1割", "copay": 612}),
    ("copay_below", {"copay": 21_000, "month": "2025-10", "asked": Asked(scheme="03")}, "V39",
     {"copay": 20_997, "month": "2025-10", "asked": Asked(scheme="03")}),
    ("copay_below", {"copay": 21_000, "month": "2025-10", "asked": Asked(scheme="03")}, "V39",
     {"copay": 21_000, "month": "2025-10", "asked": Asked(scheme="01")}),
    ("city_part", {"copied": True}, "V05", {"copied": None}),
    ("insured_part", {"pages": (bill(700, 1200), bill(300, 300)), "total": 1500}, "V43",
     {"pages": (bill(700, 1200), bill(300, 300)), "total": 1000}),
    ("insured_part", {"pages": (bill(700, 1200),), "total": 1200}, "V43", {"pages": (bill(700, None),), "total": 1200}),
    ("any_given", {"of": [said("a", False, kind="tick"), said("b", None, kind="tick")]}, "W02",
     {"of": [said("a", None, kind="tick"), said("b", True, kind="tick")]}),
    ("any_given", {"of": [said("a", "", kind="text")]}, "W02", {"of": [said("a", "7140", kind="digits")]}),
    ("holder_explained", {"holder": "架空　太郎", "owner": "架空　花子", "relation": None}, "W04",
     {"holder": "架空花子", "owner": "架空　花子", "relation": None}),
    ("holder_explained", {"holder": "架空　太郎", "owner": "架空　花子", "relation": ""}, "W04",
     {"holder": "架空　太郎", "owner": "架空　花子", "relation": "夫"}),
    ("holder_explained", {"holder": "高野　斉", "owner": "高田　斉", "relation": None}, "W04",
     {"holder": "髙野　齊", "owner": "高野　斉", "relation": None}),
    ("bank_exists", account_at("0183", "161", "肥後銀行", "健軍支店"), "W01",
     account_at("0182", "161", "株式会社 肥後銀行", "健軍支店")),
    ("bank_exists", account_at("0182", "161", "熊本銀行", "健軍支店"), "W01", account_at("0182", "101", None, "本店")),
    ("bank_exists", account_at("0182", "002", None, None), "W01", account_at(None, None, "あそ銀行", "本店")),
    ("bank_exists", account_at("1951", "005", None, "水前寺支店"), "W01", account_at("1951", "005", "熊本信用金庫", "健軍")),
    ("at_least", {"number": said("floors", 0, kind="int")}, "W05", {"number": said("floors", 1, kind="int")}),
    ("at_least", {"number": said("floors", -1, kind="int"), "least": 0}, "W05",
     {"number": said("floors", 0, kind="int"), "least": 0}),
    ("in_use", {"day": said("day", "2026-04-01", kind="wareki"), "until": "2026-03-31"}, "H37",
     {"day": said("day", "2026-03-31", kind="wareki"), "since": "2026-03-31"}),
    ("in_order", {"first": "2025-10-02", "then": "2025-10-01"}, "W09", {"first": "2025-10-02", "then": "2025-10-02"}),
    ("evidence", {"reason": "失業", "enclosed": None}, "W10", {"reason": "失業", "enclosed": True}),
    ("evidence", {"reason": "失業", "enclosed": False, "needless": "非課税"}, "W10",
     {"reason": "非課税", "enclosed": None, "needless": "非課税"}),
    ("fiscal_year", {"year": 8, "day": said("day", "2025-12-31", kind="wareki")}, "W13",
     {"year": 8, "day": said("day", "2026-01-10", kind="wareki")}),
    ("fiscal_year", {"year": 7, "day": said("day", "2026-04-01", kind="wareki")}, "W13",
     {"year": 7, "day": said("day", "2026-03-31", kind="wareki")}),
]


def codes(word: str, paper: dict[str, Any]) -> list[str]:
    given = {
        name: value if name in CONSTANTS or isinstance(value, Entry | list | tuple | dict) else said(name, value)
        for name, value in paper.items()}
    house: dict[type, Any] = {Asked: Asked(scheme="01"), Known: NOTHING, Tables: TABLES}
    given = {name: house[kind] for name, kind in beside_paper(word).items()} | given
    return [finding.code for finding in CHECKS[word](TODAY, **given)]


@pytest.mark.parametrize(("word", "wrong", "code", "right"), CASES)
def test_a_word_finds_the_fault_and_only_the_fault(
    word: str, wrong: dict[str, Any], code: str, right: dict[str, Any],
) -> None:
    assert codes(word, wrong) == [code]
    assert codes(word, right) == []


# These speak of what is missing, or of one field whatever the other says.
OF_BLANKS = {"points_given", "sealed", "on_receipt", "prescriber", "amount_with_answer", "extra_benefit", "account",
    "any_given", "bank_exists", "holder_explained", "evidence"}


@pytest.mark.parametrize(("word", "wrong"), [(case[0], case[1]) for case in CASES if case[0] not in OF_BLANKS])
def test_where_a_field_is_blank_nothing_is_reckoned(word: str, wrong: dict[str, Any]) -> None:
    for name, value in wrong.items():
        if isinstance(value, dict):
            assert codes(word, wrong | {name: value | {"copay": said("copay", None)}}) == []
            continue
        if name in CONSTANTS or isinstance(value, list | tuple) or (word, name) == ("days_in_month", "month"):
            continue
        kind = value.kind if isinstance(value, Entry) else None
        assert codes(word, wrong | {name: said(name, None, kind=kind)}) == [], name


def test_a_mark_is_no_number() -> None:
    assert said("seal", True).number is None and said("paid", 0).number == 0


def test_every_word_is_told_by_a_case_and_by_its_docstring() -> None:
    beside = {"tsuzuri.rules.checks_ledger", "tsuzuri.rules.checks_claims", "tsuzuri.rules.checks_other"}
    elsewhere = {word for word, check in CHECKS.items() if check.__module__ in beside}      # tests/stages/test_every_rule.py
    assert {case[0] for case in CASES} | elsewhere == set(CHECKS)
    for word, check in CHECKS.items():
        named = (check.__doc__ or "").partition(":")[0].split(" by ")[0].split(" for ")[0].split(", ")
        assert named and set(named) <= set(RULES), word
        assert tuple(named) == FINDS[word], word


def test_every_rule_speaks_to_a_clerk_in_its_own_code() -> None:
    for code, rule in RULES.items():
        assert rule.code == code and rule.sentence.endswith("。"), code
        holes = {hole for _, hole, _, _ in string.Formatter().parse(rule.sentence) if hole is not None}
        assert holes <= {"label", "expected", "found", "most", "limits", "months", "chosen", "answer", "expects", "count", "what",
            "title", "pages", "limit", "least", "first", "owner", "reason", "told", "said",
            "summed", "more", "over", "of", "days", "scan", "since", "until", "document", "payers", "usual", "meals", "how", "ward",
            "years", "school", "numbers", "box", "halves", "theirs", "reply"}, code


def test_what_runs_by_kind_names_known_words_and_kinds() -> None:
    for kind, (word, parameter) in BY_KIND.items():
        assert kind in KINDS and parameters(word) == {parameter: True}


def test_parameters_say_what_must_be_given() -> None:
    assert parameters("balance") == {"copay": True, "paid": True, "amount": True, "others": False}


def test_sums_are_told_with_thousands_and_numbers_of_persons_never() -> None:
    [finding] = CHECKS["fee_is_points"](TODAY, points=said("points", 1234), fee=said("fee", 9999))
    assert finding.message == "点数×10は12,340円ですが、題feeは9,999円です。"
    for kind, ink in (("recipient_no", "9998887"), ("insurer_no", "99988877"), ("inst_code", "4399988877")):
        for found in CHECKS["check_digit"](TODAY, **number(kind, ink)):
            assert ink not in found.message


@pytest.mark.parametrize(("kind", "code"), [
    ("recipient_no", "V12"), ("insurer_no", "V24"), ("inst_code", "V29"), ("wareki", "V11"), ("ym", "V06"),
    ("account_no", "V52"), ("yen", "H02")])
def test_unreadable_ink_is_told_under_the_domains_number(kind: str, code: str) -> None:
    finding = unreadable(said("x", None, "?", kind), KINDS[kind].expects)
    assert (finding.code, finding.severity) == (code, Severity.E)


@pytest.mark.parametrize(("kind", "code"), [("ym", "V06"), ("seal", "V50"), ("name", "H01")])
def test_a_missing_field_is_told_under_the_domains_number(kind: str, code: str) -> None:
    assert missing(said("x", None, "", kind)).code == code


def test_a_finding_is_named_by_code_and_field() -> None:
    assert key(find("V54", said("amount", 1), confidence=0.5)) == "V54:amount"
    assert key(find("V03")) == "V03"


@pytest.mark.parametrize(("word", "of", "told"), [
    ("positive", {"amount": "$amount"}, None),
    ("balance", {"copay": "$a", "paid": "$b", "amount": "$amount", "others": ["$a"]}, None),
    ("rows_count", {"rows": "$receipts", "count": "$a"}, None),
    ("copay_is_ratio", {"points": "$a", "ratio": "$b", "copay": "$amount", "channel": "3"}, None),
    ("reckoned", {"paid": "$a", "claim": {"month": "$a", "care": "$b", "copay": "$a", "others": ["$b"]}}, None),
    ("reckoned", {"paid": "$a", "claim": {"month": "$a", "care": "$b"}}, "the fact 'copay' is needed"),
    ("reckoned", {"paid": "$a", "claim": {"month": "$a", "care": "$b", "copay": "$a", "brith": "$a"}}, "no such fact 'brith'"),
    ("reckoned", {"paid": "$a", "claim": {"month": "2025-10", "care": "$b", "copay": "$a"}}, "'month' must be a field"),
    ("reckoned", {"paid": "$a", "claim": "$b"}, "facts, {month: $a, …}"),
    ("positive", {"amuont": "$amount"}, "takes no 'amuont'; it takes amount"),
    ("positive", {}, "needs 'amount'"),
    ("positive", {"amount": 5}, "'amount' must be a field"),
    ("positive", {"amount": "amount"}, "'amount' must be a field"),
    ("positive", {"amount": "$receipts"}, "'amount' must be a field"),
    ("positive", {"amount": ["$amount"]}, "'amount' must be a field"),
    ("rows_count", {"rows": "$a", "count": "$b"}, "'rows' must be a table"),
    ("balance", {"copay": "$a", "paid": "$b", "amount": "$amount", "others": "$a"},
        "'others' must be a list"),
    ("copay_is_ratio", {"points": "$a", "ratio": "$b", "copay": "$amount", "channel": "$a"}, "'channel' must be a plain value"),
])
def test_a_form_that_misuses_a_word_is_told_what_is_wrong(
    word: str, of: dict[str, Any], told: str | None,
) -> None:
    found = complaint(word, of, {"a", "b", "amount"}, {"receipts"})
    assert found is None if told is None else told in str(found)


def test_the_table_of_words_tells_each_word_with_its_parameters() -> None:
    for word in CHECKS:
        of = " ".join(f"`{name}`" if must else f"`{name}`?" for name, must in parameters(word).items())
        assert f"| `{word}` | {of} |" in str(words.__doc__)


def test_a_month_is_over_on_its_last_day() -> None:
    month = said("month", "2025-11")
    assert list(CHECKS["month_over"](date(2025, 11, 30), month=month)) == []
    assert [f.code for f in CHECKS["month_over"](date(2025, 11, 29), month=month)] == ["V07"]
