"""The papers as declared: room for handwriting, room for circles, nothing over anything else."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tsuzuri.forms import FieldSpec, Form, Forms, load_forms
from tsuzuri.model import Box
from tsuzuri.rules import KINDS
from tsuzuri.settings import REPO
from tsuzuri.synth.draw import blank_picture

NAMES = [name for name, form in load_forms(REPO / "pipelines", REPO / "schemas").items() if form.found == "rules"]
DPI = 200

# What the line's other parts, and the receiving system, rely upon.
CLAIM = """
    claim_date service_ym recipient_no payer_no patient_kana patient_name birth sex insurer_no symbol number branch
    relation ratio days fee copay patient_paid other_public amount inst_code inst_name inst_address inst_tel rep_name
    seal remarks received_stamp
"""
AGREED = {
    "seikyu": CLAIM + "inout points kougaku_cls kougaku_amt rx_inst",
    "sekotsu": CLAIM + "treatment injury started licence_no practitioner",
    "shinsei": """
        apply_date applicant_kana applicant_name postal address tel relation scheme recipient_no
        patient_kana patient_name birth insurer_no symbol number insured_name service_ym
        paid_total receipts_count fuka fuka_amt kougaku kougaku_amt third_party amount bank
        bank_branch account_kind account_no account_kana consent seal received_stamp
    """,
}


def _boxes(spec: FieldSpec) -> list[Box]:
    eras = list(spec.era.values()) if isinstance(spec.era, dict) else []
    return [
        *([spec.box] if spec.box else []),
        *spec.choices.values(),
        *eras,
        *(part.box for part in spec.parts),
    ]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


@pytest.mark.parametrize("paper", AGREED)
@pytest.mark.parametrize("scheme", ["kodomo", "hitorioya", "jyudo"])
def test_the_paper_has_every_field_that_the_line_builds_on(forms: Forms, scheme: str, paper: str) -> None:
    form = forms[f"{scheme}_{paper}"]
    assert {field for field in form.fields if "." not in field} == set(AGREED[paper].split())


def test_every_paper_has_a_title_and_a_number_of_its_own(forms: Forms) -> None:
    present = [name for name in NAMES if not forms[name].version_of]
    titles, numbers = ({getattr(forms[name], what) for name in present} for what in ("title", "number"))
    assert len(titles) == len(numbers) == len(present) and "" not in numbers


def test_the_application_has_four_rows_for_receipts(forms: Forms) -> None:
    rows = {n for n in forms["kodomo_shinsei"].fields if n.startswith("receipts.")}
    assert rows == {f"receipts.{i}.{c}" for i in range(1, 5) for c in ("institution", "inout", "paid")}


@pytest.mark.parametrize("name", NAMES)
def test_no_two_boxes_of_a_paper_lie_upon_each_other(forms: Forms, name: str) -> None:
    laid = [(field, box) for field, spec in forms[name].fields.items()
            if spec.kind != "struck" for box in _boxes(spec)]      # a line runs through the whole row
    assert [(a, b) for (a, x), (b, y) in combinations(laid, 2) if _overlap(x, y)] == []


@pytest.mark.parametrize("name", NAMES)
def test_there_is_room_for_a_hand_in_every_box_and_every_digit_cell(forms: Forms, name: str) -> None:
    for field, spec in forms[name].fields.items():
        for box in _boxes(spec):
            assert box[3] >= 8 and box[2] >= 8, field
        if spec.box and spec.cells:
            assert spec.box[2] / spec.cells >= 6.5, field
        assert all(part.box[2] / (part.cells or 1) >= 6.5 for part in spec.parts), field


@pytest.mark.parametrize("name", NAMES)
def test_round_every_printed_choice_there_is_white_paper_for_a_circle(forms: Forms, name: str) -> None:
    picture = blank_picture(forms[name], DPI)
    for field, spec in forms[name].fields.items():
        eras = spec.era if isinstance(spec.era, dict) else {}
        circled = {**eras, **(spec.choices if spec.style == "circle" else {})}
        for word, box in circled.items():
            dark = np.argwhere(_cut(picture, box) < 200)
            margin = (
                np.minimum(dark.min(axis=0), np.array(_cut(picture, box).shape) - 1 - dark.max(axis=0))
                * 25.4
                / DPI
            )
            assert margin.min() >= 1.5, (field, word, margin)


@pytest.mark.parametrize("name", NAMES)
def test_text_boxes_are_white_on_the_blank_form_but_for_the_frames_of_digit_cells(
    forms: Forms, name: str
) -> None:
    picture = blank_picture(forms[name], DPI)
    for field, spec in forms[name].fields.items():
        if spec.box and not spec.cells and KINDS[spec.kind].reads == "text":
            assert _cut(picture, spec.box).min() > 200, field


@pytest.mark.parametrize("name", NAMES)
def test_four_solid_squares_stand_near_the_corners_with_white_round_them(forms: Forms, name: str) -> None:
    form = forms[name]
    picture = blank_picture(form, DPI)
    assert len(form.anchors) == 4
    for x, y in form.anchors:
        half = form.anchor_mm / 2
        assert min(x, y, form.paper[0] - x, form.paper[1] - y) - half >= 6
        assert _cut(picture, (x - half + 0.2, y - half + 0.2, 4.6, 4.6)).max() < 30
        around = _cut(picture, (x - half - 1.5, y - half - 1.5, 8, 8)).astype(int)
        around[10:-10, 10:-10] = 255
        assert around.min() > 200


@pytest.mark.parametrize("name", NAMES)
def test_every_field_has_a_japanese_title_and_every_required_one_a_box(forms: Forms, name: str) -> None:
    form: Form = forms[name]
    assert all(any(ord(c) > 0x3000 for c in form.label(field)) for field in form.fields)
    assert set(form.json_schema["required"]) <= {*form.fields, *form.rows}


@pytest.mark.parametrize("name", NAMES)
def test_what_leaves_the_house_at_night_is_the_fields_of_the_feed(forms: Forms, name: str) -> None:
    export = forms[name].export
    if export.columns:
        assert {"recipient_no", "service_ym", "amount", "name"} <= set(export.columns)
        assert {"channel", "scheme", "method"} <= set(export.constants)


def _cut(picture: np.ndarray, box: Box) -> np.ndarray:
    x, y, w, h = (round(side * DPI / 25.4) for side in box)
    return picture[y : y + h, x : x + w]
