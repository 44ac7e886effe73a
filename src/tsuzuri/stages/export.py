"""export: claims become a receiving system's bytes. Touches forms and rules; never the store.

Only Claims come here, in an order that the caller fixes: the same claims in the same order give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from tsuzuri.errors import WrongTurn
from tsuzuri.forms import City, Form
from tsuzuri.model import Claim, ExportRun, Value
from tsuzuri.rules.outer import NONE, Outer, outer
from tsuzuri.rules.sheets import Out, pour
from tsuzuri.rules.tables import Gaiji, Scheme
from tsuzuri.rules.writers import Totals, Unfit, data_line

__all__ = ["Out", "Totals", "feed_row", "hindrance", "outer_of", "write_feed"]

Known = Mapping[str, Form]
BUSINESS = "IRY"        # 業務コード: 医療費助成
VERSION = 1             # 版 of the record layout
SEQUENCE = 1            # 連番: one run a business date

# 入外 (1 入院, 2 外来) and 点数表 (1 医科, 3 歯科, 4 調剤) by the word on the paper.
_CARE = {"入院": ("1", "1"), "外来": ("2", "1"), "歯科": ("2", "3"), "調剤": ("2", "4")}
_TABLES = {"医科": "1", "歯科": "3", "調剤": "4"}
_ACCOUNT_KINDS = {"普通": "1", "当座": "2", "貯蓄": "4"}


def write_feed(
    claims: Iterable[Claim], forms: Known, run: ExportRun, place: tuple[City, ZoneInfo], outs: Sequence[Out],
) -> Totals:
    """Every claim into every file, one in memory at a time; what went out, added up. `run.at` stands in the header.

    Raises WrongTurn (`not_exportable`) at a claim that `hindrance` would have held back.
    """
    city, zone = place
    header: dict[str, Value] = {
        "city": city.code, "business": BUSINESS, "business_date": f"{run.business_date:%Y%m%d}",
        "sequence": SEQUENCE, "made_at": f"{run.at.astimezone(zone):%Y%m%d%H%M%S}", "version": VERSION}
    taken = ""

    def rows() -> Iterator[dict[str, Value]]:
        nonlocal taken
        for claim in claims:
            taken = claim.id
            yield feed_row(claim, forms, city)

    try:
        return pour(header, rows(), outs, outer_of(forms, run.business_date))
    except Unfit as unfit:
        message = f"claim {taken} cannot be exported (unfit:{unfit.column}); it should have been held"
        raise WrongTurn(message, code="not_exportable", claim=taken) from unfit


def outer_of(forms: Known, day: date) -> Outer:
    """The city's 外字 of that day; all its forms share its tables."""
    return next((outer(form.tables.on(Gaiji, day.isoformat())) for form in forms.values()), NONE)


def hindrance(claim: Claim, forms: Known, city: City) -> str | None:
    """Why a claim cannot leave ("unfit:ward": the column that it does not fit), or None.

    To be asked before a run takes the claim, so that one claim never stops a night.
    """
    try:
        data_line(1, feed_row(claim, forms, city))
    except Unfit as unfit:
        return f"unfit:{unfit.column}"
    return None


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
    return {
        **said, "claim_id": claim.id, "ward": _ward(claim.ward, city), "inout": inout, "table": table,
        "service_ym": str(said.get("service_ym") or "").replace("-", ""), "account": _account(said),
        "inst_code": _institution(str(said.get("inst_code") or ""), city, table),
        "ward_name": claim.ward, "form_title": form.title, "scheme_name": _scheme(form, said)}


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
