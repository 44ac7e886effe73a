"""Checks of a claim against those that came before it, and against what is usual. Touches only model and the other rules.

Shape of a check: checks.py. `known.earlier` are claims of documents that came before this one; rows above on the same sheet came
before too. So of two that are one the later has the finding: what came first stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tsuzuri.model import Finding
from tsuzuri.rules.digits import differing
from tsuzuri.rules.known import Asked, Earlier, Known
from tsuzuri.rules.table import Entry, find

GONE = frozenset({"returned", "merged"})      # steps of papers that claim nothing
CHANNELS = {"1": "紙", "2": "電子レセプト", "3": "窓口"}


def claimed_once(on: date, recipient_no: Entry, asked: Asked, known: Known, digits: int = 1) -> Iterator[Finding]:
    """V46, V47, V48, V49: nobody has claimed this already, on paper or not; nor anybody so like it that it may be the same: the
    same patient, month and points elsewhere, or the same at one place under a number that differs in up to `digits` digits,
    2 at most: those farther off are not fetched.
    """
    if not (asked.recipient_no and asked.month and asked.inst):
        return
    before = [one for one in _before(asked, known) if one.said.month == asked.month]
    same = [one for one in before if _key(one.said) == _key(asked)]
    standing = [one for one in same if one.step not in GONE]
    if standing:
        other = next((one for one in standing if one.said.channel != asked.channel), None)
        told = other or standing[0]
        how = CHANNELS.get(told.said.channel, "")
        yield find("V48" if other else "V46", recipient_no, document=_where(told), how=how)
    elif back := [one for one in same if one.step == "returned"]:
        if known.answers not in {one.document for one in back}:
            yield find("V49", recipient_no, document=_where(back[0]))
    elif near := next((one for one in before if one.step not in GONE and _alike(one.said, asked, digits)), None):
        yield find("V47", recipient_no, document=_where(near))


def one_scheme(on: date, recipient_no: Entry, asked: Asked, known: Known) -> Iterator[Finding]:
    """V22: nobody has claimed the same care for the same person under another scheme."""
    people = {row.person for row in known.recipients if (row.scheme, row.recipient_no) == (asked.scheme, asked.recipient_no)}
    numbers = {(row.scheme, row.recipient_no) for row in known.recipients if row.person in people and row.scheme != asked.scheme}
    for one in _before(asked, known):
        said = one.said
        if (said.scheme, said.recipient_no) in numbers and one.step not in GONE and _place(said) == _place(asked):
            yield find("V22", recipient_no, document=_where(one))
            return


def points_usual(on: date, points: Entry, asked: Asked, known: Known) -> Iterator[Finding]:
    """V35: no more points a day than all but a thousandth of the claims of that care have."""
    usual = (known.usual or {}).get(asked.row)
    if points.number is None or usual is None or usual.points_a_day is None:
        return
    a_day = points.number // max(asked.days or 1, 1)
    if a_day > usual.points_a_day:
        yield find("V35", points, found=a_day, usual=usual.points_a_day)


def month_usual(on: date, amount: Entry, asked: Asked, known: Known, sigma: int = 5) -> Iterator[Finding]:
    """V58: an institution's month stays within `sigma` deviations of its months before; said once, of the claim that leaves them.
    """
    usual = (known.usual or {}).get(asked.row)
    if amount.number is None or usual is None or usual.month_mean is None or not usual.month_deviation:
        return
    most = int(usual.month_mean + sigma * usual.month_deviation)
    above = [one.amount or 0 for one in known.own if one.row < asked.row and _month(one) == _month(asked)]
    so_far = (usual.month_sum or 0) + sum(above)
    if so_far <= most < so_far + amount.number:
        yield find("V58", amount, usual=int(usual.month_mean), limit=most)


def _before(asked: Asked, known: Known) -> Iterator[Earlier]:
    """The claims that came before: other papers', and those of the rows above."""
    yield from known.earlier
    yield from (Earlier(one, "", "") for one in known.own if one.row < asked.row)


def _where(one: Earlier) -> str:
    return one.document or f"この紙の{one.said.row}行目"


def _key(said: Asked) -> tuple[str, ...]:
    return said.scheme, said.recipient_no, *_place(said)


def _place(said: Asked) -> tuple[str, ...]:
    return said.inst, said.month, said.care


def _month(said: Asked) -> tuple[str, str]:
    return said.inst, said.month


def _alike(one: Asked, other: Asked, digits: int) -> bool:
    if one.points is None or (one.scheme, one.points) != (other.scheme, other.points):
        return False
    if one.recipient_no == other.recipient_no:
        return one.inst != other.inst
    return _place(one) == _place(other) and differing(one.recipient_no, other.recipient_no) <= digits
