"""A night rehearsed: what would leave, what would stay, and what differs from the nights before. Nothing is written, but in a
folder that is thrown away.

It chooses as the night does, by the very same functions, from one moment's look.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from tsuzuri.flow.holding import reason_word
from tsuzuri.flow.line import Line
from tsuzuri.flow.night import TAKES, cut_off, targets_on
from tsuzuri.flow.taking import Asked, Chosen, plain_forms, target_of
from tsuzuri.forms.targets import BENEFITS, RECORDS, Target
from tsuzuri.model import Claim, ExportRun, RunStep
from tsuzuri.rules.amiss import Amiss, Group, Moved, Sum, amiss, moved
from tsuzuri.rules.writers import Unfit, int_of
from tsuzuri.stages.feed_rows import feed_row
from tsuzuri.store import Files, Look
from tsuzuri.store.leaving import NO_CLAIM_YET
from tsuzuri.store.rehearsing import claims_waiting, runs_before

NIGHTS = 5          # what is usual is the median of so many runs before
MOST_HELD = 1000    # of the list of what stays; all are counted
CLAIMS = ("claims", "records")


@dataclass(frozen=True)
class Rules:
    """By which rulebook so many of a run's claims were judged, since when it judges, and whether it is the one that holds now."""

    version: str
    since: datetime | None
    count: int
    current: bool


@dataclass(frozen=True)
class Would:
    """What one target would get. `done`: its run of that date is frozen already, and this is it. `held` by reason; `listed`: paper
    by paper. `against`: the run that it is held against; `moved`: the groups that differ from it; `amiss`: what looks wrong."""

    target: str
    title: str
    count: int
    amount: int
    eligible: int
    held: Mapping[str, int]
    listed: Sequence[Sequence[str]] = ()
    done: bool = False
    against: ExportRun | None = None
    moved: Sequence[Moved] = ()
    amiss: Sequence[Amiss] = ()
    rules: Sequence[Rules] = ()


@dataclass(frozen=True)
class Rehearsal:
    """A whole night. `left_out`: claims that wait and that no target would take or hold; it must be 0."""

    day: date
    would: Sequence[Would]
    left_out: int = 0

    @property
    def amiss(self) -> bool:
        """Whether somebody should look before this leaves."""
        return bool(self.left_out) or any(one.amiss for one in self.would)


def rehearse(line: Line, day: date, against: date | None = None, until: datetime | None = None) -> Rehearsal:
    """What the night of a business date would do now; held against the run of `against`, or each target's last."""
    names = targets_on(line, day)
    with tempfile.TemporaryDirectory(prefix="tsuzuri-rehearsal-") as folder, line.store.read() as look:
        aside = replace(line, files=Files(Path(folder) / "files"), exports=Path(folder))
        found, counted = list[Would](), 0
        for name in names:
            target = target_of(line, name)
            if target.takes == "sent":
                found.append(_like_the_claims(name, target, found))
                continue
            asked = Asked(day, name, target, until or cut_off(line, day, target))
            known = look.run_for(day, name)
            if known is not None and known.step is not RunStep.WITHDRAWN:
                found.append(_would(aside, look, asked, known, against))
                continue
            chosen = TAKES[target.takes].choose(aside, look, asked)
            found.append(_would(aside, look, asked, chosen, against))
            if target.takes in CLAIMS:
                counted += chosen.count + sum(many for reason, many in chosen.held.items() if reason not in NO_CLAIM_YET)
        fresh = any(one.target == BENEFITS and not one.done for one in found)     # else claims wait, rightly, for another night
        waiting = claims_waiting(look, day) if fresh else counted
    return Rehearsal(day, found, waiting - counted)


def _like_the_claims(name: str, target: Target, found: Sequence[Would]) -> Would:
    """What tells of the claims' run has what that has."""
    of = next((one for one in found if one.target == BENEFITS), None)
    if of is None:
        return Would(name, target.title, 0, 0, 0, {})
    return Would(name, target.title, of.count, of.amount, of.count, {}, done=of.done)


def _would(line: Line, look: Look, asked: Asked, chosen: Chosen | ExportRun, against: date | None) -> Would:
    last = look.run_for(against, asked.name) if against else next(iter(runs_before(look, asked.name, asked.day, 1)), None)
    if isinstance(chosen, ExportRun):
        run, claims = chosen, look.claims_of_run(chosen.id)
        told = Would(asked.name, asked.target.title, run.count, run.amount, run.eligible, run.held, done=True, against=last)
    else:
        claims = _taken(line, look, asked, set(chosen.claims))
        told = Would(asked.name, asked.target.title, chosen.count, sum(one.amount for one, _ in chosen.paid),
                     chosen.count + sum(chosen.held.values()), dict(chosen.held), _listed(line, chosen.held_list), against=last)
    if asked.target.takes not in CLAIMS:
        return told
    now, versions = _grouped(line, claims)
    past = [_grouped(line, look.claims_of_run(run.id))[0] for run in runs_before(look, asked.name, asked.day, NIGHTS)]
    was = _grouped(line, look.claims_of_run(last.id))[0] if last is not None else {}
    return replace(told, amount=sum(one.yen for one in now.values()), moved=moved(was, now) if last is not None else (),
                   amiss=amiss(past, now), rules=_rules(line, look, versions))


def _taken(line: Line, look: Look, asked: Asked, chosen: set[str]) -> Iterator[Claim]:
    forms = line.forms.prints(asked.name.removeprefix(RECORDS)) if asked.name != BENEFITS else []
    others = [name for form in plain_forms(line) for name in line.forms.prints(form)]
    return (claim for claim in look.claims_due(asked.day, forms, others) if claim.id in chosen)


def _grouped(line: Line, claims: Iterator[Claim]) -> tuple[dict[Group, Sum], Counter[str]]:
    """Claims and yen by group, and claims by the rulebook that judged them."""
    groups, versions = dict[Group, Sum](), Counter[str]()
    for claim in claims:
        try:
            row = feed_row(claim, line.forms, line.city)
            group, yen = Group(str(row.get("inst_code") or ""), claim.form, claim.ward), int_of(row.get("amount"))
        except Unfit:       # of a form or ward that the city has no more
            group, yen = Group("", claim.form, claim.ward), 0
        groups[group] = groups.get(group, Sum()) + Sum(1, yen)
        versions[claim.rulebook] += 1
    return groups, versions


def _rules(line: Line, look: Look, versions: Mapping[str, int]) -> list[Rules]:
    since = {one.version: one.first_used for one in look.rulebooks()}
    now = line.forms.rulebook.version
    told = (Rules(version, since.get(version), many, version == now) for version, many in versions.items())
    return sorted(told, key=lambda one: (not one.current, -one.count, one.version))


def _listed(line: Line, sha256: str) -> list[list[str]]:
    """The list of what stays, its titles first."""
    if not sha256:
        return []
    with line.files.present(sha256).open(encoding="utf-8-sig", newline="") as kept:
        return list(islice(csv.reader(kept), MOST_HELD + 1))


def held_words(would: Would) -> list[tuple[str, int]]:
    """Why papers would stay, as a clerk says it, and how many."""
    return [(reason_word(reason), many) for reason, many in sorted(would.held.items())]
