"""The night's files to their receivers: each run's files first, its control file last; every attempt is a row.

A receiver that is away keeps nobody from writing: what could not be carried is carried later, by the rows. A run is delivered once
its control file arrived, and only then begins the wait for the receiver's answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from tsuzuri.delivery import DIFFERS, Channel, deliver_file, open_channel
from tsuzuri.errors import Stuck
from tsuzuri.flow import outlet
from tsuzuri.flow.line import Line
from tsuzuri.flow.night import finish, folder_of, lies_in
from tsuzuri.flow.taking import plain_forms, target_of
from tsuzuri.forms.receivers import Directory, Receiver
from tsuzuri.forms.targets import BENEFITS, RECORDS, Target
from tsuzuri.model import ExportRun
from tsuzuri.rules.bank_days import office_open
from tsuzuri.store.deliveries import (
    DELIVERED,
    FIN,
    THERE,
    Delivery,
    add_delivery,
    deliveries_of,
    failed_since,
    unanswered,
    undelivered,
)

FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)       # between two attempts at a receiver that is away
BACK = timedelta(days=31)           # where a target says no `since`: older runs reached their receiver before there was `deliver`
ONE = timedelta(days=1)


def receivers(line: Line) -> Iterator[tuple[str, Target]]:
    """The targets whose files are carried to somebody."""
    names = [*line.city.targets, *(RECORDS + form for form in plain_forms(line))]
    return ((name, target) for name, target in ((name, target_of(line, name)) for name in names) if target.deliver is not None)


def since(line: Line, target: Target) -> date:
    """From which business date on a target's runs are carried."""
    told = target.deliver.since if target.deliver is not None else None
    return told or line.today() - BACK


def keyed(name: str) -> str:
    """By which target's key a target's receiver is opened: records go where the claims do."""
    return BENEFITS if name.startswith(RECORDS) else name


def deliver(line: Line, force: bool = False) -> list[Delivery]:
    """Whatever is due, carried; every attempt, in order. With `force` nobody's pause is waited for.

    Never raises for a receiver: its trouble is the outcome of an attempt.
    """
    return [told for name, target in receivers(line) for told in _to_one(line, name, target, force)]


def waiting(line: Line, name: str, target: Target) -> list[ExportRun]:
    """The runs of a target that its receiver has not got, oldest first."""
    if target.deliver is None:
        return []
    with line.store.read() as look:
        return undelivered(look, name, since(line, target))


def pause_after(failures: int) -> timedelta:
    """How long a receiver is left alone after so many attempts in a row that came to nothing."""
    return min(FIRST * 2 ** max(failures - 1, 0), LONGEST) if failures else timedelta()


def _to_one(line: Line, name: str, target: Target, force: bool) -> list[Delivery]:
    runs = waiting(line, name, target)
    with line.store.read() as look:
        failures, last = failed_since(look, name)
    resting = last is not None and line.clock() < last + pause_after(failures)
    if not runs or target.deliver is None or (resting and not force):
        return []
    done = list[Delivery]()
    try:
        with open_channel(keyed(name), placed(line, target.deliver), line.secrets) as channel:
            for run in runs:
                done += _carry(line, run, target, channel)
                if done and not done[-1].arrived and done[-1].outcome != DIFFERS:
                    break       # away: the others would wait as long for nothing
    except Stuck as stuck:
        done.append(_note(line, runs[0], _unsent(line, runs[0], target), stuck.code))
    return done


def placed(line: Line, receiver: Receiver) -> Receiver:
    """What `deliver` says, with the relative folders of a directory below that of exports."""
    if not isinstance(receiver, Directory):
        return receiver
    answers = str(line.exports / receiver.answers) if receiver.answers else ""
    return receiver.model_copy(update={"path": str(line.exports / receiver.path), "answers": answers})


@dataclass(frozen=True)
class _Cargo:
    """One file to carry."""

    path: Path
    word: str
    size: int
    sha256: str


def _cargo(line: Line, run: ExportRun, target: Target) -> list[_Cargo]:
    """The run's files where they lie, proven anew, and its control file; what somebody removed is written again, byte for byte."""
    run = finish(line, run)
    folder = lies_in(line, run, target)
    fin = outlet.control_path(folder, run)
    files = [_Cargo(folder / file.name, file.word, file.size, file.sha256) for file in run.files]
    return [*files, _Cargo(fin, FIN, fin.stat().st_size, outlet.sha256_of(fin))]


def _unsent(line: Line, run: ExportRun, target: Target) -> _Cargo:
    """The first file of a run that could not even be tried."""
    file = run.files[0]
    return _Cargo(folder_of(line, target) / file.name, file.word, file.size, file.sha256)


def _carry(line: Line, run: ExportRun, target: Target, channel: Channel) -> list[Delivery]:
    with line.store.read() as look:
        arrived = {one.file for one in deliveries_of(look, run.id) if one.arrived}
    done = list[Delivery]()
    for cargo in _cargo(line, run, target):
        if cargo.path.name in arrived:
            continue
        try:
            outcome = DELIVERED if deliver_file(channel, cargo.path, cargo.sha256) else THERE
        except Stuck as stuck:
            outcome = stuck.code
        done.append(_note(line, run, cargo, outcome))
        if not done[-1].arrived:
            break
    return done


def _note(line: Line, run: ExportRun, cargo: _Cargo, outcome: str) -> Delivery:
    told = Delivery(run.id, run.target, cargo.path.name, cargo.word, line.clock(), outcome, cargo.size, cargo.sha256)
    with line.unit() as unit:
        add_delivery(unit, told)
    return told


@dataclass(frozen=True)
class Late:
    """A run of which no answer has come, and by when it should have."""

    run: ExportRun
    title: str
    due: datetime


def late_answers(line: Line) -> list[Late]:
    """The runs that their receiver should have answered by now and has not; oldest first by target."""
    now, found = line.clock(), list[Late]()
    for name, target in receivers(line):
        if target.deliver is None or target.deliver.answer_by is None:
            continue
        with line.store.read() as look:
            off, runs = look.days_off(), unanswered(look, name, since(line, target), line.today())
        for run in runs:
            due = datetime.combine(_office_day_after(run.business_date, off), target.deliver.answer_by, line.zone)
            if due <= now:
                found.append(Late(run, target.title, due))
    return found


def _office_day_after(day: date, off: frozenset[date]) -> date:
    day += ONE
    while not office_open(day, off):
        day += ONE
    return day


@dataclass(frozen=True)
class Stood:
    """A receiver whose files are late: how many runs wait, how often it was tried in vain, and why the last attempt failed."""

    target: str
    title: str
    runs: int
    failures: int
    last: datetime | None
    because: str


def standing(line: Line) -> list[Stood]:
    """The receivers that do not have what they should."""
    found = list[Stood]()
    for name, target in receivers(line):
        if runs := waiting(line, name, target):
            with line.store.read() as look:
                failures, last = failed_since(look, name)
                tried = [one for run in runs for one in deliveries_of(look, run.id) if not one.arrived]
            found.append(Stood(name, target.title, len(runs), failures, last, tried[-1].outcome if tried and failures else ""))
    return found

