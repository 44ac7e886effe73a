"""Where things stand on the line, and the one table of permitted moves."""

from __future__ import annotations

from enum import StrEnum

from tsuzuri.errors import WrongTurn


class Step(StrEnum):
    """Where a thing stands on the line. Batches, scans, pages and documents share the words they need."""

    OPEN = "open"              # batch: taking files
    CLOSED = "closed"          # batch: declared and stored sheets have been compared
    RECEIVED = "received"      # scan, page: bytes and row are durable, nothing has looked at it
    OPENED = "opened"          # scan: its pages are rows
    READ = "read"              # page: its readings are rows; which document it belongs to, its neighbours will tell
    BLANK = "blank"            # page: nothing on it; kept and counted
    SEPARATOR = "separator"    # page: a sheet of ours that says where a document ends; kept and counted
    BOUND = "bound"            # page: belongs to a document
    WAITING = "waiting"        # document: begun, and pages that may belong to it are not read yet
    REVIEW = "review"          # document: a person must look
    CLEAN = "clean"            # document: nothing speaks against approval
    APPROVED = "approved"      # document: a Claim was made from it
    RETURNED = "returned"      # document: goes back to its sender (返戻)
    EXPORTED = "exported"      # document: its claim has left; that claim is never edited again
    FILED = "filed"            # document: makes no claim, and its batch asks for it no more: 綴込済
    MERGED = "merged"          # document: a person bound its pages into another one; nothing is left of it but its history


MOVES: frozenset[tuple[Step, Step]] = frozenset({
    (Step.OPEN, Step.CLOSED),
    (Step.RECEIVED, Step.OPENED),
    (Step.RECEIVED, Step.BLANK),
    (Step.RECEIVED, Step.SEPARATOR),
    (Step.RECEIVED, Step.READ),
    (Step.READ, Step.BOUND),
    (Step.WAITING, Step.REVIEW),
    (Step.WAITING, Step.CLEAN),
    (Step.REVIEW, Step.REVIEW),
    (Step.REVIEW, Step.CLEAN),
    (Step.REVIEW, Step.APPROVED),
    (Step.REVIEW, Step.RETURNED),
    (Step.CLEAN, Step.CLEAN),
    (Step.CLEAN, Step.REVIEW),
    (Step.CLEAN, Step.APPROVED),
    (Step.CLEAN, Step.RETURNED),
    (Step.REVIEW, Step.MERGED), (Step.CLEAN, Step.MERGED),
    (Step.RETURNED, Step.REVIEW),
    (Step.APPROVED, Step.EXPORTED), (Step.APPROVED, Step.FILED),
    (Step.EXPORTED, Step.REVIEW),      # a supervisor has it corrected: what left stands until another claim takes it back
    (Step.APPROVED, Step.REVIEW),      # a sampled field was wrong, and the claim has not left yet
})


def step_on(old: Step, new: Step) -> Step:
    """`new`, if the table of moves permits it; raises WrongTurn otherwise."""
    if (old, new) not in MOVES:
        raise WrongTurn(f"no way leads from {old} to {new}", code="no_such_move")
    return new
