"""A story made to obey its form's checks: each check says what must hold, and here is how it comes to hold. Touches rules.

A check that is not named here is left to chance, or to the story's teller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tsuzuri.forms import Form
from tsuzuri.model import Value
from tsuzuri.rules.reckon import Case, copay, ratios, unit_of
from tsuzuri.synth.borne import borne
from tsuzuri.synth.claims import BUSINESS_DATE, Story

Of = Mapping[str, Any]


def settled(story: Story, form: Form) -> Story:
    """The story with whatever its checks speak of put right, in the order in which the form names them."""
    for check in form.checks:
        settle = _SETTLE.get(check.check)
        if settle is not None:
            story = {**story, **settle(story, check.of, form)}
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


def _rows_sum(story: Story, of: Of, form: Form) -> Story:
    amounts = _column(story, _name(of["rows"]), of["column"])
    return {_name(of["total"]): sum(amount for amount in amounts if isinstance(amount, int))}


def _rows_count(story: Story, of: Of, form: Form) -> Story:
    start = f"{_name(of['rows'])}."
    filled = {name.split(".")[1] for name, value in story.items() if name.startswith(start) and value is not None}
    return {_name(of["count"]): len(filled)}


def _in_order(story: Story, of: Of, form: Form) -> Story:
    first, then = _name(of["first"]), _name(of["then"])
    days = [str(story[name]) for name in (first, then) if story[name] is not None]
    return dict(zip((first, then), sorted(days), strict=True)) if len(days) == 2 else {}


def _fiscal_year(story: Story, of: Of, form: Form) -> Story:
    day = date.fromisoformat(str(story[_name(of["day"])]))
    return {_name(of["year"]): day.year - 2018 - (day.month < 4)}


def _any_given(story: Story, of: Of, form: Form) -> Story:
    names = [_name(one) for one in of["of"]]
    marks = all(story[name] in (None, True) for name in names)
    return {names[0]: True} if marks and not any(story[name] for name in names) else {}


def _evidence(story: Story, of: Of, form: Form) -> Story:
    return {_name(of["enclosed"]): story[_name(of["reason"])] != of.get("needless") or None}


def _explained(story: Story, of: Of, form: Form) -> Story:
    same = story[_name(of["holder"])] == story[_name(of["owner"])]
    return {_name(of["relation"]): None} if same else {}


def _ratio(story: Story, of: Of, form: Form) -> Story:
    may = ratios(date.fromisoformat(str(story[_name(of["birth"])])), str(story[_name(of["month"])]), form.tables)
    return {_name(of["ratio"]): f"{may[0]}割"} if len(may) == 1 else {}


def _copay(story: Story, of: Of, form: Form) -> Story:
    tenths = int(str(story[_name(of["ratio"])])[0])
    unit, _ = unit_of(of.get("channel") or form.export.constants.get("channel", "1"), f"{BUSINESS_DATE:%Y-%m}", form.tables)
    return {_name(of["copay"]): copay(_yen(story, of["points"]) * 10, tenths, unit)}


def _reckoned(story: Story, of: Of, form: Form) -> Story:
    claim = of["claim"]
    said = {fact: str(story.get(_name(claim.get(fact))) or "") for fact in ("birth", "month", "care")}
    if not all(said.values()):
        return {}
    case = Case(
        scheme=form.export.constants.get("scheme", ""), month=said["month"], care=said["care"],
        birth=date.fromisoformat(said["birth"]), copay=_yen(story, claim["copay"]), points=_yen(story, claim.get("points")) or None,
        kougaku=_yen(story, claim.get("kougaku")), others=_others(story, claim))
    return {_name(of["paid"]): borne(case, form.tables)[-1]}


# check word → what it changes in a story
_SETTLE: dict[str, Callable[[Story, Of, Form], Story]] = {
    "fee_is_points": lambda story, of, _: {_name(of["fee"]): _yen(story, of["points"]) * 10},
    "ratio_fits_age": _ratio,
    "copay_is_ratio": _copay,
    "reckoned": _reckoned,
    "balance": lambda story, of, _: {
        _name(of["amount"]): _yen(story, of["copay"]) - _yen(story, of["paid"]) - _others(story, of)},
    "refund_balance": lambda story, of, _: {_name(of["amount"]): _yen(story, of["paid_total"]) - _others(story, of)},
    "rows_sum": _rows_sum,
    "rows_count": _rows_count,
    "in_order": _in_order,
    "fiscal_year": _fiscal_year,
    "any_given": _any_given,
    "evidence": _evidence,
    "holder_explained": _explained,
}
