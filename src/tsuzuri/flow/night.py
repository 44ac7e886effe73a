"""The night: approved claims leave for the systems that receive them, once, with proof.

A run a business date and target, as _targets.yaml and the forms name them. Two commits: the first freezes what this run takes,
the second, after its files and their control file are durable, marks it. A crash in between resumes with what was frozen, hence
with the same bytes, whenever a night runs again. What needs two people's release is prepared only (see releasing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from tsuzuri.errors import Refused, TsuzuriError, WrongTurn
from tsuzuri.flow import outlet
from tsuzuri.flow.line import Line, new_id
from tsuzuri.flow.notices import NOTICES
from tsuzuri.flow.paying import PAYMENTS
from tsuzuri.flow.returning import RETURNED
from tsuzuri.flow.taking import CLAIMS, PLAIN, SENT, Asked, Way, plain_forms, target_of, unsettled
from tsuzuri.flow.usual import tell_usual
from tsuzuri.forms.targets import BENEFITS, RECORDS, Target
from tsuzuri.model import ExportRun, RunFile, RunStep
from tsuzuri.rules.writers import Totals

# What a target takes, by its word: who chooses, and who fills its files.
TAKES: Mapping[str, Way] = {"claims": CLAIMS, "records": PLAIN, "sent": SENT, "returned": RETURNED, "payments": PAYMENTS,
                             "paid": NOTICES}
LONGEST = timedelta(hours=1)    # no run takes that long: what is half written since then was left by a crash
CHUNK = 1 << 20


def nights(line: Line, day: date, until: datetime | None = None) -> list[ExportRun]:
    """The runs of all targets for a business date: the records of every form that has some, the benefits, and what follows them.

    One target that breaks off does not keep the others in the house: its error is raised when they are through.
    """
    done, broken = list[ExportRun](), list[TsuzuriError]()
    due = [(target, day) for target in targets_on(line, day)]
    for target, on in (*due, *((target, on) for target, on in untold(line, day) if (target, on) not in due)):
        try:
            done.append(night(line, on, target, until))
        except TsuzuriError as error:
            broken.append(error)
    tell_usual(line)
    if broken:
        raise broken[0]
    return done


def targets_on(line: Line, day: date) -> list[str]:
    """Whom the night of a date concerns: records only where there is, or was, something to tell of; others by their calendar.

    A target whose last run waits for two people begins no other; the claims' own run comes before those that tell of it.
    """
    with line.store.read() as look:
        told = {run.target for run in look.unfinished() if run.target.startswith(RECORDS)}
        there, off = look.forms_due(day), look.days_off()
        for form in plain_forms(line):
            if not there.isdisjoint(line.forms.prints(form)) or look.run_for(day, RECORDS + form) is not None:
                told.add(RECORDS + form)
        called = [name for name in line.city.targets if look.run_for(day, name) is not None or (
            runs_on(line, name, day, off) and not look.prepared(name))]
    return [*sorted(told), *(name for name in called if name == BENEFITS), *(name for name in called if name != BENEFITS)]


def untold(line: Line, day: date) -> list[tuple[str, date]]:
    """Which targets have not told yet of payments that were handed over, and of which dates'."""
    with line.store.read() as look:
        return [(name, on) for name, target in line.city.targets.items() if target.of for on in look.untold(target.of, name, day)]


def runs_on(line: Line, name: str, day: date, off: frozenset[date]) -> bool:
    """Whether a target's calendar has a run on that day; what tells of the claims' run goes by that one's."""
    target = line.city.targets[name]
    return line.city.targets[BENEFITS if target.takes == "sent" else name].runs_on(day, off)


def night(line: Line, day: date, target: str = BENEFITS, until: datetime | None = None) -> ExportRun:
    """The night's run of one target for a business date; run again, it answers with the same files, byte for byte.

    `until` takes the place of the target's own cut-off. Runs that a crash left unfinished on other dates are finished first: what
    they took belongs to them and to no other. Raises Refused for a date that has not come: it would take what is not its own.
    """
    if day > line.today():
        raise Refused(f"business date {day} has not come yet; name today's or an earlier one", code="date_not_come")
    asked = Asked(day, target, target_of(line, target), until)
    for left in _left_behind(line, day, target):
        finish(line, left)
    done = finish(line, _freeze(line, asked))
    _file(line, day)
    return done


def _left_behind(line: Line, day: date, target: str) -> list[ExportRun]:
    with line.store.read() as look:
        return [run for run in look.unfinished() if run.target == target and run.business_date != day]


def folder_of(line: Line, target: Target) -> Path:
    """Where the receiver takes a target's files."""
    return line.exports / target.folder if target.folder else line.exports


def lies_in(line: Line, run: ExportRun, target: Target) -> Path:
    """Where a run's files lie: with the receiver, or beside while they wait for two people."""
    waits = target.release and run.step in (RunStep.BEGUN, RunStep.PREPARED)
    return line.exports / outlet.PREPARED if waits else folder_of(line, target)


def finish(line: Line, run: ExportRun) -> ExportRun:
    """The run's files where they belong, durable and proven, and the run marked; done before, they are only looked after."""
    target = target_of(line, run.target)
    folder, waits = lies_in(line, run, target), target.release and run.step in (RunStep.BEGUN, RunStep.PREPARED)
    settled = run.step in (RunStep.SENT, RunStep.PREPARED)
    if settled and outlet.whole(folder, run, fin=not waits):
        return replace(run, path=str(folder / run.files[0].name))
    files, totals = _write(line, run, target, folder)
    done = replace(
        run, path=str(folder / files[0].name), files=files, sha256=files[0].sha256, amount=totals.amount, points=totals.points,
        step=RunStep.PREPARED if waits else RunStep.SENT)
    if not waits:
        outlet.write_control(folder, done)
    if not settled:
        done = _mark(line, run, done)
    if target.release and done.step is RunStep.SENT:
        outlet.forget(line.exports / outlet.PREPARED, done)
    return done


def _mark(line: Line, run: ExportRun, done: ExportRun) -> ExportRun:
    try:
        with line.unit() as unit:
            if run.step is RunStep.BEGUN:
                unit.finish_run(done)
            elif not unit.move_run(done, run.step):
                raise WrongTurn(f"run {run.id} was handed over before", code="already_exported")
    except WrongTurn:
        with line.store.read() as look:
            known = look.run_for(run.business_date, run.target)
        if known is None or known.sha256 != done.sha256:
            raise
        return known    # another night at the same moment was faster, with the same claims
    return done


def _file(line: Line, day: date) -> None:
    """What was approved and leaves in no file (covers) is put away, once nothing of its batch is left to do.

    In units of work of their own: a night that broke off before does it when it runs again, as does any later one.
    """
    with line.store.read() as look:
        done = [batch_id for batch_id in look.batches_to_file(day) if unsettled(look.batch(batch_id)) is None]
    for batch_id in done:
        with line.unit() as unit:
            unit.file(batch_id)


def _freeze(line: Line, asked: Asked) -> ExportRun:
    try:
        return _begin(line, asked)
    except WrongTurn as error:
        if error.code == "claims_first":
            raise
        return _begin(line, asked)    # another night at the same moment was faster: its run is ours


def _begin(line: Line, asked: Asked) -> ExportRun:
    # Chosen from one moment's look: who approves meanwhile is counted once, and does not wait for a hundred thousand claims.
    target = asked.target
    asked = asked._replace(until=asked.until or cut_off(line, asked.day, target))
    with line.store.read() as look:
        known = look.run_for(asked.day, asked.name)
        if known is not None and known.step is not RunStep.WITHDRAWN:
            return known
        if look.prepared(asked.name) is not None:
            raise Refused(f"{target.title}: 前回の分が承認を待っています。承認するか取り下げてから、もう一度実行してください。",
                          code="release_waits")
        chosen = TAKES[target.takes].choose(line, look, asked)
    run = ExportRun(
        id=known.id if known else new_id("xr"), business_date=asked.day, target=asked.name,
        path=str(folder_of(line, target) / target.names(asked.day)[0]), sha256="",
        count=chosen.count, amount=0, points=0, eligible=chosen.count + sum(chosen.held.values()), held=dict(chosen.held),
        at=line.clock(), held_list=chosen.held_list, until=asked.until, scope=dict(chosen.scope),
        pays_on=chosen.pays_on,
    )
    with line.unit() as unit:
        if known is None:
            unit.add_run(run)
        elif not unit.move_run(run, RunStep.WITHDRAWN):
            raise WrongTurn(f"run {run.id} was begun anew already", code="already_told")
        unit.assign(run.id, chosen.claims)
        unit.add_transfers(run.id, run.target, chosen.paid)
    return run


def cut_off(line: Line, day: date, target: Target) -> datetime | None:
    """When the business date ends for approvals (締め)."""
    return datetime.combine(day, target.cut_off, line.zone) if target.cut_off is not None else None


def _write(line: Line, run: ExportRun, target: Target, folder: Path) -> tuple[tuple[RunFile, ...], Totals]:
    names = target.names(run.business_date)
    with outlet.bundle(folder) as into:
        outlet.forget_unfinished(folder, names, (line.clock() - LONGEST).timestamp())
        with line.store.read() as look:
            totals = TAKES[target.takes].fill(line, look, run, target, into)
        if run.held_list:
            _list_held(line, run, into, f"{names[0].rpartition('.')[0]}_held.csv")
        return into.settle({file.name: file.sha256 for file in run.files}), totals


def _list_held(line: Line, run: ExportRun, into: outlet.Bundle, name: str) -> None:
    piece = into.open(name, "held")
    piece.count = sum(run.held.values())
    with line.files.present(run.held_list).open("rb") as kept:
        _pour(iter(lambda: kept.read(CHUNK), b""), piece)


def _pour(chunks: Iterable[bytes], piece: outlet.Piece) -> None:
    for chunk in chunks:
        piece.write(chunk)
