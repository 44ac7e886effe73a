"""What supervisors decided: who, when, about whom or what, and why. Kept for good; nothing here changes or removes one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from tsuzuri.store.desk_tables import decisions
from tsuzuri.store.unit import Look, Unit


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `what` is a word (add_user, draw …), `about` whom or what it concerns; `told` says from what to what."""

    at: datetime
    by: str
    what: str
    about: str
    why: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


def decide(unit: Unit, decision: Decision) -> None:
    """Keep it, in the unit's own commit."""
    unit.connection.execute(insert(decisions).values(
        at=decision.at, by=decision.by, what=decision.what, about=decision.about, why=decision.why, told=dict(decision.told)))


def decided_about(look: Look, about: str, what: Collection[str]) -> list[Decision]:
    """The decisions of these words about one thing, oldest first."""
    found = select(decisions).where(decisions.c.what.in_(what), decisions.c.about == about).order_by(decisions.c.n)
    return [Decision(row.at, row.by, row.what, row.about, row.why, row.told) for row in look.connection.execute(found)]


def decided(look: Look, what: Collection[str], limit: int = 50) -> list[Decision]:
    """The latest decisions of these words, newest first."""
    found = select(decisions).where(decisions.c.what.in_(what)).order_by(decisions.c.n.desc()).limit(limit)
    return [Decision(row.at, row.by, row.what, row.about, row.why, row.told) for row in look.connection.execute(found)]
