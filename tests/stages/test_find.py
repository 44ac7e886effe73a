"""Receipts of any layout on the real line: found by title and labels, whichever way up; and what is none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from tsuzuri.engines import Reader, open_readers
from tsuzuri.engines.finder import open_finder
from tsuzuri.flow.reading import see
from tsuzuri.forms import Form, Forms, load_forms
from tsuzuri.image import Picture, Pixels
from tsuzuri.model import Document
from tsuzuri.rules import same
from tsuzuri.settings import REPO
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.find import find_form, titled
from tsuzuri.stages.validate import validate
from tsuzuri.synth.papers import Paper, make
from tsuzuri.synth.receipts.draw import receipt
from tsuzuri.synth.stories import BUSINESS_DATE
from tsuzuri.synth.strangers import drill_slip

RECEIPT = "ryoshusho"
SEED = 9


@pytest.fixture(scope="module")
def forms() -> Forms:
    return load_forms(REPO / "pipelines", REPO / "schemas")


@pytest.fixture(scope="module")
def form(forms: Forms) -> Form:
    return forms[RECEIPT]


@pytest.fixture(scope="module")
def readers() -> Mapping[str, Reader]:
    return open_readers()


@pytest.fixture(scope="module")
def paper(form: Form) -> Paper:
    return make(form, SEED, "typed", "clean", "tuning")


def seen(picture: Picture, forms: Forms, readers: Mapping[str, Reader]) -> Document:
    sight = see(picture, forms, readers)
    document = Document("d", "b", None, 0, BUSINESS_DATE, noted=sight.noted)
    return validate(assemble(document, sight.readings, sight.form) if sight.form else document, sight.form)


def small(seed: int, layout: str) -> Pixels:
    return np.asarray(receipt(seed, 150, "tuning", layout)[0].picture.mean(axis=2), np.uint8)


def test_a_receipt_is_read_by_its_labels_wherever_they_stand(
    paper: Paper, forms: Forms, form: Form, readers: Mapping[str, Reader],
) -> None:
    document = seen(Picture(paper.picture, float(paper.dpi)), forms, readers)
    assert document.form == RECEIPT
    for name in ("patient_name", "paid", "points", "copay", "issue_date", "seal"):
        got, true = document.fields[name].value, paper.truth[name]
        assert got is None or got is False if true is None else same(form.fields[name].kind, got, true), name


@pytest.mark.parametrize("turns", [1, 2])
def test_a_receipt_fed_the_wrong_way_round_is_turned_upright(
    paper: Paper, forms: Forms, form: Form, readers: Mapping[str, Reader], turns: int,
) -> None:
    picture = Picture(np.ascontiguousarray(np.rot90(paper.picture, turns)), float(paper.dpi))
    found = find_form(picture, {RECEIPT: form}, open_finder(), readers)
    assert (found.placement.form, found.placement.quarter_turns) == (RECEIPT, turns)
    amount = next(reading for reading in found.readings if reading.field == "paid" and reading.order == 1)
    assert amount.ink.strip("¥円-").replace(",", "") == str(paper.truth["paid"])
    matrix = np.array(found.placement.homography).reshape(3, 3)
    x, y, _ = matrix @ np.array([amount.box[0], amount.box[1], 1.0])
    assert 0 <= x < picture.pixels.shape[1] and 0 <= y < picture.pixels.shape[0]


def test_a_slip_without_a_title_of_ours_stays_unknown_and_is_not_read_to_its_end(
    form: Form, readers: Mapping[str, Reader],
) -> None:
    pixels, dpi = drill_slip(3, "clean")
    found = find_form(Picture(pixels, float(dpi)), {RECEIPT: form}, open_finder(), readers)
    assert found.placement.form is None and found.readings == () and found.noted == ()


def test_two_receipts_on_one_sheet_are_none_and_a_clerk_is_told(forms: Forms, readers: Mapping[str, Reader]) -> None:
    sheet = np.full((1754, 1240), 255, np.uint8)
    for top, seed in ((40, 11), (900, 12)):
        one = small(seed, "clinic_slip")[:820, :1240]
        sheet[top:top + one.shape[0], :one.shape[1]] = one
    document = seen(Picture(sheet, 150.0), forms, readers)
    assert document.form is None
    codes = {finding.code for finding in document.findings}
    assert "H10" in codes and "V03" not in codes and document.fields == {}


@pytest.mark.parametrize(("line", "sure"), [
    ("領　収　書", 1.0), ("医療法人杏林会 領収証", 1.0), ("診療費請求書兼領収書", 1.0), ("診療費請求害兼領収書", 0.9),
    ("請求書", 0.0), ("領収書を添えて次のとおり申請します", 0.0), ("こども医療費助成申請書", 0.3),
])
def test_a_title_may_say_first_whose_it_is_and_nothing_behind(form: Form, line: str, sure: float) -> None:
    assert titled(line, form) == pytest.approx(sure, abs=0.2) and (titled(line, form) >= 0.75) == (sure >= 0.75)
