"""What came from a station: batches of files of pages, and how a page lies on its form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tsuzuri.model.findings import Finding
from tsuzuri.model.readings import Field
from tsuzuri.model.steps import Step, step_on


class Cut(StrEnum):
    """What ends a document in a batch, beside a page that begins another one and a separator sheet."""

    BY_FORM = "by_form"            # nothing else: a page of no known form is a document of its own
    EACH_FILE = "each_file"        # a file's end: its pages belong together, those of no known form too
    SEPARATED = "separated"        # separator sheets alone: what lies between two of them belongs together
    BY_COUNT = "by_count"          # so many pages of a file


class Collate(StrEnum):
    """In which order a batch's two sides were scanned."""

    AS_FED = "as_fed"                          # as the paper lies, file by file
    ODD_EVEN = "odd_even"                      # files in pairs: one of all fronts, one of all backs
    ODD_EVEN_REVERSED = "odd_even_reversed"    # the backs from the last sheet to the first, as a turned stack gives them


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes with a batch beside its sheets: the envelopes it came in, the totals of its 請求総括表 (how many claims, how many
    yen) as somebody wrote them down, and what the scanner's imprinter printed upon its first and last sheet; `rescans`: the
    documents whose paper is fed again in it.
    """

    envelopes: tuple[str, ...] = ()
    count: int | None = None
    amount: int | None = None
    first_imprint: str = ""
    last_imprint: str = ""
    rescans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What a station declared before it sent anything: a bundle of sheets out of one box.

    `cut` says what ends a document; `pages_per_document` counts with Cut.BY_COUNT. `sides` is how many pages a sheet is: 2 where
    both its sides are scanned, blank backs included; `collate` whether the backs came as a file of their own;
    `one_sided` how many sheets were found, when the paper was counted again, to have been scanned on one side only.
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
    sides: int = 1
    slip: Slip = Slip()
    collate: Collate = Collate.AS_FED
    one_sided: int = 0

    @property
    def declared_pages(self) -> int:
        """How many pages its files must have."""
        return self.declared_sheets * self.sides - self.one_sided

    def to(self, step: Step, **changes: Any) -> Batch:
        """This batch, moved on."""
        return replace(self, step=step_on(self.step, step), **changes)


@dataclass(frozen=True, slots=True)
class Scan:
    """One uploaded file. Its bytes lie in the file store under `sha256`; where a 個人番号 had to be blotted out of them, under
    `masked`, and those that were sent are gone.

    `imprint` is what the scanner printed upon its sheet, or "first..last" of several; at the pages in `double_fed` (from 1) the
    scanner took two sheets for one.

    `pile` is the place of its paper in its batch: its own number, or where its pages are the backs of another file's, that
    one's."""

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
    imprint: str = ""
    double_fed: tuple[int, ...] = ()
    pile: int = 0

    def __post_init__(self) -> None:
        """A file lies where it was fed, unless it is said otherwise."""
        object.__setattr__(self, "pile", self.pile or self.seq)

    @property
    def kept(self) -> str:
        """The name under which its bytes are to be read."""
        return self.masked or self.sha256

    def to(self, step: Step, **changes: Any) -> Scan:
        """This scan, moved on."""
        return replace(self, step=step_on(self.step, step), **changes)


@dataclass(frozen=True, slots=True)
class Page:
    """One side of one sheet. `number` counts from 1 within its scan, `place` within its pile of paper: the sides of a sheet lie
    at 1 and 2, 3 and 4 … `picture` names the upright rendition, once made.

    Read, it has its `form` (None: no known one; a person may name another), how well it lies on it (`score`, 0–1), and what was
    `noted` of it. `keyed` is what people settled in it, by its own form's fields, for when its document has no place for that.
    `names`: a 返戻票 that lies upon the paper sent again names the document that went back."""

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
    names: str = ""
    place: int = 0

    def __post_init__(self) -> None:
        """A page lies where it was fed, unless it is said otherwise."""
        object.__setattr__(self, "place", self.place or self.number)

    def to(self, step: Step, **changes: Any) -> Page:
        """This page, moved on."""
        return replace(self, step=step_on(self.step, step), **changes)


@dataclass(frozen=True, slots=True)
class Placement:
    """How a page lies on a form (None: on no known one; `blank`: nothing is on it): `homography`, row-major 3×3, paper mm → px of
    the page *as scanned*, and `bend`, what folds add (image.bend). `score` (0–1) is the share of its rules in place; clockwise
    `quarter_turns` bring it upright; boxes of `astray` fields lie unsurely; `fault` is one of image.quality.FAULTS; regions of the
    form that its rules have elsewhere are `aside`: (region, mm right, mm down)."""

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
    aside: tuple[tuple[str, float, float], ...] = ()
