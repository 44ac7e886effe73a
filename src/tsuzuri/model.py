"""The nouns of the line, frozen, and the one table of permitted moves. Touches only errors.

Money is whole yen, dates are ISO text, a field's value is a JSON value. Times are aware datetimes that a door hands in.
Boxes are (x, y, width, height) in millimetres from the paper's top-left corner, whatever the scan's resolution.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tsuzuri.errors import WrongTurn

Box = tuple[float, float, float, float]
Value = str | int | bool | None
STRUCK, WHITENED, STAMPED = "struck", "whitened", "stamped"     # what was done to a field: crossed out, painted over, 訂正印
STAINED = "+stain"      # follows the readers' names where a stamp or a stroke that is no writing was taken out of the field
RESCUED = "+check"      # ends the readers' names where a number was chosen among others because its check digit fits


class Step(StrEnum):
    """Where a thing stands on the line. Batches, scans, pages and documents share the words they need."""

    OPEN = "open"              # batch: taking files
    CLOSED = "closed"          # batch: declared and stored sheets have been compared
    RECEIVED = "received"      # scan, page: bytes and row are durable, nothing has looked at it
    OPENED = "opened"          # scan: its pages are rows
    READ = "read"              # page: its readings are rows; which document it belongs to, its neighbours will tell
    BLANK = "blank"            # page: nothing on it; kept and counted
    SEPARATOR = "separator"    # page: a sheet of ours that says where a document ends; kept and counted
    BOUND = "bound"            # page: belongs to a document
    WAITING = "waiting"        # document: begun, and pages that may belong to it are not read yet
    REVIEW = "review"          # document: a person must look
    CLEAN = "clean"            # document: nothing speaks against approval
    APPROVED = "approved"      # document: a Claim was made from it
    RETURNED = "returned"      # document: goes back to its sender (返戻)
    EXPORTED = "exported"      # document: its claim has left; never edited again
    FILED = "filed"            # document: makes no claim, and its batch asks for it no more: 綴込済
    MERGED = "merged"          # document: a person bound its pages into another one; nothing is left of it but its history


MOVES: frozenset[tuple[Step, Step]] = frozenset({
    (Step.OPEN, Step.CLOSED),
    (Step.RECEIVED, Step.OPENED),
    (Step.RECEIVED, Step.BLANK),
    (Step.RECEIVED, Step.SEPARATOR),
    (Step.RECEIVED, Step.READ),
    (Step.READ, Step.BOUND),
    (Step.WAITING, Step.REVIEW),
    (Step.WAITING, Step.CLEAN),
    (Step.REVIEW, Step.REVIEW),
    (Step.REVIEW, Step.CLEAN),
    (Step.REVIEW, Step.APPROVED),
    (Step.REVIEW, Step.RETURNED),
    (Step.CLEAN, Step.CLEAN),
    (Step.CLEAN, Step.REVIEW),
    (Step.CLEAN, Step.APPROVED),
    (Step.CLEAN, Step.RETURNED),
    (Step.REVIEW, Step.MERGED), (Step.CLEAN, Step.MERGED),
    (Step.RETURNED, Step.REVIEW),
    (Step.APPROVED, Step.EXPORTED), (Step.APPROVED, Step.FILED),
})


def step_on(old: Step, new: Step) -> Step:
    """`new`, if the table of moves permits it; raises WrongTurn otherwise."""
    if (old, new) not in MOVES:
        raise WrongTurn(f"no way leads from {old} to {new}", code="no_such_move")
    return new


class Severity(StrEnum):
    """How hard a finding stands in the way (domain: F reject, E block, W reviewer decides, I information)."""
    F = "F"
    E = "E"
    W = "W"
    I = "I"  # noqa: E741  the domain's own letter

    @property
    def blocks(self) -> bool:
        """Whether no claim may be made while such a finding stands."""
        return self in (Severity.F, Severity.E)


class Act(StrEnum):
    """What is done about a finding."""

    RETURN = "返戻"     # back to the institution or applicant
    INQUIRE = "照会"    # ask
    AMEND = "補正"      # mend in house
    RESCAN = "再スキャン"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of the paper: a rule's `code` (V01…), the `field` it rests on or None, `steps`: how what it misses is reckoned."""

    code: str
    severity: Severity
    act: Act
    message: str
    field: str | None = None
    box: Box | None = None
    page: int | None = None
    steps: tuple[str, ...] = ()


class Cut(StrEnum):
    """What ends a document in a batch, beside a page that begins another one and a separator sheet."""

    BY_FORM = "by_form"            # nothing else: a page of no known form is a document of its own
    EACH_FILE = "each_file"        # a file's end: its pages belong together, those of no known form too
    SEPARATED = "separated"        # separator sheets alone: what lies between two of them belongs together
    BY_COUNT = "by_count"          # so many pages of a file


@dataclass(frozen=True, slots=True)
class Batch:
    """What a station declared before it sent anything: a bundle of sheets out of one box.

    `cut` says what ends a document; `pages_per_document` counts with Cut.BY_COUNT.
    """

    id: str
    station: str
    box: str
    ward: str
    procedure: str
    declared_sheets: int
    created_at: datetime
    business_date: date
    step: Step = Step.OPEN
    closed_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    cut: Cut = Cut.BY_FORM
    pages_per_document: int = 1

    def to(self, step: Step, **changes: Any) -> Batch:
        """This batch, moved on."""
        return replace(self, step=step_on(self.step, step), **changes)


@dataclass(frozen=True, slots=True)
class Scan:
    """One uploaded file. Its bytes lie in the file store under `sha256`; where a 個人番号 had to be blotted out of them, under
    `masked`, and those that were sent are gone."""

    id: str
    batch_id: str
    seq: int
    name: str
    sha256: str
    size: int
    media: str
    pages: int
    received_at: datetime
    duplicate_of: str | None = None
    step: Step = Step.RECEIVED
    tries: int = 0
    masked: str | None = None

    @property
    def kept(self) -> str:
        """The name under which its bytes are to be read."""
        return self.masked or self.sha256

    def to(self, step: Step, **changes: Any) -> Scan:
        """This scan, moved on."""
        return replace(self, step=step_on(self.step, step), **changes)


@dataclass(frozen=True, slots=True)
class Page:
    """One side of one sheet. `number` counts from 1 within its scan; `picture` names the upright rendition, once made.

    Read, it has its `form` (None: no known one; a person may name another), how well it lies on it (`score`, 0–1), and what was
    `noted` of it. `keyed` is what people settled in it, by its own form's fields, for when its document has no place for that."""

    id: str
    scan_id: str
    batch_id: str
    number: int
    received_at: datetime
    step: Step = Step.RECEIVED
    tries: int = 0
    picture: str | None = None
    document_id: str | None = None
    form: str | None = None
    score: float = 0.0
    noted: tuple[Finding, ...] = ()
    keyed: dict[str, Field] = field(default_factory=dict)

    def to(self, step: Step, **changes: Any) -> Page:
        """This page, moved on."""
        return replace(self, step=step_on(self.step, step), **changes)


@dataclass(frozen=True, slots=True)
class Placement:
    """How a page lies on a form (None: on no known one; `blank`: nothing is on it): `homography`, row-major 3×3, paper mm → px of
    the page *as scanned*, and `bend`, what folds add (image.bend). `score` (0–1) is the share of its rules in place; clockwise
    `quarter_turns` bring it upright; boxes of `astray` fields lie unsurely; `fault` is one of image.quality.FAULTS."""

    form: str | None
    blank: bool = False
    score: float = 0.0
    title_score: float = 0.0
    quarter_turns: int = 0
    homography: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    note: str = ""
    bend: tuple[float, ...] = ()
    astray: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader saw in one box. Kept for ever; never edited.

    `ink` is the raw text, "" for blank. `confidence` is the reader's own P(right), 0–1. `order` is 1 for the first reader.
    `marks` are what was done to the writing: STRUCK, WHITENED, STAMPED.
    """

    field: str
    ink: str
    confidence: float
    reader: str
    box: Box
    page: int = 1
    order: int = 1
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """What the document says in one field: the value, and how we came to know it. `reader` is "person" after a correction.

    `page` is the page's place in its document, from 1.
    """

    value: Value
    confidence: float
    raw: str
    reader: str
    box: Box | None = None
    page: int = 1
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What the paper says. `fields` is keyed by the form's field names; rows are flat: "receipts.1.paid".

    A page of another form that is bound behind it is a row too: "evidence.1.total". `page_count` is how many pages it has.

    `noted` are findings that do not follow from the values (a duplicate image, an unreadable page, readers that differ):
    validation carries them over into `findings`, but for those whose field a person has since corrected.
    """

    id: str
    batch_id: str
    form: str | None
    form_version: int
    business_date: date
    fields: dict[str, Field] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    noted: tuple[Finding, ...] = ()
    step: Step = Step.REVIEW
    version: int = 1
    score: float = 0.0
    page_count: int = 1
    leased_by: str | None = None
    leased_until: datetime | None = None

    def to(self, step: Step, **changes: Any) -> Document:
        """This document, moved on; its version counts up with every move."""
        return replace(self, step=step_on(self.step, step), version=self.version + 1, **changes)

    @property
    def values(self) -> dict[str, Value]:
        """Field values alone."""
        return {name: f.value for name, f in self.fields.items()}

    @property
    def blocked(self) -> bool:
        """Whether a finding forbids a claim."""
        return any(finding.severity.blocks for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Review:
    """One act of a person upon a document. Append-only. `changes` maps field → [before, after]."""

    id: str
    document_id: str
    by: str
    at: datetime
    action: str
    note: str = ""
    changes: dict[str, list[Value]] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What the office may act upon. Made in one function only (stages/review.py), and never edited.

    `row` is the row of a sheet that lists many patients (連記式), from 1; 0 where the sheet is one claim.
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
