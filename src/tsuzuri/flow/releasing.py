"""Two people let money go: what is prepared is handed over once two of them have signed, each on their own. Or it is withdrawn."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from tsuzuri.errors import Refused, TsuzuriError, WrongTurn
from tsuzuri.flow import outlet
from tsuzuri.flow.line import Line
from tsuzuri.flow.night import finish, night, untold
from tsuzuri.model import ExportRun, RunStep, Transfer
from tsuzuri.store import Look
from tsuzuri.store.decisions import Decision, decide, decided_about

NEEDED = 2
RELEASE, WITHDRAW = "release_run", "withdraw_run"


def sign_run(line: Line, run_id: str, by: str) -> ExportRun:
    """The run, signed by this person; the second signature hands it over. What is signed is its sha256.

    Raises WrongTurn for whoever signed it before (`same_person`), and for a run that does not wait for anybody (`not_prepared`).
    """
    with line.unit() as unit:
        run = unit.alone_with(run_id)
        if run.step is not RunStep.PREPARED:
            raise WrongTurn("この連携は承認を待っていません。画面を読み直してください。", code="not_prepared")
        before = [one.by for one in signatures(unit, run)]
        if by in before:
            raise WrongTurn("すでに承認しています。もう一人の承認は、別の人が行ってください。", code="same_person")
        told = {"sha256": run.sha256, "count": run.count, "amount": run.amount}
        decide(unit, Decision(line.clock(), by, RELEASE, run.id, told=told))
        if len(before) + 1 >= NEEDED:
            run = replace(run, step=RunStep.RELEASED)
            unit.move_run(run, RunStep.PREPARED)
    return _hand_over(line, run) if run.step is RunStep.RELEASED else run


def _hand_over(line: Line, run: ExportRun) -> ExportRun:
    done = finish(line, run)
    with suppress(TsuzuriError):      # the money is gone all the same: what cannot be told of it now, the next night tells
        for name, day in untold(line, run.business_date):
            night(line, day, name)
    return done


def withdraw_run(line: Line, run_id: str, by: str, why: str) -> ExportRun:
    """The run is taken back before the second signature: what it would have paid is to be paid again, by a run made anew.

    Raises Refused without a reason, WrongTurn (`not_prepared`) for a run that waits for nobody any more.
    """
    if not why.strip():
        raise Refused("取り下げの理由を書いてください。", code="note_needed")
    with line.unit() as unit:
        run = unit.alone_with(run_id)
        if run.step is not RunStep.PREPARED:
            raise WrongTurn("この連携は承認を待っていません。もう取り下げられません。", code="not_prepared")
        told = {"sha256": run.sha256, "count": run.count, "amount": run.amount}
        decide(unit, Decision(line.clock(), by, WITHDRAW, run.id, why.strip()[:500], told))
        unit.free_transfers(run.id)
        gone = replace(run, step=RunStep.WITHDRAWN, sha256="", files=())
        unit.move_run(gone, RunStep.PREPARED)
    outlet.forget(line.exports / outlet.PREPARED, run)
    return gone


def signatures(look: Look, run: ExportRun) -> list[Decision]:
    """Who signed what the run now holds, in order: what was signed before it was withdrawn counts no more."""
    told = decided_about(look, run.id, (RELEASE, WITHDRAW))
    last = max((i for i, one in enumerate(told) if one.what == WITHDRAW), default=-1)
    return [one for one in told[last + 1:] if one.told.get("sha256") == run.sha256]


@dataclass(frozen=True)
class Compared:
    """What those who sign look at: the sums of a run, of the one before it, and which payees differ from then."""

    gross: int
    before: int
    amount: int
    carried: int
    payees: int
    all: int
    last: ExportRun | None
    new: tuple[Transfer, ...] = ()
    moved: tuple[Transfer, ...] = ()
    owing: tuple[Transfer, ...] = ()


def compared(look: Look, run: ExportRun) -> Compared:
    """A payment beside the one before it: who is paid for the first time, whose account is another one, and who still owes."""
    last = look.last_before(run.target, run.business_date)
    known = {one.payee: one for one in look.transfers_of(last.id)} if last is not None else {}
    paid = list(look.transfers_of(run.id))
    return Compared(
        gross=sum(one.gross for one in paid), before=sum(one.before for one in paid), amount=sum(one.amount for one in paid),
        carried=sum(one.carried for one in paid), payees=sum(one.amount > 0 for one in paid), all=len(paid), last=last,
        new=tuple(one for one in paid if one.payee not in known) if known else (),
        moved=tuple(one for one in paid if one.payee in known and _account(one) != _account(known[one.payee])),
        owing=tuple(one for one in paid if one.carried < 0))


def _account(one: Transfer) -> tuple[str, ...]:
    return one.bank, one.branch, one.kind, one.number, one.holder
