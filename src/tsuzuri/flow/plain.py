"""A document as plain JSON: what `tsuzuri read --json`, the API and samples' truth agree upon."""

from __future__ import annotations

from typing import Any

from tsuzuri.model import Document, Finding


def plain(document: Document, file: str = "", page: int = 1) -> dict[str, Any]:
    """{"file", "page", "form", "score", "fields": {name: {...}}, "findings": [...]}; boxes in mm."""
    return {
        "file": file,
        "page": page,
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
    }


def plain_finding(finding: Finding) -> dict[str, Any]:
    """{"code", "severity", "act", "field", "message"}."""
    return {
        "code": finding.code, "severity": finding.severity.value, "act": finding.act.value,
        "field": finding.field, "message": finding.message,
    }
