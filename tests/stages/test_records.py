"""A table of records: every line a claim, every column a title, and no text that a spreadsheet would obey."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from tests.stages.claims import VALUES, little_form
from tsuzuri.errors import WrongTurn
from tsuzuri.model import Claim, Value
from tsuzuri.rules.writers import Totals
from tsuzuri.stages.records import records_feed

FORMS = {"little": little_form(export={"target": "records"})}


def claim(number: int = 1, **changed: Value) -> Claim:
    at = datetime(2025, 11, 20, tzinfo=UTC)
    return Claim(f"CL{number:018d}", "dc", "bt", "東区", "little", {**VALUES, **changed}, "clerk", at)


def written(*claims: Claim) -> tuple[bytes, Totals]:
    *lines, totals = records_feed(claims, FORMS, "little")
    assert isinstance(totals, Totals)
    return b"".join(line for line in lines if isinstance(line, bytes)), totals


def test_a_record_is_a_line_under_japanese_titles() -> None:
    content, totals = written(claim(1), claim(2, patient_name="架空,\n花子"))
    assert content.startswith(b"\xef\xbb\xbf") and totals == Totals(2)
    head, first, second = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    form = FORMS["little"]
    assert head == ["記録番号", "区", *(form.label(name) for name in form.fields)]
    told = dict(zip(form.fields, first[2:], strict=True))
    assert (first[0], first[1]) == ("CL" + "0" * 17 + "1", "東区")
    assert (told["claim_date"], told["recipient_no"], told["amount"], told["seal"], told["other_public"]) == (
        "2025-11-10", "0001230", "983", "1", "")
    assert "架空,\n花子" in second


@pytest.mark.parametrize("order", ["=1+1", "+81", "-2", "@x", "＝1", "＠x", "\tx"])
def test_text_that_begins_like_a_formula_is_told_as_text(order: str) -> None:
    content, _ = written(claim(patient_name=order))
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row[FORMS["little"].label("patient_name")] == f"'{order}"


def test_a_negative_number_stays_a_number() -> None:
    content, _ = written(claim(amount=-5))
    assert "-5" in content.decode().splitlines()[1].split(",")


def test_a_form_that_is_gone_writes_nothing() -> None:
    with pytest.raises(WrongTurn) as gone:
        list(records_feed([claim()], {}, "little"))
    assert gone.value.code == "not_exportable"
