"""What stands where, by fee table."""

from __future__ import annotations

from tsuzuri.rules import FACTS
from tsuzuri.uke.facts import SAYS
from tsuzuri.uke.layouts import layout_of, layouts, within


def test_every_fee_table_has_a_layout_with_payers_sums_and_a_head() -> None:
    assert {layout.title for layout in layouts()} == {"医科", "歯科", "調剤", "DPC"}
    for layout in layouts():
        for kind, name in (("RE", "type"), ("RE", "birth"), ("HO", "points"), ("KO", "payer_no"), ("KO", "borne"),
                           ("GO", "points")):
            assert layout.at(kind, name) > 0, (layout.title, kind, name)
        assert layout.told_by or layout.at(layout.opens, "claimed") > 0


def test_what_a_patient_bore_stands_elsewhere_in_each_fee_table() -> None:
    at = {layout.title: (layout.at("HO", "borne"), layout.at("KO", "borne")) for layout in layouts() if not layout.until}
    assert at == {"医科": (11, 6), "DPC": (11, 6), "歯科": (10, 6), "調剤": (9, 7)}


def test_a_file_of_an_older_month_has_the_older_layout() -> None:
    assert layout_of(b"IR", "2019-01").until == "2020-03" and layout_of(b"IR", "2025-11").until == ""
    assert layout_of(b"IR", "2019-01").kinds[b"KO"].loose and not layout_of(b"IR", "2025-11").kinds[b"KO"].loose


def test_a_dpc_receipt_is_told_within_a_medical_file() -> None:
    assert within("IR")[b"BU"].title == "DPC"


def test_every_word_that_a_form_may_use_is_told_by_receipts() -> None:
    assert set(SAYS) == set(FACTS)
