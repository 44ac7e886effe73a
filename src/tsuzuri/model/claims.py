"""What the office may act upon, and the files it leaves in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tsuzuri.model.readings import Value


@dataclass(frozen=True, slots=True)
class Claim:
    """What the office may act upon. Made in one function only (stages/review.py), and never edited.

    `row` is the row of a sheet that lists many patients (連記式), from 1; 0 where the sheet is one claim. `rulebook` names the
    version of forms, tables and rules by which its document was judged.
    """

    id: str
    document_id: str
    batch_id: str
    ward: str
    form: str
    values: dict[str, Value]
    approved_by: str
    approved_at: datetime
    export_run: str | None = None
    row: int = 0
    rulebook: str = ""


@dataclass(frozen=True, slots=True)
class ExportRun:
    """One night's file for one target. `held` counts what was eligible by date but stays, by reason."""

    id: str
    business_date: date
    target: str
    path: str
    sha256: str
    count: int
    amount: int
    points: int
    eligible: int
    held: dict[str, int]
    at: datetime
