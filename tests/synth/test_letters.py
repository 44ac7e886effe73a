"""What a printed letter shows, and that our own reader knows whose cover it is."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
import zxingcpp
from tests.desk import papers

from tsuzuri.forms import load_city
from tsuzuri.image import Picture
from tsuzuri.image.separators import paper_of, separator
from tsuzuri.model import Letter, Post, Reason, Wording
from tsuzuri.rules.my_number import holds
from tsuzuri.settings import REPO
from tsuzuri.stages.letters import About, due_day, reasons_of, worded
from tsuzuri.synth.draw import painted
from tsuzuri.synth.letters import letter_pages, letters_pdf, wrapped
from tsuzuri.synth.separators import PAPER

CITY = load_city(REPO / "pipelines")
LETTERS = CITY.letters
DAY = date(2025, 6, 3)
ID = "dc_3f9a0c1122334455667788"


def _wording(kind: Post, note: str, **changed: object) -> Wording:
    form = papers.FORMS["kodomo_seikyu"]
    paper = About(papers.read(form, {**papers.CLAIM, **changed}, id=ID), form)
    return worded(paper, kind, reasons_of(note, LETTERS), (DAY, due_day(paper, kind, DAY, LETTERS)), 12, CITY)


def _letter(wording: Wording, n: int = 12) -> Letter:
    return Letter(n, ID, Post.RETURN, DAY, DAY, "sato", datetime(2025, 6, 3, tzinfo=UTC), wording)


def _text(pdf: bytes) -> str:
    """What a reader of PDFs finds on it."""
    return subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_a_return_slip_says_to_whom_why_and_until_when() -> None:
    note = "V41 差し引きは2,820円ですが、請求額は3,120円です。\n写しを添えてください。"
    text = _text(letters_pdf([_letter(_wording(Post.RETURN, note))]))
    for told in ("やまぶき小児科医院", "御中", "熊医審第7-00012号", "令和7年6月3日", "再提出期限", "令和7年7月3日", "V41",
                 "差し引きは2,820円", "正しい額でご請求ください", "写しを添えてください。", "阿蘇", "令和7年4月", "3,020円"):
        assert told in text
    assert "2015" not in text and "平成27年" not in text        # what does not tell the paper apart stays here


def test_the_same_letter_is_the_same_bytes_whenever_it_is_printed() -> None:
    letter = _letter(_wording(Post.RETURN, "V50 印がありません。"))
    assert letters_pdf([letter]) == letters_pdf([replace(letter)])


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("dpi", [200, 300])
def test_the_code_on_a_slip_names_the_paper_that_went_back(turns: int, dpi: int) -> None:
    (marks,) = letter_pages(_wording(Post.RETURN, "V50 印がありません。"))
    assert separator(Picture(np.rot90(painted(marks, PAPER, dpi), turns).copy())) == ID


def test_a_question_has_room_for_its_answer_and_a_code_that_names_its_paper_but_separates_nothing() -> None:
    (marks,) = letter_pages(_wording(Post.INQUIRE, "V17 氏名が受給者台帳と違います。"))
    picture = painted(marks, PAPER, 200)
    assert separator(Picture(picture)) is None
    assert [paper_of(code.text) for code in zxingcpp.read_barcodes(picture)] == [ID]
    assert paper_of(f"tsuzuri:back:{ID}") == ID and paper_of("tsuzuri:sep:document") is None and paper_of("4310123452") is None
    assert "回答欄" in _text(letters_pdf([_letter(_wording(Post.INQUIRE, "V17 氏名が違います。"))]))


def test_many_reasons_go_on_a_second_sheet_which_names_the_paper_too() -> None:
    note = "\n".join(f"{i} 枚目の領収書の日付が読めません。日付の分かる領収書を添えてください。" for i in range(1, 25))
    pages = letter_pages(_wording(Post.RETURN, note))
    assert len(pages) > 1
    assert separator(Picture(painted(pages[-1], PAPER, 200))) == ID


def test_a_personal_number_in_a_reason_or_a_name_never_leaves() -> None:
    number = _my_number("12345678901")
    told = _wording(Post.RETURN, f"個人番号 {number} が書かれています。", inst_name=f"医院 {number[:4]} {number[4:8]} {number[8:]}")
    printed = _text(letters_pdf([_letter(told)]))
    assert number not in printed.replace(" ", "") and "●" in printed


def test_our_own_ids_and_the_ledgers_words_are_not_for_the_sender() -> None:
    (said,) = reasons_of("V49 返戻した請求（dc_ab12cd34）の出し直しのようです。", LETTERS)
    assert said.says == "返戻した請求の出し直しのようです。"
    (said,) = reasons_of("V46 同じ請求がすでにあります（dc_ab12cd34）。\nV46 同じ請求がすでにあります（dc_ab12cd34）。", LETTERS)
    assert said == Reason("V46", LETTERS.reasons["V46"].says, LETTERS.reasons["V46"].mend)


def test_the_claims_own_last_day_comes_before_the_citys_thirty() -> None:
    form = papers.FORMS["kodomo_seikyu"]
    paper = About(papers.read(form, {**papers.CLAIM, "service_ym": "2024-06"}), form)
    assert due_day(paper, Post.RETURN, DAY, LETTERS) == date(2025, 6, 30)
    long_ago = About(papers.read(form, {**papers.CLAIM, "service_ym": "2023-01"}), form)
    assert due_day(long_ago, Post.RETURN, DAY, LETTERS) == date(2025, 7, 3)


def test_no_line_begins_with_a_full_stop() -> None:
    lines = wrapped("あ" * 10 + "。" + "い" * 10, 10 * 3.0, 3.0)
    assert lines == ["あ" * 10 + "。", "い" * 10]


def _my_number(body: str) -> str:
    return next(body + str(d) for d in range(10) if holds(body + str(d)))
