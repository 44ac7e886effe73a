"""Claims become the night's bytes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.stages.claims import VALUES, little_form
from tsuzuri.errors import WrongTurn
from tsuzuri.forms import load_city
from tsuzuri.model import Claim, ExportRun, Value
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.rules.writers import Fixed
from tsuzuri.settings import REPO
from tsuzuri.stages.export import Out, Totals, hindrance, write_feed

COLUMNS = {
    "recipient_no": "recipient_no", "payer_no": "payer_no", "inst_code": "inst_code",
    "service_ym": "service_ym",
    "inout": "inout", "days": "days", "points": "points", "copay": "copay", "patient_paid": "patient_paid",
    "other_public": "other_public", "amount": "amount", "account": "account_no", "kana": "patient_kana",
    "name": "patient_name"}
FORMS = {"little": little_form(export={
    "columns": COLUMNS,
    "constants": {"channel": "1", "scheme": "01", "method": "1", "account_kind": "普通"}})}
RUN = ExportRun("xr_1", date(2025, 11, 20), "benefits", "x.dat", "", 0, 0, 0, 0, {},
    datetime(2025, 11, 20, 10, tzinfo=UTC))
CITY = load_city(REPO / "pipelines")
TOKYO = ZoneInfo("Asia/Tokyo")


def claim(number: int = 1, ward: str = "東区", **changed: Value) -> Claim:
    values: dict[str, Value] = {**VALUES, **changed}
    return Claim(f"CL{number:018d}", "dc", "bt", ward, "little", values, "clerk", RUN.at)


def written(claims: Iterable[Claim]) -> tuple[bytes, Totals]:
    content = bytearray()
    totals = write_feed(claims, FORMS, RUN, (CITY, TOKYO), [Out(Fixed(), content.extend)])
    return bytes(content), totals


def test_a_claim_leaves_in_its_columns() -> None:
    content, totals = written([claim()])
    assert totals == Totals(1, 983, 561)
    header, row = read_feed(content).header, read_feed(content).rows[0]
    assert header == {"record": "1", "city": "431001", "business": "IRY", "business_date": "20251120",
                      "sequence": "001", "made_at": "20251120190000", "version": "01"}
    assert row == {
        "record": "2", "line": "000000001", "action": "1", "claim_id": "CL" + "0" * 17 + "1", "channel": "1",
        "scheme": "01", "ward": "02", "recipient_no": "0001230", "payer_no": "88430012",
        "inst_code": "4310100013",
        "service_ym": "202510", "inout": "2", "table": "1", "days": "02", "points": "00000561",
        "copay": "000001683",
        "kougaku": "000000000", "other_public": "000000000", "fuka": "000000000", "patient_paid": "000000700",
        "amount": "000000983", "method": "1", "account": "000000011234567", "kana": "ｶｸｳ ﾊﾅｺ",
        "name": "架空　花子",
        "error": ""}


@pytest.mark.parametrize(("care", "inout", "table"), [
    ("入院", "1", "1"), ("外来", "2", "1"), ("歯科", "2", "3"), ("調剤", "2", "4"), (None, "0", "0")])
def test_the_care_claimed_becomes_two_codes(care: str | None, inout: str, table: str) -> None:
    row = read_feed(written([claim(inout=care)])[0]).rows[0]
    assert (row["inout"], row["table"]) == (inout, table)


def test_the_short_institution_code_gets_its_prefecture_and_table_back() -> None:
    assert read_feed(written([claim(inst_code="0100013",
        inout="歯科")])[0]).rows[0]["inst_code"] == "4330100013"


@pytest.mark.parametrize(("ward", "code"), [("中央区", "01"), ("北区", "05")])
def test_a_ward_becomes_its_code(ward: str, code: str) -> None:
    assert read_feed(written([claim(ward=ward)])[0]).rows[0]["ward"] == code


def test_a_claim_without_account_leaves_the_column_blank() -> None:
    assert read_feed(written([claim(account_no=None)])[0]).rows[0]["account"] == ""


def test_the_same_claims_give_the_same_bytes_and_no_claims_give_an_empty_feed() -> None:
    claims = [claim(i) for i in range(20)]
    assert written(claims) == written(claims)
    assert written([])[1] == Totals()
    assert read_feed(written([])[0]).rows == ()


@pytest.mark.parametrize(("hindered", "reason"), [
    (claim(ward="EAST"), "unfit:ward"), (claim(amount=10**9), "unfit:amount"),
    (claim(days=100), "unfit:days"),
    (claim(recipient_no="12345678"), "unfit:recipient_no"), (replace(claim(), form="gone"), "unfit:form"),
])
def test_a_claim_that_has_no_room_is_held_back_with_its_reason(hindered: Claim, reason: str) -> None:
    assert hindrance(hindered, FORMS, CITY) == reason
    with pytest.raises(WrongTurn) as turned:
        written([hindered])
    assert turned.value.code == "not_exportable"


def test_a_claim_that_fits_is_not_held_back() -> None:
    assert hindrance(claim(), FORMS, CITY) is None


def test_many_claims_leave_in_little_memory() -> None:
    def pour(count: int) -> int:
        tracemalloc.start()
        write_feed((claim(i) for i in range(count)), FORMS, RUN, (CITY, TOKYO), [Out(Fixed(), len)])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    pour(10)
    assert pour(2000) < pour(500) + 20_000
