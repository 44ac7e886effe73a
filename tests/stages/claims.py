"""A small form of every sort of field, and a consistent fictional claim upon it, for the stages' tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tsuzuri.forms import Form
from tsuzuri.model import Document, Field, Value
from tsuzuri.stages.validate import validate

TODAY = date(2025, 11, 20)
KINDS = {
    "claim_date": "wareki", "service_ym": "ym", "recipient_no": "recipient_no", "payer_no": "payer_no",
    "insurer_no": "insurer_no", "inst_code": "inst_code", "patient_name": "name", "patient_kana": "kana",
    "birth": "wareki", "days": "int", "points": "int", "fee": "yen", "copay": "yen", "patient_paid": "yen",
    "other_public": "yen", "amount": "yen", "account_no": "account_no", "tel": "phone",
}
CHOICES = {"inout": ["入院", "外来", "歯科", "調剤"], "ratio": ["1割", "2割", "3割"]}
REQUIRED = ["claim_date", "service_ym", "recipient_no", "patient_name", "ratio", "points", "amount", "seal",
    "receipts"]
CHECKS = [
    {"check": "points_given", "of": {"points": "$points"}},
    {"check": "fee_is_points", "of": {"points": "$points", "fee": "$fee"}},
    {"check": "copay_is_ratio", "of": {"points": "$points", "ratio": "$ratio", "copay": "$copay"}},
    {"check": "balance", "of": {"copay": "$copay", "paid": "$patient_paid", "amount": "$amount",
                                "others": ["$other_public"]}},
    {"check": "rows_sum", "of": {"rows": "$receipts", "column": "paid", "total": "$patient_paid"}},
]
VALUES: dict[str, Value] = {
    "claim_date": "2025-11-10", "service_ym": "2025-10", "recipient_no": "0001230", "payer_no": "88430012",
    "insurer_no": "01430016", "inst_code": "4310100013", "patient_name": "架空　花子",
    "patient_kana": "カクウ　ハナコ",
    "birth": "2018-05-01", "days": 2, "points": 561, "fee": 5610, "copay": 1683, "patient_paid": 700,
    "other_public": None, "amount": 983, "account_no": "1234567", "tel": "0960000000", "inout": "外来",
    "ratio": "3割",
    "seal": True, "receipts.1.shop": "架空薬局", "receipts.1.paid": 700,
}


def little_form(**changed: Any) -> Form:
    """The form; `changed` replaces what it declares (checks, review, …)."""
    fields: dict[str, Any] = {
        name: {"kind": kind, "box": [20, 20 + 8 * i, 60, 7]} for i, (name, kind) in enumerate(KINDS.items())}
    fields["claim_date"]["era"] = "令和"
    fields["service_ym"]["era"] = "令和"
    for i, (name, words) in enumerate(CHOICES.items()):
        places = {word: [100 + 20 * j, 20 + 8 * i, 18, 7] for j, word in enumerate(words)}
        fields[name] = {"kind": "choice", "choices": places}
    fields["seal"] = {"kind": "seal", "box": [100, 40, 18, 18]}
    row = {"shop": {"kind": "text", "box": [20, 200, 60, 7]},
        "paid": {"kind": "yen", "box": [90, 200, 30, 7]}}
    for i in (1, 2):
        fields |= {f"receipts.{i}.{column}": spec for column, spec in row.items()}
    declared = {
        "name": "little", "version": 3, "title": "架空請求書", "title_box": [60, 5, 80, 10], "fields": fields,
        "rows": {"receipts": {"count": 2, "pitch": 8, "fields": row}}, "checks": CHECKS,
        "review": {"target": 0.9}, "json_schema": _schema()}
    return Form.model_validate(declared | changed)


def _schema() -> dict[str, Any]:
    numbers = {name for name, kind in KINDS.items() if kind in ("int", "yen")}
    properties: dict[str, Any] = {
        name: {"type": "integer" if name in numbers else "string", "title": f"題{name}"} for name in KINDS}
    properties |= {name: {"enum": words, "title": f"題{name}"} for name, words in CHOICES.items()}
    properties["tel"]["pattern"] = "^0"
    properties["amount"]["maximum"] = 9_999_999
    properties["seal"] = {"type": "boolean", "title": "印"}
    properties["receipts"] = {"type": "array", "title": "領収書", "minItems": 1, "items": {
        "type": "object", "required": ["shop", "paid"],
        "properties": {"shop": {"type": "string", "title": "店"},
            "paid": {"type": "integer", "title": "支払額"}}}}
    return {"type": "object", "required": REQUIRED, "properties": properties}


def paper(**changed: Value | Field) -> Document:
    """The claim as read and not yet judged; `changed` fields differ, rows named receipts__1__paid."""
    form = little_form()
    wanted: Mapping[str, Value | Field] = VALUES | {name.replace("__", "."): v for name, v in changed.items()}
    fields = {name: _field(wanted.get(name), form.fields[name].area) for name in form.fields}
    return Document("dc_1", "bt_1", "little", 3, TODAY, fields=fields)


def _field(value: Value | Field, box: Any) -> Field:
    if isinstance(value, Field):
        return replace(value, box=box)
    return Field(value, 0.99, "" if value is None or value is False else str(value), "ppocr", box)


def judged(form: Form | None = None, **changed: Value | Field) -> Document:
    """The same, validated."""
    return validate(paper(**changed), form or little_form())
