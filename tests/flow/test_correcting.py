"""What has left is not edited: it is taken back by a row of its own and told anew, and money is set off against the next."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.conftest import DAY, Clock, approved_batch, stored
from tests.flow.test_paying import CLINIC, INST, paying, transfers
from tsuzuri import flow
from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.model import Claim, ExportRun, RunStep, Step
from tsuzuri.rules.csv_reader import read_csv_feed
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.rules.zengin_reader import read_transfers

__all__ = ["paying"]
CHEAPER = {"points": "1000", "fee": "10000", "copay": "3000", "patient_paid": "1200", "amount": "1800"}


def accepted(line: Line, name: str) -> list[str]:
    """Every warning of a document, as a clerk accepts them."""
    return [f"{one.code}:{one.field}" if one.field else one.code for one in stored(line, name).findings]


def reopened(line: Line, name: str = "d0", **changes: str) -> None:
    """A paper that left, opened again by a supervisor and mended by a clerk."""
    flow.correct_sent(line, name, stored(line, name).version, "kanto", "点数の誤り")
    if changes:
        flow.correct(line, name, stored(line, name).version, changes, "sato")


def mended(line: Line, name: str = "d0", **changes: str) -> tuple[Claim, ...]:
    """… and approved."""
    reopened(line, name, **changes)
    return flow.approve(line, name, stored(line, name).version, "sato", accepted(line, name))


def nights(line: Line, clock: Clock, after: int) -> ExportRun:
    """The claims' run so many days later."""
    day = DAY + timedelta(days=after)
    while line.today() < day:
        clock.on(days=1)
    return next(run for run in flow.nights(line, day) if run.target == "benefits")


def pay(line: Line, run_day: int) -> ExportRun:
    """A payment, signed by two."""
    run = flow.night(line, DAY + timedelta(days=run_day), INST)
    for by in ("kanto", "mori"):
        run = flow.sign_run(line, run.id, by)
    return run


def test_a_corrected_claim_is_taken_back_and_told_anew_in_one_night_each_naming_the_first(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 2)
    first = nights(paying, clock, 0)
    body = Path(first.path).read_bytes()
    told = mended(paying, **CHEAPER)
    assert [(one.reverses is not None, one.corrects is not None) for one in told] == [(True, False), (False, True)]
    second = nights(paying, clock, 1)
    fixed, twin = read_feed(Path(second.path).read_bytes()).rows, read_csv_feed(
        (Path(second.path).parent / second.files[2].name).read_bytes()).rows
    old = told[0].reverses
    assert [(row["claim_id"], row["action"], int(row["amount"])) for row in fixed] == [(old, "3", -6789), (told[1].id, "2", 1800)]
    assert [row["corrects"] for row in twin] == ["", old]
    assert (second.count, second.amount) == (2, 1800 - 6789) and stored(paying, "d0").step is Step.EXPORTED
    assert flow.night(paying, DAY) == first and Path(first.path).read_bytes() == body


def test_a_paper_that_left_and_is_approved_unchanged_makes_nothing_leave(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 1)
    nights(paying, clock, 0)
    assert mended(paying) == ()
    assert stored(paying, "d0").step is Step.EXPORTED and nights(paying, clock, 1).eligible == 0


def test_a_paper_that_left_and_is_returned_is_taken_back_alone_and_may_be_claimed_again(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 1)
    nights(paying, clock, 0)
    reopened(paying)
    flow.give_back(paying, "d0", stored(paying, "d0").version, "sato", "別人の請求")
    second = nights(paying, clock, 1)
    assert (second.count, second.amount) == (1, -6789) and stored(paying, "d0").step is Step.RETURNED
    flow.reopen(paying, "d0", stored(paying, "d0").version, "sato")
    (again,) = flow.approve(paying, "d0", stored(paying, "d0").version, "sato", accepted(paying, "d0"))
    assert again.corrects is None and again.turn == 2
    third = nights(paying, clock, 2)
    assert (third.count, third.amount) == (1, 6789) and stored(paying, "d0").step is Step.EXPORTED


def test_an_approval_of_a_correction_is_undone_and_a_second_correction_follows_the_first(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 1)
    nights(paying, clock, 0)
    mended(paying, **CHEAPER)
    flow.unapprove(paying, "d0", "sato")
    told = flow.approve(paying, "d0", stored(paying, "d0").version, "sato", accepted(paying, "d0"))
    assert [one.turn for one in told] == [1, 2]
    nights(paying, clock, 1)
    again = mended(paying, points="900", fee="9000", copay="2700", amount="1500")
    assert [one.turn for one in again] == [3, 4] and again[0].reverses == told[1].id
    assert nights(paying, clock, 2).amount == 1500 - 1800


def test_only_what_has_left_is_opened_so_and_only_with_a_reason(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 1)
    with pytest.raises(WrongTurn):
        flow.correct_sent(paying, "d0", stored(paying, "d0").version, "kanto", "誤り")
    nights(paying, clock, 0)
    with pytest.raises(Refused):
        flow.correct_sent(paying, "d0", stored(paying, "d0").version, "kanto", " ")


def test_what_was_paid_too_much_is_set_off_against_the_next_payments_until_nothing_is_owed(paying: Line, clock: Clock) -> None:
    approved_batch(paying, 1)
    nights(paying, clock, 0)
    assert read_transfers(Path(pay(paying, 0).path).read_bytes()).total == 6789
    mended(paying, **CHEAPER)
    nights(paying, clock, 1)
    owing = pay(paying, 1)
    (debt,) = transfers(paying, owing)
    assert (debt.payee, debt.gross, debt.amount, debt.carried) == (CLINIC, 1800 - 6789, 0, 1800 - 6789) and owing.amount == 0
    assert read_transfers(Path(owing.path).read_bytes()).rows == ()
    approved_batch(paying, 1, prefix="next")
    nights(paying, clock, 2)
    (set_off,) = transfers(paying, pay(paying, 2))
    assert (set_off.gross, set_off.before, set_off.amount, set_off.carried) == (6789, -4989, 1800, 0)
    approved_batch(paying, 1, prefix="last")
    nights(paying, clock, 3)
    run = pay(paying, 3)
    assert transfers(paying, run)[0].before == 0 and (run.amount, run.step) == (6789, RunStep.SENT)
