"""What goes over the wire of papers that were read, described for those who write the other end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from tsuzuri.api.shapes import FindingShape
from tsuzuri.model import Page, Scan
from tsuzuri.store.queries import DocumentLine


class DocumentItem(BaseModel):
    """A document in a list, without what is written on it."""

    id: str
    batch_id: str
    form: str | None
    step: str
    version: int
    score: float
    page_count: int
    finding_count: int
    worst: str = Field(description="the severest finding: F, E, W, I, or empty")
    business_date: date
    received_at: datetime | None

    @classmethod
    def of(cls, line: DocumentLine) -> Self:
        """The document as lists show it."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class DocumentPage(BaseModel):
    """Some documents; ask again with `after` = `next` for more, until it is null."""

    items: list[DocumentItem]
    next: int | None


class ReadingShape(BaseModel):
    """What one reader saw in one box (mm: x, y, width, height)."""

    field: str
    ink: str
    confidence: float
    reader: str
    box: tuple[float, float, float, float]
    page: int
    order: int


class PageShape(BaseModel):
    """A page of a document: its picture is at /v1/pages/{id}/picture."""

    id: str
    file: str = Field(description="the file that brought it")
    page: int = Field(description="its number there")
    form: str | None = Field(description="which form this page is; null: none that is known")

    @classmethod
    def of(cls, page: Page, scan: Scan) -> Self:
        """The page as machines see it."""
        return cls(id=page.id, file=scan.name, page=page.number, form=page.form)


class CandidateShape(BaseModel):
    """What a field may say, by the ledger or by the readers; the likeliest of a field comes first."""

    field: str
    value: str | int | bool | None
    by: str = Field(alias="from", description="ledger, readers", examples=["ledger"])
    reason: str
    p: float = Field(description="how likely it is right, 0–1")


class DocumentShape(BaseModel):
    """What a paper says, how sure we are, and what speaks against it. `fields` is keyed by the form's field names.

    The `page` of a field or reading counts in `pages`, from 1; `file` and `page` are those of the first.
    """

    id: str
    batch: str
    step: str
    version: int
    business_date: date
    file: str
    page: int
    form: str | None
    score: float
    fields: dict[str, dict[str, Any]] = Field(
        description="name → value, confidence, raw, reader, box (mm), page; masked where it is not for this role")
    findings: list[FindingShape]
    candidates: list[CandidateShape]
    readings: list[ReadingShape]
    pages: list[PageShape]
