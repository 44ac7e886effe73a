"""Boxes of paper: where each stands, the one table of its permitted moves, and how boxes leave the house for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from tsuzuri.errors import WrongTurn


class BoxStep(StrEnum):
    """Where a box stands."""

    RECEIVED = "received"      # in the house, sealed
    OPENED = "opened"          # unsealed, its paper is being sent
    SCANNED = "scanned"        # all its paper is fed; every batch of it is closed
    VERIFIED = "verified"      # and every batch balances
    STORED = "stored"          # on its shelf
    RETURNED = "returned"      # given back to whoever sent it
    DESTROYED = "destroyed"    # by two people, after its time


BOX_MOVES: frozenset[tuple[BoxStep, BoxStep]] = frozenset({
    (BoxStep.RECEIVED, BoxStep.OPENED),
    (BoxStep.OPENED, BoxStep.SCANNED),
    (BoxStep.SCANNED, BoxStep.VERIFIED),
    (BoxStep.VERIFIED, BoxStep.STORED),
    # More of it is fed, or a paper is wanted again.
    (BoxStep.SCANNED, BoxStep.OPENED), (BoxStep.VERIFIED, BoxStep.OPENED), (BoxStep.STORED, BoxStep.OPENED),
    (BoxStep.VERIFIED, BoxStep.RETURNED), (BoxStep.STORED, BoxStep.RETURNED),
    (BoxStep.STORED, BoxStep.DESTROYED),
})
GONE = frozenset({BoxStep.RETURNED, BoxStep.DESTROYED})


@dataclass(frozen=True, slots=True)
class Carton:
    """A box of paper by its number (KM-20251107-EAST-B012), and what was counted when it was received; None: not counted.

    `implicit`: nobody received it, a batch named it. `step_at` is since when it stands where it stands.
    """

    number: str
    ward: str
    procedure: str
    received_at: datetime
    by: str
    step: BoxStep
    step_at: datetime
    seal: str = ""
    envelopes: int | None = None
    sheets: int | None = None
    weight_g: int | None = None
    implicit: bool = False

    def to(self, step: BoxStep, at: datetime) -> Carton:
        """This box, moved on; raises WrongTurn where no way leads there."""
        if (self.step, step) not in BOX_MOVES:
            raise WrongTurn(f"箱 {self.number} は、いまの段階からそこへは進められません。", code="no_such_step")
        return replace(self, step=step, step_at=at)

    @property
    def ways(self) -> tuple[BoxStep, ...]:
        """Where it may go from here, in the order of a box's life."""
        return tuple(step for step in BoxStep if (self.step, step) in BOX_MOVES)


@dataclass(frozen=True, slots=True)
class BoxMove:
    """One move of a box. Append-only."""

    box: str
    was: BoxStep
    step: BoxStep
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class BatchSheet:
    """The sheet on top of a batch: which batch of which box it is, and whose papers those are."""

    box: str
    number: int
    ward: str
    procedure: str

    @property
    def called(self) -> str:
        """Its number as people read it."""
        return f"{self.box}-{self.number:03}"


@dataclass(frozen=True, slots=True)
class Removal:
    """Boxes that leave the house together, by one certificate: given back (RETURNED), or destroyed.

    `told` is what the certificate says beside the boxes: method, to, witness, weight_g. To destroy takes a `second` person;
    `done_at` is None until then. `dropped`: it was not to be.
    """

    kind: BoxStep
    boxes: tuple[str, ...]
    by: str
    at: datetime
    told: Mapping[str, str | int] = field(default_factory=dict)
    second: str | None = None
    done_at: datetime | None = None
    dropped: bool = False
    n: int = 0
