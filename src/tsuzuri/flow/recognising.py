"""A document held against 受給者台帳, before it is judged: whom its claims mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tsuzuri.forms import Forms
from tsuzuri.model import Document
from tsuzuri.rules.known import Recipient
from tsuzuri.rules.person import Sought
from tsuzuri.stages.recognise import recognise, sought


class Register(Protocol):
    """Whoever can say which rows of 受給者台帳 a paper may mean: a unit of work, or a file's people."""

    def alike(self, sought: Sequence[Sought], /) -> tuple[Recipient, ...]: ...


def recognised(document: Document, forms: Forms, register: Register) -> Document:
    """The document with what the ledger makes of it; see stages.recognise."""
    form = forms.of(document)
    wanted = sought(document, form) if form else ()
    return recognise(document, form, register.alike(wanted)) if form and wanted else document
