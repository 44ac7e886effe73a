"""What papers say, and what people did about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tsuzuri.model.findings import DISPUTED, TO_KEY, Finding
from tsuzuri.model.readings import Candidate, Field, Value
from tsuzuri.model.steps import Step, step_on


@dataclass(frozen=True, slots=True)
class Document:
    """What the paper says. `fields` is keyed by the form's field names; rows are flat: "receipts.1.paid".

    A page of another form that is bound behind it is a row too: "evidence.1.total". `page_count` is how many pages it has.

    `noted` are findings that do not follow from the values (a duplicate image, an unreadable page, readers that differ):
    validation carries them over into `findings`, but for those whose field a person has since corrected.

    `answers` is the id of the returned document that this one is sent in place of (再提出).

    `candidates` are what fields may say, by the ledgers and by the readers; the likeliest of a field comes first.
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
    rulebook: str = ""
    answers: str | None = None
    candidates: tuple[Candidate, ...] = ()

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


    @property
    def blind(self) -> frozenset[str]:
        """Fields that wait to be keyed by two from the picture alone, or judged between: nobody is shown a value of them."""
        return frozenset(f.field for f in self.findings if f.field and f.code in (TO_KEY, DISPUTED))


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
