"""export: claims become a receiving system's bytes. Touches forms and rules; never the store.

Only Claims come here, in an order that the caller fixes: the same claims in the same order give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from tsuzuri.errors import WrongTurn
from tsuzuri.forms import City
from tsuzuri.model import Claim, ExportRun, Value
from tsuzuri.rules.outer import NONE, Outer, outer
from tsuzuri.rules.sheets import Out, pour
from tsuzuri.rules.tables import Gaiji
from tsuzuri.rules.writers import Totals, Unfit, fits
from tsuzuri.stages.feed_rows import Known, feed_row

__all__ = ["Out", "Totals", "hindrance", "outer_of", "write_feed"]

BUSINESS = "IRY"        # 業務コード: 医療費助成
VERSION = 1             # 版 of the record layout
SEQUENCE = 1            # 連番: one run a business date


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
        fits(feed_row(claim, forms, city))
    except Unfit as unfit:
        return f"unfit:{unfit.column}"
    return None
