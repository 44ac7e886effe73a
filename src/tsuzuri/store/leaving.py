"""What goes out: claims and the nights' runs, looked at and written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, or_, select, union, update

from tsuzuri.errors import NotFound, WrongTurn
from tsuzuri.model import Claim, ExportRun, RunStep, Step
from tsuzuri.store import rows
from tsuzuri.store.ledger_tables import LEDGER_TABLES
from tsuzuri.store.tables import batches, claims, documents, pages, runs, scans

MANY = 500      # rows a statement: old SQLites take 999 parameters, and memory stays flat at a million
UNREAD = (Step.RECEIVED, Step.READ)
NO_CLAIM_YET = (Step.WAITING, Step.REVIEW, Step.CLEAN)     # why a document stays: the step is the reason


UNFINISHED = (RunStep.BEGUN.value, RunStep.RELEASED.value)


class Staying(NamedTuple):
    """A document that is no claim yet, and the step at which it stands."""

    id: str
    batch_id: str
    form: str | None
    ward: str
    business_date: date
    step: str


CLAIMED = select(claims.c.id).where(claims.c.document_id == documents.c.id).exists()
IN_ORDER = claims.c.approved_at, claims.c.turn, claims.c.id
IDLE = documents.c.step == Step.APPROVED, ~CLAIMED      # approved, and there is nothing of it that could leave


def _of(column: ColumnElement[str | None], forms: Collection[str], but: Collection[str]) -> ColumnElement[bool]:
    return column.in_(forms) if forms else or_(column.is_(None), column.not_in(but))


class SeenLeaving:
    """What may be asked about what has left, and what may."""

    connection: Connection

    def claims_due(self, day: date, forms: Collection[str] = (), but: Collection[str] = ()) -> Iterator[Claim]:
        """The claims no run has taken whose papers' business date has come, in the order in which they leave; streamed.

        Those of `forms`, or else of all forms but those named.
        """
        bound = select(claims).join(documents, documents.c.id == claims.c.document_id)
        due = bound.where(claims.c.export_run.is_(None), documents.c.business_date <= day, _of(claims.c.form, forms, but))
        ordered = due.order_by(*IN_ORDER).execution_options(yield_per=MANY)
        return (rows.to_claim(row) for row in self.connection.execute(ordered))

    def staying(self, day: date, forms: Collection[str] = (), but: Collection[str] = ()) -> Iterator[Staying]:
        """The documents whose business date has come and that are no claim yet, in the order of their arrival; streamed.

        Those of `forms`, or else of all forms but those named, and of none yet.
        """
        there = documents.c.business_date <= day, documents.c.step.in_(NO_CLAIM_YET), _of(documents.c.form, forms, but)
        told = select(*(documents.c[name] for name in Staying._fields)).where(*there).order_by(documents.c.n)
        return (Staying(*row) for row in self.connection.execute(told.execution_options(yield_per=MANY)))

    def forms_due(self, day: date) -> set[str]:
        """The forms of which a claim is due, or a document stays."""
        come = documents.c.business_date <= day
        unsent = select(claims.c.form).join(documents, documents.c.id == claims.c.document_id)
        due = unsent.where(claims.c.export_run.is_(None), come)
        there = select(documents.c.form).where(come, documents.c.step.in_(NO_CLAIM_YET), documents.c.form.is_not(None))
        return set(self.connection.scalars(union(due, there)))

    def batches_to_file(self, day: date) -> list[str]:
        """The closed batches that hold a document to be filed (`Leaving.file`), and none that anybody must still think of."""
        work = documents.alias()
        told = select(claims.c.id).where(claims.c.document_id == work.c.id).exists()
        left = or_(work.c.step.in_(NO_CLAIM_YET), (work.c.step == Step.APPROVED) & told)
        here = documents.c.batch_id
        undone = (
            select(work.c.id).where(work.c.batch_id == here, left),
            select(pages.c.id).where(pages.c.batch_id == here, pages.c.step.in_(UNREAD)),
            select(scans.c.id).where(scans.c.batch_id == here, scans.c.step == Step.RECEIVED),
        )
        found: Select[tuple[str]] = select(here).distinct().join(batches, batches.c.id == here)
        found = found.where(*IDLE, documents.c.business_date <= day, batches.c.step == Step.CLOSED)
        return list(self.connection.scalars(found.where(*(~question.exists() for question in undone)).order_by(here)))

    def claims_standing(self, document_id: str) -> list[Claim]:
        """The document's claims that have left and that none takes back, by row."""
        back = select(claims.c.reverses).where(claims.c.document_id == document_id, claims.c.reverses.is_not(None))
        found = select(claims).where(claims.c.document_id == document_id, claims.c.export_run.is_not(None),
                                     claims.c.reverses.is_(None), claims.c.id.not_in(back))
        return [rows.to_claim(row) for row in self.connection.execute(found.order_by(claims.c.row))]

    def next_turn(self, document_id: str) -> int:
        """How often the document was claimed from: one more than its claims' last turn; 0 where it has none."""
        last: int | None = self.connection.scalar(select(func.max(claims.c.turn)).where(claims.c.document_id == document_id))
        return 0 if last is None else last + 1

    def claims_of_run(self, run_id: str) -> Iterator[Claim]:
        """The claims that a run took, in the order of its file; streamed, however many."""
        taken = select(claims).where(claims.c.export_run == run_id).execution_options(yield_per=MANY)
        streamed = self.connection.execute(taken.order_by(*IN_ORDER))
        return (rows.to_claim(row) for row in streamed)

    def run_for(self, business_date: date, target: str) -> ExportRun | None:
        """The run of that night for that target, if it has been begun; its sha256 is "" until it is done."""
        found = select(runs).where(runs.c.business_date == business_date, runs.c.target == target)
        row = self.connection.execute(found).one_or_none()
        return rows.to_run(row) if row is not None else None

    def run(self, run_id: str) -> ExportRun:
        """One run; raises NotFound."""
        row = self.connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise NotFound("この連携は見つかりません。")
        return rows.to_run(row)

    def last_night(self, target: str) -> date | None:
        """The latest business date for which a run of that target was begun; None if none ever was."""
        last: date | None = self.connection.scalar(select(func.max(runs.c.business_date)).where(runs.c.target == target))
        return last

    def last_before(self, target: str, day: date) -> ExportRun | None:
        """The latest run of that target for a business date before that one."""
        found = select(runs).where(runs.c.target == target, runs.c.business_date < day).order_by(runs.c.business_date.desc())
        row = self.connection.execute(found.limit(1)).one_or_none()
        return rows.to_run(row) if row is not None else None

    def prepared(self, target: str) -> ExportRun | None:
        """The run of that target that waits for two people to release it; there is one at most."""
        found = select(runs).where(runs.c.target == target, runs.c.step == RunStep.PREPARED.value)
        row = self.connection.execute(found.order_by(runs.c.business_date).limit(1)).one_or_none()
        return rows.to_run(row) if row is not None else None

    def days_off(self) -> frozenset[date]:
        """The days on which the office is closed, by its calendar's ledger."""
        calendar = LEDGER_TABLES["calendar"].c
        stands = select(calendar.day).where(calendar.retired_at.is_(None))
        return frozenset(map(date.fromisoformat, self.connection.scalars(stands)))

    def waiting_for_release(self) -> list[ExportRun]:
        """The runs that wait for two people, oldest first."""
        found = select(runs).where(runs.c.step == RunStep.PREPARED.value).order_by(runs.c.business_date, runs.c.target)
        return [rows.to_run(row) for row in self.connection.execute(found)]

    def unfinished(self) -> list[ExportRun]:
        """The runs that were begun or released and whose files are not handed over yet, oldest first."""
        found = select(runs).where(runs.c.step.in_(UNFINISHED)).order_by(runs.c.business_date, runs.c.target)
        return [rows.to_run(row) for row in self.connection.execute(found)]

    def runs(self, limit: int = 100) -> list[ExportRun]:
        """The latest runs, newest first."""
        found = select(runs).order_by(runs.c.business_date.desc(), runs.c.target).limit(limit)
        return [rows.to_run(row) for row in self.connection.execute(found)]


class Leaving(SeenLeaving):
    """What a unit of work may also write about it."""

    def add_claim(self, claim: Claim) -> None:
        """Store a claim; a row of a document has one at most (WrongTurn "already_told")."""
        self.connection.execute(insert(claims).values(rows.from_claim(claim)))

    def withdraw_claims(self, document_id: str) -> None:
        """Take a document's claims back before they leave; raises WrongTurn if one of them has left or is about to.

        Of a paper that is corrected, those that left before it stand, and are none of these.
        """
        mine = claims.c.document_id == document_id
        latest = select(func.max(claims.c.turn)).where(mine).scalar_subquery()
        left = mine, claims.c.turn == latest, claims.c.export_run.is_not(None)
        if self.connection.scalar(select(func.count()).select_from(claims).where(*left)):
            raise WrongTurn("この書類の請求はすでに連携されています。", code="already_exported")
        self.drop_unsent(document_id)

    def drop_unsent(self, document_id: str) -> None:
        """Take back what has not left of a document's claims."""
        mine = claims.c.document_id == document_id
        self.connection.execute(delete(claims).where(mine, claims.c.export_run.is_(None)))

    def add_run(self, run: ExportRun) -> None:
        """Store a night's run; a date and target have one at most (WrongTurn "already_told")."""
        self.connection.execute(insert(runs).values(rows.from_run(run)))

    def assign(self, run_id: str, claim_ids: Iterable[str]) -> None:
        """Give claims to a run, for good; raises WrongTurn if one of them has been given away before."""
        ids = iter(claim_ids)
        while some := list(islice(ids, MANY)):
            # Coalesced, for else SQLite goes through all that is free by its index, for every five hundred.
            free = claims.c.id.in_(some), func.coalesce(claims.c.export_run, "") == ""
            taken = self.connection.execute(update(claims).where(*free).values(export_run=run_id)).rowcount
            if taken != len(some):
                raise WrongTurn(f"run {run_id}: {len(some) - taken} of its claims are another run's",
                                code="already_exported")

    def finish_run(self, run: ExportRun) -> None:
        """Write down what the run's files hold, and move the documents of its claims to EXPORTED.

        Raises WrongTurn if the run was finished before, or a document of its claims is not APPROVED: all claims of a
        sheet leave with one run. A paper of which a claim is only taken back stays where it is.
        """
        open_run = runs.c.id == run.id, runs.c.sha256 == ""
        if self.connection.execute(update(runs).where(*open_run).values(rows.from_run(run))).rowcount != 1:
            raise WrongTurn(f"run {run.id} is finished", code="already_exported")
        mine = claims.c.export_run == run.id
        told = select(func.count(claims.c.document_id.distinct())).join(documents, documents.c.id == claims.c.document_id)
        if odd := self.connection.scalar(told.where(mine, claims.c.reverses.is_(None), documents.c.step != Step.APPROVED)):
            raise WrongTurn(f"run {run.id}: claims of {odd} documents that are not approved", code="not_approved")
        unsent = select(claims.c.id).where(claims.c.document_id == documents.c.id, claims.c.export_run.is_(None)).exists()
        leaves = documents.c.step == Step.APPROVED, documents.c.id.in_(select(claims.c.document_id).where(mine)), ~unsent
        away = {"step": Step.EXPORTED.value, "version": documents.c.version + 1}
        self.connection.execute(update(documents).where(*leaves).values(away))

    def alone_with(self, run_id: str) -> ExportRun:
        """One run, which nobody else changes until this unit ends; raises NotFound."""
        self.connection.execute(select(runs.c.id).where(runs.c.id == run_id).with_for_update())
        return self.run(run_id)

    def move_run(self, run: ExportRun, was: RunStep) -> bool:
        """Write the run down as it now stands; False, and nothing is written, if it stands elsewhere than it did."""
        there = runs.c.id == run.id, runs.c.step == was.value
        return self.connection.execute(update(runs).where(*there).values(rows.from_run(run))).rowcount == 1

    def file(self, batch_id: str) -> int:
        """Move a batch's approved documents that make no claim (a cover, a register) to FILED; how many they were."""
        away = {"step": Step.FILED.value, "version": documents.c.version + 1}
        idle = update(documents).where(documents.c.batch_id == batch_id, *IDLE)
        return self.connection.execute(idle.values(away)).rowcount
