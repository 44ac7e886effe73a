"""What a finding rests on, as whoever must decide is shown it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.desk import papers
from tsuzuri.model import Document, Finding, Post, Value
from tsuzuri.rules import RULES
from tsuzuri.rules.known import Asked, Earlier, Institution, Known, Recipient
from tsuzuri.rules.titles import TITLES
from tsuzuri.stages.validate import validate
from tsuzuri.stages.why import Why, explained, like, marked

FORM = papers.FORMS["kodomo_seikyu"]
NUMBER = str(papers.CLAIM["recipient_no"])
ROW = Recipient("01", NUMBER, "p1", "阿蘇　春人", "アソ　ハルト", "2015-07-21", "2020-04-01", sex="1")
LEDGER = Known(loaded=frozenset({"recipients", "institutions"}), recipients=(ROW,), institutions=(
    Institution(str(papers.CLAIM["inst_code"]), "やまぶき小児科医院", "1", since="2010-04-01", until="2020-03-31"),))


def _found(code: str, known: Known = LEDGER, **changed: Value) -> tuple[Document, Finding]:
    document = validate(papers.read(FORM, {**papers.CLAIM, **changed}), FORM, known)
    return document, next(finding for finding in document.findings if finding.code == code)


def _why(code: str, known: Known = LEDGER, near: tuple[Recipient, ...] = (), **changed: Value) -> Why:
    document, finding = _found(code, known, **changed)
    return explained(document, FORM, finding, known, near)


def test_every_rule_of_the_domain_has_a_heading() -> None:
    assert {code for code in RULES if code[0] in "VW"} <= TITLES.keys() <= RULES.keys()


def test_a_difference_rests_on_all_the_sums_that_make_it() -> None:
    why = _why("V41", Known(), amount=3120)
    assert why.fields[0] == "amount" and set(why.fields) >= {"amount", "copay", "patient_paid", "other_public"}
    assert (why.title, why.letter) == (TITLES["V41"], Post.RETURN)


def test_a_share_that_is_reckoned_shows_its_steps_and_rests_on_its_facts() -> None:
    why = _why("V40", Known(), patient_paid=900, amount=2820)
    assert why.finding.steps and {"patient_paid", "birth", "copay", "service_ym"} <= set(why.fields)


def test_a_name_is_laid_beside_the_ledgers_with_each_letter_that_differs_marked() -> None:
    why = _why("V17", replace(LEDGER, recipients=(replace(ROW, name="阿蘇　冬樹", kana="アソ　フユキ"),)))
    [row] = [row for row in why.beside[0].rows if row.label == FORM.label("patient_name")]
    assert row.mine == "阿蘇　春斗" and row.theirs == (("阿蘇　", True), ("冬樹", False)) and not row.same
    assert why.beside[0].ledger and why.letter is Post.INQUIRE


def test_who_has_a_number_like_one_that_nobody_has_is_offered_likest_first() -> None:
    far, other = sorted(like(NUMBER))[:2]
    near = (replace(ROW, recipient_no=far, name="別人　花子", kana="ベツジン　ハナコ", birth="2001-01-01"),
            replace(ROW, recipient_no=other, name="阿蘇　春斗"))
    why = _why("V13", replace(LEDGER, recipients=()), near)
    names = [next(row for row in one.rows if row.label == FORM.label("patient_name")) for one in why.beside]
    assert [row.same for row in names] == [True, False]


def test_numbers_like_one_are_two_slips_away_at_most_and_hold() -> None:
    assert NUMBER not in like(NUMBER) and all(papers.numbered(one[:-1]) == one for one in like(NUMBER))
    assert NUMBER in like(NUMBER[:-3] + "00" + NUMBER[-1])
    assert NUMBER in like(NUMBER[:3] + str((int(NUMBER[3]) + 1) % 10) + NUMBER[4:])
    assert like("") == like("12あ") == frozenset()


def test_a_closed_institution_is_shown_as_the_ledger_has_it() -> None:
    why = _why("V30")
    assert any(row.theirs == (("やまぶき小児科医院", True),) for one in why.beside for row in one.rows)


def test_the_claim_that_came_before_is_linked_and_compared() -> None:
    said = papers.CLAIM
    before = Asked(scheme="01", recipient_no=NUMBER, inst_code=str(said["inst_code"]), month=str(said["service_ym"]), care="外来",
                   channel="1", points=1240, copay=3720, paid=700, amount=3021)
    why = _why("V46", Known(earlier=(Earlier(replace(before, inst_code="4310000000"), "dc_9", "approved"),
                                     Earlier(before, "dc_0", "approved"))))
    assert [one.document for one in why.beside] == ["dc_0", "dc_9"]
    amount = next(row for row in why.beside[0].rows if row.label == "請求額")
    assert (amount.mine, amount.theirs) == ("3,020", (("3,02", True), ("1", False)))


@pytest.mark.parametrize(("theirs", "mine", "pieces"), [
    ("abc", "abc", (("abc", True),)), ("", "abc", ()), ("abXc", "abc", (("ab", True), ("X", False), ("c", True))),
])
def test_what_differs_is_marked_letter_by_letter(theirs: str, mine: str, pieces: tuple[tuple[str, bool], ...]) -> None:
    assert marked(theirs, mine) == pieces


def test_a_paper_of_no_known_form_is_explained_too() -> None:
    document = validate(Document("dc_1", "bt_1", None, 0, date(2025, 6, 3)), None)
    why = explained(document, None, document.findings[0])
    assert (why.fields, why.beside, why.title) == ((), (), TITLES["V03"])


@pytest.mark.parametrize(("answers", "said"), [("", ["V49"]), ("dc_1", ["V49"]), ("dc_0", ["H25"])])
def test_a_claim_that_comes_again_is_no_riddle_once_it_says_what_it_answers(answers: str, said: list[str]) -> None:
    before = Asked(scheme="01", recipient_no=NUMBER, inst_code=str(papers.CLAIM["inst_code"]), month="2025-04", care="外来")
    known = Known(earlier=(Earlier(before, "dc_0", "returned"),), answers=answers)
    document = replace(papers.read(FORM, papers.CLAIM), answers=answers or None)
    codes = {finding.code for finding in validate(document, FORM, known).findings}
    assert codes >= set(said) and ("V49" in codes) is ("V49" in said)


def test_in_a_list_who_has_a_number_like_an_unfit_one_is_offered_with_the_names_of_that_row() -> None:
    form, other = papers.FORMS["kodomo_renki"], f"{NUMBER[:2]}{(int(NUMBER[2]) + 1) % 10}{NUMBER[3:]}"
    row: dict[str, Value] = {"recipient_no": other, "patient_name": "阿蘇　春斗", "points": 90}
    said = {"service_ym": "2025-04", **{f"patients.2.{column}": value for column, value in row.items()}}
    document = validate(papers.read(form, said), form)
    (finding,) = (one for one in document.findings if one.code == "V12")
    (beside,) = explained(document, form, finding, Known(), (ROW,)).beside
    assert [(row.label, row.mine, row.same) for row in beside.rows] == [
        ("受給者番号（2行目）", other, False), ("氏名（2行目）", "阿蘇　春斗", False)]
