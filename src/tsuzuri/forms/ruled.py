"""What the rows of tables print, added to what the form prints: twenty rows are told by one. Touches only declared forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from tsuzuri.forms.declared import Form, Print, Rows

Line = tuple[float, float, float, float]
NUMBER = "{row}"
CITY = "{city}"


def ruled(form: Form) -> Print:
    """The form's print and, behind it, that of every row; upright lines that meet from row to row are one."""
    found = form.print
    for rows in form.rows.values():
        each = [_lowered(rows, i) for i in range(rows.count)]
        found = Print(
            frames=(*found.frames, *(frame for row in each for frame in row.frames)),
            lines=(*found.lines, *_joined(line for row in each for line in row.lines)),
            faint=(*found.faint, *_joined(line for row in each for line in row.faint)),
            texts=(*found.texts, *(text for row in each for text in row.texts)),
        )
    return found


def addressed(form: Form, city: str) -> Print:
    """The form's print with the city's name where it stands for it."""
    return form.print.model_copy(update={"texts": tuple(
        text.model_copy(update={"text": text.text.replace(CITY, city)}) for text in form.print.texts)})


def _lowered(rows: Rows, index: int) -> Print:
    """What row `index`, from 0, prints."""
    by, printed = index * rows.pitch, rows.print
    return Print(
        frames=tuple((x, y + by, w, h) for x, y, w, h in printed.frames),
        lines=tuple((x1, y1 + by, x2, y2 + by) for x1, y1, x2, y2 in printed.lines),
        faint=tuple((x1, y1 + by, x2, y2 + by) for x1, y1, x2, y2 in printed.faint),
        texts=tuple(text.model_copy(update={"at": (text.at[0], text.at[1] + by), "text": text.text.replace(NUMBER, f"{index + 1}")})
                    for text in printed.texts),
    )


def _joined(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, upright ones that begin where another ends made one."""
    def upright(line: Line) -> float | None:
        return line[0] if line[0] == line[2] else None

    for x, group in groupby(sorted(lines, key=lambda line: (upright(line) is None, line)), upright):
        if x is None:
            yield from group
            continue
        top, bottom = None, 0.0
        for _, y1, _, y2 in group:
            if top is None:
                top, bottom = y1, y2
            elif y1 <= bottom:
                bottom = max(bottom, y2)
            else:
                yield (x, top, x, bottom)
                top, bottom = y1, y2
        if top is not None:
            yield (x, top, x, bottom)
