"""The worked examples of the domain, E1 to E18, by the city's own tables; and what a clerk is told of each step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tsuzuri.rules.reckon import Before, Case, copay, half_up, kougaku_limit, possible, ratios, reckon
from tsuzuri.rules.reckon.money import kougaku_row
from tsuzuri.rules.tables import Meal, Tables, read_tables
from tsuzuri.settings import REPO

TABLES = read_tables(REPO / "pipelines" / "tables")


def case(birth: str = "2018-05-01", month: str = "2025-10", care: str = "外来", scheme: str = "01", **told: Any) -> Case:
    return Case(scheme=scheme, birth=date.fromisoformat(birth), month=month, care=care, **told)


# who and what, the legal share, what the patient and the city bear, the outcome
EXAMPLES: list[tuple[str, Case, int, int, int, str]] = [
    ("E1 a child of two pays nothing", case("2023-06-10", points=1234), 2468, 0, 2468, ""),
    ("E2 a child of seven pays 700 yen", case(points=456), 1368, 700, 668, ""),
    ("E4 below the cap nothing is left to claim", case("2011-08-01", points=350), 1050, 1050, 0, "V42"),
    ("E5 at sixteen nobody was helped before 2023-12", case("2007-09-01", "2023-11", "調剤", points=820), 2460, 2460, 0, "V20"),
    ("E5 and since then pharmacies are free", case("2007-09-01", "2023-12", "調剤", points=820), 2460, 0, 2460, ""),
    ("E6 a stay below the limit of its class is the city's", case("2015-10-01", care="入院", points=25_000, kougaku_class="ウ"),
     75_000, 0, 75_000, ""),
    ("E8 a single mother bears a third", case("1985-07-15", scheme="02", points=1070), 3210, 1070, 2140, ""),
    ("E9 the city's two thirds are rounded down", case("2021-07-01", scheme="02", points=334), 668, 223, 445, ""),
    ("E10 of grade 2 a third", case("1980-05-01", scheme="03", points=2000, grade="身2級"), 6000, 2000, 4000, ""),
    ("E10 of grade 1 nothing", case("1980-05-01", scheme="03", points=2000, grade="身1級"), 6000, 0, 6000, ""),
    ("E11 at 76 with 1割", case("1949-05-01", scheme="03", points=1500, tenths=1, grade="A1"), 1500, 0, 1500, ""),
    ("E12 just below the limit an institution may claim", case("1980-05-01", scheme="03", points=6999, grade="身1級"),
     20_997, 0, 20_997, ""),
    ("E12 from the limit on it is a refund", case("1980-05-01", scheme="03", points=7000, grade="身1級"), 21_000, 0, 21_000, "V39"),
    ("E15 past the school year of 18", case("2007-04-01", "2025-04", points=500), 1500, 1500, 0, "V20"),
    ("E15 born a day later", case("2007-04-02", "2025-04", points=500), 1500, 1200, 300, ""),
    ("E16 at four a doctor costs up to 700 yen", case("2021-06-03", points=500), 1000, 700, 300, ""),
    ("E16 and a dentist nothing", case("2021-06-03", care="歯科", points=500), 1000, 0, 1000, ""),
    ("E17 a doctor at seven", case(points=400, inst_code="d", earlier=(Before("d", "歯科", 2700, 700),)), 1200, 700, 500, ""),
    ("E17 and in the same month a dentist", case(care="歯科", points=900, inst_code="d", earlier=(Before("d", "外来", 1200, 700),)),
     2700, 700, 2000, ""),
    ("E18 free in the month of the third birthday", case("2022-10-15", points=500), 1000, 0, 1000, ""),
    ("E18 and paid for from the next month on", case("2022-10-15", "2025-11", points=500), 1000, 700, 300, ""),
    ("E18 but born on the 1st, in that very month", case("2022-10-01", points=500), 1000, 700, 300, ""),
]


@pytest.mark.parametrize(("told", "share", "patient", "city", "outcome"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES])
def test_a_worked_example_comes_out_as_worked(told: Case, share: int, patient: int, city: int, outcome: str) -> None:
    found = reckon(told, TABLES)
    assert (found.copay, found.patient, found.city, found.outcome) == (share, patient, city, outcome)


def test_e3_a_month_is_capped_over_its_visits_to_one_clinic() -> None:
    first = reckon(case(points=180, inst_code="a"), TABLES)
    second = reckon(case(points=120, inst_code="a", earlier=(Before("a", "外来", 540, 540),)), TABLES)
    short = reckon(case(points=120, inst_code="0100013", earlier=(Before("4310100013", "外来", 540, 540),)), TABLES)
    assert short.patient == 160
    elsewhere = reckon(case(points=120, inst_code="b", earlier=(Before("a", "外来", 540, 540),)), TABLES)
    assert (first.patient, second.patient, first.city + second.city, elsewhere.patient) == (540, 160, 200, 360)
    assert any("同じ月に540円を支払い済みのため、残り160円まで" in step.says for step in second.steps)


def test_e6_meals_are_never_the_citys() -> None:
    assert 15 * next(row.yen for row in TABLES.on(Meal, "2025-10") if row.cls == "一般") == 7650


def test_e7_what_a_class_and_an_insurer_bear_comes_off_before_the_city_does() -> None:
    found = reckon(case("2010-05-01", care="入院", points=60_000, kougaku_class="ウ", insurer_no="06431001"), TABLES)
    assert (found.copay, found.kougaku, found.fuka, found.city) == (180_000, 96_570, 58_400, 25_030)


@pytest.mark.parametrize(("points", "tenths", "exact", "tens"), [
    (1234, 2, 2468, 2470), (331, 3, 993, 990), (333, 3, 999, 1000), (334, 3, 1002, 1000), (335, 3, 1005, 1010),
    (344, 1, 344, 340), (345, 1, 345, 350), (6999, 3, 20997, 21000), (0, 3, 0, 0),
])
def test_e13_the_legal_share_is_exact_on_paper_and_rounded_at_windows(points: int, tenths: int, exact: int, tens: int) -> None:
    assert (copay(points * 10, tenths), copay(points * 10, tenths, 10)) == (exact, tens)
    if points:
        assert reckon(case(points=points, tenths=tenths, channel="1"), TABLES).copay == exact
        assert reckon(case(points=points, tenths=tenths, channel="3"), TABLES).copay == tens


@pytest.mark.parametrize(("fee", "tenths", "share"), [(6125, 3, 1838), (6124, 1, 612), (6125, 1, 613), (6125, 2, 1225)])
def test_a_treatments_fee_goes_half_up_to_the_yen(fee: int, tenths: int, share: int) -> None:
    assert copay(fee, tenths) == share


def test_the_limits_of_a_million_yen_are_the_published_ones() -> None:
    limits = {cls: kougaku_limit(row, 1_000_000) for cls in "アイウエオ" if (row := kougaku_row(cls, "2025-10", TABLES))}
    assert limits == {"ア": 254_180, "イ": 171_820, "ウ": 87_430, "エ": 57_600, "オ": 35_400}
    assert kougaku_limit(kougaku_row("ウ", "2025-10", TABLES) or pytest.fail(), 1_000_000, many=True) == 44_400


@pytest.mark.parametrize(("birth", "month", "tenths"), [
    ("2019-04-01", "2025-03", (2,)), ("2019-04-01", "2025-04", (3,)), ("1990-01-01", "2025-04", (3,)),
    ("1950-01-01", "2025-04", (1, 2, 3)), ("1955-04-02", "2025-04", (3,)), ("1955-04-02", "2025-05", (2, 3)),
    ("1955-04-01", "2025-04", (2, 3))])
def test_the_legal_ratio_follows_age(birth: str, month: str, tenths: tuple[int, ...]) -> None:
    assert ratios(date.fromisoformat(birth), month, TABLES) == tenths


def test_what_comes_first_of_public_payers_lessens_what_is_shared() -> None:
    found = reckon(case("1985-07-15", scheme="02", points=1000, others=1500), TABLES)
    assert (found.copay, found.others, found.patient, found.city) == (3000, 1500, 500, 1000)


def test_where_the_grade_is_not_known_either_share_may_be_right_but_under_twenty_only_one() -> None:
    grown = case("1980-05-01", scheme="03", points=1000)
    assert {found.patient for found in possible(grown, TABLES)} == {0, 1000}
    assert {found.patient for found in possible(replace(grown, birth=date(2006, 5, 1)), TABLES)} == {0}


def test_care_that_no_table_lays_down_is_an_outcome_and_so_is_a_share_nobody_can_tell() -> None:
    assert reckon(case(care="整体", points=100), TABLES).outcome == "H36"
    assert reckon(case(points=100), Tables()).outcome == "V28"
    assert reckon(case(), TABLES).outcome == "V28"


def test_every_step_is_told_to_a_clerk_in_words_that_can_be_followed() -> None:
    told = [(step.name, step.says, step.yen) for step in reckon(case("2021-06-03", points=1234), TABLES).steps]
    assert told == [
        ("一部負担金", "1,234点 × 10円 × 2割 = 2,468円", 2468),
        ("受給者負担", "上限 月700円（3歳〜就学前・外来、2018年1月から、根拠 令和5年度予算の市議会報告）", 700),
        ("助成額", "2,468円 − 700円 = 1,768円", 1768),
    ]


def test_what_is_claimed_counts_and_the_law_is_told_beside_it() -> None:
    told = [step.says for step in reckon(case(points=456, copay=1370), TABLES).steps]
    assert told[:2] == ["456点 × 10円 × 3割 = 1,368円", "請求書の額 1,370円で計算します。"]
    assert told[-1] == "1,370円 − 700円 = 670円"


@pytest.mark.parametrize("half", [(5, 10, 10), (4, 10, 0), (14, 10, 10), (15, 10, 20), (7, 1, 7)])
def test_half_goes_up(half: tuple[int, int, int]) -> None:
    assert half_up(half[0], half[1]) == half[2]
