"""A cover is held against its batch's claims: when the batch is closed and read, and whenever a paper of it is changed."""

from __future__ import annotations

import pytest

from tests.flow.conftest import declared, read_document, store_document, stored
from tests.flow.test_listed import lay_sheet
from tests.stages.listed import HEAD
from tsuzuri import flow
from tsuzuri.errors import WrongTurn
from tsuzuri.flow import Line
from tsuzuri.model import Batch, Step, Value

COVER: dict[str, Value] = {
    "service_ym": HEAD["service_ym"], "submit_date": "2025-10-06", "inst_code": HEAD["inst_code"], "inst_name": "架空医院",
    "rep_name": "架空　一郎", "seal": True, "sheets": 2, "lines.2.count": 6, "lines.2.points": 6000, "lines.2.copay": 18000,
    "lines.2.amount": 13800, "total_count": 6, "total_points": 6000, "total_copay": 18000, "total_amount": 13800,
}


def covered(line: Line, batch: Batch, *sheets: str, **changed: Value) -> None:
    """The batch's cover, and sheets of three patients behind it; other sheets of the same month are another institution's."""
    store_document(line, read_document(line, "cover", batch, COVER | changed, form="sokatsu"))
    for name in sheets:
        lay_sheet(line, batch, name)


def codes(line: Line) -> list[str]:
    """What speaks against the cover in all; its breakdown (H35) has a test of its own."""
    return [finding.code for finding in stored(line, "cover").findings if finding.code != "H35"]


def test_a_cover_that_tells_what_is_there_is_clean(line: Line) -> None:
    batch = declared(line, 4)
    covered(line, batch, "d1", "d2")
    lay_sheet(line, batch, "other", inst_code="4310100021")
    lay_sheet(line, batch, "later", service_ym="2025-08")
    flow.close_batch(line, batch.id)
    assert (codes(line), stored(line, "cover").step) == ([], Step.CLEAN)


def test_a_sheet_too_few_is_found_on_the_cover_when_the_batch_is_closed_and_not_before(line: Line) -> None:
    batch = declared(line, 2)
    covered(line, batch, "d1")
    assert codes(line) == []
    flow.close_batch(line, batch.id)
    assert codes(line) == ["H33"] and stored(line, "cover").blocked
    finding = next(finding for finding in stored(line, "cover").findings if finding.code == "H33")
    assert "6件・13,800円" in finding.message and "3件・6,900円" in finding.message and "差 3件・6,900円" in finding.message


def test_the_short_code_of_an_institution_is_the_same_institution(line: Line) -> None:
    batch = declared(line, 3)
    covered(line, batch, "d1", "d2", inst_code=str(HEAD["inst_code"])[-7:])
    flow.close_batch(line, batch.id)
    assert codes(line) == []


def test_a_row_crossed_out_and_a_sheet_returned_are_counted_no_more(line: Line) -> None:
    batch = declared(line, 3)
    covered(line, batch, "d1", "d2")
    flow.close_batch(line, batch.id)
    sheet = flow.correct(line, "d1", stored(line, "d1").version, {"patients.3.void": "1"}, "sato")
    assert codes(line) == ["H33"]
    flow.correct(line, "d1", sheet.version, {"patients.3.void": "0"}, "sato")
    assert codes(line) == []
    back = flow.give_back(line, "d2", stored(line, "d2").version, "sato", "別の月の分")
    assert codes(line) == ["H33"]
    flow.reopen(line, "d2", back.version, "sato")
    assert codes(line) == []


def test_a_clerk_who_mends_the_cover_sees_at_once_whether_it_tells_the_truth(line: Line) -> None:
    batch = declared(line, 2)
    covered(line, batch, "d1")
    flow.close_batch(line, batch.id)
    half = {"lines.2.count": "3", "total_count": "3"}
    mended = flow.correct(line, "cover", stored(line, "cover").version, half, "sato")
    assert codes(line) == ["H33"] and mended == stored(line, "cover")
    rest = {f"{at}_{what}" if at == "total" else f"{at}.{what}": value for at in ("lines.2", "total")
            for what, value in (("amount", "6,900"), ("points", "3000"), ("copay", "9,000"))}
    mended = flow.correct(line, "cover", mended.version, rest, "sato")
    assert (codes(line), mended.step) == ([], Step.CLEAN)
    assert flow.approve(line, "cover", mended.version, "sato") == ()


def test_a_cover_that_was_approved_is_left_alone_and_one_without_totals_is_held_against_nothing(line: Line) -> None:
    batch = declared(line, 3)
    covered(line, batch, "d1", "d2")
    flow.close_batch(line, batch.id)
    flow.approve(line, "cover", stored(line, "cover").version, "sato")
    approved = stored(line, "cover")
    flow.correct(line, "d1", stored(line, "d1").version, {"patients.1.void": "1"}, "sato")
    assert stored(line, "cover") == approved
    blank = declared(line, 1)
    store_document(line, read_document(line, "mute", blank, COVER | {"total_count": None}, form="sokatsu"))
    flow.close_batch(line, blank.id)
    assert "H33" not in [finding.code for finding in stored(line, "mute").findings]


def test_a_cover_is_not_approved_before_its_batch_is_closed_neither_by_hand_nor_with_all_that_is_clean(line: Line) -> None:
    batch = declared(line, 2)
    covered(line, batch, "d1")
    assert (codes(line), stored(line, "cover").step) == ([], Step.CLEAN)
    with pytest.raises(WrongTurn, match="総括表"):
        flow.approve(line, "cover", stored(line, "cover").version, "sato")
    flow.approve_clean(line, "sato")
    flow.close_batch(line, batch.id)
    assert codes(line) == ["H33"]


def test_a_sheet_whose_form_a_person_names_counts_on_the_cover_no_more(line: Line) -> None:
    batch = declared(line, 3)
    covered(line, batch, "d1", "d2")
    flow.close_batch(line, batch.id)
    assert codes(line) == []
    flow.name_form(line, "d2", stored(line, "d2").version, "kodomo_seikyu", "sato")
    assert codes(line) == ["H33"]


def test_a_sheet_bound_behind_another_counts_on_the_cover_no_more(line: Line) -> None:
    batch = declared(line, 3)
    covered(line, batch, "d1", "d2")
    flow.close_batch(line, batch.id)
    joined = flow.join_previous(line, "d2", stored(line, "d2").version, "sato")
    assert joined == stored(line, "d1") and codes(line) == ["H33"]


def test_a_breakdown_that_counts_claims_in_another_row_is_found_cell_by_cell_though_the_sum_is_right(line: Line) -> None:
    batch = declared(line, 3)
    astray = {name.replace("lines.2", "lines.3"): value for name, value in COVER.items() if name.startswith("lines.")}
    covered(line, batch, "d1", "d2", **dict.fromkeys((name for name in COVER if name.startswith("lines.")), None), **astray)
    flow.close_batch(line, batch.id)
    found = {finding.field: finding for finding in stored(line, "cover").findings}
    assert set(found) == {f"lines.{row}.{column}" for row in (2, 3) for column in ("count", "points", "copay", "amount")}
    assert {finding.code for finding in found.values()} == {"H35"} and stored(line, "cover").blocked
    assert "外来・医科は0ですが" in found["lines.2.amount"].message and "13,800です" in found["lines.2.amount"].message
    assert "歯科は6ですが" in found["lines.3.count"].message and found["lines.3.count"].box
    half = flow.correct(line, "cover", stored(line, "cover").version, {"lines.3.count": "5"}, "sato")
    assert "歯科は5ですが" in next(f.message for f in half.findings if f.field == "lines.3.count")     # typed, and still wrong
    mended = {name: str(value) for name, value in COVER.items() if name.startswith("lines.")}
    mended |= dict.fromkeys(astray, "")
    assert flow.correct(line, "cover", stored(line, "cover").version, mended, "sato").step is Step.CLEAN


def slip_codes(line: Line, batch: Batch) -> list[str]:
    """What of a batch's declared totals differs."""
    with line.store.read() as look:
        return [finding.code for finding in look.batch(batch.id).findings if finding.code != "V01"]


def test_the_totals_declared_with_a_batch_are_held_against_what_was_read_and_hold_it_back(line: Line) -> None:
    batch = declared(line, 2, count=6, amount=13_800)
    lay_sheet(line, batch, "d1")
    assert slip_codes(line, batch) == [], "more may come"
    lay_sheet(line, batch, "d2")
    assert slip_codes(line, flow.close_batch(line, batch.id)) == []
    sheet = flow.correct(line, "d1", stored(line, "d1").version, {"patients.3.void": "1"}, "sato")
    assert slip_codes(line, batch) == ["H50"]
    with line.store.read() as look:
        (finding,) = look.batch(batch.id).findings
    assert finding.severity.blocks and "（6件・13,800円）が、束の請求（5件・" in finding.message
    flow.recount(line, batch.id, flow.Counted(2, totals=(5, 11_500)), "sato")
    assert slip_codes(line, batch) == []
    flow.correct(line, "d1", sheet.version, {"patients.3.void": "0"}, "sato")
    assert slip_codes(line, batch) == ["H50"]


def test_what_goes_back_was_in_the_batch_all_the_same(line: Line) -> None:
    batch = declared(line, 1, count=3, amount=6_900)
    lay_sheet(line, batch, "d1")
    flow.close_batch(line, batch.id)
    flow.give_back(line, "d1", stored(line, "d1").version, "sato", "別の月の分")
    assert slip_codes(line, batch) == []


def test_a_slip_that_says_otherwise_than_the_covers_is_found(line: Line) -> None:
    batch = declared(line, 3, count=6, amount=13_800)
    covered(line, batch, "d1", "d2", total_count=7)
    flow.close_batch(line, batch.id)
    assert slip_codes(line, batch) == ["H51"]
