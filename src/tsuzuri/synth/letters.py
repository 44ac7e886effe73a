"""Letters to be printed: 返戻票, 照会 and 督促 as a vector PDF. What stands on them is told (model.Wording); here it is set.

Whatever is to come back bears a code of the paper that went out, which makes the sheet a cover of what is sent again
(image.separators).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tsuzuri.image.separators import ASKED, BACK
from tsuzuri.model import Letter, Reason, Wording
from tsuzuri.synth.marks import Mark, Rule, Shade, Word, frame
from tsuzuri.synth.printed import LEFT, RIGHT, Sheets, printed, wrapped
from tsuzuri.synth.separators import qr_code

TEXT_MM, PITCH_MM = 3.7, 6.0
SMALL_MM = 3.3
FOOT_MM = 243.0
CODE_MM = 34.0                          # 0.9 mm a module: five pixels of what the scanner's picture is read at
ASK_MM = 28.0                           # of the code on a question, which is read by hand at the desk


def letters_pdf(letters: Sequence[Letter]) -> bytes:
    """The letters one behind another, fonts embedded; the same letters give the same bytes."""
    title = "、".join(dict.fromkeys(letter.wording.title for letter in letters))
    return printed(title, [marks for letter in letters for marks in letter_pages(letter.wording)])


def letter_pages(told: Wording) -> list[list[Mark]]:
    """The letter's marks in mm, a list a page."""
    sheets = Sheets()
    _head(sheets, told)
    _opening(sheets, told)
    _about(sheets, told)
    _due(sheets, told)
    _reasons(sheets, told.reasons)
    for paragraph in told.closing:
        _paragraph(sheets, paragraph, LEFT, RIGHT - LEFT)
    count = len(sheets.pages)
    for number, marks in enumerate(sheets.pages, start=1):
        marks += _foot(told)
        if count > 1:
            marks.append(Word((105, 291), f"{number} / {count}", 2.8, "center"))
    return sheets.pages


def _head(sheets: Sheets, told: Wording) -> None:
    for line, text in enumerate(told.to):
        sheets.set([Word((LEFT, 27 + 7 * line), text, 4.4 if line == len(told.to) - 1 else 3.7)])
    sheets.set([Word((RIGHT, 24), told.number, 3.4, "right"), Word((RIGHT, 30), told.day, 3.4, "right")])
    for line, text in enumerate(told.sender):
        sheets.set([Word((RIGHT, 44 + 5.4 * line), text, 3.8 if line == 0 else 3.3, "right")])
    sheets.set([Word((105, 73), told.title, 6.2, "center")])
    sheets.y = 82


def _opening(sheets: Sheets, told: Wording) -> None:
    for paragraph in told.opening:
        _paragraph(sheets, f"　{paragraph}", LEFT, RIGHT - LEFT)


def _about(sheets: Sheets, told: Wording) -> None:
    sheets.y += 2
    high = 7.0
    sheets.room(high * len(told.about))
    top = sheets.y
    for row, (label, value) in enumerate(told.about):
        y = top + high * row
        sheets.set([Shade((LEFT, y, 38, high), 0.92), Rule((LEFT, y, RIGHT, y), 0.15)])
        sheets.set([Word((LEFT + 2, y + 4.8), label, 3.5), Word((LEFT + 41, y + 4.8), value, 3.7)])
    sheets.y = top + high * len(told.about)
    sheets.set(frame((LEFT, top, RIGHT - LEFT, sheets.y - top), 0.3))
    sheets.y += 5


def _reasons(sheets: Sheets, reasons: Sequence[Reason]) -> None:
    sheets.room(20)
    sheets.set([Word((LEFT, sheets.y + 2), "理由とお願い", 4.0)])
    sheets.y += 5
    for number, reason in enumerate(reasons, start=1):
        says, mend = wrapped(reason.says, 134, 3.7), wrapped(reason.mend, 130, SMALL_MM)
        high = 5.0 + 5.6 * len(says) + 5.0 * len(mend)
        sheets.room(high)
        top = sheets.y
        sheets.set([Rule((LEFT, top, RIGHT, top), 0.2), Word((LEFT + 2, top + 6), str(number), 3.7),
                    Word((LEFT + 9, top + 6), reason.code, 3.4)])
        for line, text in enumerate(says):
            sheets.set([Word((LEFT + 22, top + 6 + 5.6 * line), text, 3.7)])
        below = top + 6 + 5.6 * len(says)
        for line, text in enumerate(mend):
            sheets.set([Word((LEFT + 22, below + 5.0 * line), ("→ " if line == 0 else "　 ") + text, SMALL_MM)])
        sheets.y = top + high
    sheets.set([Rule((LEFT, sheets.y, RIGHT, sheets.y), 0.2)])
    sheets.y += 5


def _due(sheets: Sheets, told: Wording) -> None:
    sheets.room(14)
    sheets.set(frame((LEFT, sheets.y, 100, 10), 0.45))
    sheets.set([Word((LEFT + 3, sheets.y + 6.8), told.due[0], 3.7), Word((LEFT + 97, sheets.y + 6.9), told.due[1], 4.6, "right")])
    sheets.y += 17


def _foot(told: Wording) -> Iterator[Mark]:
    """The code beside what to do with the sheet, or, on a question, room for the answer."""
    yield Rule((LEFT, FOOT_MM, RIGHT, FOOT_MM), 0.2, dots=True)
    if not told.answers:
        code = ASK_MM + 4 if told.asks else 0
        yield Word((LEFT, FOOT_MM + 6), f"回答欄（{told.number}）", 3.4)
        yield from frame((LEFT, FOOT_MM + 8.5, RIGHT - LEFT - code, 27), 0.3)
        yield Word((LEFT + 2, FOOT_MM + 40), "ご記入日　　　年　　月　　日　　　お名前　　　　　　　　　　お電話", 3.3)
        if told.asks:
            yield from qr_code(ASKED + told.asks, (RIGHT - ASK_MM, FOOT_MM + 6), ASK_MM, "M")
            yield Word((RIGHT, FOOT_MM + 40), f"書類　{told.asks}", 2.4, "right")
        return
    yield from qr_code(BACK + told.answers, (LEFT, FOOT_MM + 5), CODE_MM, "Q")
    yield Word((LEFT + 41, FOOT_MM + 11), told.number, 4.0)
    y = FOOT_MM + 18
    for paragraph in told.foot:
        for text in wrapped(paragraph, RIGHT - LEFT - 41, SMALL_MM):
            yield Word((LEFT + 41, y), text, SMALL_MM)
            y += 5.2
    yield Word((LEFT + 41, FOOT_MM + 38.5), f"書類　{told.answers}", 2.6)


def _paragraph(sheets: Sheets, text: str, left: float, wide: float) -> None:
    for line in wrapped(text, wide, TEXT_MM):
        sheets.room(PITCH_MM)
        sheets.set([Word((left, sheets.y + TEXT_MM), line, TEXT_MM)])
        sheets.y += PITCH_MM
