"""Checks of money and rows: what the sums on a paper must satisfy. Touches only model and the other rules.

A check is `check(on, **entries)`: `on` is the business date, each other parameter an Entry ("$field" in
YAML), a list of them, a table's Rows ("$table") or a plain constant. It yields Findings, and yields none
where its fields are blank: a blank is the schema's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from tsuzuri.model import Finding
from tsuzuri.rules import reckon
from tsuzuri.rules.checks_share import tenths_of
from tsuzuri.rules.kinds import same
from tsuzuri.rules.known import Asked
from tsuzuri.rules.lists import as_person
from tsuzuri.rules.table import Entry, Rows, find
from tsuzuri.rules.tables import Tables


def points_given(on: date, points: Entry) -> Iterator[Finding]:
    """V34: points missing, not above 0, or longer than seven digits."""
    unread = points.number is None and points.raw != ""
    if not unread and not 0 < (points.number or 0) <= 9_999_999:
        yield find("V34", points)


def fee_is_points(on: date, points: Entry, fee: Entry) -> Iterator[Finding]:
    """V36: fee = points × 10."""
    if points.number is not None and fee.number is not None and fee.number != points.number * 10:
        yield find("V36", fee, expected=points.number * 10, found=fee.number)


def copay_is_ratio(
    on: date, points: Entry, ratio: Entry, copay: Entry, asked: Asked, tables: Tables, channel: str = "",
) -> Iterator[Finding]:
    """V37: copay = points × 10 × ratio ("3割"), as the channel rounds it: the claim's, or the one that is named ("3": a window)."""
    tenths = tenths_of(ratio)
    if points.number is None or copay.number is None or tenths is None:
        return
    unit, slack = reckon.unit_of(channel or asked.channel, asked.month or f"{on:%Y-%m}", tables)
    expected = reckon.copay(points.number * 10, tenths, unit)
    if abs(copay.number - expected) > slack:
        yield find("V37", copay, expected=expected, found=copay.number)


def copay_of_fee(on: date, fee: Entry, ratio: Entry, copay: Entry) -> Iterator[Finding]:
    """V37 for a fee in yen, where no points stand: copay = fee × ratio, half up to the yen."""
    tenths = tenths_of(ratio)
    if fee.number is None or copay.number is None or tenths is None:
        return
    expected = reckon.copay(fee.number, tenths)
    if copay.number != expected:
        yield find("V37", copay, expected=expected, found=copay.number)


def balance(
    on: date, copay: Entry, paid: Entry, amount: Entry, others: Sequence[Entry] = ()
) -> Iterator[Finding]:
    """V41: copay − paid − others = amount; blank others count nothing."""
    if copay.number is None or paid.number is None or amount.number is None:
        return
    expected = copay.number - paid.number - sum(other.number or 0 for other in others)
    if amount.number != expected:
        yield find("V41", amount, expected=expected, found=amount.number)


def refund_balance(
    on: date, paid_total: Entry, amount: Entry, others: Sequence[Entry] = ()
) -> Iterator[Finding]:
    """V41 for refunds: the amount asked for may not exceed what was paid less what others bear."""
    if paid_total.number is None or amount.number is None:
        return
    most = paid_total.number - sum(other.number or 0 for other in others)
    if amount.number > most:
        yield find("V41", amount, expected=most, found=amount.number)


def positive(on: date, amount: Entry) -> Iterator[Finding]:
    """V42: amount above 0."""
    if amount.number is not None and amount.number <= 0:
        yield find("V42", amount)


def rows_sum(on: date, rows: Rows, column: str, total: Entry) -> Iterator[Finding]:
    """V44: the column's sum = total."""
    amounts = [row[column].number for row in rows if row[column].number is not None]
    summed = sum(amount for amount in amounts if amount is not None)
    if amounts and total.number is not None and total.number != summed:
        yield find("V44", total, expected=summed, found=total.number)


def parts_sum(on: date, parts: Sequence[Entry], total: Entry) -> Iterator[Finding]:
    """V44: the parts' sum = total; blank parts count nothing, and no part at all says nothing."""
    amounts = [part.number for part in parts if part.number is not None]
    summed = sum(amounts)
    if amounts and total.number is not None and total.number != summed:
        yield find("V44", total, expected=summed, found=total.number)


def rows_count(on: date, rows: Rows, count: Entry) -> Iterator[Finding]:
    """V45: as many rows are filled as `count` says."""
    filled = sum(any(entry.value is not None and entry.value is not False for entry in row.values()) for row in rows)
    if count.number is not None and count.number != filled:
        yield find("V45", count, expected=filled, found=count.number)


def pages_sum(on: date, pages: Rows, column: str, total: Entry) -> Iterator[Finding]:
    """H23: the column's sum over the papers bound behind = total; no word where none is bound."""
    summed = sum(page[column].number or 0 for page in pages)
    if pages and total.number is not None and total.number != summed:
        yield find("H23", total, expected=summed, found=total.number)


def pages_count(on: date, pages: Rows, count: Entry) -> Iterator[Finding]:
    """H22: as many papers are bound behind as `count` says, whatever could be read of them."""
    if count.number is not None and count.number != len(pages):
        yield find("H22", count, expected=len(pages), found=count.number)


def at_least(on: date, number: Entry, least: int = 1) -> Iterator[Finding]:
    """W05: a size is `least` or more (storeys, square metres)."""
    if number.number is not None and number.number < least:
        yield find("W05", number, least=least)


def pages_same(on: date, pages: Rows, column: str, value: Entry) -> Iterator[Finding]:
    """H24: each paper bound behind says the same as the leading one; blanks say nothing, and 髙 and 高 are one name."""
    for page in pages:
        said = page[column]
        if said.value is not None and value.value is not None and not _alike(value, said):
            yield find("H24", said, what=value.label)


def _alike(a: Entry, b: Entry) -> bool:
    return same(a.kind, a.value, b.value) or (a.kind == "name" and as_person(a.text) == as_person(b.text))
