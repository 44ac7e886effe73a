"""find: a page that no form's rules fit becomes the Placement and Readings of a form found by labels, or stays unknown.

Touches image and engines; never the store. What decides is a title in the upper half and enough of the form's fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tsuzuri.engines import Reader
from tsuzuri.engines.finder import Finder
from tsuzuri.forms import NOWHERE, Form
from tsuzuri.image import Picture
from tsuzuri.image.rules import Matrix
from tsuzuri.image.seals import seals
from tsuzuri.model import Box, Finding, Placement, Reading
from tsuzuri.rules import KINDS, find
from tsuzuri.stages.labels import Phrase, fold, hits, letters_of, spelled_over, told_again
from tsuzuri.stages.phrases import Page, as_scanned, look
from tsuzuri.stages.places import Value, assigned, values
from tsuzuri.stages.values import read_values

FEWEST_PX = 200             # a roll of 58 mm at 100 dpi: less is no paper
UPPER = 0.55                # of the page's ink from the top: where a title stands
CANDIDATES, TOPMOST = 10, 5 # lines looked at for a title: the largest of the upper half, and the first ones
LARGER = 1.12               # than the median line: so large is a title at least, unless it is one of the first
ALIKE = 0.75
LONGER = 10                 # letters that may stand before a title in its line (医療法人…領収書)
ENOUGH = 2                  # required fields that must be found under the title
SHORT, SURE = 12, 0.9       # a line so short, one of its letters read less surely than this, may be a label misread
STRONG = 0.6                # a value scored higher than this tells papers apart that lie on one page
NO_SEAL, SAID = 0.8, 0.95   # how sure there is no seal where none was seen; of a word that is said or not
BY_LABELS = "labels-1"      # written beside what is no text


@dataclass(frozen=True)
class Found:
    """A page as a form found by labels saw it: where it lies, what was read, and what is odd about the page itself."""

    placement: Placement
    readings: tuple[Reading, ...] = ()
    noted: tuple[Finding, ...] = ()


def find_form(picture: Picture, forms: Mapping[str, Form], finder: Finder, readers: Mapping[str, Reader]) -> Found:
    """The first of these forms whose title and labels stand on the page; `form` None if none does."""
    if min(picture.pixels.shape[:2]) < FEWEST_PX:
        return Found(Placement(form=None, note="too few pixels for a paper"))
    general = readers["ppocr"]
    page = look(picture, next(iter(forms.values())).paper, finder, general)
    unknown = Placement(form=None, quarter_turns=page.turns, note="no title of a known paper")
    for form in forms.values():
        alike = _title_alike(page, form, general)
        if alike >= ALIKE:
            page.read(range(len(page.spots)), general)
            phrases = _phrases(page, form, general)
            phrases += spelled_over(phrases, form)
            labels = hits(phrases, form)
            every = values(phrases, labels, form)
            if sum(form.required(name) for name in assigned(every)) >= ENOUGH:
                placement = _placed(page, form, alike)
                several = _several(phrases, every, form)
                if several > 1:
                    return _too_many(placement, several)
                marks = _marks(page, phrases, form, picture)
                return Found(placement, (*read_values(page, phrases, every, form, readers), *marks))
            unknown = replace(unknown, note="the title fits, the fields do not")
    return Found(unknown)


def _placed(page: Page, form: Form, alike: float) -> Placement:
    matrix = as_scanned(page, page.matrix)
    return Placement(form.name, score=round(alike, 4), title_score=round(alike, 4), quarter_turns=page.turns,
                     homography=tuple(float(v) for v in matrix.ravel()))


def _title_alike(page: Page, form: Form, reader: Reader) -> float:
    """How alike (0–1) the page's title is to one of the form's; only lines that may be a title are read."""
    boxes = {n: page.box(n) for n in range(len(page.spots))}
    if not boxes:
        return 0.0
    top, bottom = min(b[1] for b in boxes.values()), max(b[1] + b[3] for b in boxes.values())
    usual = float(np.median([b[3] for b in boxes.values()]))
    upper = [n for n, b in boxes.items() if b[1] < top + UPPER * (bottom - top)]
    large = sorted((n for n in upper if boxes[n][3] > LARGER * usual), key=lambda n: -boxes[n][3])[:CANDIDATES]
    asked = list(dict.fromkeys([*large, *sorted(upper, key=lambda n: boxes[n][1])[:TOPMOST]]))
    page.read(asked, reader)
    return max((titled(page.phrase(n).text, form) for n in asked), default=0.0)


def titled(text: str, form: Form) -> float:
    """How alike (0–1) a line is to one of the form's titles; whose paper it is may stand before the title."""
    words, best = fold(text), 0.0
    for title in (form.title, *form.titles):
        known = fold(title)
        tail = words[-len(known):]
        if len(words) <= len(known) + LONGER and len(tail) == len(known):
            wrong = sum(a != b for a, b in zip(tail, known, strict=True))
            best = max(best, 1 - wrong / len(known) if len(known) > 3 or not wrong else 0.0)
    return best


def _phrases(page: Page, form: Form, reader: Reader) -> list[Phrase]:
    """All lines as read; short ones that are no label, and were not read surely, once more within the letters of labels."""
    phrases = [page.phrase(n) for n in range(len(page.spots))]
    known = {hit.phrase for hit in hits(phrases, form)}
    unsure = [n for n, phrase in enumerate(phrases) if n not in known and 2 <= len(phrase.text) <= SHORT
              and not any(c.isdigit() for c in phrase.text) and min(phrase.sures) < SURE]
    again = page.read_within(unsure, letters_of(form), reader)
    return told_again(phrases, list(zip(unsure, again, strict=True)), form)


def _several(phrases: Sequence[Phrase], every: Sequence[Value], form: Form) -> int:
    """How many papers seem to stand on the page: whole titles, where the same label tells different values."""
    whole = {fold(title) for title in (form.title, *form.titles)}
    titles = sum(fold(phrase.text) in whole for phrase in phrases)
    told: dict[tuple[str, int], set[str]] = {}
    for value in every:
        if value.hit is not None and value.hit.alike == 1.0 and value.score > STRONG and form.required(value.field):
            ink = phrases[value.phrase].text[value.start:value.end]
            told.setdefault((value.field, value.hit.rank), set()).add(re.sub(r"\W", "", ink))
    return titles if any(len(inks) > 1 for inks in told.values()) else min(titles, 1)


def _too_many(placement: Placement, several: int) -> Found:
    """Several papers on one page are none: whose values would they be?"""
    told = find("H10", count=several)
    return Found(replace(placement, form=None, note="several papers on one page"), noted=(told,))


def _marks(page: Page, phrases: Sequence[Phrase], form: Form, picture: Picture) -> list[Reading]:
    """Seals by their ink; ticks by what is said on a line of its own."""
    found = []
    for name, spec in form.fields.items():
        if KINDS[spec.kind].reads == "tick":
            said = next((phrase for phrase in phrases if fold(phrase.text) in spec.said), None)
            found.append(Reading(name, "1" if said else "", SAID, BY_LABELS, said.box if said else NOWHERE))
        elif KINDS[spec.kind].reads == "seal":
            box, sure = _seal(page, picture) or (NOWHERE, NO_SEAL)
            found.append(Reading(name, "" if box == NOWHERE else "1", sure, BY_LABELS, box))
    return found


def _seal(page: Page, picture: Picture) -> tuple[Box, float] | None:
    upright = replace(picture, pixels=np.ascontiguousarray(np.rot90(picture.pixels, -page.turns)))
    back: Matrix = np.asarray(np.linalg.inv(page.matrix), dtype=np.float64)
    return next(((_on_paper(box, back), sure) for box, sure in seals(upright, page.per_mm)), None)


def _on_paper(box: Box, back: Matrix) -> Box:
    x, y, w, h = box
    (x1, y1, _), (x2, y2, _) = np.array([[x, y, 1], [x + w, y + h, 1]]) @ back.T
    return (float(x1), float(y1), float(x2 - x1), float(y2 - y1))
