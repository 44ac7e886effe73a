"""Past claims judged again under other forms, tables and rules, before anyone publishes them. Changes nothing.

Both sides are judged now, with what is known now, so that what differs comes of the rules alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from tsuzuri.flow.judging import beside
from tsuzuri.flow.line import Line
from tsuzuri.forms import Form, Forms
from tsuzuri.model import Document, Step
from tsuzuri.rules import Known, key
from tsuzuri.stages.explain import accounts
from tsuzuri.stages.validate import validate

AT_ONCE = 200       # documents a look; what is held in memory


@dataclass(frozen=True, slots=True)
class Differing:
    """A document that is judged otherwise: findings lost and gained ("V40:patient_paid"), and yen that the city would bear more."""

    document_id: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    yen: int


@dataclass
class Sum:
    """What came of it so far. Yen by scheme: what the city would bear by the rules now, and by the others."""

    documents: int = 0
    claims: int = 0
    differing: int = 0
    unknown: int = 0                # documents of a form that the other folder does not have
    lost: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    then: Counter[str] = field(default_factory=Counter)


def replay(line: Line, forms: Forms, since: date, until: date, told: Sum) -> Iterator[Differing]:
    """Every document between two business dates that the other forms judge otherwise, in the order of arrival; `told` counts."""
    after = 0
    while True:
        with line.store.read() as look:
            some = look.settled_documents(since, until, after, AT_ONCE)
            judged = []
            for n, document in some:
                after = n
                now, then = line.forms.of(document), forms.of(document)
                if now is None or then is None:
                    told.unknown += 1
                    continue
                judged.append(_compare(document, (now, then), beside(look, document, now), told))
        yield from (one for one in judged if one is not None)
        if len(some) < AT_ONCE:
            return


def _compare(document: Document, forms: tuple[Form, Form], known: Known, told: Sum) -> Differing | None:
    (before, sums), (after, others) = (_judged(document, form, known) for form in forms)
    told.documents += 1
    told.claims += len(known.own)
    told.now.update(sums)
    told.then.update(others)
    yen = sum(others.values()) - sum(sums.values())
    lost, gained = tuple(sorted(before - after)), tuple(sorted(after - before))
    if not (lost or gained or sums != others):
        return None
    told.differing += 1
    told.lost.update({one.partition(":")[0] for one in lost})
    told.gained.update({one.partition(":")[0] for one in gained})
    return Differing(document.id, lost, gained, yen)


def _judged(document: Document, form: Form, known: Known) -> tuple[set[str], Counter[str]]:
    """The keys of a document's findings, and what the city bears of it by scheme, in yen."""
    judged = validate(Document(document.id, document.batch_id, document.form, document.form_version, document.business_date,
                               document.fields, noted=document.noted, step=Step.REVIEW), form, known)
    yen = Counter[str]()
    scheme = form.export.constants.get("scheme", "")
    for account in accounts(document, form, known):
        yen[scheme] += account.found[0].city if account.found else 0
    return {key(finding) for finding in judged.findings}, yen
