"""What a rehearsal of a night asks besides: the nights before, and how many claims wait, counted by another way."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from tsuzuri.model import ExportRun, RunStep
from tsuzuri.store import rows
from tsuzuri.store.tables import claims, documents, runs
from tsuzuri.store.unit import Look


def runs_before(look: Look, target: str, day: date, limit: int) -> list[ExportRun]:
    """The latest runs of a target before a business date that were not withdrawn and took anything, newest first."""
    there = runs.c.target == target, runs.c.business_date < day, runs.c.step != RunStep.WITHDRAWN.value, runs.c.count > 0
    found = select(runs).where(*there).order_by(runs.c.business_date.desc()).limit(limit)
    return [rows.to_run(row) for row in look.connection.execute(found)]


def claims_waiting(look: Look, day: date) -> int:
    """The claims of papers up to that business date that have not left, whatever they are of."""
    bound = select(func.count()).select_from(claims.join(documents, documents.c.id == claims.c.document_id))
    return int(look.connection.scalar(bound.where(claims.c.export_run.is_(None), documents.c.business_date <= day)) or 0)
