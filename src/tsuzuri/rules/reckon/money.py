"""The sums that law lays down: the legal share, its ratio by age, 高額療養費, 附加給付. Whole yen. Touches only tables."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tsuzuri.rules.ages import within
from tsuzuri.rules.dates import month_start
from tsuzuri.rules.tables import Channel, Extra, Kougaku, Ratio, Tables


def half_up(amount: int | Fraction, unit: int = 1) -> int:
    """The amount, half up to `unit` yen."""
    return int((Fraction(amount) + Fraction(unit, 2)) // unit) * unit


def copay(total: int, tenths: int, unit: int = 1) -> int:
    """The legal share in yen of `total` yen at `tenths` (3 for 3割), half up to `unit` (1 on paper)."""
    return (total * tenths + 5 * unit) // (10 * unit) * unit


def unit_of(channel: str, month: str, tables: Tables) -> tuple[int, int]:
    """To how many yen a channel rounds the legal share, and how far off one may be; to the yen where no table says."""
    return next(((row.unit, row.slack) for row in tables.on(Channel, month) if row.channel == channel), (1, 0))


def ratios(birth: date | None, month: str, tables: Tables) -> tuple[int, ...]:
    """The ratios in tenths that a person of that age may have in a month; none where no table says."""
    if birth is None:
        return ()
    first = month_start(month)
    return next((row.tenths for row in tables.on(Ratio, month) if within(birth, row.since, row.until, first)), ())


def kougaku_row(cls: str, month: str, tables: Tables) -> Kougaku | None:
    """The row of a class, if it is one."""
    return next((row for row in tables.on(Kougaku, month) if row.cls == cls), None)


def kougaku_limit(row: Kougaku, total: int, many: bool = False) -> int:
    """The most that a month of `total` yen costs, half up to the yen; `many`: from the fourth such month of a year on."""
    if many or row.over is None:
        return row.many if many else row.base
    return row.base + half_up(max(0, total - row.over) * row.rate)


def extra_benefit(insurer_no: str, rest: int, month: str, tables: Tables) -> tuple[int, Extra | None]:
    """What an insurer gives back of `rest` yen by its own rule, and the rule; 0 where it has none."""
    row = next((row for row in tables.on(Extra, month) if row.insurer == insurer_no), None)
    return (max(0, rest - row.keeps) // row.unit * row.unit, row) if row else (0, None)
