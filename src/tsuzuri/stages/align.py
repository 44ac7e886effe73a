"""align: a page becomes its Placement: which form, which way up, where. Touches image; asks readers for the title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from tsuzuri.engines import Reader
from tsuzuri.forms import FieldSpec, Form, regions
from tsuzuri.image import Picture
from tsuzuri.image.align import Fit, by_squares, fits
from tsuzuri.image.aside import Sides, aside, sides
from tsuzuri.image.atlas import Atlas, atlas
from tsuzuri.image.lie import Lie, settled
from tsuzuri.image.marks import blank
from tsuzuri.image.overview import Overview, overview
from tsuzuri.image.quality import fault
from tsuzuri.image.rules import Layout, Matrix, layout, mapped
from tsuzuri.image.squares import solid_squares
from tsuzuri.model import Placement
from tsuzuri.stages.titles import spoken_for, verdict

FEWEST_PX = 400      # an A4 at 50 dpi: less is a stray picture, and no blank sheet either
ENOUGH = 0.55        # share of rules found: the right form gives 0.9 and more, a wrong one 0.45 at most
# Share of the rules around a field's box that must lie there for it to be read: below .3 there is no box that lies well.
LIES = 0.3
MOST_ASTRAY = 0.34   # of the fields; where more lie badly, none is read
MOST_CUT = 0.03      # of a form's rules may lie outside the picture
STRIP_MM = 15.0      # a sheet may be fed 10 mm beside its place
OUTSIDE_MM = 0.8     # a box may leave the picture by so much
RIVAL = 0.25         # a form this much behind the best is out, whatever its title


def align(picture: Picture, forms: Mapping[str, Form], readers: Mapping[str, Reader]) -> Placement:
    """Where the page belongs; `form` None if no form's rules and title both fit, `blank` if there is nothing on it.

    A scan that is not fit to be read says so in `fault`, whether its form is known or not.
    """
    if min(picture.pixels.shape[:2]) < FEWEST_PX:
        return Placement(form=None, note="too few pixels for a sheet")
    known = _known(forms)
    gray = picture.gray
    view = overview(gray, known.long_mm)
    found = fits(view, known)
    fitting = bool(found) and found[0].score >= ENOUGH
    if not fitting and blank(view):
        pale = fits(view.stretched(), known)
        if not pale or pale[0].score < ENOUGH:
            return Placement(form=None, blank=True, note="nothing on the page")
        return replace(_nowhere(pale, "washed"), note="a form all but washed out")
    if not fitting and len(pale := _pale(view, known)):
        view, found, fitting = view.lifted(), pale, True
    placed = _named(picture, view, found, forms, readers) if fitting else _unruled(picture, view, forms, readers)
    placed = placed or _nowhere(found, "cut" if found and _partly(picture, found[0], known) else "")
    paper = forms[placed.form].paper if placed.form else None
    return replace(placed, fault=placed.fault or fault(gray, view, _size_mm(picture, placed, paper), paper))


def _pale(view: Overview, known: Atlas) -> list[Fit]:
    """The forms whose rules lie here, all but dropped by the scanner; looked for only where there are corners' squares."""
    lifted = view.lifted()
    found = fits(lifted, known) if len(solid_squares(lifted.dark, known.anchor_mm)) > 1 else []
    return found if found and found[0].score >= ENOUGH else []


def _unruled(picture: Picture, view: Overview, forms: Mapping[str, Form], readers: Mapping[str, Reader]) -> Placement | None:
    """The page on that form whose title it bears, by its squares alone: its rules were dropped, and whoever approves is told so.
    None for a page that has rules, or not our squares."""
    laid = by_squares(view, _known(forms))
    if not laid:
        return None
    said = verdict(picture, laid, forms, readers)
    if said.fit is None or not spoken_for(picture, said.fit, forms[said.fit.form], readers):
        return replace(_placed(laid[0], None, said.alike, "our squares, and no rules"), fault="dropped")
    return replace(_placed(said.fit, said.fit.form, said.alike, "by its squares alone"), fault="dropped")


def _partly(picture: Picture, fit: Fit, known: Atlas) -> bool:
    """Whether a form would fit, were it not for those of its rules that lie outside the picture."""
    lost = _outside(picture, fit.homography, known.layouts[fit.form])
    return lost > MOST_CUT and fit.score > ENOUGH * (1 - lost)


def _outside(picture: Picture, homography: Matrix, form: Layout) -> float:
    """Which share of a form's looks (0–1) lies outside the picture."""
    spots = mapped(np.concatenate((form.across, form.down)), homography)
    height, width = picture.pixels.shape[:2]
    inside = (spots >= 0).all(axis=1) & (spots[:, 0] < width) & (spots[:, 1] < height)
    return 1 - float(inside.mean()) if len(inside) else 0.0


def _beside(picture: Picture, homography: Matrix, paper: tuple[float, float]) -> bool:
    """Whether a whole side of the paper, STRIP_MM deep, lies beside the picture, whatever was printed there."""
    height, width = picture.pixels.shape[:2]
    (w, h), s = paper, STRIP_MM
    for line in (((s, 0), (s, h)), ((w - s, 0), (w - s, h)), ((0, s), (w, s)), ((0, h - s), (w, h - s))):
        spots = mapped(np.linspace(np.array(line[0], dtype=np.float64), np.array(line[1], dtype=np.float64), 20), homography)
        if ((spots < 0) | (spots > (width, height))).any(axis=1).all():
            return True
    return False


def _nowhere(found: Sequence[Fit], fault: str = "") -> Placement:
    note = "no form's rules lie here"
    return replace(_placed(found[0], None, 0.0, note) if found else Placement(form=None, note=note), fault=fault)


def _named(picture: Picture, view: Overview, found: Sequence[Fit], forms: Mapping[str, Form],
           readers: Mapping[str, Reader]) -> Placement:
    """The page on that of the fitting forms which it says it is."""
    rivals = [fit for fit in found if fit.score >= max(ENOUGH, found[0].score - RIVAL)]
    said = verdict(picture, rivals, forms, readers)
    if said.fit is None:
        return _placed(found[0], None, said.alike, said.note)
    drawn = _known(forms).layouts[said.fit.form]
    lie = settled(view, drawn, said.fit.homography)
    placed = _laid_on(picture, forms[said.fit.form], said.fit, said.alike, lie)
    placed = replace(placed, aside=tuple((name, *by) for name, by in aside(lie.off, _sides(forms[said.fit.form], drawn)).items()))
    cut = _outside(picture, lie.homography, drawn) > MOST_CUT or _beside(picture, lie.homography, drawn.paper)
    return replace(placed, fault="cut") if cut else placed


def _size_mm(picture: Picture, placed: Placement, paper: tuple[float, float] | None) -> tuple[float, float] | None:
    """The picture's width and height in mm, by the form that lies on it, or else by what the file claims."""
    height, width = picture.pixels.shape[:2]
    if paper is not None:
        matrix = np.array(placed.homography).reshape(3, 3)
        px = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
        return width / px, height / px
    return (width / picture.dpi * 25.4, height / picture.dpi * 25.4) if picture.dpi else None


def _laid_on(picture: Picture, form: Form, fit: Fit, alike: float, lie: Lie) -> Placement:
    """The page on its form, with the names of the fields that do not lie surely; where those are many, it lies nowhere."""
    astray = tuple(name for name, spec in form.fields.items() if not _surely(picture, lie, spec))
    placed = replace(
        _placed(fit, form.name, alike, ""), score=round(lie.score, 4), astray=astray,
        homography=tuple(float(v) for v in lie.homography.ravel()), bend=lie.bend.plain if lie.bend else (),
    )
    if len(astray) > MOST_ASTRAY * len(form.fields):
        return replace(placed, form=None, fault="astray", note=f"{form.name}, but it lies nowhere")
    return placed


def _surely(picture: Picture, lie: Lie, spec: FieldSpec) -> bool:
    """Whether a field's box lies in the picture, and among rules that are where they should be."""
    x, y, w, h = spec.area
    corners = lie.where(np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]))
    height, width = picture.pixels.shape[:2]
    slack = OUTSIDE_MM * width / 210
    inside = (corners > -slack).all() and (corners[:, 0] < width + slack).all() and (corners[:, 1] < height + slack).all()
    return bool(inside) and lie.sure(spec.area) >= LIES


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


_SIDES: dict[int, tuple[Form, Sides]] = {}


def _sides(form: Form, drawn: Layout) -> Sides:
    """Which of the form's rules tell where which of its regions lie, worked out once."""
    if id(form) not in _SIDES:
        if len(_SIDES) > 100:
            _SIDES.clear()
        _SIDES[id(form)] = (form, sides(drawn, regions(form)))
    return _SIDES[id(form)][1]


def _placed(fit: Fit, form: str | None, alike: float, note: str) -> Placement:
    return Placement(form=form, score=round(fit.score, 4), title_score=round(alike, 4), quarter_turns=fit.quarter_turns,
                     homography=tuple(float(v) for v in fit.homography.ravel()), note=note)
