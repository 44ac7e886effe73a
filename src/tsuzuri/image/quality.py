"""Whether a scan is fit to be read: dark, washed out, blurred, coarse, cut off, too long. Thresholds were measured on drawn
scans: they let pass what the readers still read, and name what they cannot.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels
from tsuzuri.image.overview import LONG_MM, Overview
from tsuzuri.image.rules import PITCH

# word: what a clerk is told. The first fault that a page has is told.
FAULTS: dict[str, str] = {
    "long": "用紙より長い画像です（2枚重なって送られた可能性があります）。1枚ずつスキャンし直してください。",
    "dark": "画像が暗すぎます。明るさを調整して、スキャンし直してください。",
    "washed": "画像が薄すぎます。濃度を上げて、スキャンし直してください。",
    "coarse": "解像度が低すぎます。200dpi以上でスキャンし直してください。",
    "blurred": "画像がぼけています。読取面を清掃し、原稿を押さえてスキャンし直してください。",
    "cut": "用紙の端が切れています。用紙全体が入るようにスキャンし直してください。",
    "dropped": "枠や罫線が写っていません。ドロップアウトカラーを解除してスキャンし直すか、原本と照らし合わせてください。",
    "astray": "折れ・破れなどで用紙の位置が合わせられません。伸ばしてスキャンし直すか、手入力してください。",
}
PAPER_DARK = 95          # gray of the paper: recycled paper in bad light has 140
INK_PALE = 40            # gray levels between paper and print: washed out scans have 24 at most, fit ones 80 and more
INKED = 0.2              # % of a sheet that even a short receipt inks
SOLID_MM = 2.5           # what is dark so far on all sides is no print: a hole, a shadow
COARSE_PX = 4.3          # px/mm (110 dpi): a digit of 3 mm is 13 px high
SOFT_MM = 0.58           # from paper to ink: a blurred scan that still reads has 0.45
ROWS = 140               # of the picture that are looked at for edges, and as many columns
SOFT_UNKNOWN_MM = 0.37   # of a page on which nothing was found; fit ones have 0.35 at most
GRAIN = 6.0              # times the usual step from one pixel to the next: more is no grain
PATCH_MM = 2.0           # edges are sought in pieces of this length
TOO_LONG_MM = 22.0       # a sheet fed askew by 5° is 18 mm longer, a fax with its header line 10
EDGE_MM = 0.6            # strokes that end so near to the picture's edge are cut off there
DEEP_MM = 12.0           # if they come from so far
CUT = 4                  # and are so many
INK_DARK = 60            # gray levels under its surroundings
LETTER_MM = (1.0, 6.0)   # letters and their parts, split by the scan's edge
MOST_SPLIT = 5           # of them; grain, dust and a hole's shadow are fewer
A4 = (210.0, 297.0)


def fault(gray: Pixels, view: Overview, size_mm: tuple[float, float] | None, paper: tuple[float, float] | None = None) -> str:
    """A word of FAULTS, or "" for a scan that is fit.

    `size_mm` is the picture's width and height as far as they are known, `paper` that of its form, if it has one.
    """
    if size_mm is not None and too_long(size_mm, paper or A4):
        return "long"
    if float(np.median(view.gray)) < PAPER_DARK:
        return "dark"
    if contrast(view) < INK_PALE:
        return "washed"
    if max(gray.shape) < COARSE_PX * LONG_MM:
        return "coarse"
    if softness(gray, max(gray.shape) / LONG_MM) > (SOFT_MM if paper else SOFT_UNKNOWN_MM):
        return "blurred"
    return "cut" if paper is None and cut_off(view) else ""


def too_long(size_mm: tuple[float, float], paper: tuple[float, float]) -> bool:
    """Whether a picture of this size shows more than one such paper, one behind the other."""
    narrow, long = min(size_mm), max(size_mm)
    return narrow > 0.9 * min(paper) and narrow < 1.2 * min(paper) and long > max(paper) + TOO_LONG_MM


def contrast(view: Overview) -> float:
    """How much darker than its paper the darker print is, in gray levels; 0 for a page with hardly any print."""
    margin, solid = round(8 * PITCH), round(SOLID_MM * PITCH)
    inner = view.dark[margin:-margin, margin:-margin]
    print_alone = cv2.subtract(inner, cv2.morphologyEx(inner, cv2.MORPH_OPEN, np.ones((solid, solid), np.uint8)))
    return float(np.percentile(print_alone, 100 - INKED))


def softness(gray: Pixels, px_per_mm: float) -> float:
    """How far it is from paper to ink, in mm: half of all the page's edges are sharper. 0 where there are too few to tell."""
    size = max(4, round(PATCH_MM * px_per_mm))
    widths = [_widths(np.ascontiguousarray(rows[::max(1, rows.shape[0] // ROWS)]), size) for rows in (gray, gray.T)]
    found = [float(np.median(width)) for width in widths if len(width) >= 40]
    return max(found, default=0.0) / px_per_mm


def _widths(rows: Pixels, size: int) -> NDArray[np.float32]:
    """Of each piece of each row that has ink and paper: how many px its steepest edge would take from one to the other."""
    count = rows.shape[1] // size
    pieces = rows[:, :count * size].reshape(-1, size).astype(np.int16)
    low, high = pieces.min(axis=1), pieces.max(axis=1)
    steps = np.abs(np.diff(pieces, axis=1))
    steep = steps.max(axis=1)
    strong = high - low > max(20.0, 0.45 * float(np.percentile(high - low, 99)), GRAIN * float(np.median(steps)))
    return np.asarray((high - low)[strong] / np.maximum(steep[strong], 1), dtype=np.float32)


def cut_off(view: Overview) -> bool:
    """Whether a table goes on where the scan ends: long strokes run off it. Or letters do, where the sheet fills the picture."""
    across, down = view.strokes
    if max(map(_running_off, (across, across[:, ::-1], down.T, down.T[:, ::-1]))) >= CUT:
        return True
    ink = (view.dark > INK_DARK).astype(np.uint8)
    filled = view.sheet[2:] == ink.shape[::-1]
    return filled and max(map(_split, (ink, ink[:, ::-1], ink.T, ink.T[:, ::-1]))) >= MOST_SPLIT


def _running_off(strokes: Pixels) -> int:
    """How many level strokes come from deep in the page and end at its left edge."""
    edge, deep = max(1, round(EDGE_MM * PITCH)), round(DEEP_MM * PITCH)
    through = cv2.dilate(strokes[:, :deep], np.ones((7, 1), np.uint8)).min(axis=1)
    ends = (strokes[:, :edge].max(axis=1) > 0) & (through > 0)
    return int((np.diff(np.r_[0, ends.astype(np.int8)]) > 0).sum())


def _split(ink: Pixels) -> int:
    """How many strokes as large as letters touch the left edge."""
    near = np.ascontiguousarray(ink[:, :round(3 * LETTER_MM[1] * PITCH)])
    _, _, stats, _ = cv2.connectedComponentsWithStats(near)
    x, _, w, h, _ = stats[1:].T
    small, large = (size * PITCH for size in LETTER_MM)
    return int(((x < EDGE_MM * PITCH) & (np.maximum(w, h) > small) & (np.maximum(w, h) < large)).sum())


def hints(small: Pixels, size: tuple[int, int], dpi: float) -> list[str]:
    """What can be told of a picture at a glance: from a thumbnail, its size in px (w, h) and the dpi that it claims (or 0)."""
    told = []
    if dpi and too_long((size[0] / dpi * 25.4, size[1] / dpi * 25.4), A4):
        told.append("long")
    if small.size and float(np.median(small)) < PAPER_DARK:
        told.append("dark")
    if max(size) < COARSE_PX * LONG_MM and dpi < COARSE_PX * 25.4:      # few pixels of a small paper are no fault
        told.append("coarse")
    return told
