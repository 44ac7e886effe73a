"""align: a page becomes its Placement: which form, which way up, where. Touches image; asks readers for the title."""

from __future__ import annotations

from collections.abc import Mapping

from tsuzuri.engines import Reader
from tsuzuri.forms import Form
from tsuzuri.image import Picture
from tsuzuri.image.align import Fit, fits
from tsuzuri.image.atlas import Atlas, atlas
from tsuzuri.image.marks import blank
from tsuzuri.image.overview import overview
from tsuzuri.image.rules import layout
from tsuzuri.model import Placement
from tsuzuri.stages.titles import verdict

FEWEST_PX = 400      # an A4 at 50 dpi: less is a stray picture, and no blank sheet either
ENOUGH = 0.55        # share of rules found: the right form gives 0.9 and more, a wrong one 0.45 at most
RIVAL = 0.25         # a form this much behind the best is out, whatever its title


def align(picture: Picture, forms: Mapping[str, Form], readers: Mapping[str, Reader]) -> Placement:
    """Where the page belongs; `form` None if no form's rules and title both fit, `blank` if there is nothing on it."""
    if min(picture.pixels.shape[:2]) < FEWEST_PX:
        return Placement(form=None, note="too few pixels for a sheet")
    known = _known(forms)
    view = overview(picture.gray, known.long_mm)
    if blank(view):
        return Placement(form=None, blank=True, note="nothing on the page")
    found = fits(view, known)
    if not found or found[0].score < ENOUGH:
        note = "no form's rules lie here"
        return _placed(found[0], None, 0.0, note) if found else Placement(form=None, note=note)
    rivals = [fit for fit in found if fit.score >= max(ENOUGH, found[0].score - RIVAL)]
    said = verdict(picture, rivals, forms, readers)
    return _placed(said.fit or found[0], said.fit.form if said.fit else None, said.alike, said.note)


_ATLASES: dict[tuple[int, ...], tuple[list[Form], Atlas]] = {}


def _known(forms: Mapping[str, Form]) -> Atlas:
    """The forms' atlas, made once; the forms it was made of are kept with it, so that their ids stay theirs."""
    key = tuple(id(form) for form in forms.values())
    if key not in _ATLASES:
        if len(_ATLASES) > 8:
            _ATLASES.clear()
        made = atlas({name: layout(form.paper, form.anchors, form.anchor_mm, form.print.frames, form.print.lines)
                      for name, form in forms.items()})
        _ATLASES[key] = (list(forms.values()), made)
    return _ATLASES[key][1]


def _placed(fit: Fit, form: str | None, alike: float, note: str) -> Placement:
    return Placement(form=form, score=round(fit.score, 4), title_score=round(alike, 4), quarter_turns=fit.quarter_turns,
                     homography=tuple(float(v) for v in fit.homography.ravel()), note=note)
