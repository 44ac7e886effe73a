"""What has left is not edited: its paper is opened again, and another claim takes the left one's place (訂正して再連携)."""

from __future__ import annotations

from dataclasses import replace

from tsuzuri.errors import Refused
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.desk import held, write_down
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.model import Document, Finding, Step
from tsuzuri.store import Unit


def correct_sent(line: Line, document_id: str, version: int, by: str, why: str) -> Document:
    """A paper whose claims have left, in review again. They stand: approved anew, each that differs is taken back (取消) and told
    anew (訂正) in one night; returned, they are taken back; approved unchanged, nothing leaves.

    Raises Refused without a reason, WrongTurn for a paper that has not left.
    """
    if not why.strip():
        raise Refused("訂正の理由を書いてください。", code="note_needed")
    with line.unit() as unit:
        before = held(line, unit, document_id, version, by, frozenset({Step.EXPORTED}))
        reopen_sent(line, unit, before, (by, why.strip()))
        return unit.document(document_id)


def reopen_sent(line: Line, unit: Unit, before: Document, said: tuple[str, str], noted: tuple[Finding, ...] = ()) -> None:
    """A paper that has left stands in review, with what is `noted` of it besides. `said`: by whom, and why."""
    by, why = said
    judged = judge(line, unit, before.to(Step.REVIEW, noted=(*before.noted, *noted)))
    unit.save_document(replace(judged, step=Step.REVIEW, version=before.version + 1), was_version=before.version)
    write_down(line, unit, before.id, by, "correct_sent", note=why[:500])
    hold_covers(line, unit, unit.batch(before.batch_id))
