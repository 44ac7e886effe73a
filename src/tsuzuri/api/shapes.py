"""What goes over the wire, described for those who write the other end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from tsuzuri.flow import plain_finding
from tsuzuri.model import Collate, Cut, Scan
from tsuzuri.stages.intake import BETWEEN, span
from tsuzuri.store.books import Ledger
from tsuzuri.store.queries import BatchLine
from tsuzuri.store.seals import Seal
from tsuzuri.store.words import LONGEST, is_word


def _printable(text: str) -> str:
    if not is_word(text):
        raise ValueError("表示できる文字だけで書いてください")
    return text


# Nothing unprintable: such text ends up in lists, logs and file names.
Word = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_printable)]


def an_imprint(text: str) -> str:
    """What a scanner printed upon a sheet, or "first..last"; or nothing. Raises ValueError where no number stands at its end."""
    if text:
        span(text)
        for end in text.split(BETWEEN):
            _printable(end)
    return text


DOUBLE = "{}ページ目: 二重送りの疑いがあります。2枚が重なっていないか、紙を確かめてください。"
Imprint = Annotated[str, AfterValidator(an_imprint)]
Sheets = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Claims = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Yen = Annotated[int, Field(strict=True, ge=0, le=10**12)]


class Declared(BaseModel):
    """A bundle of sheets about to be sent."""

    model_config = ConfigDict(extra="forbid")

    box: Word = Field(description="the box the sheets came out of", examples=["KM-0001"])
    ward: Word = Field(description="the ward that collected them", examples=["東区"])
    procedure: Word = Field(description="which procedure the papers belong to", examples=["kodomo"])
    sheets: Sheets = Field(description="how many sheets were fed, blank ones included")
    business_date: date | None = Field(default=None, description="業務日付; default: the office's today")
    documents: Cut = Field(default=Cut.BY_FORM, description=(
        "what ends a document, beside a page that begins another one and a separator sheet. by_form: nothing else; "
        "each_file: a file is a document; separated: what lies between two separator sheets is; by_count: so many pages of a file"))
    pages_per_document: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(default=1, description="with by_count")
    duplex: bool = Field(default=False, strict=True, description=(
        "both sides of each sheet are scanned, blank backs included: a sheet is two pages, and `sheets` counts sheets"))
    collate: Collate = Field(default=Collate.AS_FED, description=(
        "a scanner of one side brings a batch's files in pairs, 1 and 2, 3 and 4 …: first all fronts, then as many backs, "
        "blank ones included. odd_even: the backs from the first sheet on; odd_even_reversed: from the last, as the "
        "turned stack gives them. Their pages are laid as the paper lies; a sheet is two pages"))
    envelopes: tuple[Word, ...] = Field(default=(), max_length=1000, description="numbers of their envelopes (封筒)")
    count: Claims | None = Field(
        default=None, description="件数 on the summary that lies with the sheets (請求総括表), held against the claims read")
    amount: Yen | None = Field(default=None, description="金額 on it, in yen")
    first_imprint: Imprint = Field(default="", description="what the scanner's imprinter printed on the first sheet")
    last_imprint: Imprint = Field(default="", description="and on the last: numbers between that no file brings are told")
    rescans: tuple[Word, ...] = Field(default=(), max_length=1000, description=(
        "the documents whose paper is fed again in this batch, as `GET /v1/batches/{id}/rescans` names them: settled at its close"))

    @model_validator(mode="after")
    def _totals_go_together(self) -> Self:
        if (self.count is None) is not (self.amount is None):
            raise ValueError("件数と金額は両方書いてください")
        return self


class Recounted(BaseModel):
    """The number of sheets after the paper was counted again by hand (`one_sided`: of how many only one side is stored, in a batch
    of two); and the totals of its slip, where they were too."""

    model_config = ConfigDict(extra="forbid")

    sheets: Sheets
    one_sided: Sheets = 0
    count: Claims | None = None
    amount: Yen | None = None

    @property
    def totals(self) -> tuple[int, int] | None:
        """件数 and 金額, where both are said."""
        return (self.count, self.amount) if self.count is not None and self.amount is not None else None


class Receipt(BaseModel):
    """What a station holds until the end of time: this file, these bytes, are kept.

    `signature` is Ed25519, in base64, by the `key` of that name at /v1/station-key, over eight lines, each ended by a line feed:
    `tsuzuri-receipt/1`, then `name: value` of scan, batch, seq, sha256, size, pages, received_at, as they stand here.
    """

    scan: str
    batch: str
    seq: int
    sha256: str = Field(description="of the bytes as stored, hex")
    size: int = Field(description="bytes")
    media: str
    pages: int
    duplicate_of: str | None = Field(description="the first scan with these very bytes, if not this one")
    received_at: datetime
    warnings: list[str] = Field(default=[], description="what speaks against the scan at a glance, for whoever holds the paper")

    key: str = Field(default="", description="which of the office's keys signed")
    signature: str = Field(default="", description="base64")

    @classmethod
    def of(cls, scan: Scan, seal: Seal, warnings: Iterable[str] = ()) -> Self:
        """The receipt for a stored file, signed."""
        same = {name: getattr(scan, name) for name in ("seq", "sha256", "size", "media", "pages", "duplicate_of", "received_at")}
        warned = [*warnings, *map(DOUBLE.format, scan.double_fed)]
        given = cls(scan=scan.id, batch=scan.batch_id, warnings=warned, **same)
        given.key, given.signature = seal.sign(given.model_dump(mode="json"))
        return given


class KeyShape(BaseModel):
    """A key by which receipts are checked. `by` and `signature` (empty for the first): the key before it signed the three lines
    `tsuzuri-key/1`, `key: …`, `public: …`, so that who trusts that one may trust this one."""

    key: str = Field(description="32 hex digits: the beginning of the SHA-256 of the public key's 32 bytes")
    public: str = Field(description="the 32 bytes of the Ed25519 public key, base64")
    by: str = ""
    signature: str = ""


class RescanShape(BaseModel):
    """A paper that is to be fed again."""

    document: str
    files: list[int] = Field(description="the numbers of the files that brought it")
    why: str
    asked_at: datetime


class FindingShape(BaseModel):
    """A fault of the paper: its rule's code, how hard it stands in the way (F E W I), what is done about it, and of sums the
    steps by which they were reckoned.
    """

    code: str
    severity: str
    act: str
    field: str | None
    message: str
    steps: list[str] = []


class BatchShape(BaseModel):
    """A batch and where its pages stand.

    stored = in_reading + blank + separator + review + clean + approved + returned + exported + filed
    """

    id: str
    station: str
    box: str
    ward: str
    procedure: str
    business_date: date
    step: str = Field(description='"open" or "closed"')
    created_at: datetime
    closed_at: datetime | None
    declared: int = Field(description="sheets the station said it fed")
    pages_due: int = Field(description="pages those are: two a sheet with `duplex` or `collate`")
    collate: Collate
    envelopes: list[str]
    count: int | None
    amount: int | None
    first_imprint: str
    last_imprint: str
    rescans: list[str]
    files: int = Field(description="files stored")
    stored: int = Field(description="pages in those files")
    in_reading: int = Field(description="not read yet, or waiting for neighbours that are not")
    blank: int
    separator: int
    review: int
    clean: int
    approved: int
    returned: int
    exported: int
    filed: int = Field(description="approved, and no claim: kept with the batch when nothing of it is left to do")
    balanced: bool = Field(description="whether declared and stored agree, and each page stands somewhere")
    missing: list[int] = Field(description="numbers of the sequence under which no file came (first 100)")
    findings: list[FindingShape]

    @classmethod
    def of(cls, line: BatchLine, missing: list[int] | None = None) -> Self:
        """The batch as machines see it."""
        batch, tally = line.batch, line.tally
        counts = {name: getattr(tally, name) for name in (
            "files", "stored", "in_reading", "blank", "separator", "review", "clean", "approved", "returned", "exported",
            "filed")}
        agree = tally.balanced and tally.stored == batch.declared_pages and not missing
        return cls(
            id=batch.id, station=batch.station, box=batch.box, ward=batch.ward, procedure=batch.procedure,
            business_date=batch.business_date, step=batch.step.value, created_at=batch.created_at,
            closed_at=batch.closed_at, declared=batch.declared_sheets, pages_due=batch.declared_pages, balanced=agree,
            collate=batch.collate,
            missing=missing or [],
            **{**asdict(batch.slip), "envelopes": list(batch.slip.envelopes), "rescans": list(batch.slip.rescans)},
            findings=[FindingShape(**plain_finding(finding)) for finding in batch.findings], **counts,
        )


class BatchPage(BaseModel):
    """Some batches; ask again with `after` = `next` for more, until it is null."""

    items: list[BatchShape]
    next: str | None


class Done(BaseModel):
    """How many documents were approved."""

    approved: int


class LedgerShape(BaseModel):
    """The paper ledger, in pages: fed = stored + awaited; stored = exported + filed + in_work + returned + blank + separator."""

    fed: int = Field(description="declared by closed batches, and by open ones that are still sending")
    awaited: int = Field(description="of those, what open batches still have to send")
    stored: int
    exported: int
    filed: int
    in_work: int
    returned: int
    blank: int
    separator: int
    off: int = Field(description="closed batches of which another number is stored than was fed")
    balanced: bool = Field(description="whether of what is stored each page stands somewhere, once")

    @classmethod
    def of(cls, books: Ledger) -> Self:
        """The books as machines see them."""
        return cls(**{name: getattr(books, name) for name in cls.model_fields})
