"""What does not go the usual way: papers of no known form, and batches in which something is missing or stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tsuzuri.model import Finding, Step
from tsuzuri.store import queries
from tsuzuri.store.papers import PAPER_ORDER
from tsuzuri.store.queries import BatchLine
from tsuzuri.store.questions import ASKED_ABOUT
from tsuzuri.store.rows import to_document
from tsuzuri.store.tables import batches, documents, pages, scans
from tsuzuri.store.unit import Look

NEWEST = 50       # batches looked through for what is missing
STANDING = 12     # of one batch's missing numbers, how many are told


@dataclass(frozen=True, slots=True)
class Unknown:
    """A paper whose form nobody knows: where it lies, and what speaks against it. `seq` and `page_id` are its first page's."""

    document_id: str
    version: int
    batch_id: str
    box: str
    seq: int
    page_id: str
    received_at: datetime
    findings: Sequence[Finding]
    leased_by: str | None
    leased_until: datetime | None


def unknown_papers(look: Look, ward: str | None = None, limit: int = 100) -> list[Unknown]:
    """Papers in review that have no form, and about which nothing is asked; the longest waiting first."""
    found = select(documents).where(documents.c.form.is_(None), documents.c.step == Step.REVIEW, ~ASKED_ABOUT)
    if ward is not None:
        found = found.where(documents.c.ward == ward)
    told = []
    for row in look.connection.execute(found.order_by(documents.c.n).limit(limit)).all():
        document = to_document(row)
        first = select(scans.c.seq, pages.c.id, pages.c.received_at, batches.c.box).join(pages, pages.c.scan_id == scans.c.id)
        first = first.join(batches, batches.c.id == scans.c.batch_id).where(pages.c.document_id == document.id)
        page = look.connection.execute(first.order_by(*PAPER_ORDER).limit(1)).one_or_none()
        if page is not None:
            told.append(Unknown(document.id, document.version, document.batch_id, page.box, page.seq, page.id, page.received_at,
                                document.findings, document.leased_by, document.leased_until))
    return told


def short_batches(look: Look, ward: str | None = None) -> list[tuple[BatchLine, list[int]]]:
    """Of the newest batches those that lack a file (its numbers), do not balance, or have pages that are not read yet."""
    newest = queries.batch_list(look, limit=NEWEST, ward=ward)
    told = [(one, queries.missing_numbers(look, one.batch.id, STANDING)) for one in newest]
    return [(one, missing) for one, missing in told
            if missing or one.tally.in_reading or (one.batch.step is Step.CLOSED and one.tally.stored != one.batch.declared_pages)]
