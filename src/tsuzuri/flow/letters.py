"""What is written to whoever sent a paper: a 返戻票 with every return, a question, a reminder; and the log of calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tsuzuri.errors import NotFound, Refused, WrongTurn
from tsuzuri.flow.line import Line
from tsuzuri.forms import Letters, asked
from tsuzuri.model import Document, Letter, Post, Reason, Step, Talk
from tsuzuri.stages.letters import About, due_day, reasons_of, worded
from tsuzuri.store import Unit

WAYS = ("電話", "文書", "窓口", "ファクス", "メール")
LONGEST = 1000      # of what was said, or came of it


@dataclass(frozen=True, slots=True)
class Said:
    """One call as a person writes it down: by which of WAYS, with whom, what for, what was said, what is promised till when."""

    way: str
    counterpart: str
    code: str = ""
    said: str = ""
    promised: date | None = None


def inquire(line: Line, document_id: str, by: str, note: str) -> Letter:
    """A question about a paper, written (照会); the paper stays where it is. Raises Refused without a reason."""
    letters = _words(line)
    reasons = reasons_of(note, letters)
    if not reasons:
        raise Refused("照会する内容を書いてください。", code="note_needed")
    with line.unit() as unit:
        document = unit.document(document_id)
        if document.step not in (Step.REVIEW, Step.CLEAN):
            raise WrongTurn("この書類はもう審査中ではないため、照会文は作れません。", code="settled")
        return _write(line, unit, document, Post.INQUIRE, reasons, by)


def remind(line: Line, document_id: str, by: str) -> Letter:
    """What was returned and has not come again, asked for once more, for the same reasons, after its day."""
    with line.unit() as unit:
        document = unit.document(document_id)
        before = [letter for letter in unit.letters_of(document_id) if letter.kind is not Post.INQUIRE]
        if document.step is not Step.RETURNED or not before or unit.answer_of(document_id):
            raise WrongTurn("返戻中で、まだ再提出されていない書類だけに督促できます。", code="settled")
        if before[-1].due >= line.today():
            raise WrongTurn(f"期限（{before[-1].due:%Y-%m-%d}）がまだ来ていません。", code="settled")
        return _write(line, unit, document, Post.REMIND, before[-1].wording.reasons, by)


def write_back(line: Line, unit: Unit, document: Document, by: str, note: str) -> None:
    """The 返戻票 that goes with a document just returned, where the city has words for one."""
    if line.city.letters is not None:
        _write(line, unit, document, Post.RETURN, reasons_of(note, line.city.letters), by)


def talked(line: Line, document_id: str, by: str, said: Said) -> None:
    """Write down a call about a document (折衝記録)."""
    if said.way not in WAYS or not said.counterpart.strip():
        raise Refused("方法と相手を書いてください。", code="note_needed")
    with line.unit() as unit:
        unit.document(document_id)
        unit.add_talk(Talk(document_id, by, line.clock(), said.way, said.counterpart.strip()[:200], said.code[:8],
                           said.said.strip()[:LONGEST], said.promised))


def talk_ended(line: Line, n: int, outcome: str) -> None:
    """What came of a call; raises WrongTurn where that was written down before."""
    if not outcome.strip():
        raise Refused("結果を書いてください。", code="note_needed")
    with line.unit() as unit:
        if not unit.end_talk(n, outcome.strip()[:LONGEST]):
            raise WrongTurn("この折衝はすでに終わっています。", code="already_told")


def _write(line: Line, unit: Unit, document: Document, kind: Post, reasons: tuple[Reason, ...], by: str) -> Letter:
    letters, form = _words(line), line.forms.of(document)
    known = unit.known(document.id, asked(form, document.values)) if form else None
    paper = About(document, form, known) if known is not None else About(document, form)
    day, at = line.today(), line.clock()
    due = due_day(paper, kind, day, letters)
    n = unit.add_letter(document.id, kind, (day, due), by, at)
    wording = worded(paper, kind, reasons, (day, due), n, line.city)
    unit.word_letter(n, wording)
    return Letter(n, document.id, kind, day, due, by, at, wording)


def _words(line: Line) -> Letters:
    if line.city.letters is None:
        raise NotFound("この市の文面（_letters.yaml）がないため、文書は作れません。", code="no_letters")
    return line.city.letters
