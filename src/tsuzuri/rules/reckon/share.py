"""The reckoning itself, in the order of the law: legal share, 高額療養費, other payers, 附加給付, the patient, the city.

Touches only tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tsuzuri.rules.reckon import steps
from tsuzuri.rules.reckon.case import Case, Reckoned, Step
from tsuzuri.rules.reckon.eligible import care_of, eligible, rows_of
from tsuzuri.rules.reckon.money import copay, extra_benefit, half_up, kougaku_limit, kougaku_row, ratios, unit_of
from tsuzuri.rules.tables import Limit, Share, Tables

SHORT = 7       # digits of an institution's code that receipts and papers have in common


def reckon(case: Case, tables: Tables) -> Reckoned:
    """What each side bears; where several grades may apply, under the first row of the table that may."""
    return possible(case, tables)[0]


def possible(case: Case, tables: Tables) -> tuple[Reckoned, ...]:
    """What each side may bear, one for each row of the table that may apply; never none."""
    due = _due(case, tables)
    if due.outcome:
        return (due,)
    helped, whom = eligible(case.scheme, case.birth, case.month, tables)
    if not helped:
        return (_borne(due, "V20", steps.not_helped(whom)),)
    rows = rows_of(case, tables)
    if not rows:
        return (_borne(due, "H36", steps.no_rule(case.care)),)
    return tuple(_shared(case, due, row, tables) for row in rows)


def _borne(due: Reckoned, outcome: str, step: Step) -> Reckoned:
    """The patient bears all that is left."""
    return replace(due, patient=_rest(due), outcome=outcome, steps=(*due.steps, step))


def _rest(due: Reckoned) -> int:
    return due.copay - due.kougaku - due.others - due.fuka


def _due(case: Case, tables: Tables) -> Reckoned:
    """The legal share, and what others take of it before patient and city do."""
    total = case.points * 10 if case.points is not None else case.fee
    share, told = _legal(case, total, tables)
    if share is None:
        return Reckoned(copay=0, outcome="V28", steps=told)
    kougaku, over = _kougaku(case, share, total or 0, tables)
    others = min(case.others, share - kougaku)
    left = share - kougaku - others
    rule = None
    fuka = min(case.fuka or 0, left)
    if case.fuka is None:
        fuka, rule = extra_benefit(case.insurer_no, left, case.month, tables)
    borne = [*told, *over, *([steps.others(others)] if others else ()), *([steps.extra(fuka, left, rule)] if fuka else ())]
    return Reckoned(copay=share, kougaku=kougaku, others=others, fuka=fuka, steps=tuple(borne))


def _legal(case: Case, total: int | None, tables: Tables) -> tuple[int | None, tuple[Step, ...]]:
    """The legal share: as claimed where that is told, and how it should come about where that is known."""
    tenths = case.tenths or next(iter(ratios(case.birth, case.month, tables)), None)
    unit, _ = unit_of(case.channel, case.month, tables)
    by_law = copay(total, tenths, unit) if total is not None and tenths is not None else None
    claimed = case.copay if case.copay is not None else sum(case.visits) if case.visits else None
    told = [steps.legal(case, total or 0, tenths or 0, unit, by_law)] if by_law is not None else []
    if claimed is not None and claimed != by_law:
        told.append(steps.claimed(claimed))
    share = by_law if claimed is None else max(0, claimed)
    return share, tuple(told) or (steps.no_ratio(),)


def _kougaku(case: Case, share: int, total: int, tables: Tables) -> tuple[int, list[Step]]:
    row = kougaku_row(case.kougaku_class, case.month, tables)
    if case.kougaku is not None:
        told = min(case.kougaku, share)
        return told, [steps.kougaku_told(told)] if told else []
    if row is None or not total:
        return 0, []
    limit = kougaku_limit(row, total, case.many)
    return max(0, share - limit), [steps.kougaku(row, total, limit, share, case.many)]


@dataclass(frozen=True, slots=True)
class _Own:
    """The patient's share, and how the month's ceiling came in."""

    yen: int
    exact: bool = True
    said: str = ""


def _shared(case: Case, due: Reckoned, row: Share, tables: Tables) -> Reckoned:
    rest = _rest(due)
    own = _own(case, due, row, rest, tables)
    city = rest - own.yen
    limit = next((limit for limit in tables.on(Limit, case.month) if limit.scheme == case.scheme), None)
    ended = "V39" if limit and due.copay >= limit.yen else "" if city else "V42"
    lines = [steps.own(row, own.yen, case, own.said), steps.city(due, own.yen, city)]
    if ended == "V39" and limit:
        lines.append(steps.refund(limit))
    elif ended:
        lines.append(steps.nothing_left())
    return replace(due, patient=own.yen, city=city, outcome=ended, exact=own.exact, steps=(*due.steps, *lines))


def _own(case: Case, due: Reckoned, row: Share, rest: int, tables: Tables) -> _Own:
    """The part of `rest` that the row leaves to the patient, less what the month's ceilings forbid."""
    part = _part(case, row, rest)
    before = [b for b in case.earlier if care_of(b.care, case.month, tables) in row.cares
              and (row.per == "recipient" or b.inst_code[-SHORT:] == case.inst_code[-SHORT:])]
    exact, said = True, ""
    if row.each is not None:
        part, exact = _by_visit(case, row, part, len(before))
    if row.month is not None:
        paid = sum(b.paid for b in before)
        left = max(0, row.month - paid)
        said = steps.paid_before(paid, left) if paid else ""
        part = min(part, left)
    return _Own(part, exact, said)


def _part(case: Case, row: Share, rest: int) -> int:
    whole = rest
    if row.of == "total":
        whole = case.points * 10 if case.points is not None else case.fee if case.fee is not None else rest
    if row.round == "city_down":        # what the city bears is rounded down, so that its part never exceeds the fraction
        return min(rest, whole - int(whole * (1 - row.share)))
    return min(rest, half_up(row.share * whole, 10 if row.round == "half_up_10" else 1))


def _by_visit(case: Case, row: Share, part: int, gone: int) -> tuple[int, bool]:
    """The visits' shares capped one by one; where they are not told, the most that so many days can come to."""
    each = row.each or 0
    left = max(0, row.times - gone) if row.times is not None else None
    if case.visits:
        return min(part, sum(_capped(case.visits, each, left))), True
    count = case.days or 1
    most = each * (count if left is None else min(count, left))
    return min(part, most), count == 1 or most == 0


def _capped(visits: Sequence[int], each: int, left: int | None) -> Iterator[int]:
    for i, visit in enumerate(visits):
        yield min(visit, each) if left is None or i < left else 0


