"""Electronic receipts held against what they say of themselves: every fault is told with its line and its field."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from tests.uke.files import (
    CHILD,
    DENTAL,
    DPC,
    EXAMPLE,
    MEDICAL,
    OPENER,
    PARENT,
    PHARMACY,
    REAL,
    changed,
    faults,
    packed,
    si,
    told,
)
from tsuzuri.forms import load_forms
from tsuzuri.settings import REPO
from tsuzuri.uke import SORTS, Examined, Payers, check, examined
from tsuzuri.uke.faults import BANDS
from tsuzuri.uke.stream import BLOCK

CITY = Payers.of(load_forms(REPO / "pipelines", REPO / "schemas"))


@pytest.mark.parametrize("lines", [MEDICAL, DENTAL, PHARMACY, DPC], ids=["medical", "dental", "pharmacy", "dpc"])
def test_a_right_file_of_each_fee_table_has_no_fault(lines: tuple[str, ...]) -> None:
    assert told(packed(lines), payers=CITY) == []


def test_the_example_of_the_brief_has_no_fault() -> None:
    if not EXAMPLE.is_file():
        pytest.skip(f"{EXAMPLE} is not here: material that the project did not write")
    assert told(EXAMPLE.read_bytes(), payers=CITY) == []


def test_a_real_file_of_75_receipts_lacks_its_last_byte_and_three_check_digits_and_nothing_else() -> None:
    if not REAL.is_file():
        pytest.skip(f"{REAL} is not here: material that the project did not write")
    assert told(REAL.read_bytes()) == [("U406", 4, 2), ("U407", 123, 3), ("U407", 441, 3), ("U401", 636, 0)]


def test_dates_of_the_old_eras_are_dates_too() -> None:
    old = changed(MEDICAL, ("202511", "50711"), (",202510,", ",50710,"), ("20220510", "5040510"), (",202510,", ",50710,"),
                  ("19850715", "3600715"))
    assert told(packed(old)) == []


SPOILT = {
    "a point of a detail": (("11,2,111000110,,561", "11,2,111000110,,562"), [("U301", 3, 6), ("U301", 4, 6)]),
    "a point of the insurer": (("９０１,2,561", "９０１,2,562"), [("U301", 3, 6), ("U110", 13, 3)]),
    "the sum of points": (("GO,4,696", "GO,4,697"), [("U110", 13, 3)]),
    "the number of payers": (("GO,4,696", "GO,3,696"), [("U109", 13, 2)]),
    "a letter among the points": (("0001230,,2,561", "0001230,,2,5x1"), [("U205", 4, 6)]),
    "a letter in a detail": ((",,561,1,", ",,5x1,1,"), [("U205", 7, 6)]),
    "times that are no days": ((",,561,1,", ",,561,2,"), [("U301", 3, 6), ("U301", 4, 6), ("U302", 7, 7)]),
    "a day without times": (("SI,11,2,111000110,,135,1", "SI,11,2,111000110,,135,0"),
                            [("U301", 9, 6), ("U301", 10, 6), ("U302", 12, 7)]),
    "a field too many": (("KO,88430012", "KO,,88430012"), [("U201", 4, 0)]),
    "a month that is none": (("1124,202510", "1124,202513"), [("U206", 2, 4)]),
    "a month to come": (("1124,202510", "1124,202512"), [("U303", 2, 4)]),
    "a birth that is no day": (("20220510", "20220532"), [("U207", 2, 7)]),
    "a kind of three digits": (("1124", "112"), [("U208", 2, 3)]),
    "an insurer's check digit": (("HO,01430016", "HO,01430017"), [("U405", 3, 2)]),
    "a payer's check digit": (("KO,88430012", "KO,88430013"), [("U406", 4, 2)]),
    "a recipient's check digit": (("0001230", "0001231"), [("U407", 4, 3)]),
    "an institution's check digit": (("43,1,0100013", "43,1,0100014"), [("U404", 1, 5)]),
    "another prefecture's payer": (("88430012", "88130018"), [("U408", 4, 2)]),
    "an unknown kind of record": (("SN,1,01", "QQ,1,01"), [("U409", 5, 0)]),
    "the order of its head": (("SN,1,01,,,,02,,", "SY,4659007,20251006,1,,,01,\nSN,1,01,,,,02,,"), [("U202", 6, 0)]),
    "a row whose end is left out": (("700,,,,,", "700,,"), [("U482", 4, 0)]),
    "a claim that came back": (("20220510" + "," * 12, "20220510" + "," * 12 + "99999"), [("U481", 2, 19)]),
    "a second programme of the city": (("KO,88430012,0001230,,2,561,700,,,,,",
                                        "KO,88430012,0001230,,2,561,700,,,,,\nKO,81430019,0045674,,2,,0,,,,,"),
                                       [("U304", 5, 2), ("U109", 14, 2)]),
    "no payer": (("HO,01430016", "CO,01430016"), [("U201", 3, 0)]),
    "a GO of letters": (("GO,4", "GO,four"), [("U115", 13, 2)]),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_spoilt_is_told_with_its_line_and_field(what: str) -> None:
    change, expected = SPOILT[what]
    found = told(packed(changed(MEDICAL, change)), payers=CITY)
    assert [one for one in expected if one in found] == expected, found
    assert len(found) <= len(expected) + 4


CUT = packed(MEDICAL)
WHOLE = {
    "empty": (b"", "U101"),
    "a ZIP": (b"PK\x03\x04" + bytes(40), "U102"),
    "a page of HTML": ("<!DOCTYPE html><html>お探しのページはありません</html>".encode(), "U102"),
    "bytes of anything": (bytes(range(1, 8)) * 9 + b"\0\r\n", "U102"),
    "UTF-8": (packed(MEDICAL).decode("cp932").encode("utf-8"), "U103"),
    "UTF-8 with its mark": (packed(MEDICAL).decode("cp932").encode("utf-8-sig"), "U103"),
    "UTF-16": ("\r\n".join(MEDICAL).encode("utf-16"), "U103"),
    "EUC-JP": ("\r\n".join(MEDICAL).encode("euc_jp"), "U103"),
    "one broken letter": (packed(MEDICAL).replace("花".encode("cp932"), b"\x81\x00"[:1] + b"\xff"), "U104"),
    "10 MB in a field": (packed((OPENER, CHILD[0], "SJ,01," + "痛" * 5_000_000)), "U106"),
    "5 KB in a field": (packed((OPENER, CHILD[0], "SJ,01," + "痛" * 2_500)), "U106"),
    "a line without end": (b"IR,1,43" + b"," * 1_000_000, "U105"),
    "a table of something else": (packed(("name,amount", "a,1")), "U107"),
    "cut in the middle": (CUT[:len(CUT) // 2], "U108"),
    "cut before its sums": (packed(MEDICAL[:-1]), "U108"),
    "a receipt behind its sums": (packed((*MEDICAL, CHILD[1])), "U111"),
    "cut in the middle of a letter": (CUT[:CUT.index("花".encode("cp932")) + 1], "U104"),
    "cut behind a record's name": (CUT[:CUT.index(b"RE,") + 2], "U108"),
    "carriage returns alone": (packed(MEDICAL, end="\r"), "U119"),
    "a thousand digits of a sum": (packed(changed(MEDICAL, ("GO,4", "GO," + "9" * 4_500))), "U115"),
    "the sums twice": (packed((*MEDICAL, MEDICAL[-1])), "U111"),
    "a receipt without end": (packed((OPENER, *CHILD, *["QQ,1"] * 20_001, "GO,2,561,99")), "U118"),
    "a receipt of long lines": (packed((OPENER, *CHILD, *["QQ" + ",123456789" * 3_000] * 300, "GO,2,561,99")), "U118"),
    "nothing but a payer's openers": (packed(["MN,1"] * 20_001), "U118"),
    "only the second volume": (packed(changed(MEDICAL, (",00,096", ",01,096"))), "U113"),
    "only the first volume": (packed(changed(MEDICAL, (",99", ",00"))), "U112"),
}


@pytest.mark.parametrize("what", WHOLE)
def test_what_is_no_whole_file_is_refused(what: str) -> None:
    content, code = WHOLE[what]
    found = {fault.code: fault for fault in faults(content)}
    assert code in found and found[code].band == "L1"


@pytest.mark.parametrize("lines", [MEDICAL, DENTAL, PHARMACY, DPC], ids=["medical", "dental", "pharmacy", "dpc"])
def test_a_file_cut_anywhere_is_refused_and_never_breaks_the_reader(lines: tuple[str, ...]) -> None:
    whole = packed(lines)
    for end in range(whole.rindex(b",99")):       # from there on both sums are there
        assert any(fault.band == "L1" and fault.message for fault in faults(whole[:end])), end


@pytest.mark.parametrize("value", ["9" * 4_500, "9" * 20, "-1", "1_0", "①①①①", "\u3000"])
def test_whatever_stands_in_a_field_is_told_or_taken_and_never_breaks_the_reader(value: str) -> None:
    for lines in (MEDICAL, DENTAL, PHARMACY, DPC):
        for n, record in enumerate(lines):
            cells = record.split(",")
            for place in range(1, len(cells)):
                spoilt = ",".join([*cells[:place], value, *cells[place + 1:]])
                found = faults(packed((*lines[:n], spoilt, *lines[n + 1:])), payers=CITY)
                assert all(fault.message for fault in found)


def test_the_end_may_stand_right_behind_the_last_record() -> None:
    assert told(packed(MEDICAL).replace(b"\r\n\x1a", b"\x1a"), payers=CITY) == []


def test_a_file_that_never_ends_its_line_is_refused_in_bounded_memory() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"," * size

    tracemalloc.start()
    try:
        found = list(check([Endless()]))  # type: ignore[list-item]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [fault.code for fault in found] == ["U105"] and peak < 8 * BLOCK


def test_volumes_are_one_file_and_its_sums_are_all_of_theirs() -> None:
    first = packed((OPENER, *CHILD, "GO,2,561,00"))
    second = packed((OPENER.replace(",00,", ",01,"), *changed(CHILD, ("RE,1,", "RE,2,")), "GO,4,1122,99"))
    assert told(first, second) == []
    assert ("U110", 8, 3) in told(first, second.replace(b"1122,99", b"1123,99"))
    assert "U113" in {code for code, *_ in told(second, first)}


def test_rows_that_a_payer_has_numbered_are_read_and_its_own_are_kept() -> None:
    """Each receipt has its payer's row in front, its own opener, and nothing sums them up."""
    rows = [f"{i},{row},0,{record}" for i, receipt in enumerate((CHILD, PARENT), 1)
            for row, record in enumerate((f"MN,94000003{i},,", OPENER, *receipt, "RC,Ver00001"), 1)]
    found = told(packed(rows, tail=b""), payers=CITY)
    assert [one for one in found if one[0] not in ("U483", "U484")] == [] and ("U484", 1, 0) in found
    items = [item for item in examined([io.BytesIO(packed(rows, tail=b""))], CITY) if isinstance(item, Examined)]
    assert [item.receipt.told("RE", "number") for item in items] == ["1", "2"]
    assert items[1].receipt.records[0].startswith(b"MN,") and items[1].receipt.first == 10


def test_what_stands_in_front_of_no_receipt_is_told() -> None:
    assert ("U111", 9, 0) in told(packed((*DENTAL[:-1], DENTAL[1], DENTAL[-1])))


def test_a_file_of_bare_line_feeds_is_read_and_told() -> None:
    assert [(fault.code, fault.words) for fault in faults(packed(MEDICAL, end="\n"))] == [("U402", {"many": 13})]


def test_what_stands_behind_the_end_is_told() -> None:
    assert [code for code, *_ in told(packed(MEDICAL) + b"\r\nRE,9")] == ["U111"]
    assert told(packed(MEDICAL) + b"\r\n") == []


def test_points_are_shared_out_by_who_bears_each_line() -> None:
    lines = changed(MEDICAL, ("0001230,,2,561", "0001230,,2,500"), (si(561), f"{si(500)}\n{si(61, share='1')}"))
    assert told(packed(lines), payers=CITY) == []


def test_every_fault_has_a_band_a_rule_and_a_sentence() -> None:
    for code, sort in SORTS.items():
        assert code == sort.code and sort.band in BANDS and sort.sentence.endswith(("。", "）。"))
        assert code[1] == sort.band[1] and sort.rule[0] in "VH"
