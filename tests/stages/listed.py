"""A sheet of three patients on the city's own 連記式 form, judged as if surely read, for the stages' and the flow's tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from tsuzuri.forms import Form, dittoed
from tsuzuri.model import Document, Field, Value
from tsuzuri.rules.digits import check_digit
from tsuzuri.stages.validate import validate

DAY = date(2025, 11, 7)
HEAD: dict[str, Value] = {
    "service_ym": "2025-09", "claim_date": "2025-10-03", "table": "医科", "inst_code": "4310100013",
    "inst_name": "架空医院", "rep_name": "架空　一郎", "seal": True, "total_count": 3, "total_points": 3000, "total_amount": 6900,
}


def patient(number: int, **changed: Value) -> dict[str, Value]:
    """A row: 1,000 points at 3割, of which the patient has paid 700 yen."""
    body = f"{number:06}"
    told: dict[str, Value] = {
        "recipient_no": f"{body}{check_digit(body)}", "patient_name": f"架空　{'一二三四五六七八九十'[number - 1]}子",
        "insurer_no": "01430016", "inout": "外来", "days": 2, "points": 1000, "ratio": "3割", "copay": 3000,
        "patient_paid": 700, "amount": 2300,
    }
    return told | changed


def listed(form: Form, *rows: dict[str, Value], name: str = "dc_1", batch: str = "bt_1", **changed: Any) -> Document:
    """The sheet with these rows (three if none is named); a Field among the changes stands as it is."""
    values: dict[str, Any] = dict(HEAD)
    for i, row in enumerate(rows or (patient(1), patient(2), patient(3)), 1):
        values |= {f"patients.{i}.{column}": value for column, value in row.items()}
    values |= {name.replace("__", "."): value for name, value in changed.items()}
    fields = {name: _field(values.get(name), spec.kind) for name, spec in form.fields.items()}
    return validate(Document(name, batch, form.name, form.version, DAY, fields=dittoed(fields, form)), form)


def _field(value: Any, kind: str) -> Field:
    if isinstance(value, Field):
        return value
    if value == "〃":
        return Field(None, 1.0, "〃", "marks-1")
    raw = "1" if value is True else "" if value in (None, False) else str(value)
    return Field(value, 1.0, raw, "marks-1" if kind == "struck" else "ppocr")
