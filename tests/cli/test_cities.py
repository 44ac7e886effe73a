"""Other cities: folders of their own forms and tables, whose papers are read and reckoned without a line of Python."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import pytest
from typer.testing import CliRunner

from tsuzuri.cli import app
from tsuzuri.forms import Form, load_forms
from tsuzuri.model import Value
from tsuzuri.rules.reckon import Before, Case, reckon
from tsuzuri.settings import REPO
from tsuzuri.synth.papers import Look, make_like
from tsuzuri.synth.stories import Story

AT_TWO, AT_SCHOOL = date(2023, 5, 1), date(2016, 5, 1)
CITIES = {path.name: path for path in sorted((REPO / "samples" / "cities").iterdir())}


def _form(city: str) -> Form:
    return load_forms(CITIES[city] / "pipelines", CITIES[city] / "schemas")["kodomo_seikyu"]


def _read(city: str, tmp_path: Path, **changed: Value) -> dict[str, Any]:
    """What `tsuzuri read` says of a typed sheet of that city's form, some of it changed."""
    def told(story: Story) -> Story:
        return {**story, **changed}

    paper = make_like(_form(city), 31, Look("typed", "clean", "tuning"), told)
    cv2.imwrite(str(tmp_path / "a.png"), paper.picture)
    there = ["--pipelines", str(CITIES[city] / "pipelines"), "--business-date", "2025-10-14"]
    said: dict[str, Any] = json.loads(CliRunner().invoke(app, ["read", str(tmp_path / "a.png"), *there, "--json"]).stdout)
    return said


def test_there_are_other_cities() -> None:
    assert len(CITIES) >= 2


@pytest.mark.parametrize("city", CITIES)
def test_another_citys_forms_are_in_order(city: str) -> None:
    found = CliRunner().invoke(app, ["forms", "check", "--pipelines", str(CITIES[city] / "pipelines")])
    assert (found.exit_code, found.stdout) == (0, "1 forms are in order\n")


@pytest.mark.parametrize("city", CITIES)
def test_another_citys_paper_is_read_and_reckoned_by_its_own_tables(city: str, tmp_path: Path) -> None:
    right = _read(city, tmp_path)
    assert right["form"] == "kodomo_seikyu"
    money = {"V20", "V21", "V28", "V37", "V39", "V40", "V41", "H36"}
    assert not money & {finding["code"] for finding in right["findings"]}
    paid = int(right["fields"]["patient_paid"]["value"])
    wrong = _read(city, tmp_path, patient_paid=paid + 777)
    [found] = [finding for finding in wrong["findings"] if finding["code"] == "V40"]
    assert found["steps"][0].startswith("一部負担金：") and "点 × 10円 × " in found["steps"][0]


def test_the_forms_address_their_own_city() -> None:
    printed = {city: {text.text for text in _form(city).print.texts} for city in CITIES}
    assert "（あて先）みなと市長" in printed["minato"] and "（あて先）北原市長" in printed["kitahara"]


def test_e14_five_hundred_yen_a_visit_twice_a_month() -> None:
    tables = _form("minato").tables
    case = Case(scheme="01", month="2025-10", care="外来", birth=AT_SCHOOL, visits=(1200, 300, 800), inst_code="a")
    whole = reckon(case, tables)
    assert (whole.copay, whole.patient, whole.city) == (2300, 800, 1500)
    paid, before = [], []
    for visit in case.visits:       # the same, claim by claim
        found = reckon(replace(case, visits=(visit,), earlier=tuple(before)), tables)
        before.append(Before("a", "外来", visit, found.patient))
        paid.append(found.patient)
    assert paid == [500, 300, 0]
    untold = reckon(replace(case, visits=(), copay=2300, days=3), tables)
    assert untold.patient == 1000 and untold.fits(800) and not untold.fits(1001)


def test_a_tenth_of_the_whole_cost_goes_to_ten_yen_and_stops_at_the_months_ceiling() -> None:
    tables = _form("kitahara").tables
    case = Case(scheme="01", month="2025-10", care="外来", birth=AT_SCHOOL, points=1234, tenths=3)
    assert [reckon(replace(case, birth=born), tables).patient for born in (AT_TWO, AT_SCHOOL)] == [0, 1230]
    assert reckon(case, tables).copay == 3700 and reckon(replace(case, points=30_000), tables).patient == 18_000
    spent = replace(case, earlier=(Before("z", "調剤", 50_000, 17_000),))
    assert reckon(spent, tables).patient == 1000      # over all institutions
