"""align: a page becomes its Placement: which form, which way up, where. Touches image; asks one reader for the title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from tsuzuri.engines import Crop, Reader
from tsuzuri.forms import Form
from tsuzuri.image import Picture
from tsuzuri.image.align import Fit, fits
from tsuzuri.image.clean import cut, sheet
from tsuzuri.image.marks import blank
from tsuzuri.image.rules import Layout, layout, printed
from tsuzuri.model import Placement

FEWEST_PX = 400      # an A4 at 50 dpi: less is a stray picture, and no blank sheet either
ENOUGH = 0.55        # share of rules found: the right form gives 0.9 and more, a wrong one 0.45 at most
ALIKE = 0.75         # two misread letters in nine are forgiven; 重度 for こども are three


def align(picture: Picture, forms: Mapping[str, Form], title_reader: Reader) -> Placement:
    """Where the page belongs; `form` None if no form's rules and title both fit, `blank` if there is nothing on it."""
    if min(picture.pixels.shape[:2]) < FEWEST_PX:
        return Placement(form=None, note="too few pixels for a sheet")
    if blank(picture):
        return Placement(form=None, blank=True, note="nothing on the page")
    found = fits(picture, {name: _layout(form) for name, form in forms.items()})
    best = found[0] if found else None
    for fit in found:
        if fit.score < ENOUGH:
            break
        alike = _title_alike(picture, fit, forms, title_reader)
        if alike >= ALIKE:
            return _placed(fit, fit.form, alike, "")
    note = "no form's rules lie here" if best is None or best.score < ENOUGH else "the rules fit, the title does not"
    return _placed(best, None, 0.0, note) if best else Placement(form=None, note=note)


def _layout(form: Form) -> Layout:
    return layout(form.paper, form.anchors, form.anchor_mm, form.print.frames, form.print.lines)


def _placed(fit: Fit, form: str | None, alike: float, note: str) -> Placement:
    return Placement(form=form, score=round(fit.score, 4), title_score=round(alike, 4), quarter_turns=fit.quarter_turns,
                     homography=tuple(float(v) for v in fit.homography.ravel()), note=note)


def _title_alike(picture: Picture, fit: Fit, forms: Mapping[str, Form], reader: Reader) -> float:
    """How alike (0–1) the page's title is to the form's; 0 if it is more like another form's."""
    form = forms[fit.form]
    page = sheet(picture, tuple(fit.homography.ravel()), printed(form.print.frames, form.print.lines))
    title = cut(page, form.title_box)
    if title.blank:
        return 0.0
    (ink,) = reader.read([Crop(title.picture)])
    scores = {name: likeness(ink.text, other.title) for name, other in forms.items()}
    return scores[fit.form] if scores[fit.form] == max(scores.values()) else 0.0


def likeness(a: str, b: str) -> float:
    """1 − edit distance / length of the longer, over letters alone."""
    a, b = _letters(a), _letters(b)
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return 1 - row[-1] / max(len(a), len(b), 1)


def _letters(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))
