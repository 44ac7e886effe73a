"""What the patients of told claims bear: by the tables of the form's own city. Touches rules."""

from __future__ import annotations

from datetime import date

from tsuzuri.rules.ages import school_end
from tsuzuri.rules.reckon import Case, copay, possible, ratios, rows_of, unit_of
from tsuzuri.rules.tables import Scheme, Tables

AGED = date(1949, 1, 1)     # who was born before has the modest ratio of the old, in these stories


def borne(case: Case, tables: Tables) -> list[int]:
    """The shares in yen that the patient may bear, the least first: one, or one a grade that may apply."""
    return sorted({found.patient for found in possible(case, tables)})


def ceiling(case: Case, tables: Tables) -> int:
    """The most a month (or, where visits are capped, all of them) may cost the patient; 0 where nothing caps it, or it is free."""
    for row in rows_of(case, tables):
        return row.month or (row.each or 0) * (row.times or 1)
    return 0


def legal_share(case: Case, tables: Tables) -> int:
    """The legal share in yen, as the case's channel rounds it."""
    unit, _ = unit_of(case.channel, case.month, tables)
    return copay((case.points or 0) * 10, case.tenths or 3, unit)


def payer_of(scheme: str, month: str, tables: Tables) -> str:
    """The payer's number of a city's programme; "" where it has none."""
    return next((row.payer_no for row in tables.on(Scheme, month) if row.scheme == scheme), "")


def tenths_of(case: Case, tables: Tables) -> int:
    """The legal ratio in tenths; where it depends on the person, one that fits a modest income."""
    may = ratios(case.birth, case.month, tables) or (3,)
    return may[0] if len(may) == 1 or (case.birth or AGED) < AGED else 2


def legal_tenths(birth: date, month: str) -> int:
    """2 before school, 3 afterwards: of a receipt, which no city's tables go with."""
    return 2 if month <= f"{school_end(birth, 6):%Y-%m}" else 3
