"""cover: a cover's totals (総括表) are held against the claims of its batch. Touches forms and rules; never the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tsuzuri.forms import Cover, CoverLine, Form, claimed
from tsuzuri.model import Document, Finding, Slip, Step, Value
from tsuzuri.rules import entry, find

CODES = ("H33", "H35")
SLIP = ("H50", "H51")
SHORT = 7       # an institution's short code; the long one ends with it
SUMMED = ("count", "points", "copay", "amount")      # columns that a cover's breakdown may have
APART = ("歯科", "調剤")      # of an outpatient, written where others have 外来


def held_against(cover: Document, form: Form, batch: Iterable[tuple[Document, Form]]) -> Document:
    """The cover, with what differs in `noted`: count or amount in all (H33), and each cell of its breakdown (H35 upon it).

    Held against the claims of its institution and month; what was returned is counted no more. A cover that does not say
    whose it is, or how much, is held against nothing: that is found already. Validate what you get.
    """
    noted = tuple(finding for finding in cover.noted if finding.code not in CODES)
    words, said = form.cover, cover.values
    if words is None or any(said.get(name) is None for name in words.needed):
        return replace(cover, noted=noted)
    claims = [claim for document, its_form in batch if document.step is not Step.RETURNED
              for claim in _claims(document, its_form, words, said)]
    told, summed = _int(said[words.count]), _int(said[words.amount])
    count, amount = len(claims), sum(_int(claim.get("amount")) for claim in claims)
    if (told, summed) != (count, amount):
        differs = find("H33", told=told, said=summed, count=count, summed=amount, more=told - count, over=summed - amount)
        noted = (*noted, differs)
    return replace(cover, noted=(*noted, *_breakdown(cover, form, words, claims)))


def slip_held(slip: Slip, batch: Iterable[tuple[Document, Form]]) -> Iterator[Finding]:
    """What of the declared totals differs: from all claims that came (H50), whatever became of them since; from the totals that
    its covers say (H51). Nothing for a slip without totals.
    """
    if slip.count is None or slip.amount is None:
        return
    papers = [(document, form) for document, form in batch if document.step is not Step.MERGED]
    claims = [claim for document, form in papers for claim in _exported(document, form)]
    told = slip.count, slip.amount
    if told != (sums := (len(claims), sum(_int(claim.get("amount")) for claim in claims))):
        yield find("H50", told=told[0], said=told[1], count=sums[0], summed=sums[1])
    covers = [(document.values, form.cover) for document, form in papers if form.cover]
    count = sum(_int(said.get(words.count)) for said, words in covers)
    amount = sum(_int(said.get(words.amount)) for said, words in covers)
    if covers and told != (count, amount):
        yield find("H51", told=told[0], said=told[1], count=count, summed=amount)


def _exported(document: Document, form: Form) -> Iterator[dict[str, Value]]:
    """The feed's columns of each claim of a document."""
    for _, values in claimed(form, document.values):
        yield {**form.export.constants, **{column: values.get(name) for column, name in form.export.columns.items()}}


def _breakdown(cover: Document, form: Form, words: Cover, claims: Iterable[Mapping[str, Value]]) -> Iterator[Finding]:
    """Each cell of the breakdown that says otherwise than its row's claims; one left blank says that there are none."""
    said = cover.values
    if words.table is None or not form.lines(words.table, said):
        return
    sums = [dict.fromkeys(SUMMED, 0) for _ in words.lines]
    for claim in claims:
        row = next((i for i, line in enumerate(words.lines) if _is_of(claim, line)), None)
        if row is not None:
            sums[row] = {column: sums[row][column] + (1 if column == "count" else _int(claim.get(column))) for column in SUMMED}
    for i, summed in enumerate(sums, 1):
        for column in (column for column in SUMMED if column in form.rows[words.table].fields):
            name = f"{words.table}.{i}.{column}"
            if (told := _int(said.get(name))) != summed[column]:
                cell = entry(name, form.label(name), form.fields[name].kind, cover.fields[name])
                yield find("H35", cell, of=words.lines[i - 1].words, told=told, summed=summed[column])


def _is_of(claim: Mapping[str, Value], line: CoverLine) -> bool:
    """Whether a row of a breakdown sums up the claim."""
    care = str(claim.get("inout") or "")
    table = str(claim.get("table") or (care if care in APART else "医科"))
    return (claim["scheme"] == line.scheme and line.inout in (None, "入院" if care == "入院" else "外来")
            and line.table in (None, table))


def _claims(document: Document, form: Form, words: Cover, said: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """The feed's columns of each claim of a document, if it is of the cover's institution and month."""
    for claim in _exported(document, form):
        same = str(claim.get("inst_code") or "")[-SHORT:] == str(said[words.institution])[-SHORT:]
        if same and claim.get("service_ym") == said[words.month]:
            yield {"scheme": "", **claim}


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
