"""A claim as a row of the feed's columns, whoever then writes it. Touches forms and rules."""

from __future__ import annotations

from collections.abc import Mapping

from tsuzuri.forms import City, Form
from tsuzuri.model import Claim, Value
from tsuzuri.rules.tables import Scheme
from tsuzuri.rules.writers import MENDED, NEW, Unfit, reversal

Known = Mapping[str, Form]

# 入外 (1 入院, 2 外来) and 点数表 (1 医科, 3 歯科, 4 調剤) by the word on the paper.
_CARE = {"入院": ("1", "1"), "外来": ("2", "1"), "歯科": ("2", "3"), "調剤": ("2", "4")}
_TABLES = {"医科": "1", "歯科": "3", "調剤": "4"}
_ACCOUNT_KINDS = {"普通": "1", "当座": "2", "貯蓄": "4"}


def feed_row(claim: Claim, forms: Known, city: City) -> dict[str, Value]:
    """The feed's columns of one claim, and what they are called; raises Unfit for a ward without code or an unknown form.

    A claim that takes an earlier one back (取消) says that one's number, and every sum negated.
    """
    if claim.form not in forms:
        raise Unfit("form")
    form = forms[claim.form]
    export = form.export
    said: dict[str, Value] = {**export.constants}
    said.update({column: claim.values.get(name) for column, name in export.columns.items()})
    care = str(said.get("inout") or "")
    inout, table = _CARE.get(care, ("0", "0"))
    table = _TABLES.get(str(said.get("table") or ""), table)      # where the form asks for it apart from the care
    row: dict[str, Value] = {
        **said, "claim_id": claim.reverses or claim.id,
        "action": MENDED if claim.corrects else NEW, "corrects": claim.corrects,
        "ward": _ward(claim.ward, city), "inout": inout, "table": table,
        "service_ym": str(said.get("service_ym") or "").replace("-", ""), "account": _account(said),
        "inst_code": _institution(str(said.get("inst_code") or ""), city, table),
        "ward_name": claim.ward, "form_title": form.title, "scheme_name": _scheme(form, said)}
    return reversal(row) if claim.reverses else row


def _scheme(form: Form, said: Mapping[str, Value]) -> str:
    code, month = str(said.get("scheme") or ""), str(said.get("service_ym") or "")
    return next((row.name for row in form.tables.on(Scheme, month) if row.scheme == code), code) if month else code


def _ward(ward: str, city: City) -> str:
    if ward not in city.wards:
        raise Unfit("ward")
    return city.wards[ward]


def _institution(code: str, city: City, table: str) -> str:
    """The short form of 7 digits gets its prefecture and fee table back."""
    return f"{city.code[:2]}{table}{code}" if len(code) == 7 else code


def _account(said: Mapping[str, Value]) -> str:
    """Bank 4, branch 3, kind 1, number 7: what is not known is zeros; "" without an account."""
    number = str(said.get("account") or "")
    if not number:
        return ""
    kind = _ACCOUNT_KINDS.get(str(said.get("account_kind") or ""), "0")
    bank, branch = str(said.get("bank_code") or ""), str(said.get("branch_code") or "")
    return f"{bank.zfill(4)}{branch.zfill(3)}{kind}{number.zfill(7)}"
