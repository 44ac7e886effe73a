"""One receipt by seed: a layout of its purpose, set, stamped, and laid on what was scanned."""

from __future__ import annotations

import cv2
import numpy as np

from tsuzuri.model import Value
from tsuzuri.synth.draw import Picture
from tsuzuri.synth.fonts import HAND, PRINT, Purpose, can_write
from tsuzuri.synth.ink import BLACK, BLUE, Chance, Sheet, Writer
from tsuzuri.synth.people import maybe, pick
from tsuzuri.synth.receipts import others, tuning
from tsuzuri.synth.receipts import page as pages
from tsuzuri.synth.receipts.page import Layout, Page
from tsuzuri.synth.receipts.tale import Tale, Visit, tell, visit

LAYOUTS: dict[Purpose, dict[str, Layout]] = {
    "training": tuning.LAYOUTS, "tuning": tuning.LAYOUTS, "measuring": tuning.LAYOUTS, "sample": tuning.LAYOUTS,
    "test": others.LAYOUTS,
}
DAYS = (pages.seireki, pages.slashed, pages.wareki, pages.spaced, pages.short)
A4 = (210.0, 297.0)


def receipt(
    seed: int, dpi: int, fonts: Purpose, layout: str | None = None, of: Visit | None = None,
) -> tuple[Sheet, dict[str, Value]]:
    """A receipt on its sheet, in colour, and the fields that stand on it; a small one may be pasted on an A4.

    `of` is the visit that it is for; None: anybody's.
    """
    chance = np.random.default_rng([seed, 83])
    known = LAYOUTS[fonts]
    name = layout or pick(chance, tuple(name for name in known if of is None or _fits(name, known[name], of)))
    setting, paper, table = known[name]
    sheet = Sheet(_white(paper, dpi), dpi, chance)
    tale = tell(chance, of or visit(chance, table, inpatient=table == "1" and _wards(name) and maybe(chance, 0.5)))
    page = Page(sheet, tale, pick(chance, PRINT[fonts]), pick(chance, DAYS), _pen(fonts, tale, chance))
    setting(page)
    truth = {field: tale.values[field] if field in page.shown else None for field in tale.values}
    if paper != A4 and maybe(chance, 0.4):
        sheet.picture = _pasted(sheet.picture, dpi, chance)
    return sheet, truth


def _wards(name: str) -> bool:
    """Whether inpatients get such a receipt."""
    return name.startswith("hospital")


def _fits(name: str, layout: Layout, of: Visit) -> bool:
    return layout[2] == of.where.table and (_wards(name) or of.last == of.first)


def _pen(fonts: Purpose, tale: Tale, chance: Chance) -> Writer:
    """Who fills in what is not printed; in print where no handwriting font has all letters of the name."""
    able = [name for name in HAND[fonts] if can_write(name, tale.who.name.replace("\u3000", ""))]
    if not able:
        return Writer(PRINT[fonts][0], BLUE, 5.0)
    return Writer(pick(chance, tuple(able)), pick(chance, (BLACK, BLUE)), 5.6, jitter=0.8, slant=float(chance.normal(0, 3)))


def _white(paper: tuple[float, float], dpi: int) -> Picture:
    return np.full((round(paper[1] * dpi / 25.4), round(paper[0] * dpi / 25.4)), 255, np.uint8)


def _pasted(small: Picture, dpi: int, chance: Chance) -> Picture:
    """The receipt glued onto an A4 sheet, not quite straight, its edge throwing a thin shadow."""
    high, wide = (round(side * dpi / 25.4) for side in A4[::-1])
    board = np.full((high, wide, 3), 250, np.uint8)
    h, w = small.shape[:2]
    x = float(chance.uniform(0.1, 0.9)) * max(0, wide - w)
    y = float(chance.uniform(0.05, 0.6)) * max(0, high - h)
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), float(chance.normal(0, 1.2)), 1.0)
    matrix[:, 2] += (x, y)
    edged = cv2.copyMakeBorder(small[1:-1, 1:-1], 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(190, 190, 190))
    laid = cv2.warpAffine(edged, matrix, (wide, high), dst=board, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
    return np.asarray(laid, np.uint8)
