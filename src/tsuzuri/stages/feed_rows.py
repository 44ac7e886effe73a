"""A claim as a row of the feed's columns, whoever then writes it. Touches forms and rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from tsuzuri.forms import City, Form
from tsuzuri.model import Claim, Value
from tsuzuri.rules.tables import Scheme, Tables
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
    row: dict[str, Value] = {**export.constants}
    for column, name in export.columns.items():
        row[column] = claim.values.get(name)
    month, (inout, table) = str(row.get("service_ym") or ""), _CARE.get(str(row.get("inout") or ""), ("0", "0"))
    table = _TABLES.get(str(row.get("table") or ""), table)      # where the form asks for it apart from the care
    row["ward_name"], row["form_title"], row["scheme_name"] = claim.ward, form.title, _scheme(form.tables, row.get("scheme"), month)
    row["claim_id"], row["corrects"], row["action"] = claim.reverses or claim.id, claim.corrects, MENDED if claim.corrects else NEW
    row["ward"], row["inout"], row["table"], row["service_ym"] = _ward(claim.ward, city), inout, table, month.replace("-", "")
    row["account"], row["inst_code"] = _account(row), _institution(str(row.get("inst_code") or ""), city, table)
    return reversal(row) if claim.reverses else row


@lru_cache(maxsize=4096)     # the schemes of a city, by months
def _scheme(tables: Tables, scheme: Value, month: str) -> str:
    code = str(scheme or "")
    return next((row.name for row in tables.on(Scheme, month) if row.scheme == code), code) if month else code


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
