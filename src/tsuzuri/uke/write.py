"""The inverse: receipts of one institution as a file that its own check finds nothing in. Touches layouts and values.

A receipt that came as records leaves as it came. One that came on paper has no details to tell: it gets one line with all its
points, under a code that stands for none, and a disease that is not coded and says that it was made from a paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tsuzuri.model import Value
from tsuzuri.uke.layouts import Layout, layout_of
from tsuzuri.uke.stream import CODEC, END
from tsuzuri.uke.walk import LAST

UNKNOWN_LETTER = "？"       # what the guides lay down for a letter that Shift_JIS has not
NO_DISEASE, NO_CODE = "0000999", "199999999"
MADE = "紙の請求書から作成"
OPENS = {"1": b"IR", "3": b"UK", "4": b"YK"}
NAMES = {"1": "RECEIPTC.UKE", "3": "RECEIPTD.UKE", "4": "RECEIPTY.UKE"}
_WHOSE = {"本人": (1, 2), "未就学者": (3, 4), "家族": (5, 6), "高齢受給者": (7, 8)}     # 入院, 入院外
_SEX = {"男": "1", "女": "2"}
_CLASSES = {"ア": "26", "イ": "27", "ウ": "28", "エ": "29", "オ": "30"}
_LATE = "39"                # 法別番号 of 後期高齢者医療
Records = list[str]


@dataclass(frozen=True)
class Sender:
    """Whose receipts they are: ten digits of the institution, its name and phone, the month of the claim ("YYYY-MM")."""

    inst_code: str
    name: str
    claimed: str
    phone: str = ""
    payer: str = "1"        # 審査支払機関: 1 支払基金, 2 国保連

    @property
    def table(self) -> str:
        """点数表: 1 医科, 3 歯科, 4 調剤; others are written as 医科."""
        return self.inst_code[2] if self.inst_code[2] in OPENS else "1"

    @property
    def layout(self) -> Layout:
        """What its records look like."""
        return layout_of(OPENS[self.table], self.claimed)


def written(sender: Sender, receipts: Iterable[Records]) -> Iterator[bytes]:
    """The file, piece by piece: opener, receipts numbered from 1, their sums, and the last byte."""
    layout = sender.layout
    yield _line(_opener(sender, layout))
    slips = points = 0
    for number, records in enumerate(receipts, 1):
        payers = [record.split(",") for record in records if record[:3] in ("HO,", "KO,")]
        slips += len(payers)
        if payers:
            said = payers[0][layout.at(payers[0][0], "points")]
            points += int(said) if said.isdigit() else 0
        for record in records:
            yield _line(_numbered(record, number, layout) if record.startswith("RE,") else record)
    yield _line(_record(layout, "GO", receipts=slips, points=points, volume=LAST)) + END


def made(values: Mapping[str, Value], sender: Sender) -> Records:
    """The records of a claim, by the names that all forms give its fields. What it owes to other public payers must be nothing."""
    layout = sender.layout
    each = [_opened_again(sender, layout)] if layout.each else []
    insured = values.get("insurer_no") is not None
    return [*each, _common(values, layout, insured), *([_insurer(values, layout)] if insured else []), _public(values, layout),
            *_branch(values, layout), *_details(values, layout, insured)]


def _opener(sender: Sender, layout: Layout) -> str:
    code = sender.inst_code
    return _record(layout, layout.opens, payer=sender.payer, prefecture=code[:2], table=layout.table, code=code[3:],
                   name=sender.name, claimed=sender.claimed, volume="00", phone=sender.phone)


def _opened_again(sender: Sender, layout: Layout) -> str:
    """歯科: who asks, before every receipt."""
    code = sender.inst_code
    fields = _record(layout, layout.each, phone=sender.phone).split(",")
    fields[1:7] = [sender.payer, code[:2], layout.table, code[3:], "", _compact(sender.claimed)]
    return ",".join(fields)


def _common(values: Mapping[str, Value], layout: Layout, insured: bool) -> str:
    rx, kind = str(values.get("rx_inst") or ""), _type(values, layout, insured)
    benefit = 100 - 10 * _tenths(values) if insured else None
    return _record(
        layout, "RE", number=1, type=kind, month=values.get("service_ym"), name=values.get("patient_name"), benefit=benefit,
        sex=_SEX.get(str(values.get("sex")), ""), birth=values.get("birth"),
        specials=_CLASSES.get(str(values.get("kougaku_cls")), ""), kana=str(values.get("patient_kana") or "").replace("　", ""),
        from_prefecture=rx[:2], from_table=rx[2:3], from_code=rx[3:])


def _type(values: Mapping[str, Value], layout: Layout, insured: bool) -> str:
    """レセプト種別: fee table, whose insurance, how many payers, whose care."""
    whose = _WHOSE.get(str(values.get("relation")), _WHOSE["家族"])[0 if values.get("inout") == "入院" else 1]
    kind = "3" if str(values.get("insurer_no") or "").startswith(_LATE) else "1"
    return f"{layout.table}{f'{kind}2' if insured else '21'}{whose}"


def _insurer(values: Mapping[str, Value], layout: Layout) -> str:
    left = None
    if _whole(values, "kougaku_amt"):
        left = _whole(values, "points") * _tenths(values) - _whole(values, "kougaku_amt")
    return _record(layout, "HO", insurer_no=str(values["insurer_no"]).rjust(8), symbol=values.get("symbol"),
                   number=values.get("number"), days=values.get("days"), points=values.get("points"), borne=left)


def _public(values: Mapping[str, Value], layout: Layout) -> str:
    return _record(layout, "KO", payer_no=values.get("payer_no"), recipient_no=values.get("recipient_no"),
                   days=values.get("days"), points=values.get("points"), borne=values.get("patient_paid"))


def _branch(values: Mapping[str, Value], layout: Layout) -> Records:
    return [_record(layout, "SN", whose="1", confirmed="01", branch=values["branch"])] if values.get("branch") else []


def _details(values: Mapping[str, Value], layout: Layout, insured: bool) -> Records:
    """A disease that is not coded, and one line with all points, on the month's first day; a pharmacy has neither."""
    disease = f"SY,{NO_DISEASE},{_compact(values.get('service_ym'))}01,1,,{MADE},01,"
    for name, before in (("SI", [disease]), ("SS", [])):
        kind = layout.kinds.get(name.encode())
        if kind is not None and kind.points > 0:
            fields = [""] * kind.count
            fields[:4] = [name, "80", "2" if insured else "5", NO_CODE]
            fields[kind.points], fields[kind.times], fields[kind.days[0]] = str(_whole(values, "points")), "1", "1"
            return [*before, ",".join(fields)]
    return []


def _record(layout: Layout, kind: str, **named: Value) -> str:
    """A record with these fields at their places; those that the kind has not are left out."""
    known = layout.kinds[kind.encode()]
    fields = [kind, *[""] * (max(known.count, 1) - 1)]
    for name, value in named.items():
        if value is not None and name in known.at:
            fields[known.at[name]] = _compact(value) if name in ("month", "claimed", "birth") else _plain(value)
    return ",".join(fields)


def _numbered(record: str, number: int, layout: Layout) -> str:
    fields = record.split(",")
    fields[layout.at("RE", "number")] = str(number)
    return ",".join(fields)


def _compact(value: Value) -> str:
    return str(value).replace("-", "")


def _plain(value: Value) -> str:
    """Text without what would part fields or lines."""
    return str(value).replace(",", "，").replace('"', "”").replace("\n", " ").replace("\r", "")


def _tenths(values: Mapping[str, Value]) -> int:
    digits = str(values.get("ratio") or "3割").removesuffix("割")
    return int(digits) if digits.isdecimal() else 3


def _whole(values: Mapping[str, Value], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0


def _line(record: str) -> bytes:
    return "".join(letter if _fits(letter) else UNKNOWN_LETTER for letter in record).encode(CODEC) + b"\r\n"


def _fits(letter: str) -> bool:
    try:
        letter.encode(CODEC)
    except UnicodeEncodeError:
        return False
    return True


def writable(values: Mapping[str, Value]) -> Sequence[str]:
    """What keeps a claim from being written: names of fields that are missing, or that no record of one payer can tell."""
    missing = [name for name in ("service_ym", "payer_no", "recipient_no", "patient_name", "birth", "points", "days", "inst_code")
               if values.get(name) in (None, "")]
    return [*missing, *(name for name in ("other_public",) if values.get(name))]
