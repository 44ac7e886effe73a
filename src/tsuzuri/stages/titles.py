"""Which of the forms whose rules fit a page it is, by what is printed on it. Touches image and engines.

A title counts only letter by letter: 子ども is not こども, and another city's paper may have our rules. What one reader
cannot read is shown again, differently, and to another reader; what then still does not agree is no form of ours. Forms of
one title are told apart by their numbers, by the texts that only one of them has, and at last by their rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from tsuzuri.engines import Crop, Reader
from tsuzuri.engines import Picture as Shown
from tsuzuri.forms import Form, union
from tsuzuri.image import Picture
from tsuzuri.image.align import Fit
from tsuzuri.image.clean import Sheet, cut, evened, grown, laid, sheet
from tsuzuri.image.rules import printed
from tsuzuri.model import Box

ALIKE = 0.75         # a title less alike than this is another title, and needs no second look
MOST_TEXTS = 3       # so many other texts are read where the title does not decide
CLEARLY = 0.25       # by so much a telling text must be more like one form's than like another's
MOST_LABELS = 6      # are read where there are no rules
LETTER_MM = 3.6      # a label with so much room for each letter stands in one line
SETTLED = 0.03       # by this share of rules a form must be ahead of one with the same title and texts
BESIDE_MM = 8.0      # so far beside the title there is none of ours: a longer title is another one
NUMBER_AT = (19.0, 14.2)
NUMBER_MM = 2.8      # where and how large forms print their number
WIDE = 1.05          # of a text's reckoned width: fonts differ a little
# What readers and fonts confuse, and no two titles differ by.
FOLDED = str.maketrans("一二力口夕工八卜へべぺ", "ーニカロタエハトヘベペ")




@dataclass(frozen=True)
class Verdict:
    """The fit of the form that the page is, or None; how alike (0–1) its title was read; and why not, if not."""

    fit: Fit | None
    alike: float
    note: str = ""


class Printed:
    """The page as one form's fit lays it, for reading what is printed there."""

    def __init__(self, picture: Picture, fit: Fit, form: Form, readers: Mapping[str, Reader]) -> None:
        self._picture, self._fit, self._form, self._readers = picture, fit, form, readers

    @cached_property
    def _sheet(self) -> Sheet:
        rules = printed(self._form.print.frames, self._form.print.lines)
        return sheet(self._picture, tuple(self._fit.homography.ravel()), rules)

    def voices(self, box: Box) -> Iterator[str]:
        """What is printed in the box, as one reader after another sees it; nothing if it is blank."""
        found = cut(self._sheet, box)
        if found.blank:
            return
        first = self._readers["ppocr"]
        yield letters(first.read([Crop(found.picture)])[0].text)
        yield letters(first.read([Crop(self._plain(box))])[0].text)
        if "tesseract" in self._readers:
            yield letters(self._readers["tesseract"].read([Crop(found.picture)])[0].text)

    def _plain(self, box: Box) -> Shown:
        """The box as it is, with more paper around it and nothing taken out."""
        return evened(laid(self._sheet.gray, self._sheet.homography, grown(box, 1.0), self._sheet.bend))


def verdict(picture: Picture, rivals: Sequence[Fit], forms: Mapping[str, Form], readers: Mapping[str, Reader]) -> Verdict:
    """Which of the rivals (forms whose rules fit, best first) the page is."""
    named: list[tuple[Fit, Printed, float]] = []
    nearest = 0.0
    for group in _by_place(rivals, forms):
        page = Printed(picture, group[0], forms[group[0].form], readers)
        titles = {fit.form: letters(forms[fit.form].title) for fit in group}
        box = union([forms[fit.form].title_box for fit in group])
        band = (box[0] - BESIDE_MM, box[1], box[2] + 2 * BESIDE_MM, box[3])
        title, alike = _read_as(page.voices(band), set(titles.values()))
        nearest = max(nearest, alike)
        named += [(fit, page, alike) for fit in group if titles[fit.form] == title]
    if not named:
        return Verdict(None, nearest, "the rules fit, the title does not" if nearest < ALIKE else "the title is not clear")
    left = _told_apart([fit for fit, _, _ in named], named[0][1], forms)
    alike = named[0][2]
    if len(left) == 1:
        return Verdict(left[0], alike)
    return Verdict(None, alike, "forms of the same title cannot be told apart")


def spoken_for(picture: Picture, fit: Fit, form: Form, readers: Mapping[str, Reader]) -> bool:
    """Whether no label of the form speaks against it: where such print is left at all, most of it says what it should."""
    page = Printed(picture, fit, form, readers)
    labels = [(spec.label_box, letters(spec.label or form.label(name))) for name, spec in form.fields.items() if spec.label_box]
    wide = [(box, label) for box, label in labels if len(label) > 2 and box[2] > len(label) * LETTER_MM]
    asked = wide[::max(1, len(wide) // MOST_LABELS)]
    heard = [(next(page.voices(box), ""), label) for box, label in asked]
    said = [likeness(ink, label) >= ALIKE for ink, label in heard if ink]
    return not said or sum(said) > len(said) / 2


def _by_place(rivals: Sequence[Fit], forms: Mapping[str, Form]) -> list[list[Fit]]:
    """Rivals that show their titles at the same height of the same paper, the same way up, together."""
    groups: dict[tuple[object, ...], list[Fit]] = {}
    for fit in rivals:
        _, y, _, h = forms[fit.form].title_box
        groups.setdefault((fit.quarter_turns, forms[fit.form].paper, round((y + h / 2) / 4)), []).append(fit)
    return list(groups.values())


def _read_as(voices: Iterable[str], titles: set[str]) -> tuple[str | None, float]:
    """The one title that the voices agree on letter by letter, and how alike what was read is to the nearest."""
    heard: list[str] = []
    nearest = 0.0
    for voice in voices:
        if voice in titles and all(likeness(voice, other) >= ALIKE for other in heard):
            return voice, 1.0
        heard.append(voice)
        nearest = max(nearest, max(likeness(voice, title) for title in titles))
        if nearest < ALIKE:
            return None, nearest
    for title in sorted(titles):
        if len(heard) > 1 and _covered(title, heard):
            return title, max(likeness(voice, title) for voice in heard)
    return None, nearest


def _covered(title: str, heard: Sequence[str]) -> bool:
    """Whether each letter of the title was read by somebody, all who read were near it, and nobody read more than it."""
    seen = np.zeros(len(title), dtype=bool)
    for voice in heard:
        if likeness(voice, title) < ALIKE or len(voice) > len(title):
            return False
        seen |= _matched(title, voice)
    return bool(seen.all())


def _matched(title: str, voice: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which letters of the title the voice has, in order (its longest common subsequence with it)."""
    best = np.zeros((len(title) + 1, len(voice) + 1), dtype=int)
    for i in range(len(title) - 1, -1, -1):
        for j in range(len(voice) - 1, -1, -1):
            same = title[i] == voice[j]
            best[i, j] = best[i + 1, j + 1] + 1 if same else max(best[i + 1, j], best[i, j + 1])
    found = np.zeros(len(title), dtype=bool)
    i = j = 0
    while i < len(title) and j < len(voice):
        if title[i] == voice[j]:
            found[i] = True
            i, j = i + 1, j + 1
        elif best[i + 1, j] >= best[i, j + 1]:
            i += 1
        else:
            j += 1
    return found


def _told_apart(fits: list[Fit], page: Printed, forms: Mapping[str, Form]) -> list[Fit]:
    """Of forms with the same title, those that neither another text nor the rules speak against."""
    left = {fit.form for fit in fits if fit.score > max(fit.score for fit in fits) - SETTLED}
    for place in list(_telling([forms[fit.form] for fit in fits]))[:MOST_TEXTS] if len(fits) > 1 else ():
        ink = next(page.voices(place.box), "")
        alike = {fit.form: likeness(ink, place.says(forms[fit.form])) for fit in fits}
        top = max(alike.values())
        if top >= ALIKE:
            left &= {form for form, score in alike.items() if score == top or score > top - (CLEARLY if top < 1 else 0)}
    return [fit for fit in fits if fit.form in left]


@dataclass(frozen=True)
class _Place:
    """A place where forms print different words."""

    box: Box
    says: Callable[[Form], str]


def _telling(forms: Sequence[Form]) -> Iterator[_Place]:
    """Where the forms differ in what they print, the largest print first: their numbers, and the texts not common to all."""
    if len({form.number for form in forms}) > 1:
        longest = max((form.number for form in forms), key=_ems)
        yield _Place(_around(NUMBER_AT, NUMBER_MM, longest, "left"), lambda form: letters(form.number))
    texts = {(text.at, text.size, text.align): text for form in forms for text in form.print.texts}
    for at, size, align in sorted(texts, key=lambda key: -key[1]):
        words = [_text_at(form, at) for form in forms]
        if len(set(words)) > 1:
            yield _Place(_around(at, size, max(words, key=_ems), align), partial(_letters_at, at=at))


def _letters_at(form: Form, at: tuple[float, float]) -> str:
    return letters(_text_at(form, at))


def _text_at(form: Form, at: tuple[float, float]) -> str:
    return next((text.text for text in form.print.texts if text.at == at), "")


def _around(at: tuple[float, float], size: float, text: str, align: str) -> Box:
    """The box of a printed text, whose baseline begins (or is centred, or ends) at `at`."""
    width = _ems(text) * size * WIDE
    left = at[0] - {"left": 0.0, "center": width / 2, "right": width}[align]
    return (left - 0.5, at[1] - 1.05 * size, width + 1.0, 1.4 * size)


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def likeness(a: str, b: str) -> float:
    """1 − edit distance / length of the longer, over letters alone."""
    a, b = letters(a), letters(b)
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return 1 - row[-1] / max(len(a), len(b), 1)


def letters(text: str) -> str:
    """Letters and digits alone, and of those that look the same one."""
    return re.sub(r"\W|_", "", unicodedata.normalize("NFKC", text)).translate(FOLDED)
