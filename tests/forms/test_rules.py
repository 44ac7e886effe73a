"""What a city says of a rule holds, and what it cannot say is refused with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.stages.claims import judged, little_form

from tsuzuri.errors import Misdeclared
from tsuzuri.forms import Forms
from tsuzuri.forms.rules import load_rulebook
from tsuzuri.model import Act, Severity
from tsuzuri.rules import CHECKS, RULES
from tsuzuri.rules.rulebook import Rulebook, constants, parameters_of
from tsuzuri.rules.tables import Tables


def book(folder: Path, text: str) -> Rulebook:
    (folder / "_rules.yaml").write_text(text, "utf-8")
    return load_rulebook(folder, Forms({"little": little_form()}), Tables())


def test_a_rule_is_judged_as_the_city_says(tmp_path: Path) -> None:
    told = book(tmp_path, "V36: {severity: W, act: 照会, says: '点数から{expected}円、{label}は{found}円。'}\nV41: {active: false}")
    after = {finding.code: finding for finding in judged(little_form(rulebook=told), fee=5611, amount=984).findings}
    finding = after["V36"]
    assert "V41" not in after and (finding.severity, finding.act) == (Severity.W, Act.INQUIRE)
    assert finding.message == "点数から5,610円、題feeは5,611円。"
    before = {finding.code: finding for finding in judged(fee=5611, amount=984).findings}
    assert "V41" in before and before["V36"].severity is Severity.E


def test_what_a_form_says_goes_before_what_the_city_says(tmp_path: Path) -> None:
    told = book(tmp_path, "V36: {severity: W}\nW05: {of: {least: 3}}\n")
    checks = [{"check": "fee_is_points", "severity": "I", "of": {"points": "$points", "fee": "$fee"}},
              {"check": "at_least", "of": {"number": "$days"}}, {"check": "at_least", "of": {"number": "$points", "least": 9999}}]
    found = judged(little_form(rulebook=told, checks=checks), fee=5611, days=2).findings
    assert {(finding.code, finding.severity, finding.message) for finding in found if finding.code != "V54"} == {
        ("V36", Severity.I, "点数×10は5,610円ですが、題feeは5,611円です。"), ("W05", Severity.E, "題daysは3以上のはずです。"),
        ("W05", Severity.E, "題pointsは9,999以上のはずです。")}


@pytest.mark.parametrize(("text", "told"), [
    ("V99: {active: false}", "_rules.yaml:1: unknown rule 'V99'"),
    ("\nV36: {sevrity: W}", "_rules.yaml:2: V36: sevrity"),
    ("V36: {severity: X}", "_rules.yaml:1: V36: severity"),
    ("V58:\n  of: {sigma: 5, sgima: 6}", "_rules.yaml:2: V58: no parameter 'sgima'; did you mean 'sigma'?"),
    ("V36: {of: {months: 12}}", "V36: no parameter 'months'; it has none"),
    ("V58: {of: {sigma: much}}", "V58: 'sigma' is int, like 5"),
    ("V36: {says: '{fond}円'}", "_rules.yaml:1: V36: nothing fills {fond}; did you mean 'found'?"),
])
def test_what_cannot_be_meant_is_refused_with_file_and_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Misdeclared) as refused:
        book(tmp_path, text)
    assert told in str(refused.value)


def test_the_version_is_that_of_all_by_which_papers_are_judged(tmp_path: Path) -> None:
    said = book(tmp_path, "V58: {of: {sigma: 6}}")
    again = book(tmp_path, "V58:\n  of: {sigma: 6}    # the same in other words")
    other = book(tmp_path, "V58: {of: {sigma: 7}}")
    assert said.version == again.version != other.version
    assert {name for name in said.parts if said.parts[name] != other.parts[name]} == {"rules"}
    shutil.rmtree(tmp_path)
    assert load_rulebook(tmp_path, {"little": little_form(title="別")}, Tables()).parts["forms"] != said.parts["forms"]


def test_every_rule_is_listed_with_what_may_be_said_of_it() -> None:
    rulings = list(Rulebook().rulings())
    assert {ruling.code for ruling in rulings} == set(RULES)
    assert parameters_of("V58") == {"sigma": 5} and parameters_of("V04") == {"days": 180} and parameters_of("V36") == {}
    assert constants(CHECKS["at_least"]) == {"least": 1}
    assert rulings[0].code == "V01" and rulings[0].words == ()
