"""An application that takes receipts, a receipt and a claim that takes nothing: three little papers, for tests of binding."""

from __future__ import annotations

from typing import Any

from tsuzuri.forms import Form, Forms

PAPERS: dict[str, dict[str, str]] = {
    "application": {"applicant": "name", "paid_total": "yen", "receipts_count": "int"},
    "receipt": {"clinic": "text", "total": "yen"},
    "claim": {"amount": "yen"},
}
TITLES = {"application": "架空申請書", "receipt": "架空領収書", "claim": "架空請求書"}
CHECKS: list[dict[str, Any]] = [
    {"check": "pages_sum", "of": {"pages": "$evidence", "column": "total", "total": "$paid_total"}},
    {"check": "pages_count", "of": {"pages": "$evidence", "count": "$receipts_count"}},
]
MOST = 3


def paper(name: str, **more: Any) -> Form:
    """One of the papers."""
    fields = {field: {"kind": kind, "box": [20, 40 + 20 * i, 60, 8]} for i, (field, kind) in enumerate(PAPERS[name].items())}
    kinds = {"yen": "integer", "int": "integer"}
    properties = {field: {"title": f"{field}の欄", "type": kinds.get(kind, "string")} for field, kind in PAPERS[name].items()}
    return Form.model_validate({
        "name": name, "version": 1, "title": TITLES[name], "title_box": [60, 10, 80, 10], "fields": fields,
        "json_schema": {"type": "object", "properties": properties, "required": list(properties)}, **more})


FORMS = Forms({
    "application": paper("application", takes={"evidence": {"form": "receipt", "most": MOST}}, checks=CHECKS,
                         export={"columns": {"amount": "paid_total"}}),
    "receipt": paper("receipt", checks=[{"check": "positive", "of": {"amount": "$total"}}]),
    "claim": paper("claim"),
})
