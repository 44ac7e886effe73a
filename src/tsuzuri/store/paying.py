"""Money: which claims are still to be paid, what payees got and owe, looked at and written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from tsuzuri.errors import WrongTurn
from tsuzuri.model import Claim, RunStep, Transfer
from tsuzuri.store import rows
from tsuzuri.store.tables import claims, runs, transfers

MANY = 500      # rows a statement: old SQLites take 999 parameters, and memory stays flat at a million

TOLD = tuple(name for name in Transfer.__dataclass_fields__ if name != "n")


class SeenPaying:
    """What may be asked about payments."""

    connection: Connection

    def unpaid(self, day: date, forms: Collection[str], since: date | None = None) -> Iterator[Claim]:
        """The claims of these forms that have left by that date's night, and with none before `since`, and that no payment has
        taken, by id; streamed."""
        left = select(claims).join(runs, runs.c.id == claims.c.export_run)
        found = left.where(claims.c.transfer.is_(None), claims.c.form.in_(forms), runs.c.step == RunStep.SENT.value,
                           runs.c.business_date <= day, runs.c.business_date >= (since or date.min))
        streamed = self.connection.execute(found.order_by(claims.c.id).execution_options(yield_per=MANY))
        return (rows.to_claim(row) for row in streamed)

    def debts(self, target: str) -> dict[str, int]:
        """Who owes what after the last payment of that target: payee → yen, below 0."""
        last = select(func.max(transfers.c.n)).where(transfers.c.target == target).group_by(transfers.c.payee)
        found = select(transfers.c.payee, transfers.c.carried).where(transfers.c.n.in_(last), transfers.c.carried < 0)
        return {row.payee: row.carried for row in self.connection.execute(found)}

    def transfers_of(self, run_id: str) -> Iterator[Transfer]:
        """What each payee gets by a run, in order; streamed."""
        found = select(transfers).where(transfers.c.run_id == run_id).order_by(transfers.c.n).execution_options(yield_per=MANY)
        return (rows.to_transfer(row) for row in self.connection.execute(found))

    def claims_paid(self, run_id: str) -> Iterator[tuple[int, Claim]]:
        """The claims that a run pays, each behind its transfer's number, in the order of `transfers_of`; streamed."""
        mine = select(transfers.c.n).where(transfers.c.run_id == run_id)
        found = select(claims).where(claims.c.transfer.in_(mine)).order_by(claims.c.transfer, claims.c.id)
        return ((row.transfer, rows.to_claim(row)) for row in self.connection.execute(found.execution_options(yield_per=MANY)))

    def untold(self, paying: str, telling: str, day: date) -> list[date]:
        """The business dates, up to that one, whose payments were handed over and of which the other target has not told."""
        told = runs.alias()
        there = told.c.target == telling, told.c.business_date == runs.c.business_date, told.c.step == RunStep.SENT.value
        found = select(runs.c.business_date).where(
            runs.c.target == paying, runs.c.step == RunStep.SENT.value, runs.c.business_date <= day,
            ~select(told.c.id).where(*there).exists())
        return list(self.connection.scalars(found.order_by(runs.c.business_date)))


class Paying(SeenPaying):
    """What a unit of work may also write about them."""

    def add_transfers(self, run_id: str, target: str, paid: Iterable[tuple[Transfer, Sequence[str]]]) -> None:
        """Store what a run pays, and that these claims are paid by it; raises WrongTurn if one of them is paid already."""
        left = iter(paid)
        # Coalesced, for else SQLite goes through all that is unpaid by its index, for every claim.
        free = claims.c.id == bindparam("claim"), func.coalesce(claims.c.transfer, 0) == 0
        pays = update(claims).where(*free).values(transfer=bindparam("by"))
        while some := list(islice(left, MANY)):
            told = [{name: getattr(transfer, name) for name in TOLD} | {"run_id": run_id, "target": target} for transfer, _ in some]
            made = insert(transfers).returning(transfers.c.n, sort_by_parameter_order=True)
            numbers = self.connection.scalars(made, told).all()
            taken = [{"claim": claim, "by": n} for n, (_, ids) in zip(numbers, some, strict=True) for claim in ids]
            if taken:
                self.connection.execute(pays, taken)
            here = select(func.count()).select_from(claims).where(claims.c.transfer.in_(numbers))
            if self.connection.scalar(here) != len(taken):
                raise WrongTurn(f"run {run_id}: some of its claims are paid already", code="already_paid")

    def free_transfers(self, run_id: str) -> None:
        """Take a run's payments back: its claims are to be paid again, and nothing of it is carried on."""
        mine = select(transfers.c.n).where(transfers.c.run_id == run_id)
        self.connection.execute(update(claims).where(claims.c.transfer.in_(mine)).values(transfer=None))
        self.connection.execute(delete(transfers).where(transfers.c.run_id == run_id))
