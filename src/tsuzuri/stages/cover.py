"""cover: a cover's totals (総括表) are held against the claims of its batch. Touches forms and rules; never the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tsuzuri.forms import Cover, Form, claimed
from tsuzuri.model import Document, Step, Value
from tsuzuri.rules import find

CODE = "H33"
SHORT = 7       # an institution's short code; the long one ends with it


def held_against(cover: Document, form: Form, batch: Iterable[tuple[Document, Form]]) -> Document:
    """The cover, with the difference in `noted` where count or amount are not those of its institution and month.

    What was returned is counted no more. A cover that does not say whose it is, or how much, is held against nothing: that
    is found already. Validate what you get.
    """
    noted = tuple(finding for finding in cover.noted if finding.code != CODE)
    words, said = form.cover, cover.values
    if words is None or any(said.get(name) is None for name in words.model_dump().values()):
        return replace(cover, noted=noted)
    amounts = [amount for document, its_form in batch if document.step is not Step.RETURNED
               for amount in _amounts(document, its_form, words, said)]
    told, summed = _int(said[words.count]), _int(said[words.amount])
    more, over = told - len(amounts), summed - sum(amounts)
    if more or over:
        differs = find(CODE, told=told, said=summed, count=len(amounts), summed=sum(amounts), more=more, over=over)
        noted = (*noted, differs)
    return replace(cover, noted=noted)


def _amounts(document: Document, form: Form, words: Cover, said: Mapping[str, Value]) -> Iterator[int]:
    """What each claim of a document asks for, if it is of the cover's institution and month."""
    columns = form.export.columns
    institution, month = (columns.get(column, "") for column in ("inst_code", "service_ym"))
    for _, values in claimed(form, document.values):
        same = str(values.get(institution) or "")[-SHORT:] == str(said[words.institution])[-SHORT:]
        if same and values.get(month) == said[words.month]:
            yield _int(values.get(columns.get("amount", "")))


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
