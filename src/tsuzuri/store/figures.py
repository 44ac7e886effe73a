"""Figures of the office, counted over a month: who agreed with whom, what was returned, how long papers lie. All take a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from tsuzuri.model import Step
from tsuzuri.model.letters import Post
from tsuzuri.store.desk_tables import entries
from tsuzuri.store.facts_tables import facts
from tsuzuri.store.letter_tables import letters
from tsuzuri.store.past import place_before
from tsuzuri.store.tables import documents, reviews
from tsuzuri.store.unit import Look

DONE = ("approve", "give_back")
SLOT_S = 600        # somebody who settled something within ten minutes worked in them


@dataclass(frozen=True, slots=True)
class Pair:
    """How often two accounts keyed the same field of the same paper blind, the first of each, and agreed."""

    form: str
    asked: str
    first: str
    second: str
    many: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How many papers somebody settled (approved or returned), and in how many hours in which they settled any."""

    by: str
    papers: int
    hours: float


def pairs(look: Look, since: datetime, before: datetime, ward: str | None = None) -> list[Pair]:
    """ベリファイ一致率 by form, field and pair of accounts; the two in the order of their names."""
    one, other = entries.alias("one"), entries.alias("other")
    low, high = (case((one.c.by < other.c.by, a.c.by), else_=b.c.by) for a, b in ((one, other), (other, one)))
    same = (one.c.document_id == other.c.document_id) & (one.c.field == other.c.field) & (one.c.n < other.c.n)
    found = select(other.c.form, other.c.asked, low.label("low"), high.label("high"), func.count(), func.sum(other.c.agreed))
    found = found.select_from(other.join(one, same))
    found = found.where(one.c.round == 1, other.c.round == 1, one.c.agreed.is_(None), other.c.agreed.is_not(None),
                        _stands(one.c.aside), _stands(other.c.aside), other.c.at >= since, other.c.at < before)
    if ward is not None:
        found = found.join(documents, documents.c.id == other.c.document_id).where(documents.c.ward == ward)
    names = other.c.form, other.c.asked, low, high
    return [Pair(form, asked, first, second, int(many), int(agreed))
            for form, asked, first, second, many, agreed in look.connection.execute(found.group_by(*names).order_by(*names))]


def paces_of_papers(look: Look, since: datetime, before: datetime) -> list[Pace]:
    """枚/時 by person."""
    found = select(reviews.c.by, reviews.c.document_id, reviews.c.at).where(
        reviews.c.n > place_before(look, reviews.c.n, reviews.c.at, since), reviews.c.at >= since, reviews.c.at < before,
        reviews.c.action.in_(DONE))
    papers: dict[str, set[str]] = {}
    slots: dict[str, set[int]] = {}
    for row in look.connection.execute(found):
        papers.setdefault(row.by, set()).add(row.document_id)
        slots.setdefault(row.by, set()).add(int(row.at.timestamp()) // SLOT_S)
    return [Pace(by, len(done), len(slots[by]) * SLOT_S / 3600) for by, done in sorted(papers.items())]


def returns_by_institution(
    look: Look, since: date, before: date, ward: str | None = None, limit: int = 20,
) -> list[tuple[str, int, int]]:
    """(the institution's last seven digits, papers, of them returned), those with most returned first."""
    back = func.count(func.distinct(documents.c.id)).filter(documents.c.step == Step.RETURNED)
    found = select(facts.c.inst, func.count(func.distinct(documents.c.id)), back)
    found = found.join(documents, documents.c.id == facts.c.document_id)
    found = _of(found.where(facts.c.judged_on >= since, facts.c.judged_on < before, facts.c.inst != ""), ward)
    ordered = found.group_by(facts.c.inst).having(back > 0).order_by(back.desc(), facts.c.inst).limit(limit)
    return [(inst, int(many), int(returned)) for inst, many, returned in look.connection.execute(ordered)]


def returns_by_reason(look: Look, since: date, before: date, ward: str | None = None) -> tuple[Counter[str], int]:
    """(reason's code → how many 返戻票 name it, how many there are); a code "" is a clerk's own words."""
    found = select(letters.c.wording).join(documents, documents.c.id == letters.c.document_id)
    found = _of(found.where(letters.c.kind == Post.RETURN, letters.c.day >= since, letters.c.day < before), ward)
    told, many = Counter[str](), 0
    for wording in look.connection.scalars(found):
        many += 1
        told.update({str(reason.get("code", "")) for reason in wording.get("reasons", ())})
    return told, many


def lying(look: Look, today: date, shares: Sequence[float], ward: str | None = None) -> tuple[int, list[int]]:
    """(how many papers wait for a person, the days that so large a share of them has not lain longer than), by business date."""
    there = [documents.c.step == Step.REVIEW, *([documents.c.ward == ward] if ward is not None else [])]
    many = look.connection.scalar(select(func.count()).where(*there)) or 0
    newest_first = select(documents.c.business_date).where(*there).order_by(documents.c.n.desc()).limit(1)
    at = [look.connection.scalar(newest_first.offset(min(int(share * many), many - 1))) for share in shares] if many else []
    return many, [(today - day).days for day in at if day is not None]


def _stands(aside: ColumnElement[str]) -> ColumnElement[bool]:
    return aside.is_(None) | (aside != "taken_back")


def _of(found: Select[Any], ward: str | None) -> Select[Any]:
    return found if ward is None else found.where(documents.c.ward == ward)
