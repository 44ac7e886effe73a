"""A paper that goes back has a letter; the paper that comes in its place, the letter on top, is known by it."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from tests.flow.conftest import Clock, balanced, declared, documents, fed, lay, read_all, store_document
from tsuzuri import flow
from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.flow import Line, Said, reading
from tsuzuri.image import Picture
from tsuzuri.model import Batch, Document, Letter, Post, Step
from tsuzuri.synth.draw import painted
from tsuzuri.synth.letters import letter_pages
from tsuzuri.synth.separators import PAPER


def _letters(line: Line, document_id: str) -> list[Letter]:
    with line.store.read() as look:
        return look.letters_of(document_id)


def _returned(line: Line, batch: Batch, name: str = "back", note: str = "V50 印がありません。") -> Document:
    document = lay(line, name, batch)
    return flow.give_back(line, name, document.version, "sato", note)


def test_what_goes_back_has_a_letter_which_stands_as_it_was_written(line: Line, batch: Batch, clock: Clock) -> None:
    _returned(line, batch)
    (letter,) = _letters(line, "back")
    assert (letter.kind, letter.by, letter.wording.answers) == (Post.RETURN, "sato", "back")
    assert [reason.code for reason in letter.wording.reasons] == ["V50"] and letter.due == letter.day + timedelta(days=30)
    clock.on(days=5)
    assert _letters(line, "back") == [letter]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_a_paper_behind_its_return_slip_answers_it_whichever_is_read_first(sighted: Line, order: tuple[int, ...]) -> None:
    _lay_returned(sighted, declared(sighted))
    batch, pages = fed(sighted, "B_C")
    read_all(sighted, [pages[i] for i in order])
    (answer,) = documents(sighted, batch)
    assert answer.answers == "back" and [f.code for f in answer.findings if f.code[0] == "H"] == ["H25"]
    assert balanced(sighted)
    with sighted.store.read() as look:
        (out,) = look.returned()
        assert (out.answered_by, out.answered_step) == (answer.id, answer.step)
        assert look.answer_of("back") == answer.id


@pytest.mark.parametrize("dpi", [150, 200])
def test_a_printed_slip_is_no_paper_of_anybodys_but_names_what_went_back(line: Line, batch: Batch, dpi: int) -> None:
    _returned(line, batch)
    (letter,) = _letters(line, "back")
    (marks,) = letter_pages(letter.wording)
    sight = reading.see(Picture(painted(marks, PAPER, dpi)), line.forms, {})
    assert (sight.separator, sight.form, sight.readings) == ("back", None, ())


def test_only_the_paper_right_behind_the_slip_answers_it(sighted: Line) -> None:
    _lay_returned(sighted, declared(sighted))
    batch, pages = fed(sighted, "CBCC|C")
    read_all(sighted, pages)
    assert [bool(document.answers) for document in documents(sighted, batch)] == [False, True, False, False]


def test_a_slip_of_a_paper_that_did_not_go_back_is_for_a_person(sighted: Line) -> None:
    batch, pages = fed(sighted, "BC")
    read_all(sighted, pages)
    (document,) = documents(sighted, batch)
    assert document.answers is None and document.step is Step.REVIEW and "H26" in {f.code for f in document.findings}


def test_a_question_is_written_and_the_paper_stays(line: Line, batch: Batch) -> None:
    document = lay(line, "d1", batch)
    letter = flow.inquire(line, "d1", "sato", "V17 氏名が受給者台帳と違います。")
    assert letter.kind is Post.INQUIRE and letter.wording.answers == ""
    with line.store.read() as look:
        assert look.document("d1").step is document.step
        assert look.letters_on(letter.day) == [letter]
    with pytest.raises(Refused):
        flow.inquire(line, "d1", "sato", "  ")


def test_a_reminder_comes_after_the_day_and_not_where_the_paper_has_come(line: Line, batch: Batch, clock: Clock) -> None:
    _returned(line, batch)
    with pytest.raises(WrongTurn):
        flow.remind(line, "back", "sato")
    clock.on(days=31)
    reminder = flow.remind(line, "back", "sato")
    assert reminder.kind is Post.REMIND and [r.code for r in reminder.wording.reasons] == ["V50"]
    with line.store.read() as look:
        (out,) = look.returned()
    assert (out.reminders, out.letter) == (1, reminder)


def test_a_return_taken_back_leaves_no_letter_to_print_that_day(line: Line, batch: Batch) -> None:
    returned = _returned(line, batch)
    (letter,) = _letters(line, "back")
    with line.store.read() as look:
        assert look.letters_on(letter.day) == [letter]
    flow.reopen(line, "back", returned.version, "sato")
    with line.store.read() as look:
        assert look.letters_on(letter.day) == [] and look.returned() == []


def test_a_call_is_kept_and_promises_are_listed_by_their_day(line: Line, batch: Batch, clock: Clock) -> None:
    lay(line, "d1", batch)
    today = clock.now.date()
    for days in (9, 2):
        flow.talked(line, "d1", "sato", Said("電話", "受付の田中様", "V41", "折り返すとのこと", today + timedelta(days=days)))
    with line.store.read() as look:
        soon, late = look.promised()
        assert soon.promised == today + timedelta(days=2) and late.promised == today + timedelta(days=9)
    flow.talk_ended(line, soon.n, "差し替えを送るとのこと")
    with pytest.raises(WrongTurn):
        flow.talk_ended(line, soon.n, "別の結果")
    with line.store.read() as look:
        assert look.promised() == [late] and len(look.talks_of("d1")) == 2
    with pytest.raises(Refused):
        flow.talked(line, "d1", "sato", Said("伝書鳩", "田中様"))


def _lay_returned(line: Line, batch: Batch) -> None:
    """A returned paper called "back", of a form that this line does not know any more."""
    document = store_document(line, Document("back", batch.id, None, 0, batch.business_date, step=Step.REVIEW))
    flow.give_back(line, "back", document.version, "sato", "申請書類ではない")
