"""What papers of one form have come to: the newest of them, and how many there were since a day. Functions take a look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from tsuzuri.model import Document, Step
from tsuzuri.store import rows
from tsuzuri.store.tables import documents
from tsuzuri.store.unit import Look

PASSED = (Step.APPROVED, Step.EXPORTED, Step.FILED)


def newest(look: Look, form: str, limit: int, steps: Sequence[Step] = PASSED) -> list[Document]:
    """The newest documents of a form at these steps, newest first."""
    there = [select(documents.c.n).where(documents.c.form == form, documents.c.step == step) for step in steps]
    each = [one.order_by(documents.c.n.desc()).limit(limit) for one in there]
    last = sorted((n for one in each for n in look.connection.scalars(one)), reverse=True)[:limit]
    found = select(documents).where(documents.c.n.in_(last)).order_by(documents.c.n.desc())
    return [rows.to_document(row) for row in look.connection.execute(found)]


def count_of(look: Look, form: str, since: date | None = None, steps: Sequence[Step] = tuple(Step)) -> int:
    """How many documents of a form stand at these steps, of business dates from `since` on as far as they came in that order."""
    after = 0 if since is None else place_before(look, documents.c.n, documents.c.business_date, since)
    there = documents.c.form == form, documents.c.step.in_(steps), documents.c.n > after
    return look.connection.scalar(select(func.count()).where(*there)) or 0


def place_before(look: Look, n: ColumnElement[int], at: ColumnElement[Any], moment: date | datetime) -> int:
    """The number behind which rows of a table that grows with time are of that moment or later, by halves."""
    low, high = 0, look.connection.scalar(select(func.max(n))) or 0
    while low < high:
        middle = (low + high) // 2
        found = look.connection.scalar(select(at).where(n > middle).order_by(n).limit(1))
        if found is not None and found < moment:
            low = middle + 1
        else:
            high = middle
    return low
