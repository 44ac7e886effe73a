"""An approval that was a slip of the hand is taken back, as long as its claim has not left."""

from __future__ import annotations

from dataclasses import replace

from tsuzuri.errors import WrongTurn
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.desk import write_down
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.model import Document, Step


def unapprove(line: Line, document_id: str, by: str) -> Document:
    """The document in review again, its claims gone; raises WrongTurn (`nothing_to_undo`) where it was not this person who
    approved it last, or a claim of it has left.
    """
    with line.unit() as unit:
        batch = unit.batch(unit.document(document_id).batch_id)
        before, told = unit.document(document_id), unit.reviews(document_id)
        mine = bool(told) and (told[-1].action, told[-1].by) == ("approve", by)
        if before.step is not Step.APPROVED or not mine:
            raise WrongTurn("この承認は取り消せません。すでに連携したか、ほかの人が扱った書類です。", code="nothing_to_undo")
        unit.withdraw_claims(document_id)
        judged = judge(line, unit, before.to(Step.REVIEW))
        after = replace(judged, step=Step.REVIEW, version=before.version + 1)
        unit.save_document(after, was_version=before.version)
        write_down(line, unit, document_id, by, "unapprove")
        hold_covers(line, unit, batch)
        return unit.document(document_id)
