"""What the office may act upon, and the files it leaves in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tsuzuri.model.readings import Value


@dataclass(frozen=True, slots=True)
class Claim:
    """What the office may act upon. Made in one function only (stages/review.py), and never edited.

    `row` is the row of a sheet that lists many patients (連記式), from 1; 0 where the sheet is one claim. `rulebook` names the
    version of forms, tables and rules by which its document was judged.

    After export a claim stands for good: `reverses` names the one that this takes back (取消), with its very values; `corrects` the
    one in whose place this stands (訂正). `turn` counts what was said of one row: 0 at first, then 1 (取消), 2 (訂正), 3 …
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
    reverses: str | None = None
    corrects: str | None = None
    turn: int = 0


class RunStep(StrEnum):
    """Where a run stands."""

    BEGUN = "begun"            # what it takes is frozen; its files are not proven yet
    PREPARED = "prepared"      # its files are durable, and wait beside the folder of exports for two people
    RELEASED = "released"      # both have signed; its files are about to be handed over
    SENT = "sent"              # files and control file lie where the receiver takes them
    WITHDRAWN = "withdrawn"    # taken back before it was released: what it took is free again; the next night begins it anew


@dataclass(frozen=True, slots=True)
class RunFile:
    """One file of a run: its name in the run's folder, and what is in it, by its own figures."""

    name: str
    word: str
    sha256: str
    size: int
    count: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class ExportRun:
    """One night's files for one target. `held` counts what was eligible by date but stays, by reason; `held_list` is the sha256 of
    the list of what was held, "" where nothing was. `path`, `sha256`: the first of its `files`.

    `until` is the moment up to which approvals counted; `scope` what else was frozen with it (which letters, which other run);
    `pays_on` the day on which a bank pays.
    """

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
    step: RunStep = RunStep.BEGUN
    files: tuple[RunFile, ...] = ()
    held_list: str = ""
    until: datetime | None = None
    scope: Mapping[str, int | str] = field(default_factory=dict)
    pays_on: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """What one payee gets by one run: `gross` the sum of its claims, `before` what was carried over to its debit (≤ 0), `amount`
    what is paid (≥ 0), `carried` what is carried on (≤ 0): gross + before = amount + carried.

    The account, the holder in the bank's spelling and the customer's number are as they were when the run was frozen.
    """

    payee: str
    name: str
    bank: str
    branch: str
    kind: str
    number: str
    holder: str
    customer: str
    claims: int
    gross: int
    before: int = 0
    amount: int = 0
    carried: int = 0
    n: int = 0
