"""Nouns to rows and back, one pair of functions a noun, so that no table is ever seen outside the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from tsuzuri.model import (
    Act,
    Batch,
    Box,
    Candidate,
    Claim,
    Collate,
    Cut,
    Document,
    ExportRun,
    Field,
    Finding,
    Others,
    Page,
    Reading,
    Review,
    RunFile,
    RunStep,
    Scan,
    Severity,
    Slip,
    Step,
    Transfer,
)

Values = dict[str, Any]
AnyRow = Row[Any]


def _box(numbers: list[float] | None) -> Box | None:
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if numbers is not None else None


def from_finding(finding: Finding) -> Values:
    """A finding as a JSON object, empty members left out."""
    told = {
        "code": finding.code, "severity": finding.severity.value, "act": finding.act.value,
        "message": finding.message, "field": finding.field,
        "box": list(finding.box) if finding.box else None, "page": finding.page, "steps": list(finding.steps) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def to_finding(told: Values) -> Finding:
    """The finding that was told."""
    return Finding(
        told["code"], Severity(told["severity"]), Act(told["act"]), told["message"],
        told.get("field"), _box(told.get("box")), told.get("page"), tuple(told.get("steps", ())),
    )


def from_field(field: Field) -> Values:
    """A field as a JSON object."""
    return {
        "value": field.value, "confidence": field.confidence, "raw": field.raw, "reader": field.reader,
        "box": list(field.box) if field.box else None, "page": field.page,
        **({"marks": list(field.marks)} if field.marks else {}),
        **({"kind": field.kind} if field.kind else {}),
        **({"others": [list(other) for other in field.others]} if field.others else {}),
    }


def to_field(told: Values) -> Field:
    """The field that was told."""
    box = _box(told["box"])
    marks, kind = tuple(told.get("marks", ())), told.get("kind", "")
    return Field(told["value"], told["confidence"], told["raw"], told["reader"], box, told["page"], marks, kind, _others(told))


def _others(told: Mapping[Any, Any]) -> Others:
    return tuple((text, p) for text, p in told.get("others", ()))


def from_candidate(candidate: Candidate) -> Values:
    """A candidate as a JSON object."""
    return _flat(candidate)


def to_candidate(told: Values) -> Candidate:
    """The candidate that was told."""
    return Candidate(**told)


def from_batch(batch: Batch) -> Values:
    """A row of `batches`."""
    findings = [from_finding(f) for f in batch.findings]
    slip = _flat(batch.slip)
    words = {name: getattr(batch, name).value for name in ("step", "cut", "collate")}
    return {**_flat(batch), **words, "findings": findings, "slip": slip}


def to_batch(row: AnyRow) -> Batch:
    """The batch of a whole row."""
    return Batch(
        row.id, row.station, row.box, row.ward, row.procedure, row.declared_sheets, row.created_at,
        row.business_date, Step(row.step), row.closed_at, tuple(to_finding(f) for f in row.findings),
        Cut(row.cut), row.pages_per_document, row.sides, _slip(row.slip), Collate(row.collate),
        row.one_sided,
    )


def _slip(told: Values) -> Slip:
    return Slip(**{**told, **{name: tuple(told.get(name, ())) for name in ("envelopes", "rescans")}})


def from_scan(scan: Scan) -> Values:
    """A row of `scans`."""
    return {**_flat(scan), "step": scan.step.value, "double_fed": list(scan.double_fed)}


def to_scan(row: AnyRow) -> Scan:
    """The scan of a whole row."""
    return Scan(
        row.id, row.batch_id, row.seq, row.name, row.sha256, row.size, row.media, row.pages, row.received_at,
        row.duplicate_of, Step(row.step), row.tries, row.masked, row.imprint, tuple(row.double_fed), row.pile,
    )


def from_page(page: Page) -> Values:
    """A row of `pages`."""
    keyed = {name: from_field(f) for name, f in page.keyed.items()}
    return {**_flat(page), "step": page.step.value, "noted": [from_finding(f) for f in page.noted], "keyed": keyed}


def to_page(row: AnyRow) -> Page:
    """The page of a whole row."""
    return Page(
        row.id, row.scan_id, row.batch_id, row.number, row.received_at, Step(row.step), row.tries,
        row.picture, row.document_id, row.form, row.score, tuple(to_finding(f) for f in row.noted),
        {name: to_field(told) for name, told in row.keyed.items()}, row.names, row.place,
    )


def from_document(document: Document) -> Values:
    """A row of `documents`, with what lists show told from its findings."""
    return {
        "id": document.id, "batch_id": document.batch_id,
        "form": document.form, "form_version": document.form_version, "score": document.score,
        "business_date": document.business_date, "step": document.step.value, "version": document.version,
        "page_count": document.page_count,
        "leased_by": document.leased_by, "leased_until": document.leased_until, "rulebook": document.rulebook,
        "answers": document.answers,
        "candidates": [from_candidate(c) for c in document.candidates],
        "fields": {name: from_field(f) for name, f in document.fields.items()},
        "findings": [from_finding(f) for f in document.findings],
        "noted": [from_finding(f) for f in document.noted],
        "finding_count": len(document.findings), "worst": _worst(document.findings),
    }


def to_document(row: AnyRow) -> Document:
    """The document of a whole row."""
    return Document(
        row.id, row.batch_id, row.form, row.form_version, row.business_date,
        {name: to_field(f) for name, f in row.fields.items()}, tuple(to_finding(f) for f in row.findings),
        tuple(to_finding(f) for f in row.noted), Step(row.step), row.version, row.score, row.page_count,
        row.leased_by, row.leased_until, row.rulebook, row.answers, tuple(to_candidate(c) for c in row.candidates),
    )


def from_reading(reading: Reading) -> Values:
    """A row of `readings`, without its page's id; its place in a document is the page's, and may change."""
    told = {**_flat(reading), "box": list(reading.box), "marks": list(reading.marks),
            "others": [list(other) for other in reading.others]}
    del told["page"]
    return told


def to_reading(row: AnyRow, page: int = 1) -> Reading:
    """The reading of a whole row; `page` is its page's place in the document."""
    x, y, w, h = row.box
    others = _others(row._mapping)
    return Reading(row.field, row.ink, row.confidence, row.reader, (x, y, w, h), page, row.order, tuple(row.marks), others)


def from_review(review: Review) -> Values:
    """A row of `reviews`."""
    return {**_flat(review), "accepted": list(review.accepted)}


def to_review(row: AnyRow) -> Review:
    """The review of a whole row."""
    accepted = tuple(row.accepted)
    return Review(row.id, row.document_id, row.by, row.at, row.action, row.note, row.changes, accepted)


def from_claim(claim: Claim) -> Values:
    """A row of `claims`."""
    return _flat(claim)


def to_claim(row: AnyRow) -> Claim:
    """The claim of a whole row."""
    # Taken apart at once: column by column, a hundred thousand of them cost seconds.
    claim, document, number, batch, ward, form, values, by, at, run, rulebook, reverses, corrects, turn, _ = tuple(row)
    return Claim(claim, document, batch, ward, form, values, by, at, run, number, rulebook, reverses, corrects, turn)


def from_run(run: ExportRun) -> Values:
    """A row of `export_runs`."""
    return {**_flat(run), "step": run.step.value, "files": [_flat(file) for file in run.files], "scope": dict(run.scope)}


def to_run(row: AnyRow) -> ExportRun:
    """The export run of a whole row."""
    told = row._mapping          # as with claims: `count` is a method of every row
    return ExportRun(
        row.id, row.business_date, row.target, row.path, row.sha256, told["count"], row.amount, row.points,
        row.eligible, row.held, row.at, RunStep(row.step), tuple(RunFile(**file) for file in row.files), row.held_list, row.until,
        row.scope, row.pays_on,
    )


def to_transfer(row: AnyRow) -> Transfer:
    """The transfer of a whole row."""
    return Transfer(**{name: row._mapping[name] for name in Transfer.__dataclass_fields__})


def _flat(noun: Any) -> Values:
    return {name: getattr(noun, name) for name in noun.__dataclass_fields__}


def _worst(findings: tuple[Finding, ...]) -> str:
    found = {finding.severity for finding in findings}
    return next((severity.value for severity in Severity if severity in found), "")
