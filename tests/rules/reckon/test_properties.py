"""What holds of every reckoning: nothing is below zero, nobody bears more than the legal share, all sides make the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tsuzuri.rules.reckon import Before, Case, possible
from tsuzuri.rules.tables import Tables, read_tables
from tsuzuri.settings import REPO

FOLDERS = [REPO / "pipelines" / "tables", *sorted(REPO.glob("samples/cities/*/pipelines/tables"))]
CITIES = [read_tables(folder) for folder in FOLDERS]
YEN = st.integers(0, 9_999_999)
MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(2017, 2027), st.integers(1, 12))
CARES = st.sampled_from(["外来", "入院", "歯科", "調剤", "柔道整復", "訪問看護", "整体"])
EARLIER = st.builds(Before, st.sampled_from(["a", "b"]), CARES, YEN, YEN)
CASES = st.builds(
    Case, scheme=st.sampled_from(["01", "02", "03", "09"]), month=MONTHS, care=CARES,
    birth=st.dates(date(1920, 1, 1), date(2027, 12, 31)), points=st.none() | YEN, fee=st.none() | YEN, copay=st.none() | YEN,
    visits=st.lists(YEN, max_size=4).map(tuple), days=st.none() | st.integers(0, 31), tenths=st.none() | st.integers(1, 3),
    grade=st.sampled_from(["", "身1級", "A2"]), channel=st.sampled_from(["1", "2", "3"]),
    insurer_no=st.sampled_from(["", "06431001"]), inst_code=st.just("a"), kougaku_class=st.sampled_from(["", "ア", "ウ", "カ"]),
    many=st.booleans(), kougaku=st.none() | YEN, others=YEN, fuka=st.none() | YEN, earlier=st.lists(EARLIER, max_size=3).map(tuple),
)


@given(case=CASES, tables=st.sampled_from(CITIES))
@settings(max_examples=400, deadline=None)
def test_nothing_is_below_zero_and_all_sides_together_make_the_legal_share(case: Case, tables: Tables) -> None:
    for found in possible(case, tables):
        sides = (found.patient, found.city, found.kougaku, found.others, found.fuka)
        assert all(0 <= side <= found.copay for side in sides)
        assert sum(sides) == found.copay
        assert found.steps and all(step.says for step in found.steps)
        assert found.city > 0 or found.outcome


@given(case=CASES, more=YEN)
@settings(max_examples=200, deadline=None)
def test_who_pays_more_elsewhere_in_the_month_never_pays_more_here(case: Case, more: int) -> None:
    again = replace(case, earlier=(*case.earlier, Before("a", case.care, more, more)))
    for before, after in zip(possible(case, CITIES[0]), possible(again, CITIES[0]), strict=True):
        assert after.patient <= before.patient
