"""What a clerk cannot settle alone: a senior's judgement (要判断), another scan of the paper. The paper stays in review meanwhile,
out of everybody's queue, with who asked and why.
"""

from __future__ import annotations

from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.flow.desk import held, write_down
from tsuzuri.flow.line import Line
from tsuzuri.model import Document, Step
from tsuzuri.store.questions import Question, Wish

ASKED = {Wish.SENIOR: "ask_senior", Wish.RESCAN: "ask_rescan"}


def ask(line: Line, document_id: str, version: int, question: tuple[Wish, str], by: str) -> Document:
    """The document, in review and let go of, with the question upon it; raises Refused without a reason."""
    kind, why = question
    if not why.strip():
        raise Refused("理由を書いてください。", code="note_needed")
    with line.unit() as unit:
        before = held(line, unit, document_id, version, by)
        if before.step is not Step.REVIEW:
            unit.save_document(before.to(Step.REVIEW), was_version=version)
        unit.ask(Question(document_id, kind, by, line.clock(), why.strip()))
        write_down(line, unit, document_id, by, ASKED[kind], note=why.strip())
        unit.release(document_id, by)
        return unit.document(document_id)


def answer(line: Line, document_id: str, kind: Wish, note: str, by: str) -> Document:
    """The document, back in the queue: the question is answered, with what is to be done; raises WrongTurn if none was asked."""
    with line.unit() as unit:
        if not unit.answer(document_id, by, line.clock(), kind):
            raise WrongTurn("この依頼は、もう済んでいます。", code="already_told")
        write_down(line, unit, document_id, by, "answer", note=note.strip())
        return unit.document(document_id)
