"""A document as plain JSON: what `tsuzuri read --json`, the API and samples' truth agree upon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tsuzuri.model import Candidate, Document, Finding


def plain(document: Document, file: str = "", pages: Sequence[int] = (1,)) -> dict[str, Any]:
    """{"file", "page", "pages", "form", "score", "fields": {name: {...}}, "findings": [...], "candidates": [...]}; boxes in mm.

    `pages` are the numbers of the document's pages in the file, `page` is the first of them; a field's "page" counts in
    the document.
    """
    return {
        "file": file,
        "page": pages[0],
        "pages": list(pages),
        "form": document.form,
        "score": round(document.score, 4),
        "fields": {
            name: {
                "value": f.value, "confidence": round(f.confidence, 4), "raw": f.raw, "reader": f.reader,
                "box": list(f.box) if f.box else None, "page": f.page,
            }
            for name, f in document.fields.items()
        },
        "findings": [plain_finding(finding) for finding in document.findings],
        "candidates": [plain_candidate(candidate) for candidate in document.candidates],
    }


def plain_candidate(candidate: Candidate) -> dict[str, Any]:
    """{"field", "value", "from", "reason", "p"}: what a field may say, whose word that is, why, and how likely it is right."""
    return {"field": candidate.field, "value": candidate.value, "from": candidate.by, "reason": candidate.reason,
            "p": round(candidate.p, 4)}


def plain_finding(finding: Finding) -> dict[str, Any]:
    """{"code", "severity", "act", "field", "message", "steps"}: the last says how what is missed was reckoned, where it was."""
    return {
        "code": finding.code, "severity": finding.severity.value, "act": finding.act.value,
        "field": finding.field, "message": finding.message, "steps": list(finding.steps),
    }
