"""Rows of about twelve digits anywhere on a page: found by the size and the spacing of what stands in a row, not by reading.

Lengths in millimetres of paper unless a name says px. A row of kanji is no row of digits: digits are narrow, and of one height.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tsuzuri.image import Pixels, as_pixels
from tsuzuri.image.clean import evened
from tsuzuri.model import Box

PITCH = 6.5           # px/mm at which rows are looked for
INK = 176             # normalised gray below which a pixel is a stroke's
LEVEL_MM, UPRIGHT_MM = 5.5, 9.5     # no stroke of a digit is so long that way; a box's side or a table's rule is
LOW, HIGH = 1.5, 9.0  # a digit's height: 6-point print to a full digit box
NARROW = 0.86         # a digit's width by its height: print has 0.5–0.7, hands 0.4–0.9, kanji 0.9 and more
ALIKE = (0.55, 1.4)   # a digit's height by the median of its row
REACH = 2.6           # heights from one digit's edge to the next one's at most: boxes of 8 mm with small digits in them
FEWEST, MOST = 10, 14 # parts in a row: two digits may touch, one may be broken
WIDER = 1.35          # gaps between fours are wider than the others by this
EVEN = 0.3            # a pitch may differ from a row of boxes' own by this share: hands do not keep to the middle
APART, BOX_MM = 1.3, 4.0     # pitch of boxes by the digits' height, and at least; type is set at 0.7, kanji at 1.15
MARGIN = 0.25         # of a row's height, around it

Parts = NDArray[np.float64]      # (n, 4): x, y, w, h in px, left to right


@dataclass(frozen=True)
class Row:
    """What may be twelve digits: `box` in px (x, y, w, h), and the crop (gray, no rules).

    `alone`: nothing else stands in the row; `grouped`: and they stand in fours, or evenly in boxes.
    """

    box: tuple[int, int, int, int]
    crop: Pixels
    alone: bool
    grouped: bool


def digit_rows(gray: Pixels, px: float, printed: Sequence[Box] | None = None) -> list[Row]:
    """What may hold twelve digits on an upright page of `px` pixels a mm.

    `printed`: where (mm) a known form has its own print and boxes; nothing there counts, and no other boxes are looked for.
    """
    scale = min(1.0, PITCH / px)
    small = as_pixels(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    ink = _strokes(evened(small), px * scale)
    for x, y, w, h in printed or ():
        here = [max(0, round(v * px * scale)) for v in (y, y + h, x, x + w)]
        ink[here[0]:here[1], here[2]:here[3]] = 0
    boxes_px = BOX_MM * px * scale if printed is None else np.inf
    found = (_likeliest(_of_one_height(line), boxes_px) for line in _lines(_merged(_parts(ink, px * scale))))
    return [_row(gray, ink, scale, *line) for line in found if line is not None]


def _strokes(even: Pixels, px: float) -> Pixels:
    """The mask (0, 1) of ink without rules, those of a page fed askew included."""
    ink = (even < INK).astype(np.uint8)      # grain was averaged away when the page was made smaller
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    level = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, round(LEVEL_MM * px)), np.uint8))
    wide = cv2.dilate(ink, np.ones((1, 3), np.uint8))
    upright = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((round(UPRIGHT_MM * px), 1), np.uint8))
    ink[(as_pixels(level) | as_pixels(upright)) > 0] = 0
    return ink


def _parts(ink: Pixels, px: float) -> Parts:
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    found = stats[1:, :4].astype(np.float64)
    tall, wide = found[:, 3] / px, found[:, 2] / px
    return found[(tall > LOW) & (tall < HIGH) & (wide < HIGH)]


def _merged(parts: Parts) -> Parts:
    """What stands above each other in one letter becomes one part: a broken 5, the strokes of a kanji."""
    merged: list[list[float]] = []
    for x, y, w, h in parts[np.argsort(parts[:, 0])]:
        for other in reversed(merged[-24:]):
            ox, oy, ow, oh = other
            shared = min(x + w, ox + ow) - max(x, ox)
            apart = max(y, oy) - min(y + h, oy + oh)
            if shared > 0.5 * min(w, ow) and apart < 0.25 * max(h, oh) and max(y + h, oy + oh) - min(y, oy) < 1.6 * max(h, oh):
                other[:] = [min(x, ox), min(y, oy), max(x + w, ox + ow) - min(x, ox), max(y + h, oy + oh) - min(y, oy)]
                break
        else:
            merged.append([x, y, w, h])
    return np.array(merged, dtype=np.float64).reshape(-1, 4)


def _lines(parts: Parts) -> Iterator[Parts]:
    """Parts that stand beside each other, left to right."""
    open_lines: list[list[Parts]] = []
    for part in parts[np.argsort(parts[:, 0])]:
        x, y, _, h = part
        best, near = None, np.inf
        for line in open_lines:
            last = line[-1]
            gap = x - (last[0] + last[2])
            level = abs((y + h / 2) - (last[1] + last[3] / 2)) < 0.45 * max(h, last[3])
            if level and -0.3 * h < gap < REACH * max(h, last[3]) and gap < near:
                best, near = line, gap
        if best is None:
            open_lines.append([part])
        else:
            best.append(part)
    yield from (np.array(line) for line in open_lines if len(line) >= FEWEST)


def _of_one_height(line: Parts) -> Parts:
    """The line without dust, commas, and sides of boxes that are taller than what stands between them."""
    body = line[line[:, 2] > 0.3 * line[:, 3]]
    usual = float(np.median(body[:, 3])) if len(body) else 0.0
    low, high = ALIKE
    return line[(line[:, 3] > low * usual) & (line[:, 3] < high * usual)]


def _likeliest(line: Parts, boxes_px: float) -> tuple[Parts, bool] | None:
    """The stretch of a line that stands in twelve boxes or three fours, and True; else the line, if its parts are narrow."""
    stretches = [line[i:i + n] for n in (12, 13, 11, 10) for i in range(len(line) - n + 1)]
    for boxes in (12, 11):
        for stretch in stretches:
            if _boxes(stretch, boxes_px) == boxes:
                return (stretch if boxes == 12 else _widened(stretch)), True
    fours = [stretch for stretch in stretches if len(stretch) > 10 and _narrow(stretch) and _in_fours(stretch)]
    if fours:       # 個人番号 is four letters itself: of 個人番号 1234 5678 9018 the narrowest are the digits
        return max(fours, key=lambda stretch: int(np.count_nonzero(_are_narrow(stretch)))), True
    return (line, False) if _narrow(line) else None


def _widened(stretch: Parts) -> Parts:
    """The stretch with a box more at either end: one of the two holds a digit that was not seen."""
    pitch = float(np.median(np.diff(stretch[:, 0])))
    return np.vstack([stretch[0] - [pitch, 0, 0, 0], stretch, stretch[-1] + [pitch, 0, 0, 0]])


def _narrow(line: Parts) -> bool:
    """Whether there are enough parts as narrow as digits for a number, two of which touch."""
    return int(np.count_nonzero(_are_narrow(line))) + 2 >= FEWEST


def _are_narrow(line: Parts) -> NDArray[np.bool_]:
    narrow: NDArray[np.bool_] = line[:, 2] < NARROW * line[:, 3]
    return narrow


def _row(gray: Pixels, ink: Pixels, scale: float, line: Parts, grouped: bool) -> Row:
    x, y = line[:, 0].min(), line[:, 1].min()
    right, bottom = (line[:, 0] + line[:, 2]).max(), (line[:, 1] + line[:, 3]).max()
    by = MARGIN * float(np.median(line[:, 3]))
    left, top = max(0, round(x - by)), max(0, round(y - by))
    wide, high = min(ink.shape[1], round(right + by)) - left, min(ink.shape[0], round(bottom + by)) - top
    mine = np.zeros((high, wide), np.uint8)
    for px, py, w, h in line.astype(int):
        mine[max(0, py - top):py - top + h, max(0, px - left):px - left + w] = 1
    near = cv2.dilate(mine & ink[top:top + high, left:left + wide], np.ones((5, 5), np.uint8))
    box = (round(left / scale), round(top / scale), round(wide / scale), round(high / scale))
    there = evened(np.ascontiguousarray(gray[box[1]:box[1] + box[3], box[0]:box[0] + box[2]]))
    shown = cv2.resize(near, (there.shape[1], there.shape[0]), interpolation=cv2.INTER_NEAREST) > 0
    return Row(box, np.where(shown, there, 255).astype(np.uint8), len(line) <= MOST, grouped)


def _in_fours(parts: Parts) -> bool:
    gaps = np.sort(parts[1:, 0] - (parts[:-1, 0] + parts[:-1, 2]))
    return bool(gaps[-2] > WIDER * max(1.0, float(gaps[-3])) and gaps[-1] < 2 * gaps[-2])


def _boxes(parts: Parts, boxes_px: float) -> int:
    """In how many boxes the parts stand: evenly spaced, wider apart than any type is set, a box here and there empty; or 0."""
    pitch = np.diff(parts[:, 0] + parts[:, 2] / 2)
    usual = float(np.median(pitch))
    steps = np.round(pitch / usual)
    apart = usual > max(APART * float(np.median(parts[:, 3])), boxes_px)
    even = steps.min() >= 1 and float(np.abs(pitch - steps * usual).max()) < EVEN * usual
    return int(steps.sum()) + 1 if apart and even else 0


def turned_over(crop: Pixels) -> Pixels:
    """The crop as it looks from the other side of the desk."""
    return np.ascontiguousarray(crop[::-1, ::-1])


def beside(gray: Pixels, box: tuple[int, int, int, int], *, both: bool) -> list[Pixels]:
    """What stands left of a row and above it, where its label would; `both`: the same again as read from the other side."""
    x, y, w, h = box
    left = gray[max(0, y - h // 4):y + h + h // 4, max(0, x - 9 * h):x]
    above = gray[max(0, y - 2 * h):y, max(0, x - h):x + w]
    found = [left, above]
    if both:
        right = gray[max(0, y - h // 4):y + h + h // 4, x + w:x + w + 9 * h]
        below = gray[y + h:y + 3 * h, max(0, x - h):x + w]
        found += [turned_over(right), turned_over(below)]
    return [np.ascontiguousarray(part) for part in found if min(part.shape) >= 8]
