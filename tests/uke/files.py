"""Small fictional files, built line by line so that a test can spoil one of them."""

from __future__ import annotations

import io
from collections.abc import Sequence

from tsuzuri.settings import REPO
from tsuzuri.uke import Fault, Payers, check
from tsuzuri.uke.write import Sender, made, written

SHARED = REPO.parent / "shared" / "data"
REAL = SHARED / "uke" / "receiptisan" / "RECEIPTC_GAIRAI_SAMPLE.UKE"
EXAMPLE = SHARED / "RECEIPTC_example.UKE"


def days(first: int, behind: dict[int, int]) -> str:
    """The end of a detail record: empty fields from `first` (from 1) on, then 31 days, `behind` of them with a number."""
    return "," * first + ",".join(str(behind.get(day, "")) for day in range(1, 32))


def si(points: int, share: str = "2", times: int = 1, day: int = 6) -> str:
    """A line of 診療行為."""
    return f"SI,11,{share},111000110,,{points},{times}" + days(7, {day: times})


CHILD = (
    "RE,1,1124,202510,架空　花子,2,20220510" + "," * 30 + "カクウハナコ,",
    "HO,01430016,１２３４５６７８,９０１,2,561" + "," * 9,
    "KO,88430012,0001230,,2,561,700" + "," * 5,
    "SN,1,01,,,,02,,",
    "SY,4659007,20251006,1,,,01,",
    si(561),
)
PARENT = (
    "RE,2,1122,202510,架空　和子,2,19850715" + "," * 30 + "カクウカズコ,",
    "HO,01430016,１２３４５６７８,９０１,1,135" + "," * 9,
    "KO,81430019,0045674,,1,135,135" + "," * 5,
    "SY,4660009,20250901,1,,,01,",
    si(135),
)
OPENER = "IR,1,43,1,0100013,,架空中央こどもクリニック,202511,00,096-000-0000"
MEDICAL = (OPENER, *CHILD, *PARENT, "GO,4,696,99")
DENTAL = (
    "UK,1,43,3,0100027,,架空歯科,202511,,00",
    "IR,1,43,3,0100027,,202511,096-000-0001,",
    "RE,1,3124,202510,架空　花子,2,20220510" + "," * 19 + "カクウハナコ,",
    "HO,01430016,１２３４５６７８,９０１,1,336" + "," * 8,
    "KO,88430012,0001230,,1,336,0,,,",
    "HS,,,104200,8843836" + "," * 8,
    "SS,11,2,301072810" + "," * 73 + "226,1," + ",".join("1" if day == 14 else "" for day in range(1, 32)),
    "SS,13,2,302000110" + "," * 73 + "110,1," + ",".join("1" if day == 14 else "" for day in range(1, 32)),
    "GO,2,336,99",
)
PHARMACY = (
    "YK,1,43,4,0100033,架空薬局,202511,00,096-000-0002",
    "RE,1,4124,202510,架空　花子,2,20220510,,,43,1,0100013,架空中央こどもクリニック,," + "," * 27 + "カクウハナコ",
    "HO,01430016,１２３４５６７８,９０１,1,120" + "," * 8,
    "KO,88430012,0001230,,1,120,,0,,",
    "IY,1,620124201,4,,,,,,",
    "GO,2,120,99",
)
DPC = (
    OPENER,
    "RE,1,1121,202510,架空　一郎,1,19600101" + "," * 30 + "カクウイチロウ,",
    "HO,01430016,１２３４５６７８,９０１,5,20000" + "," * 9,
    "BU,040080xx99x0xx,20251001,20251005,1,,,",
    "GT,10,,5,20000,1",
    "GO,1,20000,99",
)


def packed(lines: Sequence[str], end: str = "\r\n", tail: bytes = b"\x1a") -> bytes:
    """The lines as a file."""
    return (end.join(lines) + end).encode("cp932") + tail


def changed(lines: Sequence[str], *changes: tuple[str, str]) -> tuple[str, ...]:
    """The lines with pieces of text replaced; each must be there."""
    text = "\n".join(lines)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return tuple(text.split("\n"))


def faults(*volumes: bytes, payers: Payers | None = None) -> list[Fault]:
    """What the check finds."""
    return list(check([io.BytesIO(volume) for volume in volumes], payers))


def told(*volumes: bytes, payers: Payers | None = None) -> list[tuple[str, int, int]]:
    """(code, line, field) of what the check finds."""
    return [(fault.code, fault.line, fault.field) for fault in faults(*volumes, payers=payers)]


SAMPLE = REPO / "samples" / "uke" / "RECEIPTC.UKE"


def sample() -> bytes:
    """samples/uke/RECEIPTC.UKE, by our own writer: a child, a parent, a severely disabled person, and one whom no city helps."""
    sender = Sender("4310100013", "架空中央こどもクリニック", "2025-11", "096-000-0000")
    severe = made({
        "payer_no": "80430010", "recipient_no": "7654320", "insurer_no": "39430012", "number": "12345678", "service_ym": "2025-10",
        "patient_name": "架空　源三", "patient_kana": "カクウゲンゾウ", "sex": "男", "birth": "1948-02-01",
        "relation": "高齢受給者", "ratio": "1割", "days": 3, "points": 1500, "patient_paid": 0, "inout": "外来"}, sender)
    (common,) = changed(CHILD[:1], ("花子", "太郎"), ("1124", "1112"), ("20220510", "19900401"), ("ハナコ", "タロウ"))
    nobody = [common, CHILD[1].replace("561", "135").replace(",2,135", ",1,135"), CHILD[4], si(135, share="1")]
    return b"".join(written(sender, [list(CHILD), list(PARENT), severe, nobody]))


if __name__ == "__main__":
    SAMPLE.write_bytes(sample())
