"""Lists to be printed: certificates and the day's ledger as a vector PDF. What stands on them is told (model.Listing)."""

from __future__ import annotations

from collections.abc import Sequence

from tsuzuri.model import Column, Listing, Table
from tsuzuri.synth.marks import Mark, Rule, Shade, Word, frame
from tsuzuri.synth.printed import LEFT, RIGHT, Sheets, printed, wrapped

TEXT_MM, CELL_MM, SMALL_MM = 3.7, 3.1, 2.5
PITCH_MM, ROW_MM, LINE_MM = 6.0, 6.6, 4.4       # between lines of text, of a table, and of one cell
PAD_MM = 1.4
BOTTOM_MM = 276.0


def listing_pdf(told: Listing) -> bytes:
    """The list, fonts embedded; the same list gives the same bytes."""
    return printed(told.title, listing_pages(told))


def listing_pages(told: Listing) -> list[list[Mark]]:
    """The list's marks in mm, a list a page."""
    sheets = Sheets(bottom=BOTTOM_MM)
    _head(sheets, told)
    for text in told.opening:
        _paragraph(sheets, f"　{text}")
    _about(sheets, told)
    for table in told.tables:
        _table(sheets, table)
    for text in told.closing:
        _paragraph(sheets, text)
    _signed(sheets, told.signed)
    count = len(sheets.pages)
    for number, marks in enumerate(sheets.pages, start=1):
        marks.append(Word((LEFT, 286), told.foot, SMALL_MM))
        marks.append(Word((RIGHT, 286), f"{number} / {count}", 2.8, "right"))
    return sheets.pages


def _head(sheets: Sheets, told: Listing) -> None:
    sheets.set([Word((RIGHT, 22), told.number, 3.3, "right"), Word((RIGHT, 27.5), told.day, 3.3, "right"),
                Word((LEFT, 27.5), told.to, 4.2)])
    for line, text in enumerate(told.sender):
        sheets.set([Word((RIGHT, 37 + 5.2 * line), text, 3.6 if line == 0 else 3.2, "right")])
    y = 44 + 6.5 * max(len(told.sender) - 1, 0)
    sheets.set([Word((105, y), told.title, 6.2, "center")])
    sheets.y = y + 8


def _about(sheets: Sheets, told: Listing) -> None:
    if not told.about:
        return
    sheets.y += 2
    top = sheets.y
    for label, value in told.about:
        lines = wrapped(value, RIGHT - LEFT - 43, TEXT_MM)
        high = 7.0 + PITCH_MM * max(len(lines) - 1, 0)
        sheets.set([Shade((LEFT, sheets.y, 38, high), 0.92), Rule((LEFT, sheets.y, RIGHT, sheets.y), 0.15)])
        sheets.set([Word((LEFT + 2, sheets.y + 4.8), label, 3.4)])
        sheets.set([Word((LEFT + 41, sheets.y + 4.8 + PITCH_MM * i), line, TEXT_MM) for i, line in enumerate(lines)])
        sheets.y += high
    sheets.set(frame((LEFT, top, RIGHT - LEFT, sheets.y - top), 0.3))
    sheets.y += 6


def _table(sheets: Sheets, table: Table) -> None:
    """Headings come again at the top of every page that it goes on to."""
    sheets.room(4 * ROW_MM)
    if table.title:
        sheets.set([Word((LEFT, sheets.y + 3.5), table.title, 4.0)])
        sheets.y += 6
    _row(sheets, table.columns, [column.title for column in table.columns], 0.92)
    for cells in table.rows:
        if sheets.y + _high(table.columns, cells) > BOTTOM_MM:
            sheets.room(BOTTOM_MM)
            _row(sheets, table.columns, [column.title for column in table.columns], 0.92)
        _row(sheets, table.columns, cells)
    if not table.rows:
        sheets.set([Word((LEFT + PAD_MM, sheets.y + 4.6), table.none, CELL_MM)])
        sheets.y += ROW_MM
    if table.total:
        sheets.room(ROW_MM)
        _row(sheets, table.columns, table.total, 0.97)
    sheets.y += 5


def _row(sheets: Sheets, columns: Sequence[Column], cells: Sequence[str], gray: float | None = None) -> None:
    high, x = _high(columns, cells), LEFT
    wide = sum(column.wide for column in columns)
    if gray is not None:
        sheets.set([Shade((LEFT, sheets.y, wide, high), gray)])
    for column, text in zip(columns, cells, strict=True):
        for line, part in enumerate(wrapped(text, column.wide - 2 * PAD_MM, CELL_MM)):
            at = x + column.wide - PAD_MM if column.number else x + PAD_MM
            sheets.set([Word((at, sheets.y + 4.6 + LINE_MM * line), part, CELL_MM, "right" if column.number else "left")])
        sheets.set(frame((x, sheets.y, column.wide, high), 0.12))
        x += column.wide
    sheets.y += high


def _high(columns: Sequence[Column], cells: Sequence[str]) -> float:
    lines = max(len(wrapped(text, column.wide - 2 * PAD_MM, CELL_MM)) for column, text in zip(columns, cells, strict=True))
    return ROW_MM + LINE_MM * max(lines - 1, 0)


def _paragraph(sheets: Sheets, text: str) -> None:
    for line in wrapped(text, RIGHT - LEFT, TEXT_MM):
        sheets.room(PITCH_MM)
        sheets.set([Word((LEFT, sheets.y + TEXT_MM), line, TEXT_MM)])
        sheets.y += PITCH_MM


def _signed(sheets: Sheets, labels: Sequence[str]) -> None:
    """Lines to sign on, none apart from the others on another page."""
    if labels:
        sheets.room(10.0 * len(labels) + 4)
        sheets.y += 4
    for label in labels:
        sheets.set([Word((LEFT + 62, sheets.y + 6.5), label, 3.4), Rule((LEFT + 96, sheets.y + 8, RIGHT - 12, sheets.y + 8), 0.2),
                    Word((RIGHT - 4, sheets.y + 6.5), "印", 3.4, "right")])
        sheets.y += 10
