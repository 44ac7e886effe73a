"""Benefit arithmetic: a case and the city's dated tables become what each side bears, every step in words. Touches only tables.

Whole yen, exact. What cannot be (too old for the scheme, nothing left to claim, a refund instead of a claim) is an outcome, not an
error. `reckon` is the one way to it; `money` and `steps` are its parts.
"""

from __future__ import annotations

from tsuzuri.rules.reckon.case import Before, Case, Reckoned, Step
from tsuzuri.rules.reckon.eligible import eligible, rows_of
from tsuzuri.rules.reckon.money import copay, half_up, kougaku_limit, ratios, unit_of
from tsuzuri.rules.reckon.share import SHORT, possible, reckon

__all__ = [
    "SHORT", "Before", "Case", "Reckoned", "Step", "copay", "eligible", "half_up", "kougaku_limit", "possible", "ratios", "reckon",
    "rows_of", "unit_of",
]
