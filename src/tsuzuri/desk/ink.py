"""What was typed into fields: which of it a kind understands, and which of it stands stored already. Touches forms and rules."""

from __future__ import annotations

from collections.abc import Mapping

from tsuzuri.desk import show
from tsuzuri.errors import NotFound
from tsuzuri.forms import Form, repeats
from tsuzuri.model import Document
from tsuzuri.rules import UNREADABLE, Unreadable, mean


def sorted_out(changes: dict[str, str | None], form: Form | None) -> tuple[dict[str, str | None], dict[str, str]]:
    """What a kind understands, and for the rest what it expects instead."""
    good: dict[str, str | None] = {}
    refused: dict[str, str] = {}
    for name, ink in changes.items():
        spec = form.fields.get(name) if form else None
        if spec is None:
            raise NotFound("この帳票にない欄です。画面を再読み込みしてください。", code="no_such_field")
        if ink == UNREADABLE or repeats(name, ink or ""):
            good[name] = ink
            continue
        try:
            mean(spec.kind, ink or "", spec.options, spec.era if isinstance(spec.era, str) else None)
            good[name] = ink
        except Unreadable as error:
            refused[name] = f"「{error}」で入力してください。"
    return good, refused


def agreed(document: Document, form: Form | None, sent: Mapping[str, str | None]) -> list[str]:
    """Fields that a person has settled with the very value that was sent: an answer was lost, and there is nothing to decide."""
    return [name for name, ink in sent.items()
            if ink is not None and form and name in form.fields and _stands(document, form, name, ink)]


def _stands(document: Document, form: Form, name: str, ink: str) -> bool:
    field, spec = document.fields.get(name), form.fields[name]
    if field is None or field.reader != show.PERSON:
        return False
    try:
        return mean(spec.kind, ink, spec.options, spec.era if isinstance(spec.era, str) else None) == field.value
    except Unreadable:
        return False
