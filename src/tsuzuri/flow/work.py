"""Who works at what, and what comes first: papers handed out in their turn, and what a supervisor says about the turns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import date

from tsuzuri.errors import Leased, NotFound
from tsuzuri.flow.desk import lease, release
from tsuzuri.flow.line import Line
from tsuzuri.store import orders, work
from tsuzuri.store.decisions import Decision, decide
from tsuzuri.store.orders import Assignment, Priority, Scope
from tsuzuri.store.work import Turn, Worker

SPARE = 30      # papers, one for each who may sit at a desk
TRIES = 5       # how often a paper may be snatched away before one looks at the list again


def next_paper(line: Line, worker: Worker) -> str | None:
    """The id of the paper whose turn it is, held for this person from now on; None if there is none."""
    now = line.clock()
    with line.unit() as unit:
        order = work.turns(unit, worker, line.today())
        document = work.lease_next(unit, worker.name, now + line.limits.lease, now, order)
    return document.id if document else None


def take_ahead(line: Line, worker: Worker, but: Collection[str], most: int) -> list[str]:
    """So many of the papers that come next, held by this person before they are asked for: none of `but`, none that anybody holds;
    and only one where so few are left that others would sit idle.
    """
    now = line.clock()
    with line.unit() as unit:
        found = work.nobodys(unit, work.turns(unit, worker, line.today()), now, but, most + SPARE)
        found = found[: most if len(found) > SPARE else 1]
        for document_id in found:
            unit.lease(document_id, worker.name, now + line.limits.lease, now)
    return found


def next_behind(line: Line, worker: Worker, aside: str) -> str | None:
    """The next one behind that which is laid aside, round the end, held; None when there is no other."""
    release(line, aside, worker.name)
    for _ in range(TRIES):
        with line.store.read() as look:
            order = work.turns(look, worker, line.today())
            found = work.next_free(look, order, line.clock(), behind=aside)
        if found is None:
            return None
        try:
            return lease(line, found, worker.name).id
        except Leased:
            continue        # snatched away in this very moment
    return None


def turn_of(line: Line, worker: Worker, document_id: str) -> Turn | None:
    """The turn in which a paper comes to this person; None if it would not come to them."""
    with line.store.read() as look:
        at = work.whereabouts(look, document_id)
        order = work.turns(look, worker, line.today())
    return next((turn for turn in order if at is not None and turn.holds(at)), None)


def prefer(line: Line, one: Priority, why: str) -> None:
    """Put papers first; who, when and why is kept."""
    told = {**_scope(one.scope), "level": one.level, "until": _day(one.until), "due": _day(one.due)}
    with line.unit() as unit:
        orders.prefer(unit, one)
        decide(unit, Decision(one.at, one.by, "prefer", one.scope.ward, why, told))


def end_priority(line: Line, n: int, by: str, ward: str | None) -> None:
    """They come in the order of arrival again; raises NotFound for another ward's."""
    with line.unit() as unit:
        one = orders.end_priority(unit, n)
        _own(one.scope.ward, ward)
        decide(unit, Decision(line.clock(), by, "end_priority", one.scope.ward, told={**_scope(one.scope), "level": one.level}))


def assign(line: Line, one: Assignment, by: str) -> None:
    """The person works at this, and no longer at everything."""
    with line.unit() as unit:
        orders.assign(unit, one)
        decide(unit, Decision(line.clock(), by, "assign", one.name, told=_work(one)))


def unassign(line: Line, n: int, by: str) -> None:
    """The person works at this no longer; without any assignment left, at everything."""
    with line.unit() as unit:
        one = orders.unassign(unit, n)
        decide(unit, Decision(line.clock(), by, "unassign", one.name, told=_work(one)))


def take_back_paper(line: Line, document_id: str, by: str, ward: str | None) -> None:
    """Whoever holds the paper holds it no longer. What they keyed and did not send yet is refused if another saves first."""
    with line.unit() as unit:
        _own(unit.batch(unit.document(document_id).batch_id).ward, ward)
        held_by = work.take_back(unit, document_id)
        if held_by is not None:
            decide(unit, Decision(line.clock(), by, "take_paper_back", held_by, told={"document": document_id}))


def _own(of: str, ward: str | None) -> None:
    if ward is not None and of != ward:
        raise NotFound("another ward's")


def _scope(scope: Scope) -> dict[str, str | bool]:
    return {name: told for name, told in asdict(scope).items() if told}


def _work(one: Assignment) -> dict[str, str]:
    return {name: told for name, told in (("mode", one.mode), ("form", one.form), ("ward", one.ward)) if told}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
