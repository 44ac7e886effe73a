"""Several readers look at one crop: what counts, how sure that is, and that nothing anyone said is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tsuzuri.engines import Crop, Ink, Reader
from tsuzuri.image.clean import Cut
from tsuzuri.rules.digits import fits
from tsuzuri.stages.keys import MISCOUNTED, Bit, Heard, listen

DIGITS = "0123456789"
LINE = np.full((40, 200), 90, np.uint8)
BOX = np.full((40, 30), 90, np.uint8)


@dataclass
class Says:
    """A reader that says one thing of a whole crop, and box for box what `boxes` has; it keeps what it was shown."""

    name: str
    ink: Ink
    boxes: list[Ink] = field(default_factory=list)
    shown: list[Crop] = field(default_factory=list)

    def read(self, crops: Sequence[Crop]) -> list[Ink]:
        """Boxes are told from lines by their width."""
        self.shown += crops
        boxes = iter(self.boxes)
        return [next(boxes) if crop.picture.shape[1] < 100 else self.ink for crop in crops]


def bit(**changes: object) -> Bit:
    plain = Bit("f", Cut(LINE, False, 1.0), DIGITS, "numeric", "own", enough=lambda score: score >= 0.99, fits=str.isdigit)
    return replace(plain, **changes)  # type: ignore[arg-type]


def heard(own: Ink, other: Ink, one: Bit | None = None, boxes: Sequence[Ink] = ()) -> tuple[Heard, Says]:
    readers: Mapping[str, Reader] = {"own": Says("own-1", own, list(boxes)), "ppocr": (pp := Says("pp", other))}
    return listen([one or bit()], readers)[0], pp


def test_where_ours_is_sure_nobody_else_is_asked() -> None:
    found, pp = heard(Ink("123", 0.9999), Ink("128", 0.9))
    assert (found.said.text, found.said.reader, pp.shown) == ("123", "own-1", [])
    assert found.said.sure > 0.99 and found.voices == (found.said,)


def test_where_ours_is_not_sure_the_other_is_asked_and_agreement_raises() -> None:
    alone, _ = heard(Ink("123", 0.9, (), (("128", 0.08),)), Ink("", 0.0))
    found, pp = heard(Ink("123", 0.9, (), (("128", 0.08),)), Ink("123", 0.99))
    assert len(pp.shown) == 1
    assert (found.said.text, found.said.reader) == ("123", "own-1+pp")
    assert found.said.sure > alone.said.sure
    assert [(voice.reader, voice.text) for voice in found.voices] == [("own-1", "123"), ("pp", "123")]


def test_the_likelier_of_two_readings_counts_and_both_are_kept() -> None:
    found, _ = heard(Ink("123", 0.35, (), (("128", 0.33),)), Ink("128", 0.99))
    assert found.said.text == "128" and found.said.sure < 0.9
    assert [voice.text for voice in found.voices] == ["123", "128"]


def test_a_form_may_want_the_other_key_however_sure_ours_is() -> None:
    found, pp = heard(Ink("123", 0.9999), Ink("123", 0.999), bit(enough=lambda score: False))
    assert len(pp.shown) == 1 and found.said.reader == "own-1+pp" and found.said.sure > 0.99


def test_boxes_are_read_once_more_one_by_one_and_their_word_counts() -> None:
    row = bit(cut=Cut(LINE, False, 1.0, (BOX, None, BOX, BOX)), cells=4)
    boxes = [Ink("4", 0.999), Ink("0", 0.999), Ink("7", 0.999)]
    found, _ = heard(Ink("417", 0.5, (), (("407", 0.4),)), Ink("", 0.0), row, boxes)
    assert found.said.text == "407"
    assert ("own-1/boxes", "407") in [(voice.reader, voice.text) for voice in found.voices]


def test_a_reading_with_a_letter_for_each_filled_box_beats_a_likelier_one_without() -> None:
    row = bit(cut=Cut(LINE, False, 1.0, (BOX, BOX, None)), cells=3)
    found, _ = heard(Ink("7", 0.7, (), (("17", 0.2),)), Ink("7", 0.7), row, [Ink("", 0.5), Ink("7", 0.9)])
    assert found.said.text == "17"


def test_two_readers_that_lose_the_same_letter_prove_nothing() -> None:
    row = bit(cut=Cut(LINE, False, 1.0, (BOX, BOX, BOX)), cells=3)
    found, _ = heard(Ink("17", 0.9999), Ink("17", 0.9999), row, [Ink("1", 0.9), Ink("", 0.9), Ink("7", 0.9)])
    assert found.said.text == "17" and found.said.sure <= MISCOUNTED


def test_what_cannot_stand_in_its_place_is_not_chosen() -> None:
    month = bit(after="月", fits=lambda ink: ink.isdigit() and 1 <= int(ink) <= 12)
    found, _ = heard(Ink("17", 0.6, (), (("12", 0.3),)), Ink("17", 0.6), month)
    assert found.said.text == "12" and found.said.sure < 0.97


def test_a_number_chosen_for_its_check_digit_alone_says_so_and_waits() -> None:
    right, wrong = "0001230", "0001280"
    assert fits(right) and not fits(wrong)
    number = bit(fits=lambda ink: len(ink) == 7, proves=fits)
    found, _ = heard(Ink(wrong, 0.8, (), ((right, 0.15),)), Ink(wrong, 0.8), number)
    assert (found.said.text, found.said.reader) == (right, "own-1+pp+check")
    assert found.said.sure <= 0.4
    assert {voice.text for voice in found.voices} == {wrong}
    plain, _ = heard(Ink(right, 0.8, (), ((wrong, 0.15),)), Ink(right, 0.8), number)
    assert plain.said.reader == "own-1+pp" and plain.said.sure > 0.8


def test_an_empty_box_is_an_answer_and_shown_to_nobody() -> None:
    found, pp = heard(Ink("8", 0.9), Ink("8", 0.9), bit(cut=Cut(LINE, True, 0.999)))
    assert (found.said.text, found.said.sure, pp.shown) == ("", 0.999, [])


def test_ink_that_nobody_can_spell_is_not_sure_to_be_nothing() -> None:
    found, _ = heard(Ink("", 0.99), Ink("", 0.99))
    assert found.said.text == "" and found.said.sure < 0.5


@pytest.mark.parametrize(("own", "other"), [("04", "4"), ("元", "1")])
def test_a_dates_number_may_be_spelled_in_two_ways_and_means_one(own: str, other: str) -> None:
    year = bit(after="年", alphabet=DIGITS + "元", fits=bool)
    found, _ = heard(Ink(own, 0.9), Ink(other, 0.99), year)
    lone, _ = heard(Ink(own, 0.9), Ink("", 0.0), year)
    assert found.said.text == own and found.said.sure > lone.said.sure


def test_the_other_parts_of_a_doubted_date_are_put_before_the_other_reader_too() -> None:
    readers: Mapping[str, Reader] = {"own": Says("own-1", Ink("4", 0.5)), "ppocr": (pp := Says("pp", Ink("4", 0.9)))}
    listen([bit(after="年"), bit(after="月"), bit(field="g", cut=Cut(LINE, True, 0.9))], readers)
    assert len(pp.shown) == 2
