"""A story made to obey its form's checks: each check says what must hold, and here is how it comes to hold. Touches rules.

A check that is not named here is left to chance, or to the story's teller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tsuzuri.forms import Form
from tsuzuri.model import Value
from tsuzuri.rules.reckon import copay, own_third, ratio_tenths
from tsuzuri.synth.claims import Story

Of = Mapping[str, Any]


def settled(story: Story, form: Form) -> Story:
    """The story with whatever its checks speak of put right, in the order in which the form names them."""
    for check in form.checks:
        settle = _SETTLE.get(check.check)
        if settle is not None:
            story = {**story, **settle(story, check.of)}
    return story


def _name(told: object) -> str:
    return str(told).removeprefix("$")


def _yen(story: Story, told: object) -> int:
    value = story.get(_name(told))
    return value if isinstance(value, int) else 0


def _others(story: Story, of: Of) -> int:
    return sum(_yen(story, other) for other in of.get("others", ()))


def _column(story: Story, table: str, column: str) -> list[Value]:
    return [value for name, value in story.items() if name.startswith(f"{table}.") and name.endswith(f".{column}")]


def _rows_sum(story: Story, of: Of) -> Story:
    amounts = _column(story, _name(of["rows"]), of["column"])
    return {_name(of["total"]): sum(amount for amount in amounts if isinstance(amount, int))}


def _rows_count(story: Story, of: Of) -> Story:
    start = f"{_name(of['rows'])}."
    filled = {name.split(".")[1] for name, value in story.items() if name.startswith(start) and value is not None}
    return {_name(of["count"]): len(filled)}


def _in_order(story: Story, of: Of) -> Story:
    first, then = _name(of["first"]), _name(of["then"])
    days = [str(story[name]) for name in (first, then) if story[name] is not None]
    return dict(zip((first, then), sorted(days), strict=True)) if len(days) == 2 else {}


def _fiscal_year(story: Story, of: Of) -> Story:
    day = date.fromisoformat(str(story[_name(of["day"])]))
    return {_name(of["year"]): day.year - 2018 - (day.month < 4)}


def _any_given(story: Story, of: Of) -> Story:
    names = [_name(one) for one in of["of"]]
    marks = all(story[name] in (None, True) for name in names)
    return {names[0]: True} if marks and not any(story[name] for name in names) else {}


def _evidence(story: Story, of: Of) -> Story:
    return {_name(of["enclosed"]): story[_name(of["reason"])] != of.get("needless") or None}


def _explained(story: Story, of: Of) -> Story:
    same = story[_name(of["holder"])] == story[_name(of["owner"])]
    return {_name(of["relation"]): None} if same else {}


def _ratio(story: Story, of: Of) -> Story:
    tenths = ratio_tenths(date.fromisoformat(str(story[_name(of["birth"])])), str(story[_name(of["month"])]))
    return {_name(of["ratio"]): f"{tenths}割"} if tenths else {}


def _copay(story: Story, of: Of) -> Story:
    tenths = int(str(story[_name(of["ratio"])])[0])
    return {_name(of["copay"]): copay(_yen(story, of["points"]), tenths, of.get("unit", 1))}


def _third(story: Story, of: Of) -> Story:
    return {_name(of["paid"]): own_third(_yen(story, of["copay"]) - _others(story, of))}


# check word → what it changes in a story
_SETTLE: dict[str, Callable[[Story, Of], Story]] = {
    "fee_is_points": lambda story, of: {_name(of["fee"]): _yen(story, of["points"]) * 10},
    "ratio_fits_age": _ratio,
    "copay_is_ratio": _copay,
    "patient_third": _third,
    "balance": lambda story, of: {
        _name(of["amount"]): _yen(story, of["copay"]) - _yen(story, of["paid"]) - _others(story, of)},
    "refund_balance": lambda story, of: {_name(of["amount"]): _yen(story, of["paid_total"]) - _others(story, of)},
    "rows_sum": _rows_sum,
    "rows_count": _rows_count,
    "in_order": _in_order,
    "fiscal_year": _fiscal_year,
    "any_given": _any_given,
    "evidence": _evidence,
    "holder_explained": _explained,
}
