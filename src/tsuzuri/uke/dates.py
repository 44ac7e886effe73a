"""Dates as electronic receipts write them: western or 和暦, told apart by their length. Touches only rules of dates."""

from __future__ import annotations

from tsuzuri.rules.dates import written_day, written_month


def month_of(text: str) -> str:
    """YYYYMM or GYYMM as "YYYY-MM"; "" where it is neither."""
    if not (text.isascii() and text.isdigit() and len(text) in (5, 6)):
        return ""
    try:
        return written_month(text).first.isoformat()[:7]
    except ValueError:
        return ""


def day_of(text: str) -> str:
    """YYYYMMDD or GYYMMDD as "YYYY-MM-DD"; "" where it is neither or no day of the calendar."""
    if not (text.isascii() and text.isdigit() and len(text) in (7, 8)):
        return ""
    try:
        return written_day(text).first.isoformat()
    except ValueError:
        return ""
