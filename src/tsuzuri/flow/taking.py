"""What a run takes, and how its files are filled: one word of a target, one pair of functions.

`choose` looks once and says what would go and what would stay; the night freezes that in one commit. `fill` writes the files from
what was frozen, so that it may be done again and again with the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from tsuzuri.errors import WrongTurn
from tsuzuri.flow.holding import Held, Stays, staying_claim
from tsuzuri.flow.line import Line
from tsuzuri.flow.outlet import Bundle
from tsuzuri.forms.targets import BENEFITS, RECORDS, Target, records_target
from tsuzuri.model import Batch, Claim, ExportRun, Step, Transfer
from tsuzuri.rules.sheets import ROW_FORMATS, Out
from tsuzuri.rules.writers import Totals
from tsuzuri.stages.export import hindrance, write_feed
from tsuzuri.stages.records import records_feed
from tsuzuri.store import Look


class Asked(NamedTuple):
    """For which run one chooses: `until`, approvals count up to that moment (None: up to now)."""

    day: date
    name: str
    target: Target
    until: datetime | None


@dataclass(frozen=True)
class Chosen:
    """What goes with a run: claims by id, or `count` of anything else; what stays, counted and listed; what is frozen besides.

    `paid`: what each payee gets, and the claims that it is paid for.
    """

    count: int
    claims: Sequence[str] = ()
    held: Mapping[str, int] = field(default_factory=Counter)
    held_list: str = ""
    scope: Mapping[str, int | str] = field(default_factory=dict)
    paid: Sequence[tuple[Transfer, Sequence[str]]] = ()
    pays_on: date | None = None


class Way(NamedTuple):
    """How a run of one word is chosen, and how its files are filled."""

    choose: Callable[[Line, Look, Asked], Chosen]
    fill: Callable[[Line, Look, ExportRun, Target, Bundle], Totals]


def target_of(line: Line, name: str) -> Target:
    """The target of that name, as the city declares it now; raises WrongTurn for one that it declares no more."""
    targets = line.city.targets
    if name.startswith(RECORDS):
        form = line.forms.get(name.removeprefix(RECORDS))
        return records_target(name.removeprefix(RECORDS), form.title if form else "", targets[BENEFITS])
    if name not in targets:
        raise WrongTurn(f"target {name!r} is gone from _targets.yaml; its run cannot be written without it", code="not_exportable")
    return targets[name]


def plain_forms(line: Line) -> list[str]:
    """The forms of which records leave; other prints of a form leave as that form."""
    return [name for name, form in line.forms.items() if form.export.target == "records" and not form.version_of]


def titles(line: Line) -> dict[str, str]:
    """What forms are called."""
    return {name: form.called for name, form in line.forms.items()}


def _choose_claims(line: Line, look: Look, asked: Asked) -> Chosen:
    """Ids of the claims that go, and who stays for which reason: nothing is left out without being counted.

    A sheet that lists patients leaves whole or not at all: where one of its claims is held, all are.
    """
    forms = line.forms.prints(asked.name.removeprefix(RECORDS)) if asked.name != BENEFITS else []
    others = [name for form in plain_forms(line) for name in line.forms.prints(form)]
    sheets = dict[str, list[Claim]]()      # of claims that go: those of sheets with several, by document
    chosen, partly = list[str](), set[str]()
    why = _hindrances(line, look, asked)
    with Held(line.files, titles(line)) as held:
        for there in look.staying(asked.day, forms, others):
            held.add(there.step, Stays(there.id, "", there.form, there.ward, there.batch_id, there.business_date))
        for claim in look.claims_due(asked.day, forms, others):
            if (reason := why(claim)) is not None:
                held.add(reason, staying_claim(claim))
                partly.add(claim.document_id)
            elif claim.row or claim.turn:
                sheets.setdefault(claim.document_id, []).append(claim)
            else:
                chosen.append(claim.id)
        for document_id, together in sheets.items():
            for claim in together:
                if document_id in partly:
                    held.add("same_sheet", staying_claim(claim))
                else:
                    chosen.append(claim.id)
        return Chosen(len(chosen), chosen, held.counts, held.kept())


def _hindrances(line: Line, look: Look, asked: Asked) -> Callable[[Claim], str | None]:
    """Why a claim stays, or None; each batch is looked at once."""
    batches = dict[str, str | None]()

    def why(claim: Claim) -> str | None:
        if claim.batch_id not in batches:
            batches[claim.batch_id] = unsettled(look.batch(claim.batch_id))
        if asked.until is not None and claim.approved_at > asked.until:
            return "after_cut_off"
        reason = batches[claim.batch_id]
        if reason is None and asked.name == BENEFITS:
            return hindrance(claim, line.forms, line.city)
        return reason

    return why


def unsettled(batch: Batch) -> str | None:
    """A batch whose sheets do not add up keeps its claims back until somebody has counted again."""
    if batch.step is not Step.CLOSED:
        return "batch_open"
    return "batch_unbalanced" if any(finding.severity.blocks for finding in batch.findings) else None


def _fill_rows(line: Line, look: Look, run: ExportRun, target: Target, into: Bundle) -> Totals:
    """Every claim that the run took, or that left with the run that its scope names, in all files of the target."""
    pieces = [into.open(name, paper.word) for name, paper in zip(target.names(run.business_date), target.files, strict=True)]
    outs = [Out(ROW_FORMATS[paper.word](paper.coded), piece.write) for piece, paper in zip(pieces, target.files, strict=True)]
    claims = look.claims_of_run(str(run.scope.get("of", run.id)))
    totals = write_feed(claims, line.forms, run, (line.city, line.zone), outs)
    for piece in pieces:
        piece.count, piece.amount = totals.count, totals.amount
    return totals


def _fill_records(line: Line, look: Look, run: ExportRun, target: Target, into: Bundle) -> Totals:
    (name,), (paper,) = target.names(run.business_date), target.files
    piece, totals = into.open(name, paper.word), Totals()
    for told in records_feed(look.claims_of_run(run.id), line.forms, run.target.removeprefix(RECORDS)):
        if isinstance(told, Totals):
            totals = told
        else:
            piece.write(told)
    piece.count = totals.count
    return totals


def _choose_sent(line: Line, look: Look, asked: Asked) -> Chosen:
    """What left with the claims' own run of that date."""
    left = look.run_for(asked.day, BENEFITS)
    if left is None or not left.sha256:
        raise WrongTurn(f"the claims of {asked.day} have not left yet; {asked.name} tells of them", code="claims_first")
    return Chosen(left.count, scope={"of": left.id})


CLAIMS = Way(_choose_claims, _fill_rows)
PLAIN = Way(_choose_claims, _fill_records)
SENT = Way(_choose_sent, _fill_rows)
