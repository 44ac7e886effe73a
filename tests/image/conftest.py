"""The city's two blank forms, drawn once, and a way to lay them crookedly on a scanner."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest

from tsuzuri.forms import Form, Forms, load_forms
from tsuzuri.image import Picture, Pixels, as_pixels
from tsuzuri.image.align import Fit, fits
from tsuzuri.image.atlas import atlas
from tsuzuri.image.overview import overview
from tsuzuri.image.rules import Layout, Matrix, layout
from tsuzuri.settings import REPO
from tsuzuri.synth.draw import blank_picture

Blank = Callable[[str, int], Pixels]


@pytest.fixture(scope="session")
def forms() -> Forms:
    """Two papers with rules of their own: geometry alone cannot tell siblings, which share theirs."""
    known = load_forms(REPO / "pipelines", REPO / "schemas")
    return Forms({name: known[name] for name in ("kodomo_seikyu", "kodomo_shinsei")})


@pytest.fixture(scope="session")
def layouts(forms: Forms) -> dict[str, Layout]:
    """What of each can be found on a scan."""
    return {name: layout_of(form) for name, form in forms.items()}


@pytest.fixture(scope="session")
def blank(forms: Forms) -> Blank:
    """blank(name, dpi): the empty form as gray."""

    @cache
    def drawn(name: str, dpi: int) -> Pixels:
        return as_pixels(blank_picture(forms[name], dpi))

    return drawn


def layout_of(form: Form) -> Layout:
    """The form's rules and anchors."""
    return layout(form.paper, form.anchors, form.anchor_mm, form.print.frames, form.print.lines)


def laid_on(picture: Picture, layouts: dict[str, Layout]) -> list[Fit]:
    """The picture laid onto each layout that is at all likely, best first."""
    known = atlas(layouts)
    return fits(overview(picture.gray, known.long_mm), known)


def scanned(pixels: Pixels, dpi: int, *, skew: float = 0.0, shift: tuple[float, float] = (0, 0), scale: float = 1.0,
            bend: float = 0.0) -> tuple[Picture, Matrix]:
    """The page turned by `skew` degrees, shifted by mm, and so on; and the true way from paper mm to its pixels."""
    height, width = pixels.shape
    per_mm = dpi / 25.4
    angle = np.deg2rad(skew)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([width, height]) / 2
    moved = np.eye(3)
    moved[:2, :2] = turn
    moved[:2, 2] = middle - turn @ middle + np.array(shift) * per_mm
    moved = moved @ np.array([[1, 0, 0], [0, 1, 0], [bend / width, -bend / height, 1.0]])
    seen = cv2.warpPerspective(pixels, moved, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    to_px = np.array([[per_mm, 0, -0.5], [0, per_mm, -0.5], [0, 0, 1.0]])
    return Picture(as_pixels(seen), dpi), moved @ to_px


def turned(picture: Picture, truth: Matrix, quarters: int) -> tuple[Picture, Matrix]:
    """The scan lying on its side or head, `quarters` clockwise quarter turns, and its true homography."""
    pixels = picture.pixels
    for _ in range(quarters):
        truth = np.array([[0, -1, pixels.shape[0] - 1], [1, 0, 0], [0, 0, 1.0]]) @ truth
        pixels = np.ascontiguousarray(np.rot90(pixels, -1))
    return Picture(pixels, picture.dpi), truth
