"""What is known of files on their way to receivers, and of what those answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, insert, select

from tsuzuri.model import Claim, ExportRun, RunStep
from tsuzuri.store import rows
from tsuzuri.store.delivery_tables import answers, deliveries
from tsuzuri.store.tables import claims, runs
from tsuzuri.store.unit import Look, Unit

DELIVERED, THERE = "delivered", "there"
ARRIVED = (DELIVERED, THERE)
FIN = "fin"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to carry one file: `delivered`, `there` (it lay there already), or the code of what hindered it."""

    run_id: str
    target: str
    file: str
    word: str
    at: datetime
    outcome: str
    size: int
    sha256: str

    @property
    def arrived(self) -> bool:
        """Whether the receiver has it."""
        return self.outcome in ARRIVED


class Word(StrEnum):
    """What an answer comes to."""

    AGREES = "agrees"
    DIFFERS = "differs"             # counts, amounts or hashes are others than ours, or files are missing
    ERRORS = "errors"               # the sums agree, and some claims were not taken
    UNKNOWN = "unknown_run"
    UNREADABLE = "unreadable"
    AGAIN = "again"                 # these very bytes were answered before: nothing came of it


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a receiver: its bytes by sha256, the run it is about, and what it comes to (`told`: JSON)."""

    target: str
    name: str
    stamp: str
    sha256: str
    run_id: str | None
    outcome: Word
    at: datetime
    told: Mapping[str, Any] = field(default_factory=dict)


def add_delivery(unit: Unit, told: Delivery) -> None:
    """Keep an attempt."""
    unit.connection.execute(insert(deliveries).values({name: getattr(told, name) for name in Delivery.__slots__}))


def undelivered(look: Look, target: str, since: date) -> list[ExportRun]:
    """The runs that are handed over, from that business date on, and whose control file is not with the receiver; oldest first."""
    arrived = select(deliveries.c.n).where(
        deliveries.c.run_id == runs.c.id, deliveries.c.word == FIN, deliveries.c.outcome.in_(ARRIVED)).exists()
    found = select(runs).where(runs.c.target == target, runs.c.step == RunStep.SENT.value, runs.c.business_date >= since, ~arrived)
    return [rows.to_run(row) for row in look.connection.execute(found.order_by(runs.c.business_date))]


def deliveries_of(look: Look, run_id: str) -> list[Delivery]:
    """All attempts of a run, oldest first."""
    found = select(deliveries).where(deliveries.c.run_id == run_id).order_by(deliveries.c.n)
    return [_delivery(row) for row in look.connection.execute(found)]


def arrived_of(look: Look, run_ids: Collection[str]) -> dict[str, datetime]:
    """When the control file of each of these runs arrived."""
    there = deliveries.c.run_id.in_(run_ids), deliveries.c.word == FIN, deliveries.c.outcome.in_(ARRIVED)
    found = select(deliveries.c.run_id, func.min(deliveries.c.at)).where(*there).group_by(deliveries.c.run_id)
    return {str(row[0]): row[1] for row in look.connection.execute(found)}


def failed_since(look: Look, target: str) -> tuple[int, datetime | None]:
    """How many attempts in a row came to nothing, and when the last did."""
    mine = deliveries.c.target == target
    good = select(func.coalesce(func.max(deliveries.c.n), 0)).where(mine, deliveries.c.outcome.in_(ARRIVED)).scalar_subquery()
    many, last = look.connection.execute(select(func.count(), func.max(deliveries.c.at)).where(mine, deliveries.c.n > good)).one()
    return int(many), last


def last_delivery(look: Look, target: str) -> Delivery | None:
    """The latest attempt."""
    row = look.connection.execute(
        select(deliveries).where(deliveries.c.target == target).order_by(deliveries.c.n.desc()).limit(1)).one_or_none()
    return _delivery(row) if row is not None else None


def unanswered(look: Look, target: str, since: date, until: date) -> list[ExportRun]:
    """The runs of these business dates, both within, that are handed over and of which no answer that we could read has come."""
    heard = select(answers.c.n).where(answers.c.run_id == runs.c.id).exists()
    found = select(runs).where(runs.c.target == target, runs.c.step == RunStep.SENT.value,
                               runs.c.business_date.between(since, until), ~heard)
    return [rows.to_run(row) for row in look.connection.execute(found.order_by(runs.c.business_date))]


def add_answer(unit: Unit, told: Answer) -> None:
    """Keep an answer."""
    unit.connection.execute(insert(answers).values(
        {name: getattr(told, name) for name in Answer.__slots__} | {"outcome": told.outcome.value, "told": dict(told.told)}))


def answer_seen(look: Look, target: str, name: str, stamp: str) -> bool:
    """Whether that very file of the receiver's was read before."""
    same = answers.c.target == target, answers.c.name == name, answers.c.stamp == stamp
    return look.connection.scalar(select(answers.c.n).where(*same).limit(1)) is not None


def answer_of(look: Look, sha256: str) -> Answer | None:
    """What came of these bytes when they were read first."""
    found = select(answers).where(answers.c.sha256 == sha256).order_by(answers.c.n).limit(1)
    row = look.connection.execute(found).one_or_none()
    return _answer(row) if row is not None else None


def answers_of(look: Look, run_id: str) -> list[Answer]:
    """All answers about a run, oldest first."""
    found = select(answers).where(answers.c.run_id == run_id).order_by(answers.c.n)
    return [_answer(row) for row in look.connection.execute(found)]


def answers_odd(look: Look, limit: int = 50) -> list[Answer]:
    """The latest answers that belong to no run, newest first."""
    found = select(answers).where(answers.c.run_id.is_(None), answers.c.outcome != Word.AGAIN.value)
    return [_answer(row) for row in look.connection.execute(found.order_by(answers.c.n.desc()).limit(limit))]


def last_words(look: Look, run_ids: Collection[str]) -> dict[str, Answer]:
    """The latest answer about each of these runs."""
    told = select(answers).where(answers.c.run_id.in_(run_ids), answers.c.outcome != Word.AGAIN.value).order_by(answers.c.n)
    return {str(row.run_id): _answer(row) for row in look.connection.execute(told)}


def answers_that(look: Look, word: Word, since: date) -> list[tuple[ExportRun, Answer]]:
    """The runs of business dates from that one on whose latest answer comes to that; oldest first."""
    heard = answers.c.run_id.is_not(None), answers.c.outcome != Word.AGAIN.value
    last = select(func.max(answers.c.n)).where(*heard).group_by(answers.c.run_id)
    mine = select(answers.c.run_id).where(answers.c.n.in_(last), answers.c.outcome == word.value)
    found = select(runs).where(runs.c.business_date >= since, runs.c.id.in_(mine)).order_by(runs.c.business_date, runs.c.target)
    told = [rows.to_run(row) for row in look.connection.execute(found)]
    words = last_words(look, [run.id for run in told])
    return [(run, words[run.id]) for run in told]


def claims_meant(look: Look, run_id: str, named: Collection[str]) -> list[Claim]:
    """Of the claims that left with a run, those of these names: their own, or that of the claim they take back."""
    found = select(claims).where(claims.c.export_run == run_id, claims.c.id.in_(named) | claims.c.reverses.in_(named))
    return [rows.to_claim(row) for row in look.connection.execute(found.order_by(claims.c.id))]


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.run_id, row.target, row.file, row.word, row.at, row.outcome, row.size, row.sha256)


def _answer(row: Row[Any]) -> Answer:
    return Answer(row.target, row.name, row.stamp, row.sha256, row.run_id, Word(row.outcome), row.at, row.told)
