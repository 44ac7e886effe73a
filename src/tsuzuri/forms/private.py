"""What is not for every eye: bank accounts, whichever version of the form told where they stand."""

from __future__ import annotations

from tsuzuri.forms.declared import Form
from tsuzuri.model import Document

PRIVATE = frozenset({"account_no", "account_kana"})     # kinds that only those who key them see


def private(document: Document, form: Form) -> frozenset[str]:
    """Names of the fields, of the document or of the form as it is now, that are such a kind or were when the paper was read."""
    was = {name for name, field in document.fields.items() if field.kind in PRIVATE}
    return frozenset(was | {name for name, spec in form.fields.items() if spec.kind in PRIVATE})
