"""Drafts of forms, kept one by one and never edited; and how the last pages of each form lay on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from tsuzuri.errors import NotFound
from tsuzuri.store.studio_tables import form_drafts, lays
from tsuzuri.store.unit import Look, Unit


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as somebody kept it; `live_by` put it among the city's forms."""

    n: int
    form: str
    version: int
    tree: dict[str, Any]
    schema: dict[str, Any]
    picture: str | None
    by: str
    at: datetime
    live_by: str | None = None
    live_at: datetime | None = None


def drafts(look: Look, limit: int = 50) -> list[KeptDraft]:
    """The last ones, newest first."""
    return [_kept(row) for row in look.connection.execute(select(form_drafts).order_by(form_drafts.c.n.desc()).limit(limit))]


def draft(look: Look, n: int) -> KeptDraft:
    """One of them; raises NotFound."""
    row = look.connection.execute(select(form_drafts).where(form_drafts.c.n == n)).first()
    if row is None:
        raise NotFound("no such draft")
    return _kept(row)


def keep_draft(unit: Unit, kept: KeptDraft) -> int:
    """A further draft; its number."""
    told = {"form": kept.form, "version": kept.version, "tree": kept.tree, "schema": kept.schema, "picture": kept.picture,
            "by": kept.by, "at": kept.at}
    return int(unit.connection.execute(insert(form_drafts).values(told).returning(form_drafts.c.n)).scalar_one())


def note_live(unit: Unit, n: int, by: str, at: datetime) -> None:
    """The draft is among the city's forms."""
    unit.connection.execute(update(form_drafts).where(form_drafts.c.n == n).values(live_by=by, live_at=at))


def note_lay(unit: Unit, form: str, at: datetime, shifts: Mapping[str, Sequence[float]]) -> None:
    """How one page of a form lay."""
    unit.connection.execute(insert(lays).values(form=form, at=at, shifts={name: list(by) for name, by in shifts.items()}))


def last_lays(look: Look, form: str, limit: int) -> list[tuple[datetime, dict[str, tuple[float, float]]]]:
    """(when, region → mm right and down) of a form's last pages, oldest first."""
    found = select(lays.c.at, lays.c.shifts).where(lays.c.form == form).order_by(lays.c.n.desc()).limit(limit)
    told = [(row.at, {name: (by[0], by[1]) for name, by in row.shifts.items()}) for row in look.connection.execute(found)]
    return told[::-1]


def _kept(row: Row[Any]) -> KeptDraft:
    return KeptDraft(row.n, row.form, row.version, row.tree, row.schema, row.picture, row.by, row.at, row.live_by, row.live_at)
