"""Payments: what has left and is not paid yet, summed a payee, less what it owes; frozen with the run, and written from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from tsuzuri.flow.holding import Held, staying_claim
from tsuzuri.flow.line import Line
from tsuzuri.flow.outlet import Bundle
from tsuzuri.flow.taking import Asked, Chosen, Way, titles
from tsuzuri.forms.targets import Target
from tsuzuri.model import Claim, ExportRun, Transfer
from tsuzuri.rules.bank_days import bank_day_after
from tsuzuri.rules.known import Account, holding
from tsuzuri.rules.writers import Totals, Unfit
from tsuzuri.rules.zengin import parts, written
from tsuzuri.stages import paying
from tsuzuri.stages.paying import Unpayable
from tsuzuri.store import Look


@dataclass
class _Sum:
    """What is owed to one payee: yen, the claims that make them, and one of these for all."""

    first: Claim
    yen: int = 0
    claims: list[str] = field(default_factory=list)


def _choose(line: Line, look: Look, asked: Asked) -> Chosen:
    """Every claim that has left and is not paid goes to its payee's sum; whom nobody can pay is held with all of its claims."""
    pays = asked.target.pays or ""
    forms = paying.paid_forms(line.forms, pays)
    debts, paid = look.debts(asked.name), list[tuple[Transfer, list[str]]]()
    unpayable = dict[str, str]()
    with Held(line.files, titles(line)) as held:
        sums = _summed(line, look, asked, forms, held)
        for key in sorted(sums):
            try:
                payee = _payee(line, look, asked, key, sums[key].first)
            except Unpayable as unpaid:
                unpayable[key] = str(unpaid)
                continue
            one = sums[key]
            paid.append((paying.settled(payee, len(one.claims), one.yen, debts.get(key, 0)), one.claims))
        if unpayable:
            for claim in look.unpaid(asked.day, forms, asked.target.since):
                if (why := unpayable.get(_key(line, claim, pays))) is not None:
                    held.add(why, staying_claim(claim))
        day = pays_on(asked.target, asked.day)
        return Chosen(sum(len(ids) for _, ids in paid), held=held.counts, held_list=held.kept(), paid=paid, pays_on=day)


def _summed(line: Line, look: Look, asked: Asked, forms: list[str], held: Held) -> dict[str, _Sum]:
    sums = dict[str, _Sum]()
    for claim in look.unpaid(asked.day, forms, asked.target.since):
        try:
            key, yen = paying.owed(claim, line.forms, line.city, asked.target.pays or "")
        except Unfit as unfit:
            held.add(f"unfit:{unfit.column}", staying_claim(claim))
            continue
        one = sums.setdefault(key, _Sum(claim))
        one.yen += yen
        one.claims.append(claim.id)
    return sums


def _key(line: Line, claim: Claim, pays: str) -> str:
    try:
        return paying.owed(claim, line.forms, line.city, pays)[0]
    except Unfit:
        return ""      # held for that already


def _payee(line: Line, look: Look, asked: Asked, key: str, claim: Claim) -> Transfer:
    if asked.target.pays == "institutions":
        return paying.institution(key, look.institution_on(key, asked.day.isoformat()))
    form = line.forms[claim.form]
    return paying.recipient(key, claim, form, _registered(look, key, asked.day))


def _registered(look: Look, key: str, day: date) -> Account | None:
    """The account in the recipients' ledger that holds in the month of a day."""
    scheme, number, _ = key.split("-")
    rows = [row for row in look.recipients({number}) if (row.scheme, row.recipient_no) == (scheme, number)]
    return next((row.account for row in holding(rows, f"{day:%Y-%m}")), None)


def pays_on(target: Target, day: date) -> date:
    """The day on which the bank pays."""
    return bank_day_after(day, target.pays_after)


def _fill(line: Line, look: Look, run: ExportRun, target: Target, into: Bundle) -> Totals:
    """The transfers in as few files as hold them, each with its own sums."""
    assert target.remitter is not None and run.pays_on is not None, "payments have both"
    total = 0
    for part, name in zip(parts(look.transfers_of(run.id)), _names(target.names(run.business_date)[0]), strict=False):
        piece = into.open(name, "zengin")
        piece.count, piece.amount = len(part.records), part.total
        for record in written(target.remitter, run.pays_on, part, target.crlf):
            piece.write(record)
        total += part.total
    return Totals(run.count, total)


def _names(first: str) -> Iterator[str]:
    yield first
    stem, _, suffix = first.rpartition(".")
    number = 1
    while True:
        number += 1
        yield f"{stem}_{number}.{suffix}"


PAYMENTS = Way(_choose, _fill)
