"""What stands on sheets that list many patients of one institution (連記式): rows, 〃, rows crossed out, and sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from tsuzuri.forms import DITTO, Form
from tsuzuri.model import Value
from tsuzuri.rules.reckon import Case
from tsuzuri.rules.tables import Tables
from tsuzuri.synth.borne import ceiling, tenths_of
from tsuzuri.synth.claims import Scheme, Story, card_of, month_of, own_of
from tsuzuri.synth.people import Chance, Clinic, clinic, maybe, pick, recipient_no

TABLES = {"医科": "1", "歯科": "3", "調剤": "4"}
CARE = {"医科": "外来", "歯科": "歯科", "調剤": "調剤"}      # of an outpatient there
SUMMED = ("points", "amount")
CARES = ("入院", "外来", "歯科", "調剤")      # a scheme's lines on a cover; こども stands first
COUNTED = ("count", "points", "copay", "amount")


def sheet_of_patients(scheme: Scheme, most: int, chance: Chance, tables: Tables) -> Story:
    """連記式請求書: up to `most` patients of one institution and month; one row in six sheets is crossed out and not summed."""
    month = month_of(chance)
    table = pick(chance, ("医科",) * 6 + ("調剤",) * 2 + ("歯科",))
    where = clinic(chance, TABLES[table])
    rows = [_patient(scheme, chance, month, table, tables) for _ in range(int(chance.integers(3, most + 1)))]
    void = int(chance.integers(1, len(rows) + 1)) if maybe(chance, 0.17) else None
    told: Story = _head(chance, month, where) | {"table": table}
    above: Story = {}
    for i, row in enumerate(rows, 1):
        told |= {f"patients.{i}.{column}": value for column, value in _shortened(chance, row, above).items()}
        told[f"patients.{i}.void"] = i == void
        above = row
    standing = [row for i, row in enumerate(rows, 1) if i != void]
    return told | {
        "total_count": len(standing),
        **{f"total_{column}": sum(int(row[column] or 0) for row in standing) for column in SUMMED},
    }


def _head(chance: Chance, month: date, where: Clinic) -> Story:
    claimed = date(month.year + month.month // 12, month.month % 12 + 1, 1) + timedelta(days=int(chance.integers(0, 10)))
    sheets = pick(chance, (1, 1, 2, 3))
    return {
        "service_ym": f"{month:%Y-%m}",
        "claim_date": claimed.isoformat(),
        "sheet": int(chance.integers(1, sheets + 1)),
        "sheets": sheets,
        "inst_code": where.code,
        "inst_name": where.name,
        "rep_name": where.head,
        "seal": True if maybe(chance, 0.95) else None,
        "received_stamp": True if maybe(chance, 0.8) else None,
    }


def _patient(scheme: Scheme, chance: Chance, month: date, table: str, tables: Tables) -> Story:
    who = scheme.who(chance, month)
    inout = "入院" if table == "医科" and "入院" in scheme.cares and maybe(chance, 0.05) else "外来"
    care = inout if inout == "入院" else CARE[table]
    case = Case(scheme=scheme.code, month=f"{month:%Y-%m}", care=care, birth=who.birth)
    tenths = tenths_of(case, tables)
    low = max(120, ceiling(case, tables) // tenths + scheme.over)      # below it nothing is left to claim
    points = int(chance.integers(9_000, 30_000) if inout == "入院" else chance.integers(low, low + 1_900))
    copay = points * tenths
    paid = own_of(chance, replace(case, copay=copay), tables)
    return {
        "recipient_no": recipient_no(chance),
        "patient_name": who.name,
        "insurer_no": card_of(chance, who).insurer_no,
        "inout": inout,
        "days": int(chance.integers(3, 20)) if inout == "入院" else int(chance.integers(1, 6)),
        "points": points,
        "ratio": f"{tenths}割",
        "copay": copay,
        "patient_paid": paid,
        "amount": copay - paid,
        "remarks": "月遅れ" if maybe(chance, 0.08) else None,
    }


def _shortened(chance: Chance, row: Story, above: Story) -> Story:
    """The row as it is written: 〃 where it says the same as the row above, or is made to, its insurer now and then."""
    if above and maybe(chance, 0.3):
        row["insurer_no"] = above["insurer_no"]
    same = {c: DITTO for c in ("insurer_no", "days") if above and row[c] == above[c] and maybe(chance, 0.8)}
    return row | same


def meant(form: Form, story: Story) -> Story:
    """What a paper written so says: 〃 is the value above, and a row that is crossed out says nothing but that."""
    told = dict(story)
    for table, rows in form.rows.items():
        for column in rows.fields:
            above: Value = None
            for i in range(1, rows.count + 1):
                name = f"{table}.{i}.{column}"
                if told.get(name) == DITTO:
                    told[name] = above
                above = told[name] if told.get(name) is not None else above
    return told | dict.fromkeys(form.void(told))


def cover_of_a_month(chance: Chance, month: date) -> Story:
    """請求総括表: counts and sums of a few of three schemes' four sorts of care, and their totals."""
    where = clinic(chance, "1")
    head = _head(chance, month, where)
    told: Story = {name: head[name] for name in ("service_ym", "inst_code", "inst_name", "rep_name", "seal", "received_stamp")}
    told |= {"submit_date": head["claim_date"], "inst_tel": where.tel}
    filled = sorted(chance.choice(12, int(chance.integers(1, 6)), replace=False) + 1)
    lines: dict[int, dict[str, int]] = {}
    for i in filled:
        count = int(chance.integers(1, 40))
        points = count * int(chance.integers(200, 1_500))
        copay = points * int(chance.integers(2, 4))
        lines[int(i)] = {"count": count, "points": points, "copay": copay, "amount": copay - int(copay * chance.uniform(0, 0.4))}
    told |= _summed(lines)
    return told | {"sheets": max(1, int(str(told["total_count"])) // 6)}


def cover_of(sheet: Story, cover: Story) -> Story:
    """A 請求総括表 as the institution of that one 連記式 lays it on top; what the sheet does not say is the cover's own."""
    lines: dict[int, dict[str, int]] = {}
    for i in range(1, 1 + sum(name.endswith(".amount") for name in sheet)):
        row = {column: sheet[f"patients.{i}.{column}"] for column in ("inout", "points", "copay", "amount")}
        if row["amount"] is None:       # empty, or crossed out
            continue
        care = CARES.index("入院" if row["inout"] == "入院" else CARE[str(sheet["table"])]) + 1
        line = lines.setdefault(care, dict.fromkeys(COUNTED, 0))
        lines[care] = {column: line[column] + (1 if column == "count" else int(str(row[column]))) for column in COUNTED}
    emptied = {name: None for name in cover if name.startswith("lines.")}
    same = {name: sheet[name] for name in ("service_ym", "inst_code", "inst_name", "rep_name")}
    return cover | emptied | same | {"submit_date": sheet["claim_date"], "sheets": 1} | _summed(lines)


def _summed(lines: Mapping[int, Mapping[str, int]]) -> Story:
    """The lines of a cover by their number, and their totals."""
    told: Story = {f"lines.{i}.{column}": value for i, line in lines.items() for column, value in line.items()}
    return told | {f"total_{column}": sum(line[column] for line in lines.values()) for column in COUNTED}
