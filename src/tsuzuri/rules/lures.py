"""A plausible misreading of a value: one digit taken for one that looks like it. Shown to see whether anybody looks."""

from __future__ import annotations

from random import Random

from tsuzuri.model import Value
from tsuzuri.rules.kinds import Unreadable, mean, show

KINDS_WITH_DIGITS = frozenset({"yen", "int", "digits", "account_no", "phone", "postal", "wareki", "ym"})      # and no check digit
LOOK_ALIKE = {"0": "68", "1": "74", "2": "73", "3": "82", "4": "91", "5": "63", "6": "05", "7": "12", "8": "30", "9": "47"}


def misread(kind: str, value: Value, dice: Random) -> str | None:
    """What a clerk would be shown: another value of the same kind, with as many digits; None where there is none."""
    text = show(kind, value)
    places = [at for at, sign in enumerate(text) if sign in LOOK_ALIKE] if kind in KINDS_WITH_DIGITS else []
    for at in dice.sample(places, len(places)):
        for other in dice.sample(LOOK_ALIKE[text[at]], 2):
            wrong = text[:at] + other + text[at + 1:]
            if show(kind, _meant(kind, wrong)) == wrong != text:
                return wrong
    return None


def _meant(kind: str, text: str) -> Value:
    try:
        return mean(kind, text)
    except Unreadable:
        return None
