"""Which form a page is; what the rules say must be confirmed by the title."""

from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.engines import Reader, open_readers
from tsuzuri.forms import Form, Forms, load_forms
from tsuzuri.image import Picture, Pixels
from tsuzuri.model import Severity
from tsuzuri.settings import REPO
from tsuzuri.stages.align import align
from tsuzuri.stages.ill_seen import ill_seen
from tsuzuri.synth.draw import blank_picture
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.papers import Look, make, make_like
from tsuzuri.synth.scan import scan

SEIKYU, SHINSEI = "kodomo_seikyu", "kodomo_shinsei"


@pytest.fixture(scope="module")
def forms() -> Forms:
    return load_forms(REPO / "pipelines", REPO / "schemas")


@pytest.fixture(scope="module")
def readers() -> dict[str, Reader]:
    return open_readers(["ppocr", "tesseract"])


def titled(form: Form, title: str) -> Pixels:
    return blank_picture(form.model_copy(update={"title": title}), 200)


@pytest.mark.parametrize(("name", "style", "recipe"), [
    (SEIKYU, "hand", "poor"), (SEIKYU, "typed", "fax"), (SHINSEI, "hand", "office"), (SHINSEI, "typed", "poor"),
])
def test_a_filled_and_badly_scanned_form_is_known(
        forms: Forms, readers: dict[str, Reader], name: str, style: str, recipe: str) -> None:
    placement = align(Picture(make(forms[name], 41, style, recipe).picture), forms, readers)  # type: ignore[arg-type]
    assert placement.form == name and not placement.blank
    assert placement.score > 0.8 and placement.title_score > 0.75
    assert len(placement.homography) == 9


def test_a_sheet_fed_upside_down_is_known_and_says_so(forms: Forms, readers: dict[str, Reader]) -> None:
    pixels = make(forms[SHINSEI], 42, "typed", "office").picture
    placement = align(Picture(np.ascontiguousarray(pixels[::-1, ::-1])), forms, readers)
    assert (placement.form, placement.quarter_turns) == (SHINSEI, 2)


@pytest.mark.parametrize("title", ["老人医療費請求書", "生活保護法医療費請求書", "こども医療費助成申請書", "　"])
def test_the_same_rules_under_another_title_are_another_form(forms: Forms, readers: dict[str, Reader], title: str) -> None:
    page = Picture(scan(titled(forms[SEIKYU], title), 200, 7, "office"))
    placement = align(page, forms, readers)
    assert placement.form is None and not placement.blank
    assert placement.score > 0.8 and placement.note


@pytest.mark.parametrize("name", [
    "hitorioya_seikyu", "jyudo_seikyu", "kodomo_sekotsu", "jyudo_sekotsu", "hitorioya_shinsei", "jyudo_shinsei",
])
def test_siblings_that_share_their_rules_are_told_by_their_titles(forms: Forms, readers: dict[str, Reader], name: str) -> None:
    page = Picture(make(forms[name], 43, "typed", "fax").picture)
    assert align(page, forms, readers).form == name


def test_a_letter_without_rules_is_no_form(forms: Forms, readers: dict[str, Reader]) -> None:
    bare = forms[SEIKYU].model_copy(update={"print": type(forms[SEIKYU].print)(texts=forms[SEIKYU].print.texts), "fields": {},
                                            "anchors": ()})
    placement = align(Picture(blank_picture(bare, 150)), forms, readers)
    assert placement.form is None and not placement.blank


@pytest.mark.parametrize("recipe", ["clean", "poor", "fax"])
def test_a_white_sheet_is_blank_and_of_no_form(forms: Forms, readers: dict[str, Reader], recipe: str) -> None:
    white = np.full((2339, 1654), 255, dtype=np.uint8)
    placement = align(Picture(scan(white, 200, 3, recipe)), forms, readers)
    assert placement.blank and placement.form is None


def test_a_scrap_too_small_for_a_sheet_is_neither_a_form_nor_blank(forms: Forms, readers: dict[str, Reader]) -> None:
    placement = align(Picture(np.full((20, 30), 255, dtype=np.uint8)), forms, readers)
    assert placement.form is None and not placement.blank and placement.note


def test_boxes_that_a_torn_off_strip_took_along_are_astray_and_no_others(forms: Forms, readers: dict[str, Reader]) -> None:
    pixels = np.asarray(make(forms[SEIKYU], 43, "typed", "clean").picture)
    pixels = pixels.copy()
    px = pixels.shape[0] / 297
    pixels[round(222 * px):round(286 * px)] = 250
    placement = align(Picture(pixels), forms, readers)
    assert placement.form == SEIKYU and not placement.fault
    assert {"inst_name", "rep_name", "seal", "remarks"} <= set(placement.astray)
    assert not {"amount", "points", "patient_name", "recipient_no"} & set(placement.astray)


def test_a_sheet_half_gone_is_no_form_and_says_why(forms: Forms, readers: dict[str, Reader]) -> None:
    pixels = blank_picture(forms[SEIKYU], 200).copy()
    pixels[:, 1000:] = 250
    placement = align(Picture(pixels, 200), forms, readers)
    assert placement.form is None and not placement.blank


def test_a_claim_cut_off_by_the_glass_says_so(forms: Forms, readers: dict[str, Reader]) -> None:
    pixels = blank_picture(forms[SEIKYU], 200)
    assert align(Picture(np.ascontiguousarray(pixels[:, 200:]), 200), forms, readers).fault == "cut"
    assert align(Picture(np.ascontiguousarray(pixels[:2000]), 200), forms, readers).fault == "cut"


def test_a_form_so_pale_that_it_looks_blank_is_not_blank(forms: Forms, readers: dict[str, Reader]) -> None:
    pixels = 255 - (255 - make(forms[SEIKYU], 44, "typed", "clean").picture.astype(float)) * 0.06
    placement = align(Picture(pixels.astype(np.uint8), 200), forms, readers)
    assert not placement.blank and placement.fault == "washed"


def test_two_sheets_fed_at_once_are_told_by_their_length(forms: Forms, readers: dict[str, Reader]) -> None:
    first, second = (make(forms[SEIKYU], seed, "typed", "archive").picture for seed in (45, 46))
    both = np.vstack((first, second[-700:]))
    assert align(Picture(both, 200), forms, readers).fault == "long"


def dropped(form: Form, word: str, seed: int = 46, fonts: Purpose = "tuning") -> Picture:
    return Picture(make_like(form, seed, Look("typed", "office", fonts, dropout=word)).picture, 200)


@pytest.mark.parametrize(("name", "word"), [(SEIKYU, "lines"), (SHINSEI, "words"), ("sokatsu", "words")])
def test_a_form_whose_rules_the_scanner_dropped_is_known_by_its_squares_and_title(
        forms: Forms, readers: dict[str, Reader], name: str, word: str) -> None:
    placement = align(dropped(forms[name], word), forms, readers)
    assert (placement.form, placement.fault) == (name, "dropped")
    assert [finding.severity for finding in ill_seen(placement, forms[name])] == [Severity.W]


def test_a_form_whose_rules_are_all_but_dropped_is_laid_by_what_is_left(forms: Forms, readers: dict[str, Reader]) -> None:
    placement = align(dropped(forms[SEIKYU], "pale"), forms, readers)
    assert placement.form == SEIKYU and placement.score > 0.5


@pytest.mark.parametrize("word", ["squares", "all"])
def test_where_too_little_is_left_it_is_no_form(forms: Forms, readers: dict[str, Reader], word: str) -> None:
    placement = align(dropped(forms[SEIKYU], word), forms, readers)
    assert placement.form is None and not placement.blank
    assert placement.fault == ("dropped" if word == "squares" else "")


def test_another_papers_title_above_our_squares_alone_is_another_paper(forms: Forms, readers: dict[str, Reader]) -> None:
    other = forms[SEIKYU].model_copy(update={"title": "子ども医療費請求書", "number": ""})
    assert align(dropped(other, "words"), forms, readers).form is None
    ours = {"title": forms[SEIKYU].title, "title_box": forms[SEIKYU].title_box}
    assert align(dropped(forms[SHINSEI].model_copy(update=ours), "lines"), forms, readers).form is None    # nor other labels


def test_a_side_that_lies_beside_the_glass_is_told_though_nothing_was_printed_there(
        forms: Forms, readers: dict[str, Reader]) -> None:
    pixels = blank_picture(forms["kanpu_koza"], 200)
    assert align(Picture(np.ascontiguousarray(pixels[:, :1640]), 200), forms, readers).fault == ""
    assert align(Picture(np.ascontiguousarray(pixels[:, 130:]), 200), forms, readers).fault == "cut"
