"""Whether something is a person's to work at, as a condition of any query: told by what is assigned to them."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, or_, select

from tsuzuri.store.work_tables import assignments


def works_at(by: str, mode: str, form: Column[str], ward: Column[str]) -> ColumnElement[bool]:
    """Rows of a form and ward at which `by` works in that mode; all of them where nothing is assigned to them."""
    mine = select(assignments.c.n).where(assignments.c.name == by)
    this = mine.where(assignments.c.mode.in_(("", mode)), assignments.c.form.in_(("", form)), assignments.c.ward.in_(("", ward)))
    return or_(~mine.exists(), this.exists())
