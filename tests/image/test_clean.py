"""One field's crop: what stays, what goes, and what counts as nothing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tsuzuri.image import Picture, Pixels, as_pixels
from tsuzuri.image.clean import PX, Cut, cut, evened, flat, sheet
from tsuzuri.image.letters import FORM_FONT
from tsuzuri.image.rules import printed
from tsuzuri.model import Box
from tsuzuri.synth.fonts import font

DPI = 254                       # ten pixels a millimetre
FLAT = (10.0, 0, -0.5, 0, 10.0, -0.5, 0, 0, 1.0)
BOX: Box = (10.0, 10.0, 60.0, 9.0)
NONE = printed([])


@pytest.fixture
def paper() -> Pixels:
    return np.full((400, 1000), 245, dtype=np.uint8)


def write(paper: Pixels, text: str, at: tuple[float, float], mm: float = 5.0, gray: int = 40) -> None:
    image = Image.fromarray(paper)
    ImageDraw.Draw(image).text((at[0] * 10, at[1] * 10), text, font=font(FORM_FONT, round(mm * 10)), fill=gray)
    paper[:] = np.asarray(image)


def seen(paper: Pixels, box: Box = BOX, cells: int | None = None, rules: object = None) -> Cut:
    return cut(sheet(Picture(paper), FLAT, NONE if rules is None else rules), box, cells)  # type: ignore[arg-type]


def ink(picture: Pixels) -> int:
    return int((picture < 150).sum())


def test_an_empty_box_is_blank_and_specks_do_not_change_that(paper: Pixels) -> None:
    assert seen(paper).blank
    for x, y in np.random.default_rng(1).uniform((110, 110), (690, 180), (40, 2)):
        cv2.circle(paper, (int(x), int(y)), 1, (90,), -1)
    found = seen(paper)
    assert found.blank and found.sure > 0.85


def test_what_shines_through_from_the_back_is_no_ink(paper: Pixels) -> None:
    back = np.full_like(paper, 255)
    write(back, "熊本市中央区", (12, 12))
    behind = 245 - 0.16 * (255 - cv2.GaussianBlur(back, (0, 0), 3.0).astype(float))
    assert seen(as_pixels(behind)).blank


def test_even_a_faint_pencil_digit_is_not_blank(paper: Pixels) -> None:
    write(paper, "1", (30, 11.5), gray=165)
    assert not seen(paper).blank


def test_the_palest_stroke_of_a_pale_word_stays(paper: Pixels) -> None:
    write(paper, "4", (30, 12), gray=150)
    whole = seen(paper).picture.shape
    write(paper, "2", (24, 12), gray=181)
    assert seen(paper).picture.shape[1] > 1.6 * whole[1]


def test_a_crop_is_close_to_its_ink_and_wide_gaps_are_narrowed(paper: Pixels) -> None:
    write(paper, "12", (14, 12))
    near = seen(paper).picture
    write(paper, "34", (58, 12))
    far = seen(paper).picture
    assert near.shape[0] < 6.5 * PX and near.shape[1] < 8 * PX
    assert far.shape[1] < 16 * PX


def test_printed_rules_go_and_the_digits_that_touch_them_stay(paper: Pixels) -> None:
    write(paper, "80", (30, 13.6), mm=6.0)
    bare = ink(flat(sheet(Picture(paper), FLAT, NONE), BOX))
    for y in (10.0, 19.0):
        cv2.line(paper, (100, int(y * 10)), (700, int(y * 10)), (30,), 2)
    for x in range(10, 71, 10):
        cv2.line(paper, (x * 10, 100), (x * 10, 190), (120,), 2)
    ruled = printed([], rows=[(BOX, 6)])
    cleaned = flat(sheet(Picture(paper), FLAT, ruled), BOX)
    assert ink(flat(sheet(Picture(paper), FLAT, NONE), BOX)) > 2 * bare
    assert 0.85 * bare < ink(cleaned) < 1.2 * bare


def test_a_row_of_boxes_knows_how_many_are_filled(paper: Pixels) -> None:
    for i in (2, 3, 5):
        write(paper, str(i), (10 + i * 10 + 3.6, 12))
    found = seen(paper, cells=6)
    assert not found.blank and found.cells == 3
    assert [picture is not None for picture in found.boxes] == [False, False, True, True, False, True]
    lone = seen(paper, (30.0, 10.0, 10.0, 9.0)).picture
    assert found.boxes[2] is not None and abs(ink(found.boxes[2]) - ink(lone)) < 0.1 * ink(lone)


def test_a_stroke_that_leans_into_the_next_box_stays_with_its_own(paper: Pixels) -> None:
    write(paper, "1", (13, 12))
    cv2.line(paper, (150, 175), (225, 120), (40,), 5)      # a 4's arm, say: more of it in the first box
    found = seen(paper, cells=6)
    assert [picture is not None for picture in found.boxes] == [True, False, False, False, False, False]


def test_a_strip_of_speckled_empty_boxes_is_empty(paper: Pixels) -> None:
    chance = np.random.default_rng(3)
    for x, y in chance.uniform((105, 105), (695, 185), (160, 2)):
        cv2.circle(paper, (int(x), int(y)), int(chance.integers(1, 4)), (int(chance.integers(40, 120)),), -1)
    found = seen(paper, cells=6)
    assert found.blank and found.cells == 0


def test_a_neighbours_printed_word_is_not_read_along(paper: Pixels) -> None:
    write(paper, "5", (40, 12))
    alone = seen(paper).picture.shape
    write(paper, "円", (71.5, 12.5), mm=4.0)
    assert seen(paper).picture.shape == alone


def test_uneven_light_falls_away(paper: Pixels) -> None:
    write(paper, "7", (40, 12), gray=60)
    shaded = as_pixels(paper * np.linspace(0.55, 1.0, 1000)[None, :])
    crop = evened(shaded)
    assert np.median(crop[:, :100]) > 245 and np.median(crop[:, -100:]) > 245
    assert not seen(shaded).blank
    assert seen(as_pixels(np.full_like(paper, 245) * np.linspace(0.55, 1.0, 1000)[None, :])).blank


def test_a_red_stamp_over_black_digits_drops_out_where_there_is_colour(paper: Pixels) -> None:
    write(paper, "123", (30, 12))
    clean = seen(paper).picture
    colour = np.repeat(paper[:, :, None], 3, axis=2)
    ring = np.zeros_like(paper)
    cv2.circle(ring, (390, 150), 60, (255,), 6)
    colour[ring > 0] = np.minimum(colour[ring > 0], (50, 60, 225))
    stamped = seen(colour).picture
    assert stamped.shape == clean.shape and ink(stamped) == pytest.approx(ink(clean), rel=0.1)


def test_a_stamped_word_in_its_frame_is_no_writing(paper: Pixels) -> None:
    write(paper, "確認済", (32, 11.5), mm=5.0, gray=120)
    cv2.rectangle(paper, (300, 105), (490, 185), (120,), 4)
    found = seen(paper)
    assert found.blank and found.sure < 0.9


def test_a_clerks_underline_and_a_slip_of_the_pen_are_no_writing(paper: Pixels) -> None:
    cv2.line(paper, (200, 150), (520, 158), (60,), 4)
    assert seen(paper).blank
    write(paper, "42", (56, 11.5))
    found = seen(paper)
    assert not found.blank and found.sure < 0.9
    assert found.picture.shape[1] < 10 * PX


def test_a_scan_of_600_dpi_gives_the_same_crop(paper: Pixels) -> None:
    write(paper, "2024", (20, 12))
    twice = cv2.resize(paper, None, fx=2.4, fy=2.4, interpolation=cv2.INTER_CUBIC)
    fine = (24.0, 0, -0.5, 0, 24.0, -0.5, 0, 0, 1.0)
    crop = cut(sheet(Picture(as_pixels(twice)), fine, NONE), BOX).picture
    assert np.allclose(crop.shape, seen(paper).picture.shape, atol=2)
